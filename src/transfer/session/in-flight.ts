/**
 * Runs `work` over `items` in order, as many at a time as weigh at most `capacity` together; one that weighs more runs by itself.
 * The first failure, of `work` or of the items themselves, stops the taking of new ones, also of one that is still waited for;
 * what is in flight is waited for, then that failure is thrown.
 */
export async function inFlightByWeight<T>(
  items: Iterable<T> | AsyncIterable<T>,
  capacity: number,
  weightOf: (item: T) => number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  let busy = 0;
  let waiting: (() => void)[] = [];
  const change = () => new Promise<void>((resolve) => waiting.push(resolve));
  const changed = () => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  let isTaking = true;
  const take = async () => {
    for await (const item of items) {
      const weight = Math.min(weightOf(item), capacity);
      while (busy > capacity - weight && !failure) await change();
      if (failure) return;
      busy += weight;
      work(item)
        .catch(fail)
        .finally(() => {
          busy -= weight;
          changed();
        });
    }
  };
  take()
    .catch(fail)
    .finally(() => {
      isTaking = false;
      changed();
    });
  while (busy > 0 || (isTaking && !failure)) await change();
  if (failure) throw failure.error;
}

/** The same, with at most `width` items at a time. */
export const inFlight = <T>(items: Iterable<T>, width: number, work: (item: T) => Promise<void>): Promise<void> =>
  inFlightByWeight(items, Math.max(1, Math.floor(width)), () => 1, work);
