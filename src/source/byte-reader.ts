/** Reads a stream of chunks by counts, for a format that says its lengths: small ones as one buffer, long ones as they come. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Exactly `length` bytes, for a look: they are only there until the next call. Throws when the stream ends before. */
  async take(length: number): Promise<Buffer> {
    if (length <= this.#rest.length) return this.#next(length);
    const parts: Buffer[] = [];
    for await (const part of this.stream(length)) parts.push(Buffer.from(part));
    return Buffer.concat(parts);
  }

  /** Exactly `length` bytes, in pieces that are never copied together. */
  async *stream(length: number): AsyncGenerator<Buffer, void> {
    let left = length;
    while (left > 0) {
      if (this.#rest.length === 0) await this.#refill();
      const part = this.#next(left);
      left -= part.length;
      yield part;
    }
  }

  /** Reads past `length` bytes. */
  async skip(length: number): Promise<void> {
    for await (const _ of this.stream(length));
  }

  /** Reads on to the end of the stream. */
  async drain(): Promise<void> {
    while (!(await this.#chunks.next()).done) this.#rest = Buffer.alloc(0);
  }

  /** Lets go of the stream before its end. */
  async leave(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** So many of the bytes that are there, or all. */
  #next(length: number): Buffer {
    const part = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }

  async #refill(): Promise<void> {
    const next = await this.#chunks.next();
    if (next.done) throw new Error('the stream ended in the middle of a value');
    this.#rest = next.value;
  }
}
