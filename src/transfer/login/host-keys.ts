import { createHash } from 'node:crypto';

/** A server's public key: as OpenSSH prints it, its type, and the raw blob. */
export interface HostKey {
  readonly fingerprint: string;
  readonly type: string;
  readonly blob: Buffer;
}

/** `SHA256:…` without padding, as `ssh-keygen -l` prints it. */
export const fingerprintOf = (blob: Buffer): string => `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** A raw key blob with its fingerprint and the type it names itself (RFC 4253, 6.6: its first string). Throws RangeError when it is cut. */
export const hostKey = (blob: Buffer): HostKey => ({
  fingerprint: fingerprintOf(blob),
  type: blob.toString('latin1', 4, 4 + blob.readUInt32BE(0)),
  blob,
});
