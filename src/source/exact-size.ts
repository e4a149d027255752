import { csvHeaderBytes, separatorBytes } from '../domain/csv-size.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { TableShape } from '../domain/package.ts';
import type { ContractView } from './contract.ts';
import { literal } from './identifiers.ts';
import { rowQuery } from './row-query.ts';
import type { Session } from './session.ts';

/** The server's limit for a function's arguments. */
const MAX_ARGUMENTS = 100;

/**
 * Rows and bytes of a region's file, header included, computed where the rows are: equal to the export to the byte.
 * `concat` calls the same output functions as COPY; `::text` does not (bool, char(n), inet).
 */
export async function exactSize(
  session: Session,
  view: ContractView,
  shape: TableShape,
  region: string,
  dialect: Dialect,
): Promise<{ rows: number; bytes: number }> {
  const { expressions, unordered } = rowQuery(view, shape, region);
  const isFannedOut = shape.columns.some(({ source }) => source.key !== undefined);
  const named = expressions.map((_, at) => `c${at}`);
  // What a column costs to make is paid once; a column as it stands costs nothing, and only without the fence may the server's workers share.
  const columns = isFannedOut ? named : expressions;
  const rowsFrom = isFannedOut
    ? `(SELECT ${expressions.map((expression, at) => `${expression} AS ${named[at]}`).join(', ')} FROM ${unordered} OFFSET 0) AS r`
    : unordered;
  const { record, filled: filledIn } = recordOf(columns);
  const length = dialect.encoding === 'utf-8' ? 'octet_length' : 'char_length';
  const [sums] = await session.query<{ rows: string; values: string; filled: string }>(`
    SELECT count(*) AS rows, coalesce(sum(${length}(${record})), 0) AS values, coalesce(sum(${filledIn}), 0) AS filled
    FROM ${rowsFrom}`);
  const rows = Number(sums?.rows);
  const filled = Number(sums?.filled);
  const bytes =
    csvHeaderBytes(
      shape.columns.map(({ name }) => name),
      dialect,
    ) +
    Number(sums?.values) +
    2 * filled +
    (rows * columns.length - filled) * Buffer.byteLength(dialect.nullToken) +
    rows * separatorBytes(columns.length, dialect);
  return { rows, bytes };
}

/** SQL for a record's values as CSV has them, without the quotes around them, and for how many there are. */
export function recordOf(columns: readonly string[]): { record: string; filled: string } {
  const groups = Array.from({ length: Math.ceil(columns.length / MAX_ARGUMENTS) }, (_, at) =>
    columns.slice(at * MAX_ARGUMENTS, (at + 1) * MAX_ARGUMENTS).join(', '),
  );
  const values = groups.length === 1 ? `concat(${groups[0]})` : `concat(${groups.map((group) => `concat(${group})`).join(', ')})`;
  return { record: `replace(${values}, '"', '""')`, filled: groups.map((group) => `num_nonnulls(${group})`).join(' + ') };
}

/** The columns of `omrade2_bilagor.csv`, which the package makes. */
const ATTACHMENT_COLUMNS = ['nr', 'bilaga_id', 'anteckning_id', 'diarienummer', 'filnamn', 'levererad_sokvag', 'storlek', 'sha256'];
/** `data/omrade2_bilagor/`, `_`, a hash in hex and a row number. */
const ATTACHMENT_ROW_BYTES = 22 + 1 + 64 + 4;

/**
 * Statement for rows and bytes of attachments per region: contents by `storlek`, and their table by what it will hold. Only nearly exact:
 * the safe names in it are made in JavaScript.
 */
export const attachmentSizes = (region?: string): string => `
  SELECT myndighet, count(*) AS rows,
         coalesce(sum(storlek + octet_length(concat(bilaga_id, anteckning_id, diarienummer, filnamn, diarienummer, filnamn, storlek))), 0) AS bytes
  FROM leverans.omrade2_bilagor
  ${region === undefined ? '' : `WHERE myndighet = ${literal(region)}`}
  GROUP BY myndighet`;

/** Bytes of attachments and of their table, from one row of `attachmentSizes`. */
export const attachmentBytes = (rows: number, bytes: number, dialect: Dialect): number =>
  csvHeaderBytes(ATTACHMENT_COLUMNS, dialect) +
  bytes +
  rows * (ATTACHMENT_ROW_BYTES + 2 * ATTACHMENT_COLUMNS.length + separatorBytes(ATTACHMENT_COLUMNS.length, dialect));
