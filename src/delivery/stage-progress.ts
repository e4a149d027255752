import type { DeliveryEvent, Stage } from '../domain/delivery-events.ts';
import { type Progress, rateOf, reached, startProgress } from '../domain/progress.ts';

/** Ten drawings a second are more than any screen wants. */
const STATUS_EVERY_MS = 100;

/** How far one stage has come: counters that the work moves and the status reads. The clock is monotonic. */
export class StageProgress {
  readonly #stage: Stage;
  #progress: Progress;
  #rows = 0;
  #lastStatus = Number.NEGATIVE_INFINITY;

  constructor(stage: Stage, totalBytes: number) {
    this.#stage = stage;
    this.#progress = startProgress(totalBytes);
  }

  /** More bytes were done. */
  add(bytes: number): void {
    this.#progress = reached(this.#progress, { done: this.#progress.done + bytes }, performance.now());
  }

  /** So many bytes of `total` are done, `already` of them by an earlier run, which is no speed of this one. */
  setTo(done: number, already: number, total: number): void {
    this.#progress = reached(this.#progress, { done, already, total }, performance.now());
  }

  /** All is done: a total that was an estimate is known now. */
  finish(): void {
    this.#progress = reached(this.#progress, { done: this.#progress.done, total: this.#progress.done }, performance.now());
  }

  addRows(rows: number): void {
    this.#rows += rows;
  }

  /** Whether enough time has passed since the last status for another one to be worth its bytes. */
  isDue(): boolean {
    return performance.now() - this.#lastStatus >= STATUS_EVERY_MS;
  }

  /** Where the stage stands. A total that was an estimate gives way when more is done than it said. */
  status(): Extract<DeliveryEvent, { type: 'status' }> {
    this.#lastStatus = performance.now();
    const { done, total } = this.#progress;
    const rate = rateOf(this.#progress, this.#lastStatus);
    return {
      type: 'status',
      stage: this.#stage,
      bytes: done,
      totalBytes: Math.max(total, done),
      rows: this.#rows,
      rate: rate === null ? null : Math.round(rate),
    };
  }
}
