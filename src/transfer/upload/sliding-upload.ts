import type { ChannelRamp } from '../remote/channel-ramp.ts';
import type { FilePart } from '../session/file-part.ts';
import type { Lane } from '../session/lane.ts';
import { AckTracker } from './ack-tracker.ts';
import type { WriteCheckpoint } from './checkpoints.ts';
import { Checkpoints } from './checkpoints.ts';

const MiB = 1024 * 1024;
/** The most that may be sent beyond W and beyond D, so that a cut costs at most 64 MiB whatever the speed. */
const MAX_BEYOND_ACKED = 24 * MiB;
const MAX_BEYOND_DURABLE = 60 * MiB;
/** ssh2 takes whatever it is given and ignores the socket's backpressure, so the bytes in flight are bounded here, to some 4 s of the line. */
const MIN_IN_FLIGHT = 1 * MiB;
const SECONDS_IN_FLIGHT = 4;
/** How long a stop waits for the replies to what was sent. */
const STOP_MS = 3000;

/** More lanes while they pay: `open` makes them so many in all and returns the new ones, none when there are no more to be had. */
export interface Widening {
  readonly ramp: ChannelRamp;
  readonly open: (lanes: number) => Promise<readonly Lane[]>;
}

export interface SlidingUploadRequest {
  /** Where fsync is asked for: it covers what every other lane wrote (fsync(2) is of the inode). */
  readonly control: Lane;
  /** Where the writes go, all from one cursor. */
  readonly lanes: readonly Lane[];
  readonly widening?: Widening;
  /** Whether what stands before `from` is durable, and fsync is to be had. */
  readonly isSynced: boolean;
  /** The range [from, to) of the file is sent. */
  readonly from: number;
  readonly to: number;
  /** The next bytes of the range, at most `control.channel.can.chunk`. */
  readonly read: () => Promise<FilePart>;
  /** Told of each part that the server has written. */
  readonly giveBack: (part: FilePart) => void;
  readonly checkpoint: WriteCheckpoint;
  readonly onAcked: (acked: number) => void;
  readonly signal: AbortSignal;
}

interface BusyLane extends Lane {
  inFlight: number;
}

/**
 * Sends one large file as a sliding window of WRITEs at explicit offsets (I3), over as many lanes as pay.
 * `run` returns when every byte is acknowledged and checkpointed, or early when the signal is aborted; on the first failure it
 * sends no more, waits for the replies, keeps what was proven, and throws that failure. W never passes a write that failed (I5).
 */
export class SlidingUpload {
  readonly #request: SlidingUploadRequest;
  readonly #acks: AckTracker;
  readonly #checkpoints: Checkpoints;
  readonly #started = performance.now();
  readonly #lanes: BusyLane[];
  #isWidening = false;
  #cursor: number;
  #inFlight = 0;
  #ackedBytes = 0;
  #flushing = false;
  #failure: { readonly error: unknown } | undefined;
  #wake = () => {};

  constructor(request: SlidingUploadRequest) {
    this.#request = request;
    this.#acks = new AckTracker(request.from);
    this.#cursor = request.from;
    this.#lanes = request.lanes.map(asBusy);
    this.#checkpoints = new Checkpoints(request.control, request.checkpoint, request.from, request.isSynced);
  }

  /** Whether every byte that is acknowledged is synced too. */
  get isDurable(): boolean {
    return this.#checkpoints.canSync && this.#checkpoints.durable === this.#acks.contiguous;
  }

  async run(): Promise<void> {
    const { control, widening, signal, to } = this.#request;
    const { chunk } = control.channel.can;
    widening?.ramp.rest();
    const onAbort = () => this.#wake();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (this.#cursor < to && !this.#failure && !signal.aborted) {
        const length = Math.min(chunk, to - this.#cursor);
        const lane = this.#hasRoom(length) ? this.#freeLane(length) : undefined;
        if (lane) await this.#send(lane);
        else await this.#change();
      }
      await this.#settle();
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    await this.#lastCheckpoint();
    if (this.#failure) throw this.#failure.error;
  }

  #hasRoom(length: number): boolean {
    const end = this.#cursor + length;
    const { canSync, durable } = this.#checkpoints;
    const isGatedByDurable = canSync && end - durable > MAX_BEYOND_DURABLE;
    if (isGatedByDurable || end - this.#acks.contiguous > MAX_BEYOND_ACKED) return false;
    const rate = this.#ackedBytes / ((performance.now() - this.#started) / 1000);
    return this.#inFlight + length <= Math.max(MIN_IN_FLIGHT, rate * SECONDS_IN_FLIGHT);
  }

  /** The lane with the least to do, if it may have more. */
  #freeLane(length: number): BusyLane | undefined {
    const lane = this.#lanes.reduce((least, other) => (other.inFlight < least.inFlight ? other : least));
    return lane.inFlight + length <= lane.channel.can.inFlight ? lane : undefined;
  }

  async #send(lane: BusyLane): Promise<void> {
    const { read, giveBack, onAcked } = this.#request;
    let part: FilePart;
    try {
      part = await read();
    } catch (error) {
      this.#failure ??= { error };
      return;
    }
    const from = this.#cursor;
    const to = from + part.content.length;
    this.#cursor = to;
    this.#inFlight += to - from;
    lane.inFlight += to - from;
    const answered = () => {
      this.#inFlight -= to - from;
      lane.inFlight -= to - from;
    };
    lane.channel.write(lane.handle, part, from).then(
      () => {
        answered();
        giveBack(part);
        this.#ackedBytes += to - from;
        this.#acks.ack(from, to);
        onAcked(this.#acks.contiguous);
        this.#checkpointIfDue();
        this.#widenIfItPays();
        this.#wake();
      },
      (error) => {
        answered();
        this.#acks.fail(from, to);
        this.#failure ??= { error };
        this.#wake();
      },
    );
  }

  #widenIfItPays(): void {
    const { widening } = this.#request;
    if (!widening || this.#isWidening || this.#failure) return;
    const wanted = widening.ramp.wanted(this.#lanes.length, this.#ackedBytes, performance.now());
    if (wanted === this.#lanes.length) return;
    this.#isWidening = true;
    widening
      .open(wanted)
      .then((lanes) => this.#lanes.push(...lanes.map(asBusy)))
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#isWidening = false;
        this.#wake();
      });
  }

  #checkpointIfDue(): void {
    if (this.#flushing || this.#failure || !this.#checkpoints.isDue(this.#acks.contiguous)) return;
    this.#flushing = true;
    this.#checkpoint()
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#flushing = false;
        this.#wake();
      });
  }

  #checkpoint(): Promise<void> {
    return this.#checkpoints.take(this.#acks.contiguous, () => this.#cursor);
  }

  async #lastCheckpoint(): Promise<void> {
    try {
      await this.#checkpoint();
    } catch (error) {
      this.#failure ??= { error };
      await this.#checkpoints.note(this.#acks.contiguous, this.#cursor);
    }
  }

  async #settle(): Promise<void> {
    const { signal } = this.#request;
    let isPatient = true;
    let timer: NodeJS.Timeout | undefined;
    while (isPatient && (this.#inFlight > 0 || this.#flushing || this.#isWidening)) {
      if (signal.aborted)
        timer ??= setTimeout(() => {
          isPatient = false;
          this.#wake();
        }, STOP_MS);
      await this.#change();
    }
    clearTimeout(timer);
  }

  /** Resolves at the next reply, checkpoint or stop. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

const asBusy = (lane: Lane): BusyLane => ({ ...lane, inFlight: 0 });
