import type { Clock } from '../domain/calendar.ts';
import type { Effect, WizardEvent } from './event.ts';
import type { WizardState } from './state.ts';
import { update } from './update.ts';

/** Holds the one state. Events are taken one at a time, in the order they came, also those that an effect sends at once. */
export class Store {
  #state: WizardState;
  readonly #clock: Clock;
  readonly #run: (effect: Effect) => void;
  readonly #waiting: WizardEvent[] = [];
  #isUpdating = false;

  constructor(first: WizardState, clock: Clock, run: (effect: Effect) => void) {
    this.#state = first;
    this.#clock = clock;
    this.#run = run;
  }

  get state(): WizardState {
    return this.#state;
  }

  readonly dispatch = (event: WizardEvent): void => {
    this.#waiting.push(event);
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
        const [state, ...effects] = update(this.#state, next, { now: this.#clock.now().getTime(), today: this.#clock.today() });
        this.#state = state;
        for (const effect of effects) this.#run(effect);
      }
    } finally {
      this.#isUpdating = false;
    }
  };
}
