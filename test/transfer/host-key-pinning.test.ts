import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchHostKey } from '../../src/transfer/fetch-host-key.ts';
import { probeTarget } from '../../src/transfer/probe-target.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import type { SshdTarget } from '../support/sshd-target.ts';
import { startSshdTarget } from '../support/sshd-target.ts';

const ATTEMPT = /publickey|password|userauth|Accepted|Failed|authenticating user/i;

describe.skipIf(!SSHD_PATH)(`host key pinning against OpenSSH${SSHD_SKIP}`, () => {
  let there: SshdTarget;
  let logged: string;
  beforeAll(async () => {
    there = await startSshdTarget({ hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'] });
    logged = await there.sshd.log();
  });
  afterAll(() => there.close());

  const probe = (hostKey: string | undefined, pinned: readonly string[] = []) =>
    probeTarget({ ...there.target, hostKey }, pinned, undefined, new AbortController().signal);
  const newLines = async () => {
    const log = await there.sshd.log();
    const fresh = log.slice(logged.length);
    logged = log;
    return fresh;
  };

  it('an unknown key and a changed one: the server sees a connection and no attempt to log in (N01)', async () => {
    await expect(probe(undefined)).rejects.toMatchObject({ code: 'host_key_unknown', exitCode: 14 });
    await expect(probe(`SHA256:${'A'.repeat(43)}`)).rejects.toMatchObject({ code: 'host_key_changed', exitCode: 14 });
    const fresh = await newLines();
    expect(fresh).toMatch(/Connection from/);
    expect(fresh).not.toMatch(ATTEMPT);
  });

  it('looking at the keys shows all three types and tries no login (N01)', async () => {
    const keys = await fetchHostKey('127.0.0.1', there.sshd.port, new AbortController().signal);
    expect(keys.map((key) => key.type)).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa']);
    expect(keys.map((key) => key.fingerprint)).toEqual(await there.sshd.fingerprints());
    expect(await newLines()).not.toMatch(ATTEMPT);
  });

  it.each([
    ['ed25519', 0],
    ['ecdsa', 1],
    ['rsa', 2],
  ])('a server that is known by its %s key alone is let in', async (_, index) => {
    const hostKey = (await there.sshd.fingerprints())[index];
    expect((await probe(hostKey)).binding.hostKey).toBe(hostKey);
    expect(await newLines()).toMatch(/Accepted publickey/);
  });

  it('the settings win over other pinned keys', async () => {
    const [known] = await there.sshd.fingerprints();
    expect((await probe(undefined, [known ?? ''])).binding.hostKey).toBe(known);
    await expect(probe(`SHA256:${'A'.repeat(43)}`, [known ?? ''])).rejects.toMatchObject({ code: 'host_key_changed' });
  });

  it('a key that the account does not have is refused once, and not tried again (13)', async () => {
    const { target, sshd } = there;
    const [hostKey] = await sshd.fingerprints();
    const wrong = { ...target, hostKey, username: 'finns-inte' };
    await newLines();
    const error = await probeTarget(wrong, [], undefined, new AbortController().signal).catch((e) => e);
    expect(error).toMatchObject({ code: 'sftp_login', exitCode: 13, facts: { reason: 'refused', username: 'finns-inte' } });
    expect((await newLines()).match(/Connection from/g)).toHaveLength(1);
  });
});
