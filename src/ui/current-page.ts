import type { Page } from './parts/page.ts';

/** The most often that the screen follows what happens by itself. */
const REDRAW_MS = 100;

/**
 * The page that is shown, for React's external store. A key is answered at once; a thousand events from a delivery are a thousand new states,
 * but only ten pages a second.
 */
export class CurrentPage {
  #page: Page;
  readonly #draw: () => Page;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  /** `draw` makes the page of the current state. */
  constructor(draw: () => Page) {
    this.#draw = draw;
    this.#page = draw();
  }

  readonly get = (): Page => this.#page;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly now = (): void => {
    this.stop();
    this.#page = this.#draw();
    for (const listener of this.#listeners) listener();
  };

  soon(): void {
    this.#timer ??= setTimeout(this.now, REDRAW_MS);
  }

  /** Forgets a page that was to be drawn soon. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
