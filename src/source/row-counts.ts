import { REGIONS } from '../domain/regions.ts';
import { qualified } from './identifiers.ts';
import type { Session } from './session.ts';

export interface RowCounts {
  readonly view: string;
  readonly total: number;
  readonly perRegion: Readonly<Record<string, number>>;
  readonly undistributed: number;
}

/**
 * D6 for one view: every row is counted once, under its region or as undistributed, so that the total is what they add up to. One pass that the
 * server may share between its workers, which it does for no grouping set.
 */
export async function countByRegion(session: Session, view: string): Promise<RowCounts> {
  const rows = await session.query<{ myndighet: string | null; rows: string }>(
    `SELECT myndighet, count(*) AS rows FROM ${qualified(view)} GROUP BY myndighet`,
  );
  const perRegion = Object.fromEntries(REGIONS.map(({ code }) => [code, 0]));
  let total = 0;
  let undistributed = 0;
  for (const { myndighet, rows: count } of rows) {
    total += Number(count);
    if (myndighet !== null && Object.hasOwn(perRegion, myndighet)) perRegion[myndighet] = Number(count);
    else undistributed += Number(count);
  }
  return { view, total, perRegion, undistributed };
}
