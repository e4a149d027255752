import { typeKey } from '../../parts/field.ts';
import type { Key } from '../../parts/key.ts';
import type { Next, WizardState } from '../../state.ts';
import type { SecretOverlay } from './overlay.ts';

/** Enter gives what was typed, Esc says that nobody can; the worker pauses when nobody else does either. */
export function reduceSecret(state: WizardState, overlay: SecretOverlay, key: Key): Next {
  const { region, question, typed } = overlay;
  const closed = { ...state, overlay: undefined };
  if (key.name === 'escape') return [closed, { do: 'answer', region, question: question.question, secret: null }];
  // An agent is not typed: it comes with another terminal, and the worker then asks no more.
  if (question.reason === 'agent') return [state];
  if (key.name === 'enter')
    return typed.text === '' ? [state] : [closed, { do: 'answer', region, question: question.question, secret: typed.text }];
  const field = typeKey(typed, key);
  return [field ? { ...state, overlay: { ...overlay, typed: field } } : state];
}
