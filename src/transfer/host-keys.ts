import { createHash } from 'node:crypto';

/** A server's public key: as OpenSSH prints it, its type, and the raw blob. */
export interface HostKey {
  readonly fingerprint: string;
  readonly type: string;
  readonly blob: Buffer;
}

/** One line of a known_hosts file. */
export interface KnownHost {
  readonly names: readonly string[];
  readonly key: HostKey;
}

/** `SHA256:…` without padding, as `ssh-keygen -l` prints it. */
export const fingerprintOf = (blob: Buffer): string => `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** A raw key blob with its fingerprint and the type it names itself (RFC 4253, 6.6: its first string). Throws RangeError when it is cut. */
export const hostKey = (blob: Buffer): HostKey => ({
  fingerprint: fingerprintOf(blob),
  type: blob.toString('latin1', 4, 4 + blob.readUInt32BE(0)),
  blob,
});

/** How known_hosts names a server: `host`, or `[host]:port` when the port is not 22. */
export const knownHostsName = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`);

/** One line of known_hosts for a server's key, with its line end. */
export function knownHostsLine(host: string, port: number, keyBlob: Buffer): string {
  return `${knownHostsName(host, port)} ${hostKey(keyBlob).type} ${keyBlob.toString('base64')}\n`;
}

/**
 * The entries of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT), plain and `[host]:port` names.
 * Comments, blank lines, markers (`@…`), hashed names and lines that are no key are passed over: they pin nothing.
 */
export function parseKnownHosts(text: string): KnownHost[] {
  return text.split('\n').flatMap((line) => {
    const [names, type, base64] = line.trim().split(/\s+/);
    if (!names || !type || !base64 || /^[#@|]/.test(names)) return [];
    const blob = Buffer.from(base64, 'base64');
    if (blob.length < 8 || blob.readUInt32BE(0) > blob.length - 4) return [];
    const key = hostKey(blob);
    return key.type === type ? [{ names: names.split(','), key }] : [];
  });
}

/** The pinned fingerprints of a server in a known_hosts file's text, in the file's order. */
export function fingerprintsFor(text: string, host: string, port: number): string[] {
  const name = knownHostsName(host, port);
  return parseKnownHosts(text)
    .filter((entry) => entry.names.includes(name))
    .map((entry) => entry.key.fingerprint);
}
