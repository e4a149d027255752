import { describe, expect, it } from 'vitest';
import { ticking } from '../../src/delivery/ticking.ts';

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('ticking', () => {
  it('tells the state while the work goes on, and returns what it resolves to', async () => {
    const work = deferred<string>();
    let count = 0;
    const ticks = ticking(work.promise, () => ++count, 1);
    expect(await ticks.next()).toEqual({ done: false, value: 1 });
    expect(await ticks.next()).toEqual({ done: false, value: 2 });
    work.resolve('klart');
    expect(await ticks.next()).toEqual({ done: true, value: 'klart' });
  });

  it('work that is done at once is never waited for', async () => {
    const ticks = ticking(Promise.resolve('klart'), () => 'tick', 60_000);
    expect(await ticks.next()).toEqual({ done: true, value: 'klart' });
  });

  it('throws what the work throws, also before the first tick', async () => {
    const work = deferred<never>();
    const next = ticking(work.promise, () => 'tick', 60_000).next();
    work.reject(new Error('avbrutet'));
    await expect(next).rejects.toThrow('avbrutet');
  });

  it('whoever leaves early hears nothing of a failure that comes later', async () => {
    const work = deferred<never>();
    const ticks = ticking(work.promise, () => 'tick', 1);
    await ticks.next();
    await ticks.return('borta' as never);
    work.reject(new Error('sent'));
    await expect(work.promise).rejects.toThrow('sent');
  });
});
