import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headerBytes } from '../../src/bag/csv-writer.ts';
import { DEFAULT_DIALECT, type Dialect } from '../../src/domain/dialect.ts';
import { openSource } from '../../src/source/open-source.ts';
import { run, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { readCsv } from '../support/source-export.ts';

/**
 * Values of every type that a view can have: the CSV, read back by its dialect and cast to the type, is the typed value again.
 * Written as SQL expressions; NULL is tried for every type besides.
 */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  bool: ['true', 'false'],
  int2: ['-32768', '32767', '0'],
  int4: ['-2147483648', '2147483647'],
  int8: ['-9223372036854775808', '9223372036854775807', '9007199254740993'],
  numeric: [
    "'NaN'",
    "'Infinity'",
    "'-Infinity'",
    '0.10',
    '-0.000000000000000000000000000001',
    "('1' || repeat('0', 400) || '.' || repeat('3', 400))::numeric",
    '1e-200',
  ],
  'numeric(12,4)': ['12345678.9000', '-0.0001'],
  float4: ["'NaN'", "'-Infinity'", "'-0'", '0.1', '3.4028235e38', '1.4e-45'],
  float8: ["'NaN'", "'Infinity'", "'-0'", '0.1', '0.30000000000000004', '1.7976931348623157e308', '5e-324'],
  text: [
    "''",
    "' '",
    "E'a\\nb\\r\\nc\\rd\\te'",
    `'"quoted" ""twice"" '`,
    "';,|'",
    String.raw`'\.'`,
    String.raw`E'x\n\\.\ny'`,
    String.raw`'\N'`,
    "'NULL'",
    "'=1+1'",
    "'+46 70 123'",
    "'-1'",
    "'@x'",
    "'007'",
    String.raw`E'A\u030angstro\u0308m Å'`,
    String.raw`E'\U0001F9A0\u200d\u202e\u2028\ufeff\ufffd'`,
    // Every control character but NUL, which PostgreSQL cannot hold.
    "(SELECT string_agg(chr(n), '') FROM generate_series(1, 159) AS n WHERE n < 32 OR n > 126)",
    "repeat('å', 200000)",
  ],
  varchar: ["'varchar'"],
  'varchar(5)': ["'åäö  '"],
  'char(5)': ["'a'", "''", "'  x'"],
  bpchar: ["'b  '"],
  '"char"': ["'x'", "''", String.raw`'\351'`],
  name: ["'namn'"],
  date: ["'0001-01-01'", "'4713-01-01 BC'", "'1582-10-04'", "'1899-12-31'", "'5874897-12-31'", "'infinity'", "'-infinity'"],
  time: ["'00:00:00'", "'24:00:00'", "'23:59:59.999999'"],
  timetz: ["'23:59:59.999999+15:59:59'", "'00:00-12'"],
  timestamp: ["'4713-01-01 00:00:00 BC'", "'294276-12-31 23:59:59.999999'", "'2014-03-30 02:30'", "'infinity'", "'-infinity'"],
  timestamptz: [
    "'2014-10-26 00:30:00Z'",
    "'2014-10-26 01:30:00Z'",
    "'1878-05-31 12:00:00+00'",
    "'1899-12-31 23:59:59.999999Z'",
    "'4713-01-01 00:00:00+00 BC'",
    "'294276-12-31 20:00:00Z'",
    "'infinity'",
    "'-infinity'",
  ],
  interval: [
    "'1 year -2 mons 3 days -04:05:06.000007'",
    "'-178000000 years'",
    "'00:00:00.000001'",
    "'0'",
    "'24 hours'",
    "'30 days'",
    "'infinity'",
    "'-infinity'",
  ],
  uuid: ["'00000000-0000-0000-0000-00000000000a'"],
  json: [`'{"b" : 1,  "a":null, "a": "\\u00e5\\n\\"", "n": 1.0e5}'`, "'null'", `'""'`],
  jsonb: [`'{"n": 12345678901234567890.10, "t": "å\\n\\"", "x": [null, {}]}'`, "'null'", `'""'`, "'[]'"],
  jsonpath: [`'$.a[*] ? (@.b == "c")'`],
  inet: ["'192.168.0.1'", "'192.168.0.1/24'", "'::1'", "'2001:db8::/32'"],
  cidr: ["'10.0.0.0/8'", "'2001:db8::/32'", "'10.1.2.3/32'"],
  macaddr: ["'08:00:2b:01:02:03'"],
  macaddr8: ["'08:00:2b:01:02:03:04:05'"],
  bit: ["B'1'"],
  'bit(9)': ["B'010101010'"],
  varbit: ["B'0001'", "B''"],
  tsvector: [String.raw`$$'it''s':1A 'back\\slash':2 'a;"b"':3$$`, "''"],
  tsquery: [`$$'a' & !'b' | 'c"d':*A$$`],
  xml: [`'<?xml version="1.0" encoding="ISO-8859-1"?><a b="1">å &amp; "ö"</a>'`, "'text'"],
  point: ["'(1.5,-0.1)'"],
  line: ["'{1,2,3}'"],
  lseg: ["'[(0,0),(1,0.1)]'"],
  box: ["'(1,1),(0,0)'"],
  path: ["'[(0,0),(1,1)]'", "'((0,0),(1,1))'"],
  polygon: ["'((0,0),(1,1),(2,0))'"],
  circle: ["'<(0,0),0.1>'"],
  oid: ['0', '4294967295'],
  xid: ["'4294967295'"],
  xid8: ["'18446744073709551615'"],
  cid: ["'7'"],
  tid: ["'(4294967295,65535)'"],
  pg_lsn: ["'FFFFFFFF/FFFFFFFF'"],
  pg_snapshot: ["'10:20:10,14,15'"],
  txid_snapshot: ["'10:20:10,14,15'"],
  int2vector: ["'1 2 3'"],
  oidvector: ["'1 2 3'"],
  regclass: ["'pg_class'", '\'public."Konstig; tabell"\''],
  regcollation: [`'"C"'`],
  regconfig: ["'swedish'"],
  regdictionary: ["'simple'"],
  regnamespace: ["'pg_catalog'"],
  regoper: ["'pg_catalog.||/'"],
  regoperator: ["'+(integer,integer)'"],
  regproc: ["'now'"],
  regprocedure: ["'abs(numeric)'"],
  regrole: ["'postgres'"],
  regtype: ["'integer'", '\'public."Utfall; 1"\''],
  refcursor: ["'markör'"],
  gtsvector: [],
  aclitem: ["'postgres=r/postgres'"],
  int4range: ["'[1,5)'", "'empty'", "'(,)'"],
  int8range: ["'[1,)'"],
  numrange: ["'(1.10,2.2]'"],
  daterange: ["'[1899-12-31,infinity)'"],
  tsrange: [`'["2014-03-30 02:30","2015-01-01")'`],
  tstzrange: [`'["2014-10-26 00:30:00Z","2014-10-26 01:30:00Z"]'`],
  int4multirange: ["'{[1,2),[5,9)}'", "'{}'"],
  int8multirange: ["'{[1,2)}'"],
  nummultirange: ["'{(1.1,2.20]}'"],
  datemultirange: ["'{[1899-12-31,1900-01-02)}'"],
  tsmultirange: [`'{["2014-03-30 02:30","2015-01-01")}'`],
  tstzmultirange: [`'{["2014-10-26 00:30:00Z","2014-10-26 01:30:00Z"]}'`],
  'text[]': [String.raw`ARRAY['', NULL, 'NULL', 'a"b\c', ' x ', E'rad\nbrytning', 'å;,|{}']`, "'{}'", `'[2:3]={a,b}'`, "'{{a,b},{c,d}}'"],
  'timestamptz[]': ["ARRAY['2014-10-26 00:30:00Z'::timestamptz, 'infinity', NULL]"],
  'numeric[]': ["ARRAY['NaN', 1.10, NULL]::numeric[]"],
  'public."Utfall; 1"': ['\'Ja; "visst"\'', "'Nej'"],
  'public.personnummer': ["'191212121212'", "'010101+0001'"],
  'public.ja_nej': ['true', 'false'],
  'public.adress': [
    String.raw`ROW('Gatan 1, "uppgång" \B', NULL, '', ARRAY[1, NULL], '2014-10-26 00:30:00Z')`,
    'ROW(NULL, NULL, NULL, NULL, NULL)',
  ],
  'public.adress[]': [`ARRAY[ROW('a;"b"', NULL, '', NULL, 'infinity')::public.adress, NULL]`],
  'public.aldrar': ["'[0,18)'"],
};

/** PostgreSQL itself has no way back from their text, or none that is a value. */
const UNREADABLE = [
  'pg_node_tree',
  'pg_ndistinct',
  'pg_dependencies',
  'pg_mcv_list',
  'pg_brin_bloom_summary',
  'pg_brin_minmax_multi_summary',
  'gtsvector',
];
const REFUSED = ['money', 'bytea'];

const TYPES = `
  CREATE TYPE public."Utfall; 1" AS ENUM ('Ja; "visst"', 'Nej');
  CREATE DOMAIN public.personnummer AS varchar(13);
  CREATE DOMAIN public.ja_nej AS boolean;
  CREATE TYPE public.adress AS (gata text, box varchar(9), ort char(3), nummer int[], sedan timestamptz);
  CREATE TYPE public.aldrar AS RANGE (subtype = int2);
  CREATE TABLE public."Konstig; tabell" ()`;

/** The settings in which the values are compared are not ours, so that nothing is right by the help of a setting. */
const OTHER_SETTINGS =
  "SET datestyle = 'SQL, DMY'; SET intervalstyle = 'postgres_verbose'; SET timezone = 'Asia/Kolkata'; SET extra_float_digits = 1";

let server: TestPostgres;
let url: string;
let dir: string;

beforeAll(async () => {
  server = await startPostgres();
  url = await server.createDatabase('typer');
  dir = await mkdtemp(join(tmpdir(), 'sminet-types-'));
  await run(url, `${TYPES}; CREATE SCHEMA leverans; CREATE TABLE leverans.omrade1_anmalningar (id int, myndighet text)`);
});

afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true });
});

/** Makes the view one table of all the expressions, exports it, reads it back and says which values the server finds distinct. */
async function distinctAfterRoundTrip(columns: readonly { readonly type: string; readonly value: string }[], dialect: Dialect) {
  const names = columns.map((_, at) => `c${at}`);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`DROP TABLE IF EXISTS leverans.omrade1_fall; ${OTHER_SETTINGS};
      CREATE TABLE leverans.omrade1_fall AS
      SELECT 1 AS fall_id, '12'::text AS myndighet, ${columns.map(({ type, value }, at) => `(${value})::${type} AS c${at}`).join(', ')}
      UNION ALL SELECT 2, '12', ${columns.map(() => 'NULL').join(', ')}`);
    const source = openSource({ sminet2: url });
    const snapshot = await source.snapshot([1]);
    const shape = await snapshot.shape('omrade1_fall', '12');
    const file = join(dir, `${dialect.encoding}${dialect.delimiter.charCodeAt(0)}.csv`);
    await rm(file, { force: true });
    const written = await snapshot.writeTable(shape, '12', file, headerBytes(shape, dialect), { dialect });
    await snapshot.close();
    expect((await source.exactSize('omrade1_fall', '12', dialect)).bytes).toBe(written.bytes);
    await source.close();
    expect((await readFile(file)).length).toBe(written.bytes);
    const { records } = await readCsv(file, dialect);
    expect(records).toHaveLength(2);
    const [typed, nulls] = records as [string[], (string | null)[]];
    expect(nulls.slice(2)).toEqual(names.map(() => null));
    // Compared in the server by what the output functions write in these other settings: json, xml and points have no equality of their own.
    const same = columns.map(({ type }, at) => `concat($${at + 1}::text::${type}) = concat(c${at}) AND num_nonnulls(c${at}) = 1 AS c${at}`);
    const { rows } = await client.query<Record<string, boolean>>({
      text: `SELECT ${same.join(', ')} FROM leverans.omrade1_fall WHERE fall_id = 1`,
      values: typed.slice(2),
    });
    return columns.filter((_, at) => rows[0]?.[`c${at}`] !== true).map(({ type, value }) => `${type} ${value}`);
  } finally {
    await client.end();
  }
}

describe('R25 every type of PostgreSQL', () => {
  test('is in the table of values, is refused by name, or is unreadable to PostgreSQL itself', async () => {
    const types = await run<{ name: string }>(
      url,
      `SELECT typname AS name FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm', 'd', 'e')
       AND typcategory <> 'A' ORDER BY typname`,
    );
    const known = new Set([
      ...Object.keys(VALUES).map((name) => name.replaceAll('"', '')),
      ...UNREADABLE,
      ...REFUSED,
      'int2vector',
      'oidvector',
    ]);
    expect(types.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  test('comes back as it was, NULL apart', async () => {
    const [xml] = await run<{ has: boolean }>(
      url,
      "SELECT EXISTS (SELECT FROM pg_config WHERE name = 'CONFIGURE' AND setting LIKE '%libxml%') AS has",
    );
    if (!xml?.has) console.warn('SKIPPED: xml, which this PostgreSQL was built without');
    const columns = Object.entries(VALUES)
      .filter(([type]) => type !== 'xml' || xml?.has)
      .flatMap(([type, values]) => values.map((value) => ({ type, value })));
    expect(await distinctAfterRoundTrip(columns, DEFAULT_DIALECT)).toEqual([]);
    expect(
      await distinctAfterRoundTrip(columns, { delimiter: '\t', encoding: 'utf-8', bom: true, lineTerminator: '\r\n', nullToken: 'NULL' }),
    ).toEqual([]);
  });
});
