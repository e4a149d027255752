import { run } from '../support/postgres.ts';

/** A table to export: all of it belongs to one region, behind a contract view whose definition it takes over. */
export interface ExportTable {
  readonly kind: 'wide' | 'narrow';
  readonly view: string;
  readonly columns: number;
}

export const REGION = '12';
/** Region 01 has rows too, so that the export has something to leave out. */
const OTHERS = 1_000;

/** 32 columns and about 480 bytes a row: notifications. */
export const WIDE: ExportTable = { kind: 'wide', view: 'omrade7_kliniska_anmalningar', columns: 32 };
/** 8 columns and about 110 bytes a row: logs. */
export const NARROW: ExportTable = { kind: 'narrow', view: 'omrade5_anvandarloggar', columns: 8 };

/** Rows of this table that become about this many bytes of CSV. */
export const rowsFor = ({ kind }: ExportTable, bytes: number): number => Math.round(bytes / (kind === 'wide' ? 480 : 107));

const wideColumns = [
  "'N' || n % 7 || '-' || n AS diarienummer",
  "(ARRAY['ny', 'komplettering', 'makulerad'])[1 + n % 3] AS status",
  "CASE WHEN n % 4 > 0 THEN 'Ort ' || n % 290 END AS ort",
  "date '1997-01-01' + n % 9800 AS dag",
  "timestamptz '2004-06-01 08:00+02' + n * interval '61 seconds' AS tid",
  'n % 2 = 0 AS ar_bekraftad',
  '(n * 7919) % 100000 AS nummer',
  '(n % 1000) / 8.0::numeric AS matvarde',
  `CASE n % 50 WHEN 0 THEN E'rad ett\\nrad "två"' ELSE 'Fritext om smitta, åtgärd och uppföljning ' || n END AS epi_info`,
  ...Array.from({ length: 21 }, (_, at) => `substr(md5((n * ${at + 3})::text), 1, ${4 + ((at * 5) % 17)}) AS falt_${at + 1}`),
];
const narrowColumns = [
  "timestamptz '2004-06-01 08:00+02' + n * interval '7 seconds' AS tid",
  "'anv' || n % 4000 AS anvandar_id",
  "(ARRAY['visa', 'andra', 'skapa', 'sok'])[1 + n % 4] AS handelse",
  "CASE WHEN n % 3 > 0 THEN 'klinisk anmalan' END AS dokumenttyp",
  '(n * 104729) % 10000000 AS dokument_id',
  "'10.' || n % 250 || '.' || n % 199 || '.7' AS ip",
];

/** The rows differ by key only beyond these: a generated row costs more than a copied one. */
const DISTINCT_ROWS = 20_000;

/**
 * Fills a table in a database that has the contract views (SYNTETISK) and puts the view over it. `rows` are the region's.
 */
export async function fillTable(url: string, { kind, view }: ExportTable, rows: number): Promise<void> {
  const columns = kind === 'wide' ? wideColumns : narrowColumns;
  const table = `bench_${kind}`;
  const names = columns.map((column) => column.split(' AS ').at(-1)).join(', ');
  const distinct = Math.min(rows, DISTINCT_ROWS);
  // One string, one session: the temporary table is there for the next statement.
  await run(
    url,
    `DROP VIEW leverans.${view};
     DROP TABLE IF EXISTS ${table};
     CREATE TEMP TABLE mall AS SELECT n, ${columns.join(', ')} FROM generate_series(1, ${distinct}) AS n;
     CREATE UNLOGGED TABLE ${table} AS
       SELECT (r::bigint * ${distinct} + n) AS rad_id, CASE WHEN r < 0 THEN '01' ELSE '${REGION}' END AS myndighet, ${names}
       FROM generate_series(-1, ${Math.ceil(rows / distinct) - 1}) AS r, mall
       WHERE r * ${distinct} + n <= ${rows} AND (r >= 0 OR n > ${distinct - OTHERS})
       ORDER BY r, n;
     ALTER TABLE ${table} ADD PRIMARY KEY (rad_id);
     CREATE VIEW leverans.${view} AS SELECT * FROM ${table}`,
  );
  await run(url, `VACUUM ANALYZE ${table}`);
}
