import type { Key } from '../../parts/key.ts';

export type ReviewAction = 'confirm' | 'back' | { readonly key: Key };

export function reviewAction(key: Key): ReviewAction {
  if (key.name === 'enter') return 'confirm';
  return key.name === 'escape' ? 'back' : { key };
}
