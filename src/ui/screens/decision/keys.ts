import type { Key } from '../../parts/key.ts';

/** Everything but Enter and Esc is for the form: letters are text there. */
export type DecisionAction = 'save' | 'cancel' | { readonly key: Key };

export function decisionAction(key: Key): DecisionAction {
  if (key.name === 'enter') return 'save';
  return key.name === 'escape' ? 'cancel' : { key };
}
