import { screens } from '../../../text.ts';
import type { Key } from '../../parts/key.ts';
import { type Menu, moveFocus } from '../../parts/menu.ts';
import { type Next, type Overlay, runningRegions, type WizardState } from '../../state.ts';

export type QuitOverlay = Extract<Overlay, { id: 'quit' }>;
export type StopOverlay = Extract<Overlay, { id: 'stop' }>;

export const quitChoices: readonly Menu<'stay' | 'leave' | 'pause'>[] = [
  { id: 'stay', label: screens.quit.stay },
  { id: 'leave', label: screens.quit.leave },
  { id: 'pause', label: screens.quit.pause },
];

export const stopChoices: readonly Menu<'stay' | 'stop'>[] = [
  { id: 'stay', label: screens.stop.stay },
  { id: 'stop', label: screens.stop.stop },
];

/** q: leaves at once when nothing runs, since everything is saved; else asks. */
export const askQuit = (state: WizardState): Next =>
  runningRegions(state).length === 0
    ? [state, { do: 'leave', code: 0 }]
    : [{ ...state, overlay: { id: 'quit', openedAt: state.now, focus: 0 } }];

/** Q: closing the window and pausing are two things; staying is the first. */
export function reduceQuit(state: WizardState, overlay: QuitOverlay, key: Key): Next {
  const close = { ...state, overlay: undefined };
  if (key.name === 'escape') return [close];
  if (key.name !== 'enter') return [{ ...state, overlay: { ...overlay, focus: moveFocus(overlay.focus, quitChoices.length, key) } }];
  switch (quitChoices[overlay.focus]?.id) {
    case 'leave':
      return [state, { do: 'leave', code: 0 }];
    case 'pause':
      return [state, { do: 'pauseAndLeave', regions: runningRegions(state) }];
    default:
      return [close];
  }
}

/** Whether a delivery is to be abandoned; going on is the first choice. */
export function reduceStop(state: WizardState, overlay: StopOverlay, key: Key): Next {
  const close = { ...state, overlay: undefined };
  if (key.name === 'escape') return [close];
  if (key.name !== 'enter') return [{ ...state, overlay: { ...overlay, focus: moveFocus(overlay.focus, stopChoices.length, key) } }];
  return stopChoices[overlay.focus]?.id === 'stop' ? [close, { do: 'stop', region: overlay.region }] : [close];
}
