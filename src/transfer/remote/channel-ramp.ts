const MiB = 1024 * 1024;
/** A rate is measured over this many bytes and this long at least. */
const SAMPLE_BYTES = 8 * MiB;
const SAMPLE_MS = 200;
/** What more channels must bring to be worth asking for even more. */
const GAIN = 1.1;

/** The most channels that carry data on one connection: OpenSSH allows 10 sessions, and fsync and commands need theirs. */
export const MAX_CHANNELS = 6;

/** With so many a bag of some size begins where nothing is known of the line: on any one they are as fast as fewer, and on a long one four times so. */
export const FIRST_CHANNELS = 4;

/**
 * How many channels pay: twice as many as long as the last step made the whole at least a tenth faster.
 * One channel is bound by its window and the round trip on a long line, and by one server process on a short one;
 * the total tells of both, so only it is measured.
 */
export class ChannelRamp {
  #since: { readonly at: number; readonly acked: number } | undefined;
  #rate = 0;
  #isOver = false;

  /** How many channels to have, when `channels` have acknowledged `acked` bytes in all at the time `now` (ms, monotonic). */
  wanted(channels: number, acked: number, now: number): number {
    if (this.#isOver || channels >= MAX_CHANNELS) return channels;
    this.#since ??= { at: now, acked };
    const [ms, bytes] = [now - this.#since.at, acked - this.#since.acked];
    if (ms < SAMPLE_MS || bytes < SAMPLE_BYTES) return channels;
    const rate = bytes / ms;
    this.#isOver = rate < this.#rate * GAIN;
    this.#rate = rate;
    this.#since = undefined;
    return this.#isOver ? channels : Math.min(MAX_CHANNELS, channels * 2);
  }

  /** More channels are not to be had, or something else than their number has changed: what was measured says nothing about what comes. */
  rest(): void {
    this.#since = undefined;
  }
}
