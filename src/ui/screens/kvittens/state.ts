import { isDay } from '../../../domain/calendar.ts';
import { screens } from '../../../text.ts';
import { type Form, pressForm } from '../../parts/form.ts';
import type { Next, WizardState } from '../../state.ts';
import { draftOf, type ReceiptForm, STOPS } from './form.ts';
import type { KvittensAction } from './keys.ts';

/** What keeps the form from being saved; the core checks the rest (file, manifest). */
function problemsOf(form: ReceiptForm, today: string): Form['problems'] {
  const text = screens.kvittens.problems;
  const { receivedBy, receivedOn, deviation } = draftOf(form);
  const { agrees } = form.choices;
  return [
    ...(receivedBy ? [] : [{ group: 'receivedBy', text: text.receivedBy }]),
    ...(receivedOn && isDay(receivedOn) ? [] : [{ group: 'receivedOn', text: text.receivedOn }]),
    ...(receivedOn && isDay(receivedOn) && receivedOn > today ? [{ group: 'receivedOn', text: text.future(today) }] : []),
    ...(agrees === undefined ? [{ group: 'agrees', text: text.agrees }] : []),
    ...(agrees === 'nej' && !deviation ? [{ group: 'deviation', text: text.deviation }] : []),
    ...(agrees === 'ja' && deviation ? [{ group: 'deviation', text: text.noDeviation }] : []),
  ];
}

/** S7b. */
export function reduceKvittens(state: WizardState, form: ReceiptForm, action: KvittensAction): Next {
  const show = (next: ReceiptForm): WizardState => ({ ...state, detour: { id: 'kvittens', form: next } });
  if (action === 'cancel') return [{ ...state, detour: undefined, message: undefined }];
  if (action !== 'save') return [{ ...show({ ...form, ...pressForm(form, STOPS, action.key), problems: [] }), message: undefined }];
  if (form.isSaving || state.region === undefined) return [state];
  const problems = problemsOf(form, state.today);
  if (problems.length > 0) return [show({ ...form, problems })];
  const { delivery, revision } = form;
  return [show({ ...form, isSaving: true }), { do: 'saveReceipt', region: state.region, delivery, draft: draftOf(form), revision }];
}
