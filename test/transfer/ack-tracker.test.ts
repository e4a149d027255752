import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AckTracker } from '../../src/transfer/upload/ack-tracker.ts';

const SIZE = 60;

describe('AckTracker', () => {
  it('W is what a bitmap of every byte says, whatever order acks and failures come in (F13, F15, F16)', () => {
    const step = fc.record({ isAck: fc.boolean(), from: fc.nat(SIZE), length: fc.nat(20) });
    fc.assert(
      fc.property(fc.nat(SIZE), fc.array(step, { maxLength: 40 }), (start, steps) => {
        const tracker = new AckTracker(start);
        const isAcked = Array.from({ length: SIZE * 2 }, (_, i) => i < start);
        for (const { isAck, from, length } of steps) {
          const to = from + length;
          if (length === 0) continue;
          isAcked.fill(isAck, from, to);
          if (isAck) tracker.ack(from, to);
          else tracker.fail(from, to);
          const firstHole = isAcked.indexOf(false);
          expect(tracker.contiguous).toBe(firstHole);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('a failed write holds W back although everything after it succeeds (F15)', () => {
    const tracker = new AckTracker(0);
    tracker.fail(10, 20);
    tracker.ack(0, 10);
    tracker.ack(20, 100);
    expect(tracker.contiguous).toBe(10);
    tracker.ack(10, 20);
    expect(tracker.contiguous).toBe(100);
  });
});
