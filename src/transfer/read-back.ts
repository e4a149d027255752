import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import type { SftpSession } from './sftp-session.ts';

const { READ } = ssh2.utils.sftp.OPEN_MODE;
const IN_FLIGHT = 4 * 1024 * 1024;

/** What is read back goes here in the order of the file. */
type Sink = (part: Buffer) => void;

/** Reads [from, to) of an open remote file with many READs in flight; gives the sink less only where the file ends early. */
async function readRange(session: SftpSession, handle: Buffer, from: number, to: number, sink: Sink, onRead: () => boolean): Promise<void> {
  const width = Math.max(1, Math.floor(IN_FLIGHT / session.can.chunk));
  const pending: Promise<Buffer>[] = [];
  let next = from;
  const ask = () => {
    const length = Math.min(session.can.chunk, to - next);
    const part = readFully(session, handle, next, length);
    part.catch(() => {}); // awaited in order below; an earlier failure must not leave this one unhandled
    pending.push(part);
    next += length;
  };
  for (;;) {
    while (next < to && pending.length < width) ask();
    const first = pending.shift();
    if (!first) return;
    sink(await first);
    if (!onRead()) return;
  }
}

/** A server may answer a READ with less than was asked. */
async function readFully(session: SftpSession, handle: Buffer, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const bytes = await session.read(handle, buffer.subarray(filled), position + filled);
    if (bytes === 0) break;
    filled += bytes;
  }
  return buffer.subarray(0, filled);
}

/**
 * The SHA-256 of a remote file of `bytes` bytes by reading all of it back; `onRead` is told how far it came and may end it by `false`.
 * Throws SftpStatusError (status 3: this account may not read) and ConnectionLost.
 */
export async function readBackHash(
  session: SftpSession,
  path: string,
  bytes: number,
  onRead: (position: number) => boolean,
): Promise<string> {
  const handle = await session.open(path, READ);
  const hash = createHash('sha256');
  let position = 0;
  const sink = (part: Buffer) => {
    hash.update(part);
    position += part.length;
  };
  await readRange(session, handle, 0, bytes, sink, () => onRead(position));
  await session.closeHandle(handle);
  return hash.digest('hex');
}

/** The bytes [from, to) of a remote file. Throws as `readBackHash`. For seams: the range is kept in memory. */
export async function readBack(session: SftpSession, path: string, from: number, to: number): Promise<Buffer> {
  const handle = await session.open(path, READ);
  const parts: Buffer[] = [];
  await readRange(
    session,
    handle,
    from,
    to,
    (part) => parts.push(part),
    () => true,
  );
  await session.closeHandle(handle);
  return Buffer.concat(parts);
}
