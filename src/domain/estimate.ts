import { AREAS, type AreaId } from './areas.ts';
import { type Decision, deliversPart } from './decision.ts';

/** How well a size is known: `plan` from the planner (`~`), `sample` from sampled rows, `exact` equal to the export to the byte (`=`). */
export type Grade = 'plan' | 'sample' | 'exact';

/** The size of one view for one region: records, and bytes of its CSV file or of all its attachments with their table. */
export interface ViewEstimate {
  readonly region: string;
  readonly view: string;
  readonly rows: number;
  readonly bytes: number;
  readonly grade: Grade;
}

export interface SizeTotal {
  readonly rows: number;
  readonly bytes: number;
  readonly grade: Grade;
}

const WORST: readonly Grade[] = ['plan', 'sample', 'exact'];

/** The sum of some views; its grade is the worst of them, and an empty sum is exact. */
export function totalOf(estimates: readonly Pick<ViewEstimate, 'rows' | 'bytes' | 'grade'>[]): SizeTotal {
  let total: SizeTotal = { rows: 0, bytes: 0, grade: 'exact' };
  for (const { rows, bytes, grade } of estimates) {
    const worst = WORST.indexOf(grade) < WORST.indexOf(total.grade) ? grade : total.grade;
    total = { rows: total.rows + rows, bytes: total.bytes + bytes, grade: worst };
  }
  return total;
}

/**
 * The size of one area of one region, or `undefined` while some view of it is not estimated.
 * With a decision only the parts that it delivers count; without one, the whole area counts (R32).
 */
export function areaEstimate(estimates: readonly ViewEstimate[], region: string, area: AreaId, decision?: Decision): SizeTotal | undefined {
  const views = (AREAS[area - 1]?.files ?? []).filter((file) => !decision || deliversPart(decision, file.part)).map(({ view }) => view);
  const found = estimates.filter((estimate) => estimate.region === region && views.includes(estimate.view));
  return found.length < views.length ? undefined : totalOf(found);
}
