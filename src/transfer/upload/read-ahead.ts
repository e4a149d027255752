import type { FileHandle } from 'node:fs/promises';
import type { StagedFile } from '../../domain/package.ts';
import { readStagedParts } from '../remote/staged-file.ts';
import { FilePart } from '../session/file-part.ts';

/** Parts that are read at once: a part by itself costs a thread's waking, which on a busy machine costs more than the reading. */
const PARTS = 4;

/** A range of a staged file, part by part, read a block ahead of what is asked for: at most two blocks wait in memory. Parts that are given back are read to again. */
export class ReadAhead {
  readonly #file: StagedFile;
  readonly #handle: FileHandle;
  readonly #part: number;
  readonly #to: number;
  /** Where the next block begins. */
  #next: number;
  #ready: FilePart[] = [];
  #coming: Promise<FilePart[]> | undefined;
  readonly #free: FilePart[] = [];

  /** Parts of `part` bytes of [from, to), the last one shorter. */
  constructor(handle: FileHandle, file: StagedFile, from: number, to: number, part: number) {
    this.#file = file;
    this.#handle = handle;
    this.#part = part;
    this.#next = from;
    this.#to = to;
    this.#coming = this.#readBlock();
  }

  /** The next part. Throws OperatorError as `readStaged`. */
  async read(): Promise<FilePart> {
    if (this.#ready.length === 0 && this.#coming) {
      this.#ready = await this.#coming;
      this.#coming = this.#readBlock();
    }
    const part = this.#ready.shift();
    if (!part) throw new Error('nothing is left to read');
    return part;
  }

  /** A part that nobody needs any more. */
  giveBack(part: FilePart): void {
    if (part.content.length === this.#part) this.#free.push(part);
  }

  /** Undefined at the end. */
  #readBlock(): Promise<FilePart[]> | undefined {
    const length = Math.min(PARTS * this.#part, this.#to - this.#next);
    if (length <= 0) return undefined;
    const parts: FilePart[] = [];
    for (let left = length; left > 0; left -= this.#part)
      parts.push((left >= this.#part && this.#free.pop()) || new FilePart(Math.min(left, this.#part)));
    const reading = readStagedParts(this.#handle, this.#file, parts, this.#next).then(() => parts);
    reading.catch(() => {}); // thrown to whoever asks for it; nobody may
    this.#next += length;
    return reading;
  }
}
