import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareLogin } from '../../src/transfer/login/login.ts';
import { openSession } from '../../src/transfer/session/open-session.ts';
import type { SftpSession } from '../../src/transfer/session/sftp-session.ts';
import { honest, type Rule, type ScriptedSftp, silence, startScriptedSftp } from '../support/scripted-sftp.ts';

const PATIENCE = { watchdogMs: 400, metadataMs: 400, fsyncMs: 400 };

describe('one more SFTP channel on a connection', () => {
  let server: ScriptedSftp;
  let session: SftpSession;
  beforeEach(async () => {
    server = await startScriptedSftp();
    const auth = await prepareLogin(server.target);
    session = await openSession({
      target: server.target,
      pinnedHostKeys: [],
      auth,
      signal: new AbortController().signal,
      patience: PATIENCE,
    });
  });
  afterEach(async () => {
    session.close();
    await server.close();
  });

  const atLimits =
    (rule: Rule): Rule =>
    (request, next, line) =>
      (request.extension === 'limits@openssh.com' ? rule : honest)(request, next, line);

  it.each<[string, Rule]>([
    ['is never answered', () => silence],
    ['is answered with something else', async () => ({ type: 'handle', handle: 'not numbers' })],
  ])('F9: whose handshake %s is closed, and the connection goes on without it', async (_, rule) => {
    server.rule = atLimits(rule);
    await session.growTo(1);
    await expect.poll(() => server.channels, { timeout: 20_000 }).toBe(1);
    expect(session.dataChannels).toEqual([session]);
    expect(await session.realpath('/')).toBe('/');
  });
});
