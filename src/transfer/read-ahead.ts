import type { FileHandle } from 'node:fs/promises';
import type { StagedFile } from '../domain/package.ts';
import { readStaged } from './staged-file.ts';

/** Parts that are read at once: a part by itself costs a thread's waking, which on a busy machine costs more than the reading. */
const PARTS = 4;

/** A range of a staged file, part by part, read a block ahead of what is asked for. Holds at most two blocks in memory. */
export class ReadAhead {
  readonly #file: StagedFile;
  readonly #handle: FileHandle;
  readonly #part: number;
  readonly #to: number;
  /** Where the next block begins. */
  #next: number;
  #block: Buffer = Buffer.alloc(0);
  #used = 0;
  #coming: Promise<Buffer> | undefined;

  /** Parts of `part` bytes of [from, to), the last one shorter. */
  constructor(handle: FileHandle, file: StagedFile, from: number, to: number, part: number) {
    this.#file = file;
    this.#handle = handle;
    this.#part = part;
    this.#next = from;
    this.#to = to;
    this.#coming = this.#readBlock();
  }

  /** The next part, good until the next is asked for. Throws OperatorError as `readStaged`. */
  async read(): Promise<Buffer> {
    if (this.#used === this.#block.length) {
      if (!this.#coming) throw new Error('nothing is left to read');
      const used = this.#block;
      this.#block = await this.#coming;
      this.#used = 0;
      this.#coming = this.#readBlock(used);
    }
    const part = this.#block.subarray(this.#used, this.#used + this.#part);
    this.#used += part.length;
    return part;
  }

  /** Reads the next block, over `used` where that is long enough; undefined at the end. */
  #readBlock(used?: Buffer): Promise<Buffer> | undefined {
    const length = Math.min(PARTS * this.#part, this.#to - this.#next);
    if (length <= 0) return undefined;
    const block = used && used.length >= length ? used.subarray(0, length) : Buffer.allocUnsafe(length);
    const reading = readStaged(this.#handle, this.#file, block, this.#next).then(() => block);
    reading.catch(() => {}); // thrown to whoever asks for it; nobody may
    this.#next += length;
    return reading;
  }
}
