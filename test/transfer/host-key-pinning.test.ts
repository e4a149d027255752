import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import { hostKey } from '../../src/transfer/login/host-keys.ts';
import type { KnownKey } from '../../src/transfer/login/known-hosts.ts';
import { probeTarget } from '../../src/transfer/probe-target.ts';
import { fetchHostKey } from '../../src/transfer/session/fetch-host-key.ts';
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

  const probe = (pinnedKey: string | undefined, pinned: readonly KnownKey[] = []) =>
    probeTarget({ ...there.target, hostKey: pinnedKey }, pinned, undefined, new AbortController().signal);
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

  const shownKeys = async (isRevoked = false): Promise<KnownKey[]> =>
    (await fetchHostKey('127.0.0.1', there.sshd.port, new AbortController().signal)).map((key) => ({ ...key, isRevoked }));
  const strange: KnownKey = { ...hostKey(Buffer.from(makeKeyPair().public.split(' ')[1] ?? '', 'base64')), isRevoked: false };

  it('the settings win over other pinned keys', async () => {
    const keys = await shownKeys();
    expect((await probe(undefined, keys)).binding.hostKey).toBe(keys[0]?.fingerprint);
    await expect(probe(`SHA256:${'A'.repeat(43)}`, keys)).rejects.toMatchObject({ code: 'host_key_changed', facts: { keyIn: 'settings' } });
  });

  it('the types that are known are asked for first: one connection, whichever key is known', async () => {
    for (const key of await shownKeys()) {
      await newLines();
      expect((await probe(undefined, [key])).binding.hostKey).toBe(key.fingerprint);
      expect((await newLines()).match(/Connection from/g)).toHaveLength(1);
    }
  });

  it('another key of the known type is a change, after one look and without a login (N01, F34)', async () => {
    await newLines();
    const changed = { code: 'host_key_changed', facts: { pinned: strange.fingerprint, keyType: 'ssh-ed25519' } };
    await expect(probe(undefined, [strange])).rejects.toMatchObject(changed);
    const fresh = await newLines();
    expect(fresh.match(/Connection from/g)).toHaveLength(1);
    expect(fresh).not.toMatch(ATTEMPT);
  });

  it('a revoked key is refused although it is pinned as well, by known_hosts or by the settings (N01)', async () => {
    const [good, bad] = [await shownKeys(), await shownKeys(true)];
    await newLines();
    const revoked = { code: 'host_key_revoked', exitCode: 14, facts: { seen: good[0]?.fingerprint } };
    await expect(probe(undefined, [...good, ...bad])).rejects.toMatchObject(revoked);
    await expect(probe(good[0]?.fingerprint, bad)).rejects.toMatchObject(revoked);
    await expect(probe(undefined, bad)).rejects.toMatchObject(revoked);
    expect(await newLines()).not.toMatch(ATTEMPT);
  });

  it('after a login the server proves its other keys, and they are told, not trusted', async () => {
    const [first, ...others] = await there.sshd.fingerprints();
    const { provenKeys } = await probe(first);
    expect(provenKeys.map(({ fingerprint }) => fingerprint)).toEqual(expect.arrayContaining(others));
    await newLines();
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
