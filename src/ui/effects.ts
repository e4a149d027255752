import { setMaxListeners } from 'node:events';
import { OperatorError } from '../domain/operator-error.ts';
import type { WizardCore } from './core.ts';
import type { Effect, WizardEvent } from './event.ts';
import { bugProblem, type Problem, problemOf } from './problem.ts';

/** What the effects reach besides the core. */
export interface Surroundings {
  readonly dispatch: (event: WizardEvent) => void;
  /** The regions whose exact sizes are wanted: the open one. */
  readonly visible: () => readonly string[];
  readonly repaint: () => void;
  readonly leave: (code: number) => void;
  /** Ends everything that waits or follows. */
  readonly signal: AbortSignal;
}

/** Does what the reducers ask for. What comes of it, failures too, comes back as events: nothing is thrown here. */
export class Effects {
  readonly #core: WizardCore;
  readonly #around: Surroundings;
  /** Ends the estimates that run, when they are asked for again. */
  #estimating = new AbortController();
  #isReading = false;
  #readAgain = false;

  constructor(core: WizardCore, around: Surroundings) {
    this.#core = core;
    this.#around = around;
    // All 21 regions may be followed at once: Node would warn of the eleventh.
    setMaxListeners(0, around.signal);
  }

  run(effect: Effect): void {
    this.#do(effect).catch((error: unknown) => {
      if (!this.#around.signal.aborted) this.#around.dispatch({ type: 'failed', effect, problem: this.#problemOf(error) });
    });
  }

  #problemOf(error: unknown): Problem {
    try {
      if (error instanceof OperatorError) return problemOf(error);
      return bugProblem(this.#core.reportBug(error));
    } catch (bug) {
      return bugProblem(this.#core.reportBug(bug));
    }
  }

  async #do(effect: Effect): Promise<void> {
    const core = this.#core;
    const { dispatch, repaint, leave } = this.#around;
    switch (effect.do) {
      case 'repaint':
        return repaint();
      case 'leave':
        return leave(effect.code);
      case 'startChecks':
        for await (const checks of core.startChecks()) dispatch({ type: 'checks', checks });
        return;
      case 'overview':
        return this.#readOverview();
      case 'estimates':
        return this.#estimate();
      case 'follow':
        return this.#follow(effect.region);
      case 'unmet':
        return dispatch({ type: 'unmet', region: effect.region, unmet: await core.unmetConditions(effect.region) });
      case 'saveDecision':
        return dispatch({ type: 'saved', effect, view: await core.saveDecision(effect.region, effect.draft, effect.revision) });
      case 'saveReceipt':
        return dispatch({
          type: 'saved',
          effect,
          view: await core.saveReceipt(effect.region, effect.delivery, effect.draft, effect.revision),
        });
      case 'review':
        return dispatch({ type: 'reviewed', region: effect.region, review: await core.review(effect.region) });
      case 'answer':
        return core.answer(effect.region, effect.question, effect.secret);
      case 'hostKeys':
        return dispatch({ type: 'hostKeys', region: effect.region, shown: await core.hostKeys(effect.region) });
      case 'trustHostKey':
        await core.trustHostKey(effect.region, effect.fingerprint);
        return dispatch({ type: 'done', effect });
      case 'reversal':
        return dispatch({ type: 'reversal', text: await core.reversal(effect.region, effect.delivery) });
      case 'log':
        return dispatch({ type: 'log', lines: await core.log(effect.region) });
      case 'start':
        await core.start(effect.region, effect.typedName);
        return dispatch({ type: 'done', effect });
      case 'pauseAndLeave':
        await Promise.all(effect.regions.map((region) => core.pause(region)));
        return dispatch({ type: 'done', effect });
      default:
        await core[effect.do](effect.region);
        return dispatch({ type: 'done', effect });
    }
  }

  /** Reads all regions; a wish that comes while it reads is one more reading after it, never two at once. */
  async #readOverview(): Promise<void> {
    this.#readAgain = this.#isReading;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      this.#around.dispatch({ type: 'regions', regions: await this.#core.overview() });
    } finally {
      this.#isReading = false;
      if (this.#readAgain) this.run({ do: 'overview' });
    }
  }

  async #estimate(): Promise<void> {
    this.#estimating.abort();
    this.#estimating = new AbortController();
    const signal = AbortSignal.any([this.#estimating.signal, this.#around.signal]);
    try {
      for await (const estimates of this.#core.estimates(this.#around.visible, signal))
        this.#around.dispatch({ type: 'estimates', estimates });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #follow(region: string): Promise<void> {
    const { dispatch, signal } = this.#around;
    try {
      for await (const event of this.#core.follow(region, signal)) dispatch({ type: 'delivery', region, event });
    } finally {
      if (!signal.aborted) dispatch({ type: 'unfollowed', region });
    }
  }
}
