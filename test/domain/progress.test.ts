import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Progress, rateOf, reached, startProgress } from '../../src/domain/progress.ts';

/** Progress after steps of [seconds, done]. */
const walked = (start: Progress, steps: readonly (readonly [number, number])[]): Progress =>
  steps.reduce((progress, [seconds, done]) => reached(progress, { done }, seconds * 1_000), start);

describe('progress', () => {
  test('speed is unknown before the first second', () => {
    const progress = walked(startProgress(1_000), [
      [0, 10],
      [0.5, 20],
    ]);
    expect(rateOf(progress, 900)).toBeNull();
    expect(rateOf(startProgress(1_000), 9_000)).toBeNull();
    expect(rateOf(progress, 1_000)).toBe(20);
  });

  test('bytes that were there before the run count as done, never as speed', () => {
    let progress = reached(startProgress(1_000), { done: 600, already: 600 }, 0);
    expect(progress.done).toBe(600);
    expect(rateOf(progress, 5_000)).toBeNull();
    progress = reached(progress, { done: 700, already: 600 }, 5_000);
    expect(rateOf(progress, 6_000)).toBe(100);
  });

  test('speed is that of the last two minutes once there are twenty seconds of it', () => {
    const slow = Array.from({ length: 30 }, (_, s) => [s, (s + 1) * 10] as const);
    const fast = Array.from({ length: 150 }, (_, s) => [s + 1_000, 300 + (s + 1) * 1_000] as const);
    expect(rateOf(walked(startProgress(1e6), slow), 30_000)).toBe(10);
    expect(rateOf(walked(startProgress(1e6), [...slow, ...fast]), 1_150_000)).toBeCloseTo(1_000, 6);
  });

  test('a slow line keeps at least twenty seconds with bytes, however old', () => {
    const hourly = Array.from({ length: 40 }, (_, at) => [at * 3_600, (at + 1) * 3_600] as const);
    expect(walked(startProgress(1e6), hourly).buckets).toHaveLength(20);
  });

  test('a file that starts over takes nothing from the speed', () => {
    const progress = walked(startProgress(100), [
      [0, 50],
      [1, 20],
    ]);
    expect([progress.done, rateOf(progress, 2_000)]).toEqual([20, 25]);
  });

  test('the speed is never below zero, whatever comes', () => {
    const step = fc.record({ done: fc.nat(2_000), already: fc.nat(500), total: fc.nat(1_000), wait: fc.nat(200_000) });
    fc.assert(
      fc.property(fc.nat(1_000), fc.array(step), (total, steps) => {
        let progress = startProgress(total);
        let now = 0;
        for (const { wait, ...at } of steps) {
          now += wait;
          progress = reached(progress, at, now);
          expect(rateOf(progress, now) ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
