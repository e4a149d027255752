import { OperatorError } from './operator-error.ts';

/**
 * A list that grows while it is read: every reader gets all of it from the beginning, and waits for what is still to come.
 * It ends once, complete or failed; only a complete one lets a reader come to its end, so nobody takes a part of it for the whole.
 */
export class GrowingList<T> {
  readonly #items: T[] = [];
  #state: 'growing' | 'complete' | { readonly failure: unknown } = 'growing';
  readonly #waiting = new Set<() => void>();

  /** A list that is complete from the start. */
  static of<T>(items: Iterable<T>): GrowingList<T> {
    const list = new GrowingList<T>();
    for (const item of items) list.add(item);
    list.complete();
    return list;
  }

  /** What has come so far, in order. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** Whether `items` is all that there will be. */
  get isComplete(): boolean {
    return this.#state === 'complete';
  }

  add(item: T): void {
    if (this.#state !== 'growing') throw new Error('nothing is added to a list that has ended');
    this.#items.push(item);
    this.#wakeAll();
  }

  complete(): void {
    this.#end('complete');
  }

  /** It will never be complete: whoever waits for more gets this error. */
  fail(failure: unknown): void {
    this.#end({ failure });
  }

  /** Every item from the first one on. Throws what the list failed with, and OperatorError `stopped` when the signal no longer lets it wait. */
  async *read(signal: AbortSignal): AsyncGenerator<T, void> {
    for (let next = 0; ; ) {
      while (next < this.#items.length) yield this.#items[next++] as T;
      if (this.#state === 'complete') return;
      if (this.#state !== 'growing') throw this.#state.failure;
      if (signal.aborted) throw new OperatorError('stopped');
      await this.#change(signal);
    }
  }

  /** Waits for the whole list. Throws as `read`. */
  async whole(signal: AbortSignal): Promise<readonly T[]> {
    for await (const _ of this.read(signal));
    return this.#items;
  }

  #end(state: 'complete' | { readonly failure: unknown }): void {
    if (this.#state !== 'growing') return;
    this.#state = state;
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
