import { type Options, stringify } from 'csv-stringify/sync';
import type { Dialect } from '../domain/dialect.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { writeDurably } from './durable-file.ts';

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

/** Writes a whole table, header included, to `file` in bounded memory; see `csvBytes` and `writeDurably` for what is thrown. */
export async function writeCsv(file: string, head: TableHead, rows: Iterable<Row>, dialect: Dialect): Promise<WrittenCsv> {
  let count = 0;
  let lines = 0;
  function* chunks(): Generator<Buffer> {
    yield headerBytes(head, dialect);
    for (const batch of batches(rows)) {
      count += batch.length;
      yield csvBytes(batch, dialect, head);
    }
  }
  function* counted(): Generator<Buffer> {
    for (const chunk of chunks()) {
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines += 1;
      yield chunk;
    }
  }
  const { bytes, sha256 } = await writeDurably(file, counted());
  return { rows: count, lines, bytes, sha256 };
}

function* batches(rows: Iterable<Row>): Generator<Row[]> {
  let batch: Row[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length === ROWS_PER_CHUNK) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

const encode = (text: string, dialect: Dialect): Buffer => Buffer.from(text, dialect.encoding === 'utf-8' ? 'utf8' : 'latin1');

function verifyEncodable(head: TableHead, dialect: Dialect, row: Row, key: string): void {
  if (dialect.encoding === 'utf-8') return;
  const misfit = row.findIndex((value) => value !== null && /[\u0100-\uffff]/.test(value));
  if (misfit >= 0) throw new OperatorError('value_unmappable', { view: head.view, key, column: head.columns[misfit]?.name ?? '' });
}
