import { describe, expect, it } from 'vitest';
import { GrowingList } from '../../src/domain/growing-list.ts';

const quiet = new AbortController().signal;

describe('a growing list', () => {
  it('gives every reader all of it, whenever they began', async () => {
    const list = new GrowingList<number>();
    list.add(1);
    const early = list.whole(quiet);
    list.add(2);
    const later = list.whole(quiet);
    list.add(3);
    expect(list.isComplete).toBe(false);
    list.complete();
    expect(await Promise.all([early, later, list.whole(quiet)])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('one that failed never lets a reader come to its end, and is not complete', async () => {
    const list = new GrowingList<number>();
    list.add(1);
    const waiting = list.whole(quiet);
    list.fail(new Error('cut'));
    list.complete();
    await expect(waiting).rejects.toThrow('cut');
    await expect(list.whole(quiet)).rejects.toThrow('cut');
    expect(list.isComplete).toBe(false);
  });

  it('a reader that is to stop no longer waits, and does not take what has come for the whole', async () => {
    const stop = new AbortController();
    const list = new GrowingList<number>();
    const waiting = list.whole(stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'stopped' });
  });

  it('nothing is added to one that has ended', () => {
    expect(() => GrowingList.of([1]).add(2)).toThrow();
  });
});
