import { regionOf } from '../../../domain/regions.ts';
import { screens } from '../../../text.ts';
import { menuRows } from '../../parts/menu.ts';
import { type Page, page } from '../../parts/page.ts';
import { row, wrap } from '../../parts/rows.ts';
import { statusWord } from '../../region-status.ts';
import { runningRegions, viewOf, type WizardState } from '../../state.ts';
import { type QuitOverlay, quitChoices, type StopOverlay, stopChoices } from './state.ts';

/** Q Avsluta medan något pågår. */
export function drawQuit(state: WizardState, overlay: QuitOverlay): Page {
  const text = screens.quit;
  const running = runningRegions(state).flatMap((region) => {
    const view = viewOf(state, region);
    return view ? [row(`   ${regionOf(region).name}: ${statusWord(view, state.live[region])}`)] : [];
  });
  return page(state.room, {
    crumbs: [text.title],
    body: [
      row(),
      row(`   ${text.intro}`),
      row(),
      ...running,
      row(),
      row(`   ${text.question}`),
      row(),
      ...menuRows(quitChoices, overlay.focus),
    ],
    keys: text.keys,
  });
}

/** Stoppa en leverans. */
export function drawStop(state: WizardState, overlay: StopOverlay): Page {
  const text = screens.stop;
  const { name } = regionOf(overlay.region);
  return page(state.room, {
    crumbs: [name, text.title],
    body: [
      row(),
      ...wrap(text.intro(name), state.room.width - 6).map((line) => row(`   ${line}`)),
      row(),
      ...menuRows(stopChoices, overlay.focus),
    ],
    keys: text.keys,
  });
}
