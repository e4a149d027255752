import { setTimeout as wait } from 'node:timers/promises';
import { AREAS } from '../domain/areas.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { ViewEstimate } from '../domain/estimate.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Source } from '../source/source.ts';

const VIEWS = AREAS.flatMap(({ files }) => files.map(({ view }) => view));
/** How long an operator may have looked elsewhere before an exact count is given up. */
const LOOK_MS = 1_000;
/** How often, in looks, the source is asked whether it has changed. */
const LOOKS_PER_CHECK = 30;

/** Exact sizes by the source's version, region, view and dialect. In memory only. */
export type KnownSizes = Map<string, ViewEstimate>;

/**
 * All sizes as they become known: the planner's for all 147 cells at once, then measured row lengths, then exact sizes of the regions that are
 * looked at, view by view. Nobody's source is counted through for regions that nobody looks at, and a count ends when its region is left.
 * What was exact is so for as long as the source's version is the same; a source that cannot tell, or does not answer, has no exact sizes.
 * After a change a region is counted anew when it is looked at anew, so that a source with steady traffic is not counted without end.
 * Ends at the abort only.
 */
export async function* liveEstimates(
  source: Pick<Source, 'estimate' | 'sample' | 'version' | 'exactSize'>,
  dialectOf: (region: string) => Dialect,
  visible: () => readonly string[],
  signal: AbortSignal,
  known: KnownSizes,
  pause: (signal: AbortSignal) => Promise<unknown> = pauseFor(LOOK_MS),
): AsyncGenerator<readonly ViewEstimate[]> {
  let version: string | undefined;
  const keyOf = ({ region, view }: Pick<ViewEstimate, 'region' | 'view'>): string =>
    JSON.stringify([version, region, view, dialectOf(region)]);
  const planned = await source.estimate(dialectOf);
  yield planned;
  const sampled = await unlessAborted(signal, () => source.sample(planned, dialectOf, signal));
  if (!sampled) return;
  const best = () => (version === undefined ? sampled : sampled.map((size) => known.get(keyOf(size)) ?? size));

  while (!signal.aborted) {
    const regions = visible();
    const leaving = new AbortController();
    const here = AbortSignal.any([signal, leaving.signal]);
    const isLeft = () => visible().join() !== regions.join();
    void until(isLeft, here, pause).then(() => leaving.abort());
    try {
      version = await versionOf(source);
      yield best();
      const cells = version === undefined ? [] : regions.flatMap((region) => VIEWS.map((view) => ({ region, view })));
      for (const { region, view } of cells) {
        if (here.aborted || known.has(keyOf({ region, view }))) continue;
        const size = await unlessAborted(here, () => source.exactSize(view, region, dialectOf(region), here));
        if (size) known.set(keyOf(size), size);
        yield best();
      }
      for (let looks = 1; !here.aborted; looks += 1) {
        await pause(here);
        if (looks % LOOKS_PER_CHECK !== 0) continue;
        version = await versionOf(source);
        yield best();
      }
    } catch (error) {
      // From now on nobody looks whether the exact ones still are.
      yield sampled;
      throw error;
    } finally {
      leaving.abort();
    }
  }
}

/** Ends early, and without an error, at the abort. */
const pauseFor = (ms: number) => (signal: AbortSignal) => wait(ms, undefined, { signal }).catch(() => {});

async function until(isSo: () => boolean, signal: AbortSignal, pause: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  while (!signal.aborted && !isSo()) await pause(signal);
}

/** A source that does not answer now may have changed before it does. */
async function versionOf(source: Pick<Source, 'version'>): Promise<string | undefined> {
  try {
    return await source.version();
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return undefined;
  }
}

/** `undefined` when the connection was ended because nobody looks any more. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
