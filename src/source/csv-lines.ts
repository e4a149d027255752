const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;

/**
 * Counts records and physical lines of CSV as its bytes pass, and writes CRLF after records when asked to. PostgreSQL always ends a record
 * with LF; a line break inside quotes belongs to the value and is never touched (T30). Chunks may be cut anywhere.
 */
export class CsvLines {
  records = 0;
  lines = 0;
  readonly #withCr: boolean;
  #isQuoted = false;

  constructor(lineTerminator: '\n' | '\r\n') {
    this.#withCr = lineTerminator === '\r\n';
  }

  /** The chunk as it goes to the file. A doubled quote toggles twice, so parity is enough. */
  pass(chunk: Buffer): Buffer {
    let isQuoted = this.#isQuoted;
    let lines = 0;
    const ends: number[] = [];
    let records = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === LF) {
        lines += 1;
        if (isQuoted) continue;
        records += 1;
        if (this.#withCr) ends.push(at);
      }
    }
    this.#isQuoted = isQuoted;
    this.records += records;
    this.lines += lines;
    return this.#withCr ? withCr(chunk, ends) : chunk;
  }
}

function withCr(chunk: Buffer, ends: readonly number[]): Buffer {
  const out = Buffer.allocUnsafe(chunk.length + ends.length);
  let from = 0;
  let to = 0;
  for (const end of ends) {
    to += chunk.copy(out, to, from, end);
    out[to] = CR;
    to += 1;
    from = end;
  }
  chunk.copy(out, to, from);
  return out;
}
