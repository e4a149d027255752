import { isDay } from '../../../domain/calendar.ts';
import { screens } from '../../../text.ts';
import type { Form } from '../../parts/form.ts';
import type { Key } from '../../parts/key.ts';
import type { Next, WizardState } from '../../state.ts';
import { reduceForm } from '../reduce-form.ts';
import { draftOf, type ReceiptForm, STOPS } from './form.ts';

/** What keeps the form from being saved; the core checks the rest (file, manifest). */
function problemsOf(form: ReceiptForm, today: string): Form['problems'] {
  const text = screens.kvittens.problems;
  const { receivedBy, receivedOn, deviation } = draftOf(form);
  const { agrees } = form.choices;
  return [
    ...(receivedOn && isDay(receivedOn) ? [] : [{ group: 'receivedOn', text: text.receivedOn }]),
    ...(receivedOn && isDay(receivedOn) && receivedOn > today ? [{ group: 'receivedOn', text: text.future(today) }] : []),
    ...(receivedBy ? [] : [{ group: 'receivedBy', text: text.receivedBy }]),
    ...(agrees === undefined ? [{ group: 'agrees', text: text.agrees }] : []),
    ...(agrees === 'nej' && !deviation ? [{ group: 'deviation', text: text.deviation }] : []),
    ...(agrees === 'ja' && deviation ? [{ group: 'deviation', text: text.noDeviation }] : []),
  ];
}

/** S7b. */
export function reduceKvittens(state: WizardState, form: ReceiptForm, key: Key): Next {
  const show = (next: ReceiptForm): WizardState => ({ ...state, detour: { id: 'kvittens', form: next } });
  return reduceForm(form, key, { stops: STOPS, show, closed: { ...state, detour: undefined }, save: () => save(state, form, show) });
}

function save(state: WizardState, form: ReceiptForm, show: (form: ReceiptForm) => WizardState): Next {
  if (state.region === undefined) return [state];
  const problems = problemsOf(form, state.today);
  if (problems.length > 0) return [show({ ...form, problems })];
  const { delivery, revision } = form;
  return [show({ ...form, isSaving: true }), { do: 'saveReceipt', region: state.region, delivery, draft: draftOf(form), revision }];
}
