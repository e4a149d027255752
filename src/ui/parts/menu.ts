import type { Key } from './key.ts';
import type { Row } from './rows.ts';

/** A list of choices. The first is always the harmless one; digits do nothing. */
export interface Menu<Id> {
  readonly id: Id;
  readonly label: string;
}

/** The rows of a menu, the focused one with the cursor. */
export const menuRows = (choices: readonly Menu<unknown>[], focus: number): Row[] =>
  choices.map(({ label }, index) => ({ spans: [{ text: label }], isChoice: true, ...(index === focus ? { cursor: 1 } : {}) }));

/** Where the focus is after a key; it stops at the ends. */
export function moveFocus(focus: number, count: number, key: Key): number {
  if (key.name === 'down') return Math.min(count - 1, focus + 1);
  if (key.name === 'up') return Math.max(0, focus - 1);
  if (key.name === 'home') return 0;
  if (key.name === 'end') return count - 1;
  return focus;
}
