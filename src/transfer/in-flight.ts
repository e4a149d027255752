/**
 * Runs `work` over `items` in order, as many at a time as weigh at most `capacity` together; one that weighs more runs by itself.
 * The first failure stops the taking of new items; what is in flight is waited for, then that failure is thrown.
 */
export async function inFlightByWeight<T>(
  items: Iterable<T>,
  capacity: number,
  weightOf: (item: T) => number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  let busy = 0;
  let wake = () => {};
  const oneLess = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  for (const item of items) {
    const weight = Math.min(weightOf(item), capacity);
    while (busy > capacity - weight && !failure) await oneLess();
    if (failure) break;
    busy += weight;
    work(item)
      .catch((error) => {
        failure ??= { error };
      })
      .finally(() => {
        busy -= weight;
        wake();
      });
  }
  while (busy > 0) await oneLess();
  if (failure) throw failure.error;
}

/** The same, with at most `width` items at a time. */
export const inFlight = <T>(items: Iterable<T>, width: number, work: (item: T) => Promise<void>): Promise<void> =>
  inFlightByWeight(items, Math.max(1, Math.floor(width)), () => 1, work);
