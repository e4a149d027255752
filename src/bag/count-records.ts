/** How a table is written, as its `datapackage.json` says: single-byte signs only, so that bytes can be read without decoding. */
export interface ReadDialect {
  readonly delimiter: string;
  readonly quoteChar: string;
  readonly encoding: 'utf-8' | 'iso-8859-1';
}

const LF = 0x0a;
const HEADER_LIMIT = 4 * 1024 * 1024;

/** What a table holds: its header's fields, and the records after it. */
export interface CountedRecords {
  readonly header: readonly string[];
  readonly records: number;
  /** The last record ends, and no quote is left open. */
  readonly isWhole: boolean;
}

/**
 * Counts CSV records, not lines: a line break inside quotes belongs to its record (T30). Bytes in, in chunks cut anywhere; memory is
 * bounded by the header row. A doubled quote toggles twice, so parity is enough.
 */
export class RecordCounter {
  private readonly dialect: ReadDialect;
  private readonly quote: number;
  private headerChunks: Uint8Array[] = [];
  private headerBytes = 0;
  private isQuoted = false;
  private ends = 0;
  private lastByte = LF;

  constructor(dialect: ReadDialect) {
    this.dialect = dialect;
    this.quote = dialect.quoteChar.charCodeAt(0);
  }

  add(chunk: Uint8Array): void {
    const { quote } = this;
    let { isQuoted, ends } = this;
    let headerEnd = chunk.length;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === quote) isQuoted = !isQuoted;
      else if (byte === LF && !isQuoted) {
        if (ends === 0) headerEnd = at + 1;
        ends += 1;
      }
    }
    if (this.ends === 0 && this.headerBytes < HEADER_LIMIT) {
      this.headerChunks.push(chunk.slice(0, headerEnd));
      this.headerBytes += headerEnd;
    }
    this.isQuoted = isQuoted;
    this.ends = ends;
    this.lastByte = chunk.at(-1) ?? this.lastByte;
  }

  counted(): CountedRecords {
    const isWhole = !this.isQuoted && this.lastByte === LF;
    const records = this.ends + (this.lastByte === LF ? 0 : 1);
    const header = Buffer.concat(this.headerChunks).toString(this.dialect.encoding === 'iso-8859-1' ? 'latin1' : 'utf8');
    return {
      header: fieldsOf(header.replace(/^\ufeff/, '').replace(/\r?\n$/, ''), this.dialect),
      records: Math.max(0, records - 1),
      isWhole,
    };
  }
}

/** The fields of one record; a field begins with a quote or has none. */
function fieldsOf(record: string, { delimiter, quoteChar }: ReadDialect): string[] {
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < record.length; at += 1) {
    const char = record.charAt(at);
    if (char === quoteChar && isQuoted && record.charAt(at + 1) === quoteChar) {
      field += char;
      at += 1;
    } else if (char === quoteChar) isQuoted = !isQuoted;
    else if (char === delimiter && !isQuoted) {
      fields.push(field);
      field = '';
    } else field += char;
  }
  return [...fields, field];
}
