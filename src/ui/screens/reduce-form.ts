import { type Form, isChanged, pressForm, type Stop } from '../parts/form.ts';
import type { Key } from '../parts/key.ts';
import type { Next, WizardState } from '../state.ts';

interface FormScreen<F extends Form> {
  readonly stops: readonly Stop[];
  /** The wizard with this form open. */
  readonly show: (form: F) => WizardState;
  /** The wizard without it. */
  readonly closed: WizardState;
  readonly save: () => Next;
}

/**
 * S3 and S7b. Enter saves, Esc leaves, and everything else is the form's own, letters too. Leaving asks first when something typed would be
 * lost by it, and only `j` is yes: Esc once more stays.
 */
export function reduceForm<F extends Form>(form: F, key: Key, { stops, show, closed, save }: FormScreen<F>): Next {
  const quiet = (state: WizardState): Next => [{ ...state, message: undefined }];
  if (form.asksToLeave) {
    const answer = key.name === 'char' ? key.char.toLowerCase() : key.name;
    if (answer === 'j') return quiet(closed);
    return [show({ ...form, asksToLeave: answer !== 'n' && answer !== 'escape' })];
  }
  if (key.name === 'enter') return form.isSaving ? [show(form)] : save();
  // What is being saved is not lost by looking elsewhere.
  if (key.name === 'escape') return quiet(isChanged(form) && !form.isSaving ? show({ ...form, asksToLeave: true }) : closed);
  return quiet(show({ ...form, ...pressForm(form, stops, key), problems: [] }));
}
