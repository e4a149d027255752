import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvWriter, csvBytes, headerBytes, type Row, type TableHead } from '../../src/bag/csv-writer.ts';
import { csvHeaderBytes, csvRecordBytes } from '../../src/domain/csv-size.ts';
import { DEFAULT_DIALECT, type Dialect } from '../../src/domain/dialect.ts';
import { writeCsv } from '../support/csv-table.ts';
import { sha256, tempFolder } from './sample-bag.ts';

const head = (columns: number): TableHead => ({
  view: 'omrade2_bilagor',
  columns: Array.from({ length: columns }, (_, at) => ({ name: `k"${at};` })),
});

const dialects: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(';', ',', '|', '\t'),
  encoding: fc.constantFrom('utf-8', 'iso-8859-1'),
  bom: fc.boolean(),
  lineTerminator: fc.constantFrom('\n', '\r\n'),
  nullToken: fc.constantFrom('', 'NULL', '\\N'),
});
const hard = fc.constantFrom(
  '',
  '"',
  '\n',
  '\r\n',
  ';',
  ',',
  '|',
  '\t',
  '\\.',
  '\\N',
  'NULL',
  '=1+1',
  '@',
  ' x ',
  'åäö',
  '\u00ad',
  '\u00ff',
);
const latin1 = fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)) });
const anything = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')); // PostgreSQL's text holds no U+0000

const parsed = (bytes: Buffer, { delimiter, encoding, nullToken, lineTerminator }: Dialect): Row[] =>
  parse(bytes.toString(encoding === 'utf-8' ? 'utf8' : 'latin1'), {
    delimiter,
    record_delimiter: lineTerminator,
    cast: (value, { quoting }) => (quoting || value !== nullToken ? value : null),
  }) as unknown as Row[];

describe('CSV born in JavaScript', () => {
  test('R22 R25 D10 comes back as it was in every dialect, NULL and the empty string apart', () => {
    fc.assert(
      fc.property(dialects, fc.integer({ min: 2, max: 7 }), fc.gen(), (dialect, width, gen) => {
        const value = fc.oneof(fc.constant(null), hard, dialect.encoding === 'utf-8' ? anything : latin1);
        const rows = gen(() => fc.array(fc.array(value, { minLength: width, maxLength: width }), { maxLength: 12 }));
        expect(parsed(csvBytes(rows, dialect, head(width)), dialect)).toEqual(rows);
      }),
      { numRuns: 400 },
    );
  });

  test('P6 the size arithmetic of the domain equals what is written', () => {
    fc.assert(
      fc.property(dialects, fc.array(fc.oneof(fc.constant(null), hard, latin1), { minLength: 2, maxLength: 7 }), (dialect, row) => {
        const { length } = csvBytes([row], dialect, head(row.length));
        expect(csvRecordBytes(row, dialect)).toBe(length);
        const names = head(row.length).columns.map(({ name }) => name);
        expect(csvHeaderBytes(names, dialect)).toBe(headerBytes(head(row.length), dialect).length);
      }),
    );
  });

  test('D10 every non-NULL value is quoted and NULL is not', () => {
    expect(csvBytes([['a', '', null, 'x"y']], DEFAULT_DIALECT, head(4)).toString()).toBe('"a";"";;"x""y"\n');
    expect(csvBytes([['NULL', null]], { ...DEFAULT_DIALECT, nullToken: 'NULL' }, head(2)).toString()).toBe('"NULL";NULL\n');
  });

  test('D10 values are never altered: no formula guard, no trimming', () => {
    expect(csvBytes([['=1+1', ' x ', '0123']], DEFAULT_DIALECT, head(3)).toString()).toBe('"=1+1";" x ";"0123"\n');
  });

  test('D10 the header is quoted, and a byte order mark is before it only in UTF-8', () => {
    const bom = { ...DEFAULT_DIALECT, bom: true };
    expect(headerBytes({ view: 'v', columns: [{ name: 'a"b' }, { name: 'å' }] }, DEFAULT_DIALECT).toString()).toBe('"a""b";"å"\n');
    expect([...headerBytes(head(1), bom).subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 0x22]);
    expect(headerBytes(head(1), { ...bom, encoding: 'iso-8859-1' })[0]).toBe(0x22);
  });

  test('D10 a character that ISO 8859-1 lacks stops, and names view, key and column', () => {
    const dialect: Dialect = { ...DEFAULT_DIALECT, encoding: 'iso-8859-1' };
    expect(csvBytes([['å']], dialect, head(1))).toEqual(Buffer.from([0x22, 0xe5, 0x22, 0x0a]));
    const misfit = { code: 'value_unmappable', facts: { view: 'omrade2_bilagor', key: 'b7', column: 'k"1;' } };
    for (const value of ['€', '😀', 'a\u0301']) {
      expect(() =>
        csvBytes(
          [
            ['b6', 'ok'],
            ['b7', value],
          ],
          dialect,
          head(2),
        ),
      ).toThrow(expect.objectContaining(misfit));
    }
    expect(() => headerBytes({ view: 'v', columns: [{ name: '€' }] }, dialect)).toThrow(
      expect.objectContaining({ code: 'value_unmappable' }),
    );
  });

  test('T30 a table of many chunks is counted and hashed as it is on disk', async () => {
    const file = join(await tempFolder(), 't.csv');
    function* rows(): Generator<Row> {
      for (let nr = 1; nr <= 2_500; nr += 1) yield [String(nr), nr % 2 ? 'två\nrader' : null];
    }
    const written = await writeCsv(file, head(2), rows(), { ...DEFAULT_DIALECT, bom: true });
    const bytes = await readFile(file);
    expect(written).toEqual({ rows: 2_500, lines: 1 + 2_500 + 1_250, bytes: bytes.length, sha256: sha256(bytes) });
    expect(bytes.toString().split('\n')).toHaveLength(written.lines + 1);
  });

  test('D10 a row that cannot be written is told of in the end, and then nothing is left', async () => {
    const folder = await tempFolder();
    const dialect: Dialect = { ...DEFAULT_DIALECT, encoding: 'iso-8859-1' };
    const table = await CsvWriter.open(join(folder, 't.csv'), head(2), dialect);
    for (let nr = 1; nr <= 2_500; nr += 1) await table.add([String(nr), nr === 700 ? '€' : 'ok']);
    await expect(table.finish()).rejects.toMatchObject({ code: 'value_unmappable', facts: { view: 'omrade2_bilagor', key: '700' } });
    await table.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  test('a table without rows is a header', async () => {
    const file = join(await tempFolder(), 't.csv');
    expect(await writeCsv(file, head(1), [], DEFAULT_DIALECT)).toMatchObject({ rows: 0, lines: 1 });
    expect(await readFile(file)).toEqual(headerBytes(head(1), DEFAULT_DIALECT));
  });
});
