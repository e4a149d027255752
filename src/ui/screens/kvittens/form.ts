import type { DeliverySummary, KvittensDraft } from '../../../domain/delivery-record.ts';
import type { RegionView } from '../../../domain/region-view.ts';
import { type Form, openForm, type Stop, textOf } from '../../parts/form.ts';

/** S7b: the region's signed answer while it is being registered. */
export interface ReceiptForm extends Form {
  readonly delivery: string;
  readonly revision: number;
}

export const openKvittens = (view: RegionView, delivery: DeliverySummary): ReceiptForm => ({
  ...openForm(),
  delivery: delivery.id,
  revision: view.record.revision,
});

/** In the order of the paper's lines (`reversalText.receiptLines`); the scanned paper itself last. */
export const STOPS: readonly Stop[] = [
  { kind: 'text', group: 'receivedOn' },
  { kind: 'text', group: 'receivedBy' },
  { kind: 'text', group: 'dnr' },
  { kind: 'option', group: 'agrees', value: 'ja' },
  { kind: 'option', group: 'agrees', value: 'nej' },
  { kind: 'text', group: 'deviation' },
  { kind: 'text', group: 'manifest' },
  { kind: 'text', group: 'file' },
];

/** The kvittens as typed so far. */
export const draftOf = (form: ReceiptForm): KvittensDraft => ({
  receivedBy: textOf(form, 'receivedBy'),
  receivedOn: textOf(form, 'receivedOn'),
  dnr: textOf(form, 'dnr'),
  file: textOf(form, 'file'),
  manifest: textOf(form, 'manifest'),
  deviation: textOf(form, 'deviation'),
});
