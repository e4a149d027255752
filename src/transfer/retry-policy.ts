import { ConnectionLost, isStatus, SpaceLow, STATUS } from './sftp-errors.ts';

/** At most this many connections a minute: OpenSSH penalises sources that connect too often, and fail2ban is common. */
const CONNECTS_PER_MINUTE = 6;
const MINUTE = 60_000;
const LONGEST_BACKOFF = 60_000;
const SHORTEST_BACKOFF = 500;
/** What a server refuses without saying why is tried once more, after it has had a moment. */
const UNEXPLAINED_WAIT = 2000;

export interface RetryOptions {
  /** How long to go on without any progress, in ms. */
  readonly maxOfflineMs: number;
  /** Whether a full disk is waited for. */
  readonly waitForSpace: boolean;
  /** How often free space is asked for, in ms. */
  readonly spacePollMs: number;
}

export interface Retry {
  readonly attempt: number;
  readonly waitMs: number;
  /** A short code: `disk_full`, `refused`, or the connection's own (`ECONNRESET`, `stalled`, …). */
  readonly reason: string;
}

/** When to try again, and when to give up. Monotonic time only. */
export class RetryPolicy {
  readonly #options: RetryOptions;
  readonly #connects: number[] = [];
  #mark = -1;
  #attempt = 0;
  #unexplained = 0;
  #offlineSince: number | undefined;

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  connecting(): void {
    this.#connects.push(performance.now());
  }

  /** What to do after `error`; `mark` is how much has been proven so far, in bytes: more than ever before means that trying pays. Null: give up. */
  next(error: unknown, mark: number): Retry | null {
    const now = performance.now();
    if (mark > this.#mark) {
      this.#mark = mark;
      this.#attempt = 0;
      this.#unexplained = 0;
      this.#offlineSince = undefined;
    }
    this.#offlineSince ??= now;
    const wait = this.#waitAfter(error);
    if (wait === null) return null;
    const oldest = this.#connects.at(-CONNECTS_PER_MINUTE) ?? Number.NEGATIVE_INFINITY;
    const waitMs = Math.round(Math.max(wait.waitMs, oldest + MINUTE - now));
    if (now + waitMs - this.#offlineSince > this.#options.maxOfflineMs) return null;
    this.#attempt += 1;
    return { attempt: this.#attempt, waitMs, reason: wait.reason };
  }

  #waitAfter(error: unknown): { readonly waitMs: number; readonly reason: string } | null {
    if (error instanceof ConnectionLost) {
      const jittered = Math.random() * Math.min(LONGEST_BACKOFF, 1000 * 2 ** this.#attempt);
      return { waitMs: Math.max(SHORTEST_BACKOFF, jittered), reason: error.reason };
    }
    if (error instanceof SpaceLow) return this.#options.waitForSpace ? { waitMs: this.#options.spacePollMs, reason: 'disk_full' } : null;
    // A name of ours that is gone was removed by somebody: another look decides where to go on (F23).
    if (isStatus(error, STATUS.FAILURE, STATUS.NO_SUCH_FILE)) {
      this.#unexplained += 1;
      return this.#unexplained === 1 ? { waitMs: UNEXPLAINED_WAIT, reason: 'refused' } : null;
    }
    return null;
  }
}
