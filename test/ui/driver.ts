import { draw } from '../../src/ui/draw.ts';
import { Effects } from '../../src/ui/effects.ts';
import type { Effect } from '../../src/ui/event.ts';
import type { Key, KeyName } from '../../src/ui/parts/key.ts';
import { type Page, roomOf } from '../../src/ui/parts/page.ts';
import { placeOf } from '../../src/ui/place.ts';
import { firstState, type WizardState } from '../../src/ui/state.ts';
import { Store } from '../../src/ui/store.ts';
import { MemoryCore } from './memory-core.ts';

const NAMED: readonly KeyName[] = [
  'up',
  'down',
  'left',
  'right',
  'pageUp',
  'pageDown',
  'home',
  'end',
  'enter',
  'escape',
  'tab',
  'shiftTab',
  'backspace',
];

/** A key by its name, `ctrl-c`, or one character. */
export function keyNamed(name: string): Key {
  const named = NAMED.find((each) => each === name);
  if (named) return { name: named };
  return name.startsWith('ctrl-') ? { name: 'ctrl', char: name.slice(5) } : { name: 'char', char: name };
}

export const textOfPage = (page: Page): string[] =>
  page.rows.map(({ spans, isChoice, cursor }) => {
    const text = spans.map((span) => span.text).join('');
    return (isChoice ? `${cursor === undefined ? '   ' : ' > '}${text}` : text).trimEnd();
  });

/** The whole wizard without a terminal: keys in, pages out, the real effects on a core in memory. */
export class Driver {
  readonly core: MemoryCore;
  readonly effects: Effect[] = [];
  readonly store: Store;
  left: number | undefined;
  readonly #ending = new AbortController();

  constructor(core: MemoryCore = new MemoryCore(), terminal = { columns: 80, rows: 24 }) {
    this.core = core;
    const effects = new Effects(core, {
      dispatch: (event) => this.store.dispatch(event),
      visible: () => [],
      repaint: () => {},
      leave: (code) => {
        this.left = code;
        this.#ending.abort();
      },
      signal: this.#ending.signal,
    });
    const first = firstState({
      terminal,
      room: roomOf(terminal.columns, terminal.rows),
      now: core.clock.now().getTime(),
      today: core.clock.today(),
      isPlanning: false,
      isNewState: core.isNewState,
      staging: core.staging,
    });
    this.store = new Store(first, core.clock, (effect) => {
      this.effects.push(effect);
      effects.run(effect);
    });
    for (const effect of [{ do: 'startChecks' }, { do: 'overview' }, { do: 'estimates' }] as const) effects.run(effect);
  }

  get state(): WizardState {
    return this.store.state;
  }

  get place(): string {
    return placeOf(this.state).id;
  }

  get lines(): string[] {
    return textOfPage(draw(this.state));
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** Everything that the memory core has answered has arrived: it answers in microtasks. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Presses keys one by one, past the guard of dialogs, and lets what they start come to rest. */
  async press(...keys: string[]): Promise<this> {
    for (const key of keys) {
      await this.settle();
      this.core.clock.advance(300);
      this.store.dispatch({ type: 'key', key: keyNamed(key) });
    }
    await this.settle();
    return this;
  }

  /** Types a text, character by character. */
  type(text: string): Promise<this> {
    return this.press(...text);
  }

  async paste(text: string): Promise<this> {
    this.store.dispatch({ type: 'paste', text });
    await this.settle();
    return this;
  }

  /** From the first frame to the overview. */
  async toOverview(): Promise<this> {
    await this.settle();
    return this.press('enter');
  }

  /** From the overview into a region, by the filter. */
  async open(region: string): Promise<this> {
    await this.press('/');
    await this.type(region);
    return this.press('enter');
  }
}
