import type { Dialect } from './dialect.ts';

/*
 * The arithmetic of the CSV encoder, so that a size is known without encoding. `source/exact-size.ts` is the same in SQL:
 * a value is its bytes, one more for every quote in it and two quotes around it; NULL is the dialect's token, bare.
 */

const BOM_BYTES = 3;

/** Bytes of one record in the dialect, line terminator included; equal to what csv-stringify and `COPY … (FORCE_QUOTE *)` write. */
export function csvRecordBytes(values: readonly (string | null)[], dialect: Dialect): number {
  const size = (text: string) => Buffer.byteLength(text, dialect.encoding === 'utf-8' ? 'utf8' : 'latin1');
  let bytes = separatorBytes(values.length, dialect);
  for (const value of values) bytes += value === null ? size(dialect.nullToken) : size(value.replaceAll('"', '""')) + 2;
  return bytes;
}

/** Bytes before the first row: the header record, and the byte order mark where the dialect has one (only UTF-8 can). */
export const csvHeaderBytes = (names: readonly string[], dialect: Dialect): number =>
  (dialect.bom && dialect.encoding === 'utf-8' ? BOM_BYTES : 0) + csvRecordBytes(names, dialect);

/** Bytes of a record that are not values: delimiters and line terminator. */
export const separatorBytes = (columns: number, dialect: Dialect): number => columns - 1 + dialect.lineTerminator.length;
