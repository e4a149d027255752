import { AREAS } from '../domain/areas.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { ViewEstimate } from '../domain/estimate.ts';
import type { Source } from '../source/source.ts';

const VIEWS = AREAS.flatMap(({ files }) => files.map(({ view }) => view));

/**
 * All sizes as they become known: the planner's for all 147 cells at once, then exact ones view by view, the regions that are
 * looked at first. Ends when every size is refined or at the abort.
 */
export async function* liveEstimates(
  source: Source,
  dialectOf: (region: string) => Dialect,
  visible: () => readonly string[],
  signal: AbortSignal,
): AsyncGenerator<readonly ViewEstimate[]> {
  const keyOf = (region: string, view: string): string => `${region} ${view}`;
  const known = new Map((await source.estimate(dialectOf)).map((size) => [keyOf(size.region, size.view), size]));
  const refined = new Set<string>();
  yield [...known.values()];
  const nextCell = () =>
    visible()
      .flatMap((region) => VIEWS.map((view) => ({ region, view })))
      .find(({ region, view }) => !refined.has(keyOf(region, view)));
  for (let cell = nextCell(); cell && !signal.aborted; cell = nextCell()) {
    const { region, view } = cell;
    known.set(keyOf(region, view), await source.exactSize(view, region, dialectOf(region), signal));
    refined.add(keyOf(region, view));
    yield [...known.values()];
  }
}
