import type { Key } from '../../parts/key.ts';

export type StartAction = 'goOn' | 'checkAgain';

export function startAction(key: Key): StartAction | undefined {
  if (key.name === 'enter') return 'goOn';
  return key.name === 'char' && key.char === 'o' ? 'checkAgain' : undefined;
}
