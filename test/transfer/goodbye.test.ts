import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareLogin } from '../../src/transfer/login/login.ts';
import { openSession } from '../../src/transfer/session/open-session.ts';
import { type ScriptedSftp, startScriptedSftp } from '../support/scripted-sftp.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

describe('the end of a session', () => {
  let server: ScriptedSftp;
  let proxy: TcpProxy;
  beforeEach(async () => {
    server = await startScriptedSftp();
    proxy = await startTcpProxy(server.target.port);
  });
  afterEach(async () => {
    await proxy.close();
    await server.close();
  });
  const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

  it('a server that does not answer the goodbye is left', async () => {
    const target = { ...server.target, port: proxy.port };
    const auth = await prepareLogin(target, undefined);
    const session = await openSession({ target, pinnedHostKeys: [], auth, signal: new AbortController().signal });
    proxy.stall();
    const before = sockets();
    session.close();
    await expect.poll(sockets).toBeLessThan(before);
  });
});
