import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { orLocalError } from '../domain/local-error.ts';

const GROUP_FILE = 0o660;
/** So much is written between two flushes, which run while more is written: the last one has little left to wait for. */
const FLUSH_BYTES = 32 * 1024 * 1024;

/**
 * Writes a new file and hashes what it writes. Whatever `fill` throws, the unfinished file is gone before the error leaves; after it the
 * bytes are on disk (fsync). Mode 0660 whatever the umask (D12). Throws `local_disk_full` and `permission_local`, which name the folder only:
 * an attachment's name is personal data (D13).
 */
export async function writeHashed(
  file: string,
  fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<{ bytes: number; sha256: string }> {
  const folder = dirname(file);
  const handle = await orLocalError(folder, () => open(file, 'wx', GROUP_FILE));
  const hash = createHash('sha256');
  let bytes = 0;
  let flushed = 0;
  let flushing = Promise.resolve();
  try {
    await orLocalError(folder, () => handle.chmod(GROUP_FILE));
    await fill(async (chunk) => {
      await orLocalError(folder, () => append(handle, hash, chunk));
      bytes += chunk.length;
      if (bytes - flushed < FLUSH_BYTES) return;
      flushed = bytes;
      // What a flush could not write is said once, to that flush: the next one would find nothing amiss.
      await orLocalError(folder, () => flushing);
      flushing = handle.datasync();
      flushing.catch(() => {});
    });
    await orLocalError(folder, () => flushing);
    await orLocalError(folder, () => handle.sync());
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(file, { force: true });
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function append(handle: FileHandle, hash: Hash, chunk: Uint8Array): Promise<void> {
  const written = handle.writeFile(chunk);
  hash.update(chunk);
  await written;
}
