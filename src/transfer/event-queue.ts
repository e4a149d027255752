import type { TransferEvent } from './transfer.ts';

/** Events from the work to whoever iterates. A progress that nobody has read yet gives way to the newer one, so a slow reader costs no memory. */
export class EventQueue {
  #events: TransferEvent[] = [];
  #isEnded = false;
  #wake = () => {};

  push(event: TransferEvent): void {
    const last = this.#events.at(-1);
    if (event.type === 'progress' && last?.type === 'progress' && last.stage === event.stage) this.#events.pop();
    this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TransferEvent, void> {
    for (;;) {
      const events = this.#events;
      this.#events = [];
      yield* events;
      if (this.#events.length > 0) continue;
      if (this.#isEnded) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
