import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type HostKey, hostKey } from './host-keys.ts';

/** A key that an operator, or the machine's administrator, has said something about. */
export interface KnownKey extends HostKey {
  /** `@revoked`: a server that shows it is refused, whatever else is known of it. */
  readonly isRevoked: boolean;
}

/** How known_hosts names a server: `host`, or `[host]:port` when the port is not 22 (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export const knownHostsName = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`).toLowerCase();

/**
 * What a known_hosts file's text says about the server with this name, in the file's order. Names may be plain, hashed (`|1|salt|hash`),
 * patterns (`*`, `?`) or exceptions (`!`). Comments, `@cert-authority` (ssh2 knows no host certificates) and lines that are no key say nothing.
 */
export function knownKeysFor(text: string, name: string): KnownKey[] {
  return text.split('\n').flatMap((line) => {
    const { marker, names, key } = parsed(line) ?? {};
    if (!key || !names || marker === '@cert-authority' || !namesHost(names, name)) return [];
    return [{ ...key, isRevoked: marker === '@revoked' }];
  });
}

/** One line of known_hosts for a server's key, without its end. `isHashed` hides the name, as `HashKnownHosts` does. */
export function knownHostsLine(name: string, key: HostKey, isHashed: boolean): string {
  return `${isHashed ? hashedName(name, randomBytes(20)) : name} ${key.type} ${key.blob.toString('base64')}`;
}

/** Whether a file hides its names, so that a new line should too. */
export const hidesNames = (text: string): boolean => /^\|1\|/m.test(text);

/**
 * A line of known_hosts without this server, or undefined when the line named nothing else. Revoked keys stay revoked,
 * and patterns stay, since they are about more than one server.
 */
export function withoutHost(line: string, name: string): string | undefined {
  const { marker, names } = parsed(line) ?? {};
  if (!names || marker) return line;
  const left = names.split(',').filter((pattern) => !(pattern.toLowerCase() === name || isHashOf(pattern, name)));
  return left.length === 0 ? undefined : line.replace(names, left.join(','));
}

/** Whether two keys are the same, byte by byte and without saying where they differ. */
export const isSameKey = (a: HostKey, b: HostKey): boolean => a.blob.length === b.blob.length && timingSafeEqual(a.blob, b.blob);

const MARKERS = ['@revoked', '@cert-authority'];

/** The parts of a line, or undefined for a comment, a blank line, an unknown marker, and a key that is torn or of another type than it says. */
function parsed(line: string): { readonly marker?: string; readonly names: string; readonly key: HostKey } | undefined {
  const words = line.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
  const [names, type, base64] = words;
  if (!names || !type || !base64 || names.startsWith('#') || (marker && !MARKERS.includes(marker))) return undefined;
  const blob = Buffer.from(base64, 'base64');
  if (blob.length < 8 || blob.readUInt32BE(0) > blob.length - 4) return undefined;
  const key = hostKey(blob);
  return key.type === type ? { marker, names, key } : undefined;
}

function namesHost(names: string, name: string): boolean {
  const patterns = names.split(',');
  const matches = (pattern: string) => isHashOf(pattern, name) || patternOf(pattern).test(name);
  return (
    patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern)) &&
    !patterns.some((p) => p.startsWith('!') && matches(p.slice(1)))
  );
}

const patternOf = (pattern: string): RegExp => {
  const source = pattern
    .replace(/[\\^$+.()|[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i');
};

const hashedName = (name: string, salt: Buffer): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;

function isHashOf(pattern: string, name: string): boolean {
  const [, salt] = /^\|1\|([^|]+)\|/.exec(pattern) ?? [];
  return salt !== undefined && hashedName(name, Buffer.from(salt, 'base64')) === pattern;
}
