/** Why work ends before it is done: asked to by an operator, or the process was told to go. */
export type InterruptionReason = 'pause' | 'stop' | 'signal';

/**
 * Who may end a delivery early, and how soon. A stop or a signal ends every stage at once; a pause lets the export finish first (D15),
 * since an export that was cut starts again in full.
 */
export class Interruption {
  readonly #everything = new AbortController();
  readonly #afterExport = new AbortController();
  #reason: InterruptionReason | undefined;
  #operator: string | undefined;

  get reason(): InterruptionReason | undefined {
    return this.#reason;
  }

  /** Who asked, when it was an operator. */
  get operator(): string | undefined {
    return this.#operator;
  }

  /** For the export and the bag. */
  get exporting(): AbortSignal {
    return this.#everything.signal;
  }

  /** For everything after it. */
  get sending(): AbortSignal {
    return this.#afterExport.signal;
  }

  /** Fires `wake` when an operator does not want to wait for the next attempt. */
  readonly waking = new EventTarget();

  wake(): void {
    this.waking.dispatchEvent(new Event('wake'));
  }

  /** A later, stronger wish replaces a pause; nothing weakens a stop. */
  request(reason: InterruptionReason, operator?: string): void {
    if (this.#reason === undefined || this.#reason === 'pause') {
      this.#reason = reason;
      this.#operator = operator;
    }
    this.#afterExport.abort();
    if (reason !== 'pause') this.#everything.abort();
  }
}
