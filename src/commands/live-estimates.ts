import { AREAS } from '../domain/areas.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { ViewEstimate } from '../domain/estimate.ts';
import { REGIONS } from '../domain/regions.ts';
import type { Source } from '../source/source.ts';

const VIEWS = AREAS.flatMap(({ files }) => files.map(({ view }) => view));

/** Exact sizes by region, view and dialect. In memory only: the source goes on changing, and a new start asks it anew. */
export type KnownSizes = Map<string, ViewEstimate>;

/**
 * All sizes as they become known: the planner's for all 147 cells at once, then measured row lengths, then exact sizes view by view, first
 * those of the regions that are looked at. What `known` has is not asked for again. Ends when every size is exact or at the abort.
 */
export async function* liveEstimates(
  source: Source,
  dialectOf: (region: string) => Dialect,
  visible: () => readonly string[],
  signal: AbortSignal,
  known: KnownSizes,
): AsyncGenerator<readonly ViewEstimate[]> {
  const keyOf = ({ region, view }: Pick<ViewEstimate, 'region' | 'view'>): string =>
    `${region} ${view} ${JSON.stringify(dialectOf(region))}`;
  const best = (sizes: readonly ViewEstimate[]) => sizes.map((size) => known.get(keyOf(size)) ?? size);
  const planned = await source.estimate(dialectOf);
  yield best(planned);
  try {
    const sampled = await source.sample(planned, dialectOf, signal);
    yield best(sampled);
    const cells = (regions: readonly string[]) => regions.flatMap((region) => VIEWS.map((view) => ({ region, view })));
    const nextCell = () => cells([...visible(), ...REGIONS.map(({ code }) => code)]).find((cell) => !known.has(keyOf(cell)));
    for (let cell = nextCell(); cell && !signal.aborted; cell = nextCell()) {
      known.set(keyOf(cell), await source.exactSize(cell.view, cell.region, dialectOf(cell.region), signal));
      yield best(sampled);
    }
  } catch (error) {
    // The connection was ended because nobody looks any more.
    if (!signal.aborted) throw error;
  }
}
