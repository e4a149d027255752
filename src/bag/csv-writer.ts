import { type Options, stringify } from 'csv-stringify/sync';
import type { Dialect } from '../domain/dialect.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { DurableFile } from './durable-file.ts';

/** A record as CSV has it: text or NULL. Nothing else, since a number or a date would be written in JavaScript's way. */
export type Row = readonly (string | null)[];

/** What a writer must know of a table: its columns' names, and its view for errors. */
export interface TableHead {
  readonly view: string;
  readonly columns: readonly { readonly name: string }[];
}

/** What was counted while a table was written: records, physical lines with the header, bytes, and the hash of all of it. */
export interface WrittenCsv {
  readonly rows: number;
  readonly lines: number;
  readonly bytes: number;
  readonly sha256: string;
}

const BOM = '\ufeff';
const ROWS_PER_CHUNK = 1000;

/** The options whose output equals `COPY … (FORMAT csv, FORCE_QUOTE *)` to the byte; others merge NULL with the empty string. */
const options = (dialect: Dialect): Options => ({
  delimiter: dialect.delimiter,
  quote: '"',
  escape: '"',
  quoted: true,
  quoted_string: true,
  record_delimiter: dialect.lineTerminator,
  eof: true,
  header: false,
  bom: false,
  escape_formulas: false,
  ...(dialect.nullToken && { cast: { null: () => ({ value: dialect.nullToken, quoted: false }) } }),
});

/** The header row, with the byte order mark before it where the dialect wants one. Throws `value_unmappable` (with an empty `key`). */
export function headerBytes(head: TableHead, dialect: Dialect): Buffer {
  const names = head.columns.map(({ name }) => name);
  verifyEncodable(head, dialect, names, '');
  return encode((dialect.bom && dialect.encoding === 'utf-8' ? BOM : '') + stringify([names], options(dialect)), dialect);
}

/**
 * Rows as CSV bytes, without header. Throws `value_unmappable` with view, key (the row's first value) and column when the dialect's
 * encoding cannot hold a character: never `?` instead of it (D10).
 */
export function csvBytes(rows: readonly Row[], dialect: Dialect, head: TableHead): Buffer {
  for (const row of rows) verifyEncodable(head, dialect, row, row[0] ?? '');
  return encode(stringify([...rows], options(dialect)), dialect);
}

/**
 * A table that is written, header included, as its rows come, in bounded memory. What goes wrong with a row is thrown in the end: the rows may come from
 * something that must not be left half-way. See `csvBytes` and `DurableFile` for what is thrown.
 */
export class CsvWriter {
  readonly #file: DurableFile;
  readonly #head: TableHead;
  readonly #dialect: Dialect;
  #batch: Row[] = [];
  #rows = 0;
  #lines = 0;
  #failure: { readonly error: unknown } | undefined;

  private constructor(file: DurableFile, head: TableHead, dialect: Dialect) {
    this.#file = file;
    this.#head = head;
    this.#dialect = dialect;
  }

  static async open(file: string, head: TableHead, dialect: Dialect): Promise<CsvWriter> {
    const header = headerBytes(head, dialect);
    const writer = new CsvWriter(await DurableFile.open(file), head, dialect);
    await writer.#write(() => header);
    return writer;
  }

  async add(row: Row): Promise<void> {
    this.#rows += 1;
    this.#batch.push(row);
    if (this.#batch.length === ROWS_PER_CHUNK) await this.#writeBatch();
  }

  async finish(): Promise<WrittenCsv> {
    await this.#writeBatch();
    if (this.#failure) throw this.#failure.error;
    return { rows: this.#rows, lines: this.#lines, ...(await this.#file.finish()) };
  }

  /** Leaves nothing of a table that was not finished. */
  discard(): Promise<void> {
    return this.#file.discard();
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) await this.#write(() => csvBytes(batch, this.#dialect, this.#head));
  }

  async #write(made: () => Buffer): Promise<void> {
    if (this.#failure) return;
    try {
      const chunk = made();
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) this.#lines += 1;
      await this.#file.write(chunk);
    } catch (error) {
      this.#failure = { error };
    }
  }
}

const encode = (text: string, dialect: Dialect): Buffer => Buffer.from(text, dialect.encoding === 'utf-8' ? 'utf8' : 'latin1');

function verifyEncodable(head: TableHead, dialect: Dialect, row: Row, key: string): void {
  if (dialect.encoding === 'utf-8') return;
  const misfit = row.findIndex((value) => value !== null && /[\u0100-\uffff]/.test(value));
  if (misfit >= 0) throw new OperatorError('value_unmappable', { view: head.view, key, column: head.columns[misfit]?.name ?? '' });
}
