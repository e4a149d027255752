import { stringify } from 'csv-stringify/sync';
import { describe, expect, test } from 'vitest';
import { headerBytes } from '../../src/bag/csv-writer.ts';
import { csvHeaderBytes, csvRecordBytes } from '../../src/domain/csv-size.ts';
import { DEFAULT_DIALECT, type Dialect } from '../../src/domain/dialect.ts';

const values: readonly (string | null)[][] = [
  ['a'],
  [''],
  [null],
  ['"'],
  ['""', 'a"b'],
  [null, ''],
  [null, null, null],
  ['åäö', 'x'],
  ['rad\r\nbrytning;,|\t', '=1+1'],
  ['é'.repeat(200), null, ''],
];
const dialects: readonly Dialect[] = [
  DEFAULT_DIALECT,
  { ...DEFAULT_DIALECT, delimiter: '\t', lineTerminator: '\r\n' },
  { ...DEFAULT_DIALECT, bom: true, nullToken: '' },
  { ...DEFAULT_DIALECT, encoding: 'iso-8859-1', bom: true },
];

describe.each(dialects)('D10 the arithmetic is the encoder’s: %o', (dialect) => {
  const encoded = (record: (string | null)[]) =>
    Buffer.from(
      stringify([record], {
        delimiter: dialect.delimiter,
        quoted: true,
        quoted_string: true,
        record_delimiter: dialect.lineTerminator,
      }),
      dialect.encoding === 'utf-8' ? 'utf8' : 'latin1',
    ).length;

  test.each(values.map((record) => [record]))('%j', (record) => {
    expect(csvRecordBytes(record, dialect)).toBe(encoded(record));
  });

  test('the header, with its byte order mark', () => {
    const names = ['id', 'namn "x"', 'å'];
    const head = { view: 'v', columns: names.map((name) => ({ name })) };
    expect(csvHeaderBytes(names, dialect)).toBe(headerBytes(head, dialect).length);
  });
});

test('D10 a NULL token stands bare', () => {
  expect(csvRecordBytes([null, 'NULL'], { ...DEFAULT_DIALECT, nullToken: 'NULL' })).toBe('NULL;"NULL"\n'.length);
});
