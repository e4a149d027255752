import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvBytes, headerBytes } from '../../src/bag/csv-writer.ts';
import type { Dialect } from '../../src/domain/dialect.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import type { Column } from '../../src/domain/package.ts';
import { foldName } from '../../src/domain/regions.ts';
import { openSource } from '../../src/source/open-source.ts';
import type { Source } from '../../src/source/source.ts';
import { run, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCsv, sha256, type Value } from '../support/source-export.ts';

/** How many cases each property tries; a long run sets it to 10,000. */
const numRuns = Number(process.env.FC_RUNS ?? 100);
const TIMEOUT_MS = 120_000 + numRuns * 1_000;

/** What a CSV reader, a terminal or PostgreSQL could take for something else than a letter. NUL is the one that a text cannot have. */
const SIGNS = [...'";,|\t\r\n\\.N=+-@\'{}[]: aåÅ\u007f\u0001\u001b\u0085\u00a0'];
const WIDE_SIGNS = ['\u202e', '\u2028', '\ufeff', '\ufffd', 'a\u030a', 'Ł', '€', '🦠', '\\.', '\n\\.\n', '\r\n', '""', 'NULL', '\\N'];

/** Names that our own statements use: a view's columns may be called that as well. */
const OUR_WORDS = ['key', 'value', 'own', 'items', 'is_array', 'namn', 'record', 'rows', 'filled', 'c0', 'v', 'r', 'f', 's'];

const text = (encoding: Dialect['encoding']) => {
  const any =
    encoding === 'utf-8'
      ? fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll('\0', ''))
      : fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 12 });
  const signs = encoding === 'utf-8' ? [...SIGNS, ...WIDE_SIGNS] : SIGNS;
  return fc.oneof(fc.string({ unit: fc.constantFrom(...signs), maxLength: 8 }), any, fc.constantFrom('', 'NULL', '\\N', '\\.', '007'));
};
const value = (encoding: Dialect['encoding']) => fc.option(text(encoding), { nil: null, freq: 4 });

const dialects: fc.Arbitrary<Dialect> = fc
  .record({
    delimiter: fc.constantFrom<Dialect['delimiter']>(';', ',', '|', '\t'),
    encoding: fc.constantFrom<Dialect['encoding']>('utf-8', 'iso-8859-1'),
    bom: fc.boolean(),
    lineTerminator: fc.constantFrom<Dialect['lineTerminator']>('\n', '\r\n'),
    nullToken: fc.constantFrom('', 'NULL', '\\N', 'saknas'),
  })
  .map((dialect) => ({ ...dialect, bom: dialect.bom && dialect.encoding === 'utf-8' }));

type OwnFields = Readonly<Record<string, Value | readonly Value[]>>;

interface Table {
  readonly dialect: Dialect;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly values: readonly Value[]; readonly own: OwnFields }[];
}

const tables: fc.Arbitrary<Table> = dialects.chain((dialect) => {
  const { encoding } = dialect;
  const columnName = fc.oneof(
    { weight: 4, arbitrary: text(encoding).filter((name) => name !== '' && Buffer.byteLength(name) < 60) },
    { weight: 1, arbitrary: fc.constantFrom(...OUR_WORDS) },
  );
  const columns = fc.uniqueArray(columnName, { maxLength: 3 });
  const own = fc.dictionary(text(encoding), fc.oneof(value(encoding), fc.array(value(encoding), { maxLength: 3 })), {
    maxKeys: 3,
    noNullPrototype: true,
  });
  return columns.chain((names) =>
    fc.record({
      dialect: fc.constant(dialect),
      columns: fc.constant(names),
      rows: fc.array(fc.record({ values: fc.tuple(...names.map(() => value(encoding))), own }), { maxLength: 5 }),
    }),
  );
});

let server: TestPostgres;
let client: pg.Client;
let source: Source;
let dir: string;
let files = 0;

beforeAll(async () => {
  server = await startPostgres();
  const url = await server.createDatabase('tabeller');
  await run(url, 'CREATE SCHEMA leverans; CREATE TABLE leverans.omrade1_anmalningar (id int, myndighet text)');
  client = new pg.Client({ connectionString: url });
  await client.connect();
  source = openSource({ sminet2: url });
  dir = await mkdtemp(join(tmpdir(), 'sminet-tables-'));
});

afterAll(async () => {
  await source?.close();
  await client?.end();
  await server?.stop();
  await rm(dir, { recursive: true });
});

/** The source's table, whose keys count from 1. A region that is not ours has the same rows. */
async function fill({ columns, rows }: Table): Promise<void> {
  const names = columns.map((name) => pg.escapeIdentifier(name));
  await client.query(`DROP TABLE IF EXISTS leverans.omrade1_fall;
    CREATE TABLE leverans.omrade1_fall (rad_nyckel int, myndighet text, egna_falt jsonb${names.map((name) => `, ${name} text`).join('')})`);
  for (const [at, { values, own }] of rows.entries()) {
    const places = values.map((_, index) => `, $${index + 2}`).join('');
    await client.query(
      `INSERT INTO leverans.omrade1_fall SELECT k, r, $1::jsonb${places.replace(/\$\d+/g, '$&::text')} FROM (VALUES (${at + 1}, '12'), (${-at}, '13')) AS v (k, r)`,
      [JSON.stringify(own), ...values],
    );
  }
}

async function exported(dialect: Dialect) {
  const snapshot = await source.snapshot([1]);
  try {
    const shape = await snapshot.shape('omrade1_fall', '12');
    files += 1;
    const file = join(dir, `${files}.csv`);
    const header = headerBytes(shape, dialect);
    const write = (to: string) => snapshot.writeTable(shape, '12', to, header, { dialect });
    try {
      const written = await write(file);
      const again = await write(`${file}.igen`);
      return { shape, header, file, written, again };
    } catch (error) {
      expect(existsSync(file)).toBe(false);
      throw error;
    }
  } finally {
    await snapshot.close();
  }
}

/** What the row has for a delivered column, found without the product: own fields by their key and place. */
function expectedValue(table: Table, at: number, { source: { column, key, item } }: Column): Value {
  if (column === 'rad_nyckel') return String(at + 1);
  if (column === 'myndighet') return '12';
  const row = table.rows[at];
  if (key === undefined) return row?.values[table.columns.indexOf(column)] ?? null;
  const own = Object.hasOwn(row?.own ?? {}, key) ? row?.own[key] : null;
  if (Array.isArray(own)) return (own as Value[])[(item ?? 1) - 1] ?? null;
  return (item ?? 1) === 1 ? ((own as Value) ?? null) : null;
}

test(
  'R24 R25 T30 D10 N12 any table in any dialect is the same to csv-stringify, to a reader and the next time',
  async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const { dialect, rows } = table;
        fc.pre(!table.columns.some((name) => ['rad_nyckel', 'myndighet', 'egna_falt'].includes(name)));
        await fill(table);
        const { shape, header, file, written, again } = await exported(dialect);
        const expected = rows.map((_, at) => shape.columns.map((column) => expectedValue(table, at, column)));
        const bytes = await readFile(file);
        // The same dialect, born in JavaScript.
        expect(bytes.equals(Buffer.concat([header, csvBytes(expected, dialect, shape)]))).toBe(true);
        const read = await readCsv(file, dialect);
        expect(read.records).toEqual(expected);
        expect(read.header).toEqual(shape.columns.map(({ name }) => name));
        // Nothing is lost and nothing can be taken for something else.
        const items = new Set(shape.columns.map(({ source: from }) => JSON.stringify([from.column, from.key, from.item ?? 1])));
        for (const { own } of rows) {
          for (const [key, field] of Object.entries(own)) {
            for (const [n] of (Array.isArray(field) ? field : [field]).entries())
              expect(items).toContain(JSON.stringify(['egna_falt', key, n + 1]));
          }
        }
        expect(new Set(shape.columns.map(({ name }) => foldName(name))).size).toBe(shape.columns.length);
        expect(written).toEqual({
          rows: rows.length,
          lines: bytes.filter((byte) => byte === 0x0a).length,
          bytes: bytes.length,
          sha256: sha256(bytes),
        });
        expect(again).toEqual(written);
        expect((await source.exactSize('omrade1_fall', '12', dialect)).bytes).toBe(written.bytes);
      }),
      { numRuns },
    );
  },
  TIMEOUT_MS,
);

test(
  'D10 a character that ISO 8859-1 cannot hold stops the file and names the first row and column that has one',
  async () => {
    const misfit = fc.constantFrom('Ł', '€', '🦠', '\u0100', 'a\u030a', '\uffff');
    const cell = fc.oneof(
      { weight: 5, arbitrary: value('iso-8859-1') },
      { weight: 1, arbitrary: fc.tuple(text('iso-8859-1'), misfit, text('iso-8859-1')).map((parts) => parts.join('')) },
    );
    const cases = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 });
    const dialect: Dialect = { delimiter: ';', encoding: 'iso-8859-1', bom: false, lineTerminator: '\r\n', nullToken: '' };
    await fc.assert(
      fc.asyncProperty(cases, async (values) => {
        const columns = ['första', 'andra'];
        const unfit = (cellValue: Value) => cellValue !== null && /[^\0-\u00ff]/u.test(cellValue);
        const row = values.findIndex((pair) => pair.some(unfit));
        await fill({ dialect, columns, rows: values.map((pair) => ({ values: pair, own: {} })) });
        const outcome = await exported(dialect).then(
          () => 'exported',
          (error: unknown) => (error instanceof OperatorError ? [error.code, error.facts] : error),
        );
        const facts = { view: 'omrade1_fall', key: String(row + 1), column: columns[values[row]?.findIndex(unfit) ?? 0] };
        expect(outcome).toEqual(row < 0 ? 'exported' : ['value_unmappable', facts]);
      }),
      { numRuns },
    );
  },
  TIMEOUT_MS,
);
