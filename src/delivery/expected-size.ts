import type { Dialect } from '../domain/dialect.ts';
import { type SizeTotal, totalOf } from '../domain/estimate.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Source } from '../source/source.ts';

/** Measuring row lengths takes a second or two; a source that needs longer is not waited for, since the plan would be held up by it. */
const SAMPLE_MS = 20_000;

/**
 * Rows and bytes that a region's views are expected to export, with the length of rows measured. Where measuring fails or takes more than
 * `limitMs` the planner's figure stands: a view that cannot be read is left to the export, which makes the others' files and names it.
 * Throws what `estimate` throws, and `stopped` after an abort.
 */
export async function expectedSize(
  source: Pick<Source, 'estimate' | 'sample'>,
  region: string,
  views: ReadonlySet<string>,
  dialect: Dialect,
  signal: AbortSignal,
  limitMs = SAMPLE_MS,
): Promise<SizeTotal> {
  const estimates = await source.estimate(
    () => dialect,
    () => {},
  );
  // With every region's rows, since what they add up to decides how a view is measured.
  const planned = estimates.filter(({ view }) => views.has(view));
  let sizes = planned;
  try {
    sizes = await source.sample(planned, () => dialect, AbortSignal.any([signal, AbortSignal.timeout(limitMs)]));
  } catch (error) {
    if (signal.aborted || !(error instanceof OperatorError)) throw error;
  }
  return totalOf(sizes.filter((size) => size.region === region));
}
