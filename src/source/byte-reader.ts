/** Reads a stream of chunks by counts, for a format that says its lengths: small ones as one buffer, long ones as they come. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Exactly `length` bytes. Throws when the stream ends before. */
  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.stream(length)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** Exactly `length` bytes, in pieces that are never copied together. */
  async *stream(length: number): AsyncGenerator<Buffer, void> {
    let left = length;
    while (left > 0) {
      if (this.#rest.length === 0) await this.#refill();
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Reads on to the end of the stream. */
  async drain(): Promise<void> {
    while (!(await this.#chunks.next()).done) this.#rest = Buffer.alloc(0);
  }

  /** Lets go of the stream before its end. */
  async leave(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #refill(): Promise<void> {
    const next = await this.#chunks.next();
    if (next.done) throw new Error('the stream ended in the middle of a value');
    this.#rest = next.value;
  }
}
