import { CONTACT, screens } from '../../text.ts';
import { type Page, page, SMALLEST } from '../parts/page.ts';
import { left, row, wrap } from '../parts/rows.ts';
import type { WizardState } from '../state.ts';

/** H Hjälp: what the keys do and what the marks mean. */
export function drawHelp(state: WizardState): Page {
  const text = screens.help;
  const columns = (rows: readonly (readonly string[])[]) =>
    rows.map((cells) => row(`   ${cells.map((cell, index) => left(cell, index === 1 ? 27 : 24)).join('')}`));
  return page(state.room, {
    crumbs: [text.title],
    fact: text.close,
    body: [
      row(),
      ...columns(text.keyRows),
      row(),
      row(`   ${text.marks}`),
      ...columns(text.markRows),
      row(),
      ...text.promises(CONTACT).map((line) => row(`   ${line}`)),
    ],
    keys: [screens.back],
  });
}

/** T För litet fönster: as much as there is room for; what runs goes on. */
export function drawSmall(state: WizardState): Page {
  const text = screens.small;
  const { columns, rows } = state.terminal;
  const lines = [text.size(columns, rows), text.needed(SMALLEST.columns, SMALLEST.rows), '', text.enlarge];
  const width = Math.max(10, state.room.width);
  return page(
    { width, height: Math.max(2, state.room.height) },
    {
      crumbs: [],
      body: [row(), ...lines.flatMap((line) => (line ? wrap(line, width - 2).map((part) => row(` ${part}`)) : [row()]))],
      keys: [text.quit],
    },
  );
}
