import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { localError } from '../domain/local-error.ts';

const GROUP_FILE = 0o660;

/**
 * Writes a file so that it is either whole or not there at all: to a temporary name beside it, fsynced, renamed, and the folder fsynced.
 * The name is the same every time, so what a killed run left is written over. Mode 0660 whatever the umask (D12).
 * Throws `local_disk_full` and `permission_local`.
 */
export async function writeDurably(file: string, chunks: Iterable<Uint8Array>): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const handle = await open(`${file}.part`, 'w', GROUP_FILE);
    try {
      await handle.chmod(GROUP_FILE);
      for (const chunk of chunks) {
        await handle.writeFile(chunk);
        hash.update(chunk);
        bytes += chunk.length;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.part`, file);
    await syncFolder(dirname(file));
  } catch (error) {
    throw localError(error, dirname(file));
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
