import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import { fingerprintOf, hostKey } from '../../src/transfer/login/host-keys.ts';
import { hidesNames, knownHostsLine, knownHostsName, knownKeysFor, withoutHost } from '../../src/transfer/login/known-hosts.ts';

const keyOf = (line: string) => hostKey(Buffer.from(line.split(' ')[1] ?? '', 'base64'));
const SSH_KEYGEN = (() => {
  try {
    execFileSync('ssh-keygen', ['-?'], { stdio: 'ignore' });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
  return true;
})();

describe('known_hosts', () => {
  const [a, b] = [keyOf(makeKeyPair().public), keyOf(makeKeyPair().public)];
  const known = (text: string, host: string, port = 22) =>
    knownKeysFor(text, knownHostsName(host, port)).map(({ fingerprint }) => fingerprint);
  const line = (names: string, key = a) => `${names} ${key.type} ${key.blob.toString('base64')}\n`;

  it.each([false, true])('a line that is written is read back, with and without a port of its own (hashed: %s)', (isHashed) => {
    const text = [
      knownHostsLine(knownHostsName('sftp.region.example', 22), a, isHashed),
      knownHostsLine(knownHostsName('sftp.region.example', 2222), b, isHashed),
    ].join('\n');
    expect([hidesNames(text), text.includes('region')]).toEqual([isHashed, !isHashed]);
    expect(known(text, 'SFTP.Region.Example')).toEqual([a.fingerprint]);
    expect(known(text, 'sftp.region.example', 2222)).toEqual([b.fingerprint]);
    expect(known(text, 'other.example')).toEqual([]);
  });

  it('several names share a line, and several keys a name', () => {
    expect(known(line('x,y') + line('y', b), 'y')).toEqual([a.fingerprint, b.fingerprint]);
  });

  it.each([
    ['*.example', 'sftp.example', true],
    ['*.example', 'example', false],
    ['sftp?.example', 'sftp1.example', true],
    ['sftp?.example', 'sftp.example', false],
    ['*.example,!old.example', 'new.example', true],
    ['*.example,!old.example', 'old.example', false],
    ['!old.example,*.example', 'old.example', false],
    ['!old.example', 'new.example', false],
    ['sftp.example', 'sftpXexample', false],
  ])('the pattern %s and the host %s: %s', (pattern, host, isKnown) => {
    expect(known(line(pattern), host)).toEqual(isKnown ? [a.fingerprint] : []);
  });

  it('a pattern without a port is not about another port', () => {
    expect(known(line('*.example'), 'sftp.example', 2222)).toEqual([]);
    expect(known(line('[*.example]:2222'), 'sftp.example', 2222)).toEqual([a.fingerprint]);
  });

  it('a revoked key is known as revoked, and certificates say nothing', () => {
    const text = `@revoked ${line('*', b)}@cert-authority ${line('x')}${line('x')}`;
    expect(knownKeysFor(text, 'x').map(({ fingerprint, isRevoked }) => [fingerprint, isRevoked])).toEqual([
      [b.fingerprint, true],
      [a.fingerprint, false],
    ]);
  });

  it('comments, unknown markers, torn keys and keys of another type pin nothing', () => {
    const lines = [`# ${line('x')}`, `@strange ${line('x')}`, 'x ssh-ed25519 AAAA', 'x', '', line('x').replace('ssh-ed25519', 'ssh-rsa')];
    expect(knownKeysFor(lines.join('\n'), 'x')).toEqual([]);
  });

  it('a host that is removed leaves other names, patterns, comments and revoked keys', () => {
    expect(withoutHost(line('x'), 'x')).toBeUndefined();
    expect(withoutHost(knownHostsLine('x', a, true), 'x')).toBeUndefined();
    expect(withoutHost(line('X,y'), 'x')).toBe(line('y'));
    for (const kept of [line('y'), line('*'), `@revoked ${line('x')}`, '# x']) expect(withoutHost(kept, 'x')).toBe(kept);
  });

  it.skipIf(!SSH_KEYGEN)('names that ssh-keygen hashed are found, and it finds ours', () => {
    const home = mkdtempSync(join(tmpdir(), 'keys-'));
    try {
      const file = join(home, 'known_hosts');
      writeFileSync(file, line('[sftp.example]:2222') + line('plain.example', b));
      execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
      const hashed = readFileSync(file, 'utf8');
      expect(hashed).not.toContain('example');
      expect([known(hashed, 'sftp.example', 2222), known(hashed, 'plain.example')]).toEqual([[a.fingerprint], [b.fingerprint]]);
      writeFileSync(file, `${knownHostsLine('[sftp.example]:2222', a, true)}\n`);
      expect(execFileSync('ssh-keygen', ['-F', '[sftp.example]:2222', '-f', file], { encoding: 'utf8' })).toContain('found');
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});

describe('fingerprints', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'keys-'));
  });
  afterAll(() => rmSync(home, { recursive: true }));

  it.skipIf(!SSH_KEYGEN)('are what ssh-keygen prints', () => {
    const { public: text } = makeKeyPair();
    writeFileSync(join(home, 'key.pub'), text);
    const printed = execFileSync('ssh-keygen', ['-l', '-f', join(home, 'key.pub')], { encoding: 'utf8' });
    expect(printed).toContain(fingerprintOf(keyOf(text).blob));
    expect(keyOf(text).type).toBe('ssh-ed25519');
  });
});
