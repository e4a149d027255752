import { describe } from 'vitest';
import { SSHD_PATH, SSHD_SKIP, startSshd } from '../support/sshd.ts';
import { targetContract } from './target.ts';

const suites = [
  { name: 'OpenSSH, commands allowed, one data channel', exec: true, channels: 1 },
  { name: 'OpenSSH, internal-sftp only, four data channels', exec: false, channels: 4 },
];

for (const { name, exec, channels } of suites) {
  if (SSHD_PATH) {
    const start = async () => {
      const sshd = await startSshd({ exec });
      const [hostKey] = await sshd.fingerprints();
      const { port, username, keyFile, folder, close } = sshd;
      return { port, username, privateKey: keyFile, path: folder, folder, hostKey: hostKey ?? '', close };
    };
    targetContract(name, start, channels);
  } else describe.skip(`target contract: ${name}${SSHD_SKIP}`, () => {});
}
