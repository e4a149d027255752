import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { startEmbeddedSftp } from '../../src/demo/embedded-sftp.ts';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import { targetContract } from './target.ts';

targetContract('ssh2 server, no extensions', async () => {
  const home = await mkdtemp(join(tmpdir(), 'embedded-sftp-'));
  const client = makeKeyPair();
  const privateKey = join(home, 'id');
  await writeFile(privateKey, client.private, { mode: 0o600 });
  const server = await startEmbeddedSftp({
    root: join(home, 'root'),
    hostKeyFile: join(home, 'host'),
    users: ['skane'],
    authorizedKeys: [client.public],
  });
  return {
    port: server.port,
    username: 'skane',
    privateKey,
    path: '/',
    folder: join(home, 'root', 'skane'),
    hostKey: server.fingerprint,
    // It works in this very process, by one file operation after another.
    idle: async () => {
      while (process.getActiveResourcesInfo().includes('FSReqPromise')) await setImmediate();
    },
    close: async () => {
      await server.close();
      await rm(home, { recursive: true });
    },
  };
});
