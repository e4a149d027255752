import type { AreaFile } from '../domain/areas.ts';
import { csvHeaderBytes, separatorBytes } from '../domain/csv-size.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { ViewEstimate } from '../domain/estimate.ts';
import { type Contract, type ContractView, OWN_FIELDS } from './contract.ts';
import { recordOf } from './exact-size.ts';
import { identifier, qualified } from './identifiers.ts';
import type { Session } from './session.ts';

/** A view of so few rows is read whole: there a single long note weighs, and a sample would miss it. */
const WHOLE_ROWS = 20_000;
/** Rows are taken from this many places spread evenly over the key, since rows have grown longer over the years. */
const PLACES = 64;
const ROWS_PER_PLACE = 32;
/** In the planner's units, about a second: a view that cannot find its rows by key is not scanned once for every place. */
const MAX_COST = 100_000;
/** A region that fewer rows were seen of is given the row length of the whole view. */
const ENOUGH_ROWS = 30;

const INTEGER = /^(smallint|integer|bigint)$/;

/** Sums over the rows that were read of one region. */
interface Sums {
  readonly myndighet: string | null;
  readonly rows: string;
  readonly octets: string;
  readonly characters: string;
  readonly filled: string;
  /** Own fields as they become columns: values, quotes and delimiters. */
  readonly own: string;
}

/**
 * The planned sizes with the length of rows measured instead of taken from the statistics, which know no difference between regions and count
 * a long value by what it takes compressed. A small view is read whole, another one by key ranges; where that would cost too much, or the key is
 * no integer, the size stays as it is planned. Attachments are summed already. Two round trips.
 */
export async function sampledSizes(
  session: Session,
  contract: Contract,
  files: readonly AreaFile[],
  planned: readonly ViewEstimate[],
  dialectOf: (region: string) => Dialect,
): Promise<ViewEstimate[]> {
  const samples = files.flatMap((file) => {
    const view = contract.views.get(file.view);
    const sizes = planned.filter((size) => size.view === file.view);
    if (!view || file.attachments || sizes.length === 0) return [];
    const isWhole = sizes.reduce((sum, { rows }) => sum + rows, 0) <= WHOLE_ROWS;
    const rows = isWhole ? `SELECT * FROM ${qualified(view.name)}` : rowsByKey(view);
    if (rows === undefined) return [];
    const columns = view.columns.map(({ name }) => name).filter((name) => file.onlyColumn === undefined || name === file.onlyColumn);
    return [{ view: view.name, isWhole, plain: columns.filter((name) => name !== OWN_FIELDS), sql: sumsOf(columns, rows) }];
  });
  const plans = await session.queries(samples.map(({ sql }) => `EXPLAIN (FORMAT JSON) ${sql}`));
  const affordable = samples.filter((_, at) => costOf(plans[at] ?? []) <= MAX_COST);
  const answers = await session.queries(affordable.map(({ sql }) => sql));
  const measured = new Map(affordable.map((sample, at) => [sample.view, { ...sample, sums: answers[at] as unknown as Sums[] }]));

  return planned.map((size): ViewEstimate => {
    const sample = measured.get(size.view);
    if (!sample) return size;
    const { isWhole, plain, sums } = sample;
    const dialect = dialectOf(size.region);
    const own = sums.filter(({ myndighet }) => myndighet === size.region);
    const seen = own.reduce((sum, { rows }) => sum + Number(rows), 0);
    const rows = isWhole ? seen : size.rows;
    const length = meanLength(isWhole || seen >= ENOUGH_ROWS ? own : sums, plain.length, dialect);
    return { ...size, rows, bytes: Math.round(csvHeaderBytes(plain, dialect) + rows * length), grade: 'sample' };
  });
}

/** Bytes of a record in the dialect, on average over these rows. */
function meanLength(sums: readonly Sums[], columns: number, dialect: Dialect): number {
  const total = (of: (sums: Sums) => string) => sums.reduce((sum, each) => sum + Number(of(each)), 0);
  const rows = total((each) => each.rows);
  if (rows === 0) return 0;
  const values = total((each) => (dialect.encoding === 'utf-8' ? each.octets : each.characters));
  const filled = total((each) => each.filled);
  const nulls = rows * columns - filled;
  return (values + 2 * filled + nulls * dialect.nullToken.length + total((each) => each.own)) / rows + separatorBytes(columns, dialect);
}

/** `undefined` when the key is not a number that could be divided into ranges. */
function rowsByKey(view: ContractView): string | undefined {
  const [key] = view.columns;
  if (!key || !INTEGER.test(key.baseType)) return undefined;
  const name = identifier(key.name);
  return `
    SELECT r.* FROM (SELECT min(${name})::bigint AS lowest, max(${name})::bigint AS highest FROM ${qualified(view.name)}) AS bounds,
      generate_series(0, ${PLACES - 1}) AS place (nr),
      LATERAL (SELECT * FROM ${qualified(view.name)} WHERE ${name} >= bounds.lowest + (bounds.highest - bounds.lowest) / ${PLACES} * place.nr
               ORDER BY ${name} LIMIT ${ROWS_PER_PLACE}) AS r`;
}

function sumsOf(columns: readonly string[], rows: string): string {
  const { record, filled } = recordOf(columns.filter((name) => name !== OWN_FIELDS).map(identifier));
  const own = columns.includes(OWN_FIELDS)
    ? `(SELECT coalesce(sum(coalesce(octet_length(value) + 2, 0) + 1), 0)
        FROM jsonb_each_text(CASE jsonb_typeof(${OWN_FIELDS}) WHEN 'object' THEN ${OWN_FIELDS} END))`
    : '0';
  return `
    SELECT myndighet, count(*) AS rows, sum(octet_length(record)) AS octets, sum(char_length(record)) AS characters, sum(filled) AS filled,
           sum(own) AS own
    FROM (SELECT myndighet, ${record} AS record, ${filled} AS filled, ${own} AS own FROM (${rows}) AS v OFFSET 0) AS s
    GROUP BY myndighet`;
}

function costOf(rows: readonly Record<string, unknown>[]): number {
  const [explained] = rows as [{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number } }] }];
  return explained['QUERY PLAN'][0].Plan['Total Cost'];
}
