import { OperatorError } from '../domain/operator-error.ts';
import { REGIONS } from '../domain/regions.ts';
import { qualified } from './identifiers.ts';
import type { Session } from './session.ts';

export interface RowCounts {
  readonly view: string;
  readonly total: number;
  readonly perRegion: Readonly<Record<string, number>>;
  readonly undistributed: number;
}

/** D6 for one view. One pass counts the parts and, on its own, the total; `rows_mismatch` when they do not add up to it. */
export async function countByRegion(session: Session, view: string): Promise<RowCounts> {
  const rows = await session.query<{ myndighet: string | null; is_total: boolean; rows: string }>(`
    SELECT myndighet, grouping(myndighet) = 1 AS is_total, count(*) AS rows
    FROM ${qualified(view)} GROUP BY GROUPING SETS ((), (myndighet))`);
  const perRegion = Object.fromEntries(REGIONS.map(({ code }) => [code, 0]));
  let total = 0;
  let undistributed = 0;
  for (const { myndighet, is_total, rows: count } of rows) {
    if (is_total) total = Number(count);
    else if (myndighet !== null && Object.hasOwn(perRegion, myndighet)) perRegion[myndighet] = Number(count);
    else undistributed += Number(count);
  }
  const sum = Object.values(perRegion).reduce((a, b) => a + b, undistributed);
  if (sum !== total) throw new OperatorError('rows_mismatch', { view, expected: total, found: sum });
  return { view, total, perRegion, undistributed };
}
