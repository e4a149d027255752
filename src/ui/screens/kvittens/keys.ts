import type { Key } from '../../parts/key.ts';

/** Everything but Enter and Esc is for the form: letters are text there. */
export type KvittensAction = 'save' | 'cancel' | { readonly key: Key };

export function kvittensAction(key: Key): KvittensAction {
  if (key.name === 'enter') return 'save';
  return key.name === 'escape' ? 'cancel' : { key };
}
