import { createHash } from 'node:crypto';
import type { StagedFile } from '../../domain/package.ts';
import type { Attempt } from '../remote/attempt.ts';
import { openStaged, readStagedParts, stagedFileChanged } from '../remote/staged-file.ts';
import { partsFor } from '../session/file-part.ts';
import { OPEN } from '../session/sftp-requests.ts';
import { verifySize } from './upload-large.ts';

const { WRITE, CREAT, EXCL } = OPEN;

/** A file up to this size is sent whole, in one go. */
export const SMALL_FILE = 256 * 1024;

/**
 * Sends a small file: hashed in memory before its first byte leaves, then opened, and WRITE, FSTAT and CLOSE go together.
 * Its durability is not claimed: a resume checks sizes by listing, and content at verification. Throws as `uploadLarge`.
 */
export async function uploadSmall(attempt: Attempt, file: StagedFile): Promise<void> {
  const { session, log } = attempt;
  const { chunk } = session.can;
  const { parts, fingerprint } = await readWhole(attempt.dir, file, chunk);
  await log.append({ type: 'open', file: file.path, bytes: file.bytes, sha256: file.sha256, fingerprint }, false);
  const path = attempt.part.at(file.path);
  const channel = session.nextDataChannel();
  const handle = await channel.open(path, WRITE | CREAT | EXCL, 0o600);
  const writes = parts.map((part, index) => channel.write(handle, part, index * chunk));
  const [open] = await Promise.all([channel.fstat(handle), channel.closeHandle(handle), ...writes]);
  await verifySize(attempt, path, file.bytes, open.size);
  await log.append({ type: 'sent', file: file.path, bytes: file.bytes, sha256: file.sha256, durable: false }, false);
  attempt.onAcked(file, file.bytes);
  attempt.onSent(file);
}

async function readWhole(dir: string, file: StagedFile, chunk: number) {
  const { handle, fingerprint } = await openStaged(dir, file);
  try {
    const parts = partsFor(file.bytes, chunk);
    if (parts.length > 0) await readStagedParts(handle, file, parts, 0);
    const hash = createHash('sha256');
    for (const { content } of parts) hash.update(content);
    if (hash.digest('hex') !== file.sha256) throw stagedFileChanged(file);
    return { parts, fingerprint };
  } finally {
    await handle.close();
  }
}
