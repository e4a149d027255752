import type { Key } from '../../parts/key.ts';

export type ReceiptsAction = 'kvittens' | 'reversal' | 'nextRegion' | 'decisions' | 'back';

const LETTERS: Readonly<Record<string, ReceiptsAction>> = { k: 'kvittens', v: 'reversal', n: 'nextRegion', b: 'decisions' };

export function receiptsAction(key: Key): ReceiptsAction | undefined {
  if (key.name === 'escape' || key.name === 'left' || key.name === 'backspace') return 'back';
  return key.name === 'char' ? LETTERS[key.char] : undefined;
}
