import { frameWrite, WRITE_ROOM } from './sftp-requests.ts';

/** Some bytes of a file with room before them for the WRITE that carries them, so that they are sent from where they were read to. */
export class FilePart {
  readonly #whole: Buffer;
  /** What is read to; not to be touched from the WRITE until its reply. */
  readonly content: Buffer;

  constructor(bytes: number) {
    this.#whole = Buffer.allocUnsafe(WRITE_ROOM + bytes);
    this.content = this.#whole.subarray(WRITE_ROOM);
  }

  /** The WRITE of this part at `offset` of the file. */
  framed(id: number, handle: Buffer, offset: number): Buffer {
    return frameWrite(this.#whole, id, handle, offset);
  }
}

/** Parts of `part` bytes for so many bytes in all, the last one shorter. */
export function partsFor(bytes: number, part: number): FilePart[] {
  const parts: FilePart[] = [];
  for (let left = bytes; left > 0; left -= part) parts.push(new FilePart(Math.min(left, part)));
  return parts;
}
