import { createHash } from 'node:crypto';
import { OperatorError } from '../../domain/operator-error.ts';
import type { StagedFile } from '../../domain/package.ts';
import type { Attempt } from '../remote/attempt.ts';
import { stopIfAsked } from '../remote/attempt.ts';
import { openStaged, stagedFileChanged, verifyStagedContent } from '../remote/staged-file.ts';
import { ConnectionLost } from '../sftp-errors.ts';
import type { SourceFingerprint } from '../transfer.ts';
import { CANARY_BYTES, CanaryDied, judgeCanary } from './canary.ts';
import { FileLanes } from './file-lanes.ts';
import { ReadAhead } from './read-ahead.ts';
import { SlidingUpload } from './sliding-upload.ts';

/** A file beyond this size is worth every channel; up to it, several files share them. */
export const WIDE_FILE = 8 * 1024 * 1024;

/**
 * Sends one file from `from` (0: the file is created, and must not exist) to its end, and closes it. As a canary, its first bytes are
 * sent over several channels and read back before the rest follows.
 * The local file is hashed on the way where nothing will prove the content on the server, and beside it when its beginning was sent earlier.
 * `sent` is journalled only when that hash, the acks and the server's size agree.
 * Throws OperatorError `staged_file_changed`, `stopped`, `permission_local`; SftpStatusError; ConnectionLost; CanaryDied.
 */
export async function uploadLarge(attempt: Attempt, file: StagedFile, from: number, isCanary = false): Promise<void> {
  const { session, log, signal } = attempt;
  const path = attempt.part.at(file.path);
  const staged = await openStaged(attempt.dir, file);
  try {
    if (from === 0) await log.append(openRecord(file, staged.fingerprint), false);
    const isWide = isCanary || file.bytes > WIDE_FILE;
    const lanes = await FileLanes.open(session, path, from === 0, isWide);
    const hash = attempt.hashesOnTheWay && from === 0 ? createHash('sha256') : undefined;
    let isDurable = lanes.control.channel.can.fsync;
    const uploadRange = async (begin: number, end: number) => {
      const ahead = new ReadAhead(staged.handle, file, begin, end, lanes.control.channel.can.chunk);
      const upload = new SlidingUpload({
        control: lanes.control,
        lanes: lanes.data,
        widening: isWide && attempt.ramp ? { ramp: attempt.ramp, open: (count) => lanes.widen(count) } : undefined,
        isSynced: isDurable,
        from: begin,
        to: end,
        read: async () => {
          const part = await ahead.read();
          hash?.update(part.content);
          return part;
        },
        giveBack: (part) => ahead.giveBack(part),
        checkpoint: (checkpoint, durable) => log.append({ type: 'checkpoint', file: file.path, ...checkpoint }, durable),
        onAcked: (acked) => attempt.onAcked(file, acked),
        signal,
      });
      await upload.run();
      isDurable = upload.isDurable;
    };
    const uploadAll = async () => {
      const { chunk } = session.can;
      const tried = isCanary ? Math.min(Math.ceil(CANARY_BYTES / chunk) * chunk, file.bytes) : from;
      if (isCanary) await uploadRange(0, tried);
      stopIfAsked(signal);
      if (isCanary) await judgeCanary(attempt, file, tried);
      await uploadRange(tried, file.bytes);
    };
    try {
      await (from > 0 ? besideHashing(attempt, file, uploadAll) : uploadAll());
      stopIfAsked(signal);
      if (hash && hash.digest('hex') !== file.sha256) throw stagedFileChanged(file);
    } catch (error) {
      await forgetIfChanged(attempt, file, staged.fingerprint, error);
      if (error instanceof CanaryDied) await lanes.close();
      throw error;
    }
    await verifySize(attempt, path, file.bytes, await lanes.close());
    await log.append({ type: 'sent', file: file.path, bytes: file.bytes, sha256: file.sha256, durable: isDurable }, true);
    attempt.onSent(file);
  } finally {
    await staged.handle.close();
  }
}

/** Whether what was staged still is what the export hashed. Throws OperatorError `staged_file_changed`, `staged_file_unreadable`. */
export async function verifySource(attempt: Attempt, file: StagedFile): Promise<void> {
  try {
    await verifyStagedContent(attempt.dir, file, attempt.signal);
  } catch (error) {
    const sent = attempt.log.file(file.path);
    if (sent) await forgetIfChanged(attempt, file, sent.fingerprint, error);
    throw error;
  }
}

/** What was sent of a changed file belongs to no known content: the journal forgets it, so that the next run begins this file anew. */
async function forgetIfChanged({ log }: Attempt, file: StagedFile, fingerprint: SourceFingerprint, error: unknown): Promise<void> {
  if (error instanceof OperatorError && error.code === 'staged_file_changed') await log.append(openRecord(file, fingerprint), true);
}

const openRecord = ({ path, bytes, sha256 }: StagedFile, fingerprint: SourceFingerprint) =>
  ({ type: 'open', file: path, bytes, sha256, fingerprint }) as const;

/** Hashes the whole local file while `upload` sends the rest of it; the hash is of no use once the sending has failed. */
async function besideHashing({ dir, signal }: Attempt, file: StagedFile, upload: () => Promise<void>): Promise<void> {
  const hashing = new AbortController();
  const hashed = verifyStagedContent(dir, file, AbortSignal.any([signal, hashing.signal]));
  hashed.catch(() => {}); // awaited below, after the sending
  try {
    await upload();
  } catch (error) {
    hashing.abort();
    throw error;
  }
  await hashed;
}

/** I7: the size by the open handle, CLOSE answered well, and else the size by name. A server that disagrees with itself is asked again later. */
export async function verifySize({ session }: Attempt, path: string, bytes: number, sizeWhenOpen: number): Promise<void> {
  if (sizeWhenOpen === bytes) return;
  const closed = await session.lstat(path);
  if (closed.size !== bytes) throw new ConnectionLost('size');
}
