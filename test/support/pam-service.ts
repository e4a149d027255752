import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { SSHD_PATH } from './sshd.ts';

/** Why a suite that needs it is skipped, for its title. */
export const PAM_SKIP = SSHD_PATH && userInfo().uid === 0 ? '' : ' (SKIPPED: a PAM service needs sshd and root)';

export interface PamService {
  /** sshd under the service's name, which was that of its program up to OpenSSH 9.7. */
  readonly program: string;
  /** Lines of sshd_config that let whoever has a key, or may have none, log in with the password. */
  readonly config: readonly string[];
  close(): Promise<void>;
}

/** A PAM service of its own, used by no other program, that takes this password for every account: asked for by keyboard-interactive or sent as it is. */
export async function makePamService(password: string): Promise<PamService> {
  if (!SSHD_PATH) throw new Error('sshd is not installed');
  const home = await mkdtemp(join(tmpdir(), 'pam-'));
  const name = `sshd-test-${basename(home)}`.toLowerCase(); // as libpam looks for it
  const check = join(home, 'check');
  await writeFile(check, `#!/bin/sh\n[ "$(tr -d '\\000')" = '${password}' ]\n`, { mode: 0o700 });
  const service = join('/etc/pam.d', name);
  await writeFile(
    service,
    [
      `auth required pam_exec.so expose_authtok quiet ${check}`,
      'auth required pam_permit.so', // pam_exec has no credentials to set
      'account required pam_permit.so',
      'session required pam_permit.so',
      '',
    ].join('\n'),
  );
  const program = join(home, name);
  await symlink(SSHD_PATH, program);
  const isNamedByConfig = readFileSync(SSHD_PATH).includes('pamservicename');
  return {
    program,
    config: [
      'UsePAM yes',
      'PasswordAuthentication yes',
      'KbdInteractiveAuthentication yes',
      'PermitRootLogin yes',
      ...(isNamedByConfig ? [`PAMServiceName ${name}`] : []),
    ],
    close: async () => {
      await rm(service);
      await rm(home, { recursive: true });
    },
  };
}
