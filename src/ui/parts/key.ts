/** A key as the screens know it. `char` is one printable character, space included. */
export type Key =
  | { readonly name: KeyName }
  | { readonly name: 'char'; readonly char: string }
  | { readonly name: 'ctrl'; readonly char: string };

export type KeyName =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'pageUp'
  | 'pageDown'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'shiftTab'
  | 'backspace'
  | 'other';

/** Ink's own description of a key; only what is read here. */
interface InkKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly shift: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly ctrl: boolean;
  readonly meta: boolean;
}

/** Ink's key as ours. Backspace and Delete are one key: Ink 6 cannot tell them apart. Alt with a letter is no key of ours. */
export function keyOf(input: string, ink: InkKey): Key {
  if (ink.upArrow) return { name: 'up' };
  if (ink.downArrow) return { name: 'down' };
  if (ink.leftArrow) return { name: 'left' };
  if (ink.rightArrow) return { name: 'right' };
  if (ink.pageUp) return { name: 'pageUp' };
  if (ink.pageDown) return { name: 'pageDown' };
  if (ink.home) return { name: 'home' };
  if (ink.end) return { name: 'end' };
  if (ink.return) return { name: 'enter' };
  if (ink.escape) return { name: 'escape' };
  if (ink.tab) return { name: ink.shift ? 'shiftTab' : 'tab' };
  if (ink.backspace || ink.delete) return { name: 'backspace' };
  if (ink.ctrl && input.length === 1) return { name: 'ctrl', char: input };
  return ink.ctrl || ink.meta || !isPrintable(input) ? { name: 'other' } : { name: 'char', char: input };
}

const isPrintable = (input: string): boolean => /^[^\p{C}\uFFFD]+$/u.test(input);
