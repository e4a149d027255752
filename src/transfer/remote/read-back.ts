import { createHash } from 'node:crypto';
import type { Lane } from '../session/lane.ts';
import type { SftpChannel } from '../session/sftp-channel.ts';
import { OPEN } from '../session/sftp-requests.ts';
import type { SftpSession } from '../session/sftp-session.ts';

const { READ } = OPEN;
/** A range beyond this size is read over every data channel. */
const WIDE_RANGE = 8 * 1024 * 1024;

/** What is read back goes here in the order of the file. Returns whether more is wanted. */
type Sink = (part: Buffer) => boolean;

/** Reads [from, to) of a remote file with many READs in flight; gives the sink less only where the file ends early. */
async function readRange(session: SftpSession, path: string, from: number, to: number, sink: Sink): Promise<void> {
  const channels = to - from > WIDE_RANGE ? session.dataChannels : [session.nextDataChannel()];
  const lanes = await Promise.all(channels.map(async (channel) => ({ channel, handle: await channel.open(path, READ) })));
  await readOver(lanes, from, to, sink);
  await Promise.all(lanes.map(({ channel, handle }) => channel.closeHandle(handle)));
}

async function readOver(lanes: readonly Lane[], from: number, to: number, sink: Sink): Promise<void> {
  const pending: Promise<Buffer>[] = [];
  const width = lanes.reduce((sum, { channel: { can } }) => sum + Math.max(1, Math.floor(can.inFlight / can.chunk)), 0);
  let next = from;
  let turn = 0;
  const ask = () => {
    const lane = lanes[turn++ % lanes.length];
    if (!lane) throw new Error('a range is read over no channel');
    const length = Math.min(lane.channel.can.chunk, to - next);
    const part = readFully(lane.channel, lane.handle, next, length);
    part.catch(() => {}); // awaited in order below; an earlier failure must not leave this one unhandled
    pending.push(part);
    next += length;
  };
  for (;;) {
    while (next < to && pending.length < width) ask();
    const first = pending.shift();
    if (!first || !sink(await first)) return;
  }
}

/** A server may answer a READ with less than was asked. */
async function readFully(channel: SftpChannel, handle: Buffer, position: number, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let filled = 0;
  while (filled < length) {
    const part = await channel.read(handle, length - filled, position + filled);
    if (part.length === 0) break;
    filled += part.length;
    parts.push(part);
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
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
  const hash = createHash('sha256');
  let position = 0;
  await readRange(session, path, 0, bytes, (part) => {
    hash.update(part);
    position += part.length;
    return onRead(position);
  });
  return hash.digest('hex');
}

/** The bytes [from, to) of a remote file. Throws as `readBackHash`. For seams: the range is kept in memory. */
export async function readBack(session: SftpSession, path: string, from: number, to: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  await readRange(session, path, from, to, (part) => parts.push(part) > 0);
  return Buffer.concat(parts);
}
