import { describe } from 'vitest';
import { SSHD_PATH, SSHD_SKIP, startSshd } from '../support/sshd.ts';
import { targetContract } from './target.ts';

const suites = [
  { name: 'OpenSSH, commands allowed', exec: true },
  { name: 'OpenSSH, internal-sftp only', exec: false },
];

for (const { name, exec } of suites) {
  if (SSHD_PATH) {
    targetContract(name, async () => {
      const sshd = await startSshd({ exec });
      const [hostKey] = await sshd.fingerprints();
      const { port, username, keyFile, folder, close } = sshd;
      return { port, username, privateKey: keyFile, path: folder, folder, hostKey: hostKey ?? '', close };
    });
  } else describe.skip(`target contract: ${name}${SSHD_SKIP}`, () => {});
}
