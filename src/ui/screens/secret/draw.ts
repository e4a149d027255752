import { regionOf } from '../../../domain/regions.ts';
import { screens, secretText } from '../../../text.ts';
import { fieldOf, visiblePart } from '../../parts/field.ts';
import { type Page, page } from '../../parts/page.ts';
import { labelled, type Row, row } from '../../parts/rows.ts';
import type { WizardState } from '../../state.ts';
import type { SecretOverlay } from './overlay.ts';

/** What a login lacks, typed without being shown. */
export function drawSecret(state: WizardState, { region, question, typed }: SecretOverlay): Page {
  const text = screens.secret;
  const { width } = state.room;
  const isTyped = question.reason !== 'agent';
  const shown = question.isEchoed ? typed : { ...fieldOf('•'.repeat([...typed.text].length)), at: typed.at };
  const { text: visible, cursor } = visiblePart(shown, width - 4);
  const field: Row = { spans: [{ text: ' > ', look: 'bold' }, { text: visible }], cursor: 3 + cursor };
  return page(state.room, {
    crumbs: [regionOf(region).name, text.title],
    body: [
      row(),
      ...labelled('', secretText.waits(question), { label: 0, width, mark: ' ! ', look: 'warning' }),
      row(),
      ...labelled('', isTyped ? text.kept : text.agent(regionOf(region).slug), { label: 0, width }),
      row(),
      ...(isTyped ? [...labelled('', secretText.question(question), { label: 0, width }), field] : []),
    ],
    keys: isTyped ? text.keys : text.agentKeys,
  });
}
