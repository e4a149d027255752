import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import { fingerprintOf, fingerprintsFor, hostKey, knownHostsLine, parseKnownHosts } from '../../src/transfer/host-keys.ts';

const blobOf = (line: string) => Buffer.from(line.split(' ')[1] ?? '', 'base64');

describe('known_hosts', () => {
  const [a, b] = [blobOf(makeKeyPair().public), blobOf(makeKeyPair().public)];

  it('a line that is written is read back, with and without a port of its own', () => {
    const text = knownHostsLine('sftp.region.example', 22, a) + knownHostsLine('sftp.region.example', 2222, b);
    expect(text).toContain('\n[sftp.region.example]:2222 ssh-ed25519 ');
    expect(fingerprintsFor(text, 'sftp.region.example', 22)).toEqual([fingerprintOf(a)]);
    expect(fingerprintsFor(text, 'sftp.region.example', 2222)).toEqual([fingerprintOf(b)]);
    expect(fingerprintsFor(text, 'other.example', 22)).toEqual([]);
  });

  it('several names share a line, and several keys a name', () => {
    const text = `${knownHostsLine('x', 22, a).replace('x ', 'x,y ')}${knownHostsLine('y', 22, b)}`;
    expect(fingerprintsFor(text, 'y', 22)).toEqual([fingerprintOf(a), fingerprintOf(b)]);
  });

  it('comments, markers, hashed names, torn keys and keys of another type pin nothing', () => {
    const good = knownHostsLine('x', 22, a);
    const lines = [
      `# ${good}`,
      `@revoked ${good}`,
      `|1|c2FsdA==|aGFzaA== ssh-ed25519 ${a.toString('base64')}`,
      'x ssh-ed25519 AAAA',
      'x',
      '',
    ];
    expect(parseKnownHosts([...lines, good.replace('ssh-ed25519', 'ssh-rsa')].join('\n'))).toEqual([]);
  });
});

describe('fingerprints', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'keys-'));
  });
  afterAll(() => rmSync(home, { recursive: true }));

  const sshKeygen = () => {
    try {
      execFileSync('ssh-keygen', ['-?'], { stdio: 'ignore' });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ENOENT';
    }
    return true;
  };
  it.skipIf(!sshKeygen())('are what ssh-keygen prints', () => {
    const { public: line } = makeKeyPair();
    writeFileSync(join(home, 'key.pub'), line);
    const printed = execFileSync('ssh-keygen', ['-l', '-f', join(home, 'key.pub')], { encoding: 'utf8' });
    expect(printed).toContain(hostKey(blobOf(line)).fingerprint);
    expect(hostKey(blobOf(line)).type).toBe('ssh-ed25519');
  });
});
