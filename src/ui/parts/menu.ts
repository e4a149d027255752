import type { Key } from './key.ts';
import { type Row, row } from './rows.ts';

/** A list of choices. The first is always the harmless one; digits do nothing. */
export interface Menu<Id> {
  readonly id: Id;
  readonly label: string;
}

/** The rows of a menu, the focused one with the cursor. */
export const menuRows = (choices: readonly Menu<unknown>[], focus: number): Row[] =>
  choices.map(({ label }, index) => ({ spans: [{ text: label }], isChoice: true, ...(index === focus ? { cursor: 1 } : {}) }));

/** The rows of a menu that may be longer than its room, with how many choices are above and below. */
export function menuWindow(choices: readonly Menu<unknown>[], focus: number, room: number): Row[] {
  if (choices.length <= room) return menuRows(choices, focus);
  const shown = Math.max(1, room - 1);
  const top = Math.max(0, Math.min(focus - Math.floor(shown / 2), choices.length - shown));
  return [...menuRows(choices.slice(top, top + shown), focus - top), row(scrollHint(top, choices.length - top - shown), 'dim')];
}

/** `↑ 3 ↓ 5`: what a list has above and below what is shown of it. */
export const scrollHint = (above: number, below: number): string => `${above > 0 ? ` ↑ ${above}` : ''}${below > 0 ? ` ↓ ${below}` : ''}`;

/** Where the focus is after a key; it stops at the ends. */
export function moveFocus(focus: number, count: number, key: Key): number {
  if (key.name === 'down') return Math.min(count - 1, focus + 1);
  if (key.name === 'up') return Math.max(0, focus - 1);
  if (key.name === 'home') return 0;
  if (key.name === 'end') return count - 1;
  return focus;
}
