import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { orLocalError } from '../domain/local-error.ts';

const GROUP_FILE = 0o660;

/**
 * A file that is either whole or not there at all: written to a temporary name beside it, hashed on the way, and in the end fsynced, renamed, and
 * the folder fsynced. The name is the same every time, so what a killed run left is written over. Mode 0660 whatever the umask (D12).
 * Everything throws `local_disk_full` and `permission_local`.
 */
export class DurableFile {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #isFinished = false;

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  static open(file: string): Promise<DurableFile> {
    return orLocalError(dirname(file), async () => {
      const handle = await open(`${file}.part`, 'w', GROUP_FILE);
      const opened = new DurableFile(file, handle);
      await handle.chmod(GROUP_FILE).catch(async (error) => {
        await opened.discard();
        throw error;
      });
      return opened;
    });
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    await orLocalError(dirname(this.#file), () => this.#handle.writeFile(chunk));
    this.#hash.update(chunk);
    this.#bytes += Buffer.byteLength(chunk);
  }

  async finish(): Promise<{ bytes: number; sha256: string }> {
    await orLocalError(dirname(this.#file), async () => {
      await this.#handle.sync();
      await this.#handle.close();
      await rename(`${this.#file}.part`, this.#file);
      this.#isFinished = true;
      await syncFolder(dirname(this.#file));
    });
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Leaves nothing of a file that was not finished. */
  async discard(): Promise<void> {
    if (this.#isFinished) return;
    await this.#handle.close().catch(() => {});
    await rm(`${this.#file}.part`, { force: true });
  }
}

/** Writes a whole file, see `DurableFile`. */
export async function writeDurably(file: string, parts: Iterable<string | Uint8Array>): Promise<{ bytes: number; sha256: string }> {
  const writing = await DurableFile.open(file);
  try {
    for (const part of parts) await writing.write(part);
    return await writing.finish();
  } finally {
    await writing.discard();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
