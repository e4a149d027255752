/**
 * Yields `state()` every `everyMs` while the work goes on, and returns what the work resolves to.
 * Leaving the loop early does not stop the work: its AbortSignal does.
 */
export async function* ticking<S, R>(work: Promise<R>, state: () => S, everyMs = 250): AsyncGenerator<S, R> {
  let timer: NodeJS.Timeout | undefined;
  // Whoever leaves early will not await it; its failure is then nobody's news.
  work.catch(() => {});
  try {
    for (;;) {
      const tick = new Promise<'tick'>((resolve) => {
        timer = setTimeout(() => resolve('tick'), everyMs);
      });
      const first = await Promise.race([work.then(() => 'done' as const), tick]);
      clearTimeout(timer);
      if (first === 'done') return await work;
      yield state();
    }
  } finally {
    clearTimeout(timer);
  }
}
