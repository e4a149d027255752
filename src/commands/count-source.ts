import { AREAS, type AreaId } from '../domain/areas.ts';
import type { GateInputs } from '../domain/gate.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Source } from '../source/source.ts';
import { gateText } from '../text.ts';

/** The source as the gate sees it: its clock and its rows now, each of which may be what could not be asked. */
export interface CountedRows {
  readonly clockSkewMs: number | undefined;
  readonly isCounted: boolean;
  readonly rowsOf: (region: string) => GateInputs['sourceRows'];
  /** Rows of an area that belong to no region, or null when the rows could not be counted. */
  readonly undistributed: (area: AreaId) => number | null;
}

/** What the source answered; `undefined` when it is down or cannot say. Any other error is thrown. */
const answered = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error) => {
    if (error instanceof OperatorError) return undefined;
    throw error;
  });

/**
 * Asks for the clock, and counts every contract view once. The questions are apart: a clock that is known to be wrong must close the gate also
 * when one of the databases or views cannot be counted. Of a source that is not in the settings nothing is known.
 */
export async function countSource(source: Source | undefined): Promise<CountedRows> {
  const views = AREAS.flatMap(({ files }) => files.map(({ view }) => view));
  const [clockSkewMs, counts] = source ? await Promise.all([answered(source.clockSkew()), answered(source.countRows(views))]) : [];
  if (!counts) return { clockSkewMs, isCounted: false, rowsOf: () => 'unreachable', undistributed: () => null };
  const byView = new Map(counts.map((count) => [count.view, count]));
  return {
    clockSkewMs,
    isCounted: true,
    rowsOf: (region) => new Map(counts.map(({ view, perRegion }) => [view, perRegion[region] ?? 0])),
    undistributed: (area) => (AREAS[area - 1]?.files ?? []).reduce((sum, { view }) => sum + (byView.get(view)?.undistributed ?? 0), 0),
  };
}

/** What the gate could not ask, and what its verdicts therefore rest on; nothing when it was told everything. */
export const gateCaveats = ({ clockSkewMs, isCounted }: CountedRows): string[] => [
  ...(clockSkewMs === undefined ? [gateText.noClock] : []),
  ...(isCounted ? [] : [gateText.notCounted]),
];
