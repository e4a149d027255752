import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import ssh2 from 'ssh2';
import type { StagedFile } from '../domain/package.ts';
import type { Attempt } from './attempt.ts';
import { stopIfAsked } from './attempt.ts';
import { inFlight } from './in-flight.ts';
import { WIDTH } from './remote-tree.ts';
import { openStaged, readStaged, stagedFileChanged } from './staged-file.ts';
import { closeAtSize } from './upload-large.ts';

const { WRITE, CREAT, EXCL } = ssh2.utils.sftp.OPEN_MODE;

/** A file up to this size is sent whole, in one go. With 64 of them in flight it also bounds the memory (16 MiB). */
export const SMALL_FILE = 256 * 1024;

/**
 * Sends many small files, 64 at a time; each is hashed in memory before its first byte leaves, then opened, and WRITE, FSTAT and CLOSE go
 * together. Their durability is not claimed (decision 3): a resume checks sizes by listing, and content at verification.
 * Throws as `uploadLarge`.
 */
export async function uploadSmall(attempt: Attempt, files: readonly StagedFile[]): Promise<void> {
  const { session, log, signal } = attempt;
  await inFlight(files, Math.min(WIDTH, session.can.openHandles / 2), async (file) => {
    stopIfAsked(signal);
    const { content, fingerprint } = await readWhole(attempt.dir, file);
    await log.append({ type: 'open', file: file.path, bytes: file.bytes, sha256: file.sha256, fingerprint }, false);
    const path = posix.join(attempt.temp, file.path);
    const handle = await session.open(path, WRITE | CREAT | EXCL, 0o600);
    const writes: Promise<void>[] = [];
    for (let at = 0; at < content.length; at += session.can.chunk) {
      const part = content.subarray(at, at + session.can.chunk);
      writes.push(session.write(handle, part, part.length, at));
    }
    await Promise.all([...writes, closeAtSize(attempt, handle, path, file.bytes)]);
    await log.append({ type: 'sent', file: file.path, bytes: file.bytes, sha256: file.sha256, durable: false }, false);
    attempt.onAcked(file, file.bytes);
    attempt.onSent(file);
  });
}

async function readWhole(dir: string, file: StagedFile) {
  const { handle, fingerprint } = await openStaged(dir, file);
  try {
    const content = Buffer.allocUnsafe(file.bytes);
    await readStaged(handle, file, content, 0);
    if (createHash('sha256').update(content).digest('hex') !== file.sha256) throw stagedFileChanged(file);
    return { content, fingerprint };
  } finally {
    await handle.close();
  }
}
