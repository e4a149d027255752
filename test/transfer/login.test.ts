import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import { prepareLogin } from '../../src/transfer/login.ts';
import { targetOf } from '../support/bag-to-send.ts';

describe('prepareLogin', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'login-'));
    vi.stubEnv('SSH_AUTH_SOCK', '');
    vi.stubEnv('HOME', home);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(home, { recursive: true });
  });
  const target = (privateKey?: string) => targetOf({ port: 22, username: 'skane', path: '/', privateKey });
  const encrypted = () =>
    ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256, passphrase: 'hemlig', cipher: 'aes256-ctr', rounds: 4 }).private;

  it('a key below ~ is found in the home folder', async () => {
    await writeFile(join(home, 'id'), makeKeyPair().private);
    expect(await prepareLogin(target('~/id'))).toMatchObject([{ type: 'publickey', username: 'skane' }]);
  });

  it('an encrypted key opens with its passphrase', async () => {
    await writeFile(join(home, 'id'), encrypted());
    expect(await prepareLogin(target('~/id'), { passphrase: 'hemlig' })).toHaveLength(1);
  });

  it.each([
    ['passphrase_missing', undefined],
    ['passphrase_wrong', { passphrase: 'fel' }],
  ])('an encrypted key says %s (13)', async (reason, credentials) => {
    await writeFile(join(home, 'id'), encrypted());
    await expect(prepareLogin(target('~/id'), credentials)).rejects.toMatchObject({ code: 'sftp_login', exitCode: 13, facts: { reason } });
  });

  it('a key that is missing, one that is no key, and no way at all are told apart', async () => {
    await writeFile(join(home, 'text'), 'not a key');
    await expect(prepareLogin(target('~/nowhere'))).rejects.toMatchObject({ facts: { reason: 'key_unreadable' } });
    await expect(prepareLogin(target('~/text'))).rejects.toMatchObject({ facts: { reason: 'key_invalid' } });
    await expect(prepareLogin(target())).rejects.toMatchObject({ facts: { reason: 'no_credentials' } });
  });

  it('the agent is used when the settings name no key, and a typed password comes last', async () => {
    vi.stubEnv('SSH_AUTH_SOCK', '/run/agent.sock');
    expect((await prepareLogin(target(), { password: 'x' })).map((method) => method.type)).toEqual(['agent', 'password']);
  });
});
