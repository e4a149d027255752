import { ConnectionLost, type SftpStatusError } from '../sftp-errors.ts';

/** How long a request may stand without any reply at all from the server, in ms. A test may shorten them. */
export interface SessionPatience {
  /** WRITE, READ and READDIR (default 45 s). */
  readonly watchdogMs: number;
  /** Everything about names and handles (default 30 s). */
  readonly metadataMs: number;
  /** fsync (default 120 s). */
  readonly fsyncMs: number;
}

export const PATIENCE: SessionPatience = { watchdogMs: 45_000, metadataMs: 30_000, fsyncMs: 120_000 };

/** A request that others overtake for this many times its patience is lost as well. */
const OVERTAKEN = 10;

/** What a request comes to: the server's refusal, or what was asked for. */
export type Reply<T> = (error?: SftpStatusError | ConnectionLost, value?: T) => void;
interface Waiter {
  readonly since: number;
  readonly patienceMs: number;
  readonly fail: (error: Error) => void;
}

/** What one channel has been asked and has not answered: each promise settles exactly once (I8), by the reply or by the channel's end. */
export class PendingRequests {
  readonly #waiters = new Set<Waiter>();
  readonly #watchdog: NodeJS.Timeout;
  readonly #onSilence: () => void;
  #lastReply = performance.now();
  #ended: ConnectionLost | undefined;

  /** `onSilence` is told when something has waited too long; it should end the channel. */
  constructor(patience: SessionPatience, onSilence: () => void) {
    this.#onSilence = onSilence;
    const shortest = Math.min(patience.watchdogMs, patience.metadataMs, patience.fsyncMs);
    this.#watchdog = setInterval(() => this.#lookForSilence(), Math.min(1000, shortest / 4));
  }

  /** Why nothing more can be asked; undefined while the channel lives. */
  get ended(): ConnectionLost | undefined {
    return this.#ended;
  }

  /** Everything outstanding rejects with `reason`, and so does everything asked later. The first end counts. */
  end(reason: ConnectionLost): void {
    if (this.#ended) return;
    this.#ended = reason;
    clearInterval(this.#watchdog);
    for (const waiter of this.#waiters) waiter.fail(reason);
  }

  /** Starts a request. Rejects with `SftpStatusError` (the server's answer) or `ConnectionLost`. */
  call<T>(patienceMs: number, start: (reply: Reply<T>) => void): Promise<T> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise<T>((resolve, reject) => {
      const now = performance.now();
      if (this.#waiters.size === 0) this.#lastReply = now;
      const fail = (error: Error) => {
        this.#waiters.delete(waiter);
        reject(error);
      };
      const waiter: Waiter = { since: now, patienceMs, fail };
      this.#waiters.add(waiter);
      const reply: Reply<T> = (error, value) => {
        this.#lastReply = performance.now();
        if (error) return fail(error);
        this.#waiters.delete(waiter);
        resolve(value as T);
      };
      try {
        start(reply);
      } catch (error) {
        const isGone = error instanceof Error && error.message === 'Not connected';
        fail(isGone ? new ConnectionLost('closed', error) : (error as Error));
      }
    });
  }

  #lookForSilence(): void {
    const now = performance.now();
    const isLost = ({ since, patienceMs }: Waiter) =>
      now - Math.max(since, this.#lastReply) > patienceMs || now - since > patienceMs * OVERTAKEN;
    if ([...this.#waiters].some(isLost)) this.#onSilence();
  }
}
