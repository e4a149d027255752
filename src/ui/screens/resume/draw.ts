import { regionOf } from '../../../domain/regions.ts';
import { screens } from '../../../text.ts';
import { menuRows } from '../../parts/menu.ts';
import { type Page, page } from '../../parts/page.ts';
import { left, row, wrap } from '../../parts/rows.ts';
import { statusWord } from '../../region-status.ts';
import { unfinished, viewOf, type WizardState } from '../../state.ts';
import { resumeChoices } from './state.ts';

/** R Återuppta: what was not finished when the program started. */
export function drawResume(state: WizardState): Page {
  const text = screens.resume;
  return page(state.room, {
    crumbs: [text.title],
    body: [
      row(),
      row(` ${text.intro}`),
      row(` ${text.nothingLost}`),
      row(),
      ...unfinished(state).map(({ region, bag }) => {
        const view = viewOf(state, region);
        return row(`   ${left(regionOf(region).name, 28)}${left(view ? statusWord(view, state.live[region]) : '', 16)}${bag}`);
      }),
      row(),
      ...menuRows(resumeChoices(state), state.resumeFocus),
      row(),
      ...wrap(text.check, state.room.width - 2).map((line) => row(` ${line}`)),
    ],
    messages: state.message ? [state.message] : [],
    keys: screens.menuKeys,
  });
}
