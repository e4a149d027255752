/** Bytes [from, to) of a file. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Which bytes of a file the server has acknowledged, in whatever order the replies came (I2, I5).
 * `contiguous` is W: everything before it is acknowledged, and a failed range holds it back until that range is acknowledged anew.
 */
export class AckTracker {
  #contiguous: number;
  /** Acknowledged ranges beyond W: sorted, apart from each other. */
  #beyond: Range[] = [];

  constructor(from: number) {
    this.#contiguous = from;
  }

  get contiguous(): number {
    return this.#contiguous;
  }

  /** The server wrote [from, to). */
  ack(from: number, to: number): void {
    if (to <= this.#contiguous) return;
    const touching = this.#beyond.filter((range) => range.from <= to && range.to >= from);
    const merged = { from: Math.min(from, ...touching.map((r) => r.from)), to: Math.max(to, ...touching.map((r) => r.to)) };
    const rest = this.#beyond.filter((range) => !touching.includes(range));
    if (merged.from <= this.#contiguous) {
      this.#contiguous = merged.to;
      this.#beyond = rest;
    } else {
      this.#beyond = [...rest, merged].sort((a, b) => a.from - b.from);
    }
  }

  /** The write of [from, to) failed: any part of it may be on the disk, so none of it counts. */
  fail(from: number, to: number): void {
    const known = [{ from: 0, to: this.#contiguous }, ...this.#beyond];
    const parts = known.flatMap((r) => [
      { from: r.from, to: Math.min(r.to, from) },
      { from: Math.max(r.from, to), to: r.to },
    ]);
    const [head, ...beyond] = parts.filter((r, i) => i === 0 || r.from < r.to);
    this.#contiguous = head?.to ?? 0;
    this.#beyond = beyond;
  }
}
