import { isDay } from '../../../domain/calendar.ts';
import type { DeliverySummary } from '../../../domain/delivery-record.ts';
import type { RegionView } from '../../../domain/region-view.ts';
import { screens } from '../../../text.ts';
import type { ReceiptDraft } from '../../core.ts';
import { emptyForm, type Form, pressForm, type Stop, textOf } from '../../parts/form.ts';
import type { Next, WizardState } from '../../state.ts';
import type { KvittensAction } from './keys.ts';

/** S7b: the region's signed answer while it is being registered. */
export interface ReceiptForm extends Form {
  readonly delivery: string;
  readonly revision: number;
}

export const openKvittens = (view: RegionView, delivery: DeliverySummary): ReceiptForm => ({
  ...emptyForm,
  delivery: delivery.id,
  revision: view.record.revision,
});

export const STOPS: readonly Stop[] = [
  { kind: 'text', group: 'receivedBy' },
  { kind: 'text', group: 'receivedOn' },
  { kind: 'text', group: 'dnr' },
  { kind: 'text', group: 'file' },
  { kind: 'text', group: 'manifest' },
  { kind: 'option', group: 'agrees', value: 'ja' },
  { kind: 'option', group: 'agrees', value: 'nej' },
  { kind: 'text', group: 'deviation' },
];

const draftOf = (form: ReceiptForm): ReceiptDraft => ({
  receivedBy: textOf(form, 'receivedBy'),
  receivedOn: textOf(form, 'receivedOn'),
  dnr: textOf(form, 'dnr'),
  file: textOf(form, 'file'),
  manifest: textOf(form, 'manifest'),
  deviation: textOf(form, 'deviation'),
});

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
