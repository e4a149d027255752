import { type DeliverySummary, payloadOf } from '../../../domain/delivery-record.ts';
import { regionOf } from '../../../domain/regions.ts';
import { screens } from '../../../text.ts';
import { FormRows } from '../../parts/form.ts';
import { type Page, page } from '../../parts/page.ts';
import { row, wrap } from '../../parts/rows.ts';
import type { WizardState } from '../../state.ts';
import { formFoot } from '../form-foot.ts';
import { type ReceiptForm, STOPS } from './form.ts';

/** S7b Registrera kvittens. */
export function drawKvittens(state: WizardState, delivery: DeliverySummary, form: ReceiptForm): Page {
  const text = screens.kvittens;
  const rows = new FormRows(form, STOPS, state.room.width);
  const yes = delivery.receipt ? text.yes(payloadOf(delivery.receipt)) : text.yesPlain;
  return page(state.room, {
    crumbs: [screens.receipts.title, regionOf(delivery.region).name, text.title],
    body: [
      row(),
      row(` ${text.intro}`),
      row(),
      rows.text('receivedOn', text.receivedOn, screens.decision.dayHint),
      rows.text('receivedBy', text.receivedBy),
      rows.text('dnr', text.dnr),
      ...rows.options('agrees', text.agrees, [
        { value: 'ja', label: yes, note: '' },
        { value: 'nej', label: text.no, note: '' },
      ]),
      rows.text('deviation', text.deviation, text.deviationHint),
      rows.text('manifest', text.manifest, text.manifestHint),
      rows.text('file', text.file, text.fileHint),
      row(),
      ...wrap(text.after(regionOf(delivery.region).name), state.room.width - 2).map((line) => row(` ${line}`, 'dim')),
    ],
    ...formFoot(form, state.message),
  });
}
