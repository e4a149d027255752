import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    close: async () => {
      await server.close();
      await rm(home, { recursive: true });
    },
  };
});
