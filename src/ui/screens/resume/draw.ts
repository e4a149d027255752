import { screens } from '../../../text.ts';
import { menuWindow } from '../../parts/menu.ts';
import { bodyHeight, type Page, page } from '../../parts/page.ts';
import { row, wrap } from '../../parts/rows.ts';
import type { WizardState } from '../../state.ts';
import { resumeChoices, resumeFocus } from './state.ts';

/** R Återuppta: what was not finished when the program started. */
export function drawResume(state: WizardState): Page {
  const text = screens.resume;
  const choices = resumeChoices(state);
  const messages = state.message ? [state.message] : [];
  const check = [row(), ...wrap(text.check, state.room.width - 2).map((line) => row(` ${line}`))];
  return page(state.room, {
    crumbs: [text.title],
    body: [
      row(),
      row(` ${text.intro}`),
      row(` ${text.nothingLost}`),
      row(),
      ...menuWindow(choices, resumeFocus(state, choices), bodyHeight(state.room, messages) - 4 - check.length),
      ...check,
    ],
    messages,
    keys: screens.menuKeys,
  });
}
