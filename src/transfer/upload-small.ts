import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import type { StagedFile } from '../domain/package.ts';
import type { Attempt } from './attempt.ts';
import { openStaged, readStaged, stagedFileChanged } from './staged-file.ts';
import { verifySize } from './upload-large.ts';

const { WRITE, CREAT, EXCL } = ssh2.utils.sftp.OPEN_MODE;

/** A file up to this size is sent whole, in one go. */
export const SMALL_FILE = 256 * 1024;

/**
 * Sends a small file: hashed in memory before its first byte leaves, then opened, and WRITE, FSTAT and CLOSE go together.
 * Its durability is not claimed (decision 3): a resume checks sizes by listing, and content at verification. Throws as `uploadLarge`.
 */
export async function uploadSmall(attempt: Attempt, file: StagedFile): Promise<void> {
  const { session, log } = attempt;
  const { content, fingerprint } = await readWhole(attempt.dir, file);
  await log.append({ type: 'open', file: file.path, bytes: file.bytes, sha256: file.sha256, fingerprint }, false);
  const path = attempt.part.at(file.path);
  const channel = session.nextDataChannel();
  const handle = await channel.open(path, WRITE | CREAT | EXCL, 0o600);
  const { chunk } = channel.can;
  const writes: Promise<void>[] = [];
  for (let at = 0; at < content.length; at += chunk) {
    const part = content.subarray(at, at + chunk);
    writes.push(channel.write(handle, part, part.length, at));
  }
  const [open] = await Promise.all([channel.fstat(handle), channel.closeHandle(handle), ...writes]);
  await verifySize(attempt, path, file.bytes, open.size);
  await log.append({ type: 'sent', file: file.path, bytes: file.bytes, sha256: file.sha256, durable: false }, false);
  attempt.onAcked(file, file.bytes);
  attempt.onSent(file);
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
