import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingList } from '../../src/domain/growing-list.ts';
import { inFlightByWeight } from '../../src/transfer/session/in-flight.ts';

describe('inFlightByWeight', () => {
  it('begins in order and never has more on its way than its capacity, except one item that is heavier by itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 })), fc.array(fc.nat(3)), async (weights, delays) => {
        const begun: number[] = [];
        const running = new Set<number>();
        await inFlightByWeight(
          weights.keys(),
          30,
          (index) => weights[index] ?? 0,
          async (index) => {
            begun.push(index);
            running.add(index);
            const load = [...running].reduce((sum, each) => sum + (weights[each] ?? 0), 0);
            expect(load <= 30 || running.size === 1).toBe(true);
            for (let turns = delays[index] ?? 0; turns > 0; turns--) await Promise.resolve();
            running.delete(index);
          },
        );
        expect(begun).toEqual([...weights.keys()]);
        expect(running.size).toBe(0);
      }),
    );
  });

  it('waits for what is on its way, then throws the first failure, and begins nothing more', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (item: number) => {
      begun.push(item);
      const turn = () => new Promise((resolve) => setImmediate(resolve));
      await turn();
      if (item === 1) throw new Error('first');
      await turn();
      ended.push(item);
    };
    await expect(inFlightByWeight([0, 1, 2, 3, 4], 3, () => 1, work)).rejects.toThrow('first');
    expect(begun).toEqual([0, 1, 2]);
    expect(ended).toEqual([0, 2]);
  });

  it('a failure ends the wait for an item that has not come', async () => {
    const items = new GrowingList<number>();
    items.add(0);
    const running = inFlightByWeight(
      items.read(new AbortController().signal),
      3,
      () => 1,
      async () => {
        throw new Error('lost');
      },
    );
    await expect(running).rejects.toThrow('lost');
  });

  it('items that fail to come end it when what is on its way has ended', async () => {
    const items = new GrowingList<number>();
    items.add(0);
    const ended: number[] = [];
    const work = async (item: number) => {
      items.fail(new Error('the export failed'));
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(item);
    };
    await expect(inFlightByWeight(items.read(new AbortController().signal), 3, () => 1, work)).rejects.toThrow('the export failed');
    expect(ended).toEqual([0]);
  });
});
