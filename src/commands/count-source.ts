import { AREAS, type AreaId } from '../domain/areas.ts';
import type { GateInputs } from '../domain/gate.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Source } from '../source/source.ts';

/** The source as the gate sees it: rows now, or that it could not be asked. */
export interface CountedRows {
  readonly clockSkewMs: number | undefined;
  readonly rowsOf: (region: string) => GateInputs['sourceRows'];
  /** Rows of an area that belong to no region, or null when the source could not be asked. */
  readonly undistributed: (area: AreaId) => number | null;
}

const UNREACHABLE: CountedRows = { clockSkewMs: undefined, rowsOf: () => 'unreachable', undistributed: () => null };

/** Counts every contract view once. A source that is down, or not in the settings, is `unreachable`; any other error is thrown. */
export async function countSource(source: Source | undefined): Promise<CountedRows> {
  if (!source) return UNREACHABLE;
  try {
    const clockSkewMs = await source.clockSkew();
    const counts = await source.countRows(AREAS.flatMap(({ files }) => files.map(({ view }) => view)));
    const byView = new Map(counts.map((count) => [count.view, count]));
    return {
      clockSkewMs,
      rowsOf: (region) => new Map(counts.map(({ view, perRegion }) => [view, perRegion[region] ?? 0])),
      undistributed: (area) => (AREAS[area - 1]?.files ?? []).reduce((sum, { view }) => sum + (byView.get(view)?.undistributed ?? 0), 0),
    };
  } catch (error) {
    if (error instanceof OperatorError) return UNREACHABLE;
    throw error;
  }
}
