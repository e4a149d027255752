import type { Key } from '../../parts/key.ts';

export type DeliveryAction = 'pauseOrResume' | 'askStop' | 'tryNow' | 'decisions' | 'back';

const LETTERS: Readonly<Record<string, DeliveryAction>> = { p: 'pauseOrResume', s: 'askStop', o: 'tryNow', b: 'decisions' };

export function deliveryAction(key: Key): DeliveryAction | undefined {
  if (key.name === 'escape' || key.name === 'left' || key.name === 'backspace') return 'back';
  return key.name === 'char' ? LETTERS[key.char] : undefined;
}
