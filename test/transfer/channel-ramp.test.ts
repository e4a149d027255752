import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChannelRamp, MAX_CHANNELS } from '../../src/transfer/remote/channel-ramp.ts';

const MiB = 1024 * 1024;

/** Sends through a line where `rateOf(channels)` MiB pass in a second; returns how many channels the ramp came to. */
function rampedTo(rateOf: (channels: number) => number, seconds = 20): number {
  const ramp = new ChannelRamp();
  let [channels, acked] = [1, 0];
  for (let ms = 0; ms < seconds * 1000; ms += 10) {
    acked += (rateOf(channels) * MiB) / 100;
    channels = ramp.wanted(channels, acked, ms);
  }
  return channels;
}

describe('ChannelRamp', () => {
  it('takes every channel where each is bound by its window and the round trip', () => {
    expect(rampedTo((channels) => 42 * channels)).toBe(MAX_CHANNELS);
  });

  it('tries once and stays where the line itself is full', () => {
    expect(rampedTo(() => 100)).toBe(2);
  });

  it('stops at the step that gave less than a tenth more', () => {
    expect(rampedTo((channels) => Math.min(2, channels) * 50 + channels)).toBe(4);
  });

  it('asks for nothing on a slow line before it has seen enough of it', () => {
    expect(rampedTo(() => 0.2)).toBe(1);
  });

  it('whatever the line does, it never asks for fewer, nor for more than a connection may have', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(500), fc.nat(64 * MiB))), (steps) => {
        const ramp = new ChannelRamp();
        let [channels, acked, now] = [1, 0, 0];
        for (const [ms, bytes] of steps) {
          [now, acked] = [now + ms, acked + bytes];
          const wanted = ramp.wanted(channels, acked, now);
          expect(wanted).toBeGreaterThanOrEqual(channels);
          expect(wanted).toBeLessThanOrEqual(MAX_CHANNELS);
          channels = wanted;
        }
      }),
    );
  });
});
