import type { Dialect } from '../domain/dialect.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { TableShape } from '../domain/package.ts';
import type { ContractView } from './contract.ts';
import { writeHashed } from './hashed-file.ts';
import { identifier, literal, qualified } from './identifiers.ts';
import { type RowQuery, rowQuery } from './row-query.ts';
import type { Session } from './session.ts';
import type { ExportOptions, WrittenTable } from './source.ts';

export interface TableCopy extends ExportOptions {
  readonly view: ContractView;
  readonly shape: TableShape;
  readonly region: string;
  readonly file: string;
  readonly header: Uint8Array;
  /** The view's `count(*)` for the region in the same snapshot. */
  readonly expectedRows: number;
}

/**
 * Streams a region's rows from the server to the file (see `Snapshot.writeTable`). Throws `rows_mismatch` when the rows counted, those of the
 * command tag and `count(*)` are not all the same, `value_unmappable` with view, key and column, and what the session throws.
 */
export async function copyTable(session: Session, copy: TableCopy): Promise<WrittenTable> {
  const { view, shape, dialect, header } = copy;
  const query = rowQuery(view, shape, copy.region);
  await refuseBlankLines(session, copy);
  // The header is in the file's line ends already; it counts as lines but not as a record.
  let lines = lineFeeds(header);
  await session.query('SAVEPOINT table_copy');
  const written = await writeHashed(copy.file, async (write) => {
    await write(header);
    copy.onBytes?.(header.length);
    const out = session.copy(copyStatement(query, dialect), dialect.lineTerminator);
    try {
      for await (const chunk of out.chunks) {
        lines += lineFeeds(chunk);
        await write(chunk);
        copy.onBytes?.(chunk.length);
      }
    } catch (error) {
      throw isUnmappable(error) ? await unmappableValue(session, copy, query, error) : error;
    }
    await session.query('RELEASE table_copy');
    for (const found of [out.records(), out.taggedRows()]) {
      if (found !== copy.expectedRows) throw new OperatorError('rows_mismatch', { view: view.name, expected: copy.expectedRows, found });
    }
  });
  return { rows: copy.expectedRows, lines, ...written };
}

/** A search for each, not a look at every byte in JavaScript: that alone took as long as the server's work. */
function lineFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

function copyStatement({ expressions, from }: RowQuery, { delimiter, encoding, nullToken }: Dialect): string {
  return `COPY (SELECT ${expressions.join(', ')} FROM ${from}) TO STDOUT WITH (FORMAT csv, FORCE_QUOTE *, DELIMITER ${literal(delimiter)},
    NULL ${literal(nullToken)}, ENCODING '${encoding === 'utf-8' ? 'UTF8' : 'LATIN1'}')`;
}

/** NULL in a table of one column would be a blank line, which CSV readers skip or not as they like. */
async function refuseBlankLines(session: Session, { shape, region }: TableCopy): Promise<void> {
  const [only, second] = shape.columns;
  if (!only || second) return;
  const [nulls] = await session.query<{ rows: string }>(
    `SELECT count(*) AS rows FROM ${qualified(shape.view)} WHERE myndighet = ${literal(region)} AND ${identifier(only.source.column)} IS NULL`,
  );
  if (Number(nulls?.rows) > 0) {
    throw new OperatorError('contract_broken', {
      view: shape.view,
      column: only.name,
      reason: 'null_in_only_column',
      rows: Number(nulls?.rows),
    });
  }
}

const isUnmappable = (error: unknown): error is OperatorError => error instanceof OperatorError && error.facts.sqlstate === '22P05';

/** The server names neither row nor column, so both are looked for in the same snapshot. */
async function unmappableValue(
  session: Session,
  { view, shape }: TableCopy,
  query: RowQuery,
  cause: OperatorError,
): Promise<OperatorError> {
  await session.query('ROLLBACK TO table_copy');
  const key = identifier(view.columns[0]?.name ?? '');
  const misfit = (column: string) => `${column} ~ '[^\\u0001-\\u00FF]'`;
  const columns = query.expressions.map((_, at) => `c${at}`);
  const inner = query.expressions.map((expression, at) => `(${expression})::text AS c${at}`).join(', ');
  const [row] = await session.query<Record<string, string | boolean | null>>(`
    SELECT * FROM (SELECT ${key}::text AS key, ${inner} FROM ${query.from} OFFSET 0) AS r
    WHERE ${columns.map(misfit).join(' OR ')}
    LIMIT 1`);
  const at = columns.findIndex((column) => /[\u0100-\uffff]/.test(String(row?.[column] ?? '')));
  return new OperatorError(
    'value_unmappable',
    { view: view.name, key: String(row?.key ?? ''), column: shape.columns[at]?.name ?? '' },
    cause.cause,
  );
}
