/** Bytes that came within one second. */
interface Bucket {
  readonly start: number;
  readonly bytes: number;
}

/** How far a stage has come, as a plain value. Times are milliseconds of a clock that never goes back; the caller reads it. */
export interface Progress {
  readonly total: number;
  /** Done in all, with `already`. */
  readonly done: number;
  /** Of them, there before this run: they count as done, but never as speed. */
  readonly already: number;
  readonly buckets: readonly Bucket[];
}

const BUCKET_MS = 1_000;
const MIN_BUCKETS = 20;
const WINDOW_MS = 120_000;

/** Nothing done yet of `total` bytes. */
export const startProgress = (total: number): Progress => ({ total, done: 0, already: 0, buckets: [] });

/**
 * The progress when `done` bytes of `total` are done, `already` of them before this run. What is new since the last call counts as speed;
 * a file that starts over lowers `done`, but not the speed.
 */
export function reached(
  progress: Progress,
  at: { readonly done: number; readonly already?: number; readonly total?: number },
  now: number,
): Progress {
  const { done, already = progress.already, total = progress.total } = at;
  const fresh = done - already - (progress.done - progress.already);
  return { total, done, already, buckets: fresh > 0 ? counted(progress.buckets, fresh, now) : progress.buckets };
}

function counted(buckets: readonly Bucket[], bytes: number, now: number): readonly Bucket[] {
  const last = buckets.at(-1);
  if (last && now - last.start < BUCKET_MS) return [...buckets.slice(0, -1), { start: last.start, bytes: last.bytes + bytes }];
  const spare = Math.max(0, buckets.length + 1 - MIN_BUCKETS);
  const kept = buckets.filter(({ start }, index) => index >= spare || now - start <= WINDOW_MS);
  return [...kept, { start: now, bytes }];
}

/** Bytes per second over the last buckets: at least 20, and more while they are within two minutes. Null until a second has passed. */
export function rateOf({ buckets }: Progress, now: number): number | null {
  const first = buckets[0];
  if (!first || now - first.start < BUCKET_MS) return null;
  return buckets.reduce((sum, { bytes }) => sum + bytes, 0) / ((now - first.start) / 1_000);
}
