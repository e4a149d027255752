import { regionOf } from '../../../domain/regions.ts';
import { screens } from '../../../text.ts';
import { menuRows } from '../../parts/menu.ts';
import { bodyHeight, type Page, page } from '../../parts/page.ts';
import { row, wrap } from '../../parts/rows.ts';
import { statusWord } from '../../region-status.ts';
import { runningRegions, viewOf, type WizardState } from '../../state.ts';
import { goesOn, type QuitOverlay, quitChoices, quitFocus, type StopOverlay, stopChoices } from './state.ts';

/** What Q has besides what runs and its choices: three rows above what runs, three before the choices. */
const FRAME_ROWS = 6;

/** Q Avsluta medan något pågår. */
export function drawQuit(state: WizardState, overlay: QuitOverlay): Page {
  const text = screens.quit;
  const all = runningRegions(state);
  const choices = quitChoices(all);
  const room = bodyHeight(state.room) - FRAME_ROWS - choices.length;
  const listed = all.length <= room ? all : all.slice(0, room - 1);
  const running = listed.flatMap((region) => {
    const view = viewOf(state, region);
    return view ? [row(`   ${regionOf(region).name}: ${statusWord(view, state.live[region])}`)] : [];
  });
  return page(state.room, {
    crumbs: [text.title],
    body: [
      row(),
      row(`   ${all.length === 0 ? text.nothing : text.intro}`),
      row(),
      ...running,
      ...(all.length > listed.length ? [row(`   ${text.more(all.length - listed.length)}`)] : []),
      row(),
      row(`   ${text.question}`),
      row(),
      ...menuRows(choices, quitFocus(overlay, choices)),
    ],
    keys: text.keys,
  });
}

/** Stoppa en leverans. */
export function drawStop(state: WizardState, overlay: StopOverlay): Page {
  const text = screens.stop;
  const { name } = regionOf(overlay.region);
  const isRunning = goesOn(state, overlay.region);
  return page(state.room, {
    crumbs: [name, text.title],
    body: [
      row(),
      ...wrap(text.intro(name, isRunning), state.room.width - 6).map((line) => row(`   ${line}`)),
      row(),
      ...menuRows(stopChoices(isRunning), overlay.focus),
    ],
    keys: text.keys(isRunning),
  });
}
