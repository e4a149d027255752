import { screens } from '../../../text.ts';
import type { Key } from '../../parts/key.ts';
import { type Menu, moveFocus } from '../../parts/menu.ts';
import { type Next, type Overlay, runningRegions, type WizardState } from '../../state.ts';

export type QuitOverlay = Extract<Overlay, { id: 'quit' }>;
export type StopOverlay = Extract<Overlay, { id: 'stop' }>;

type QuitChoice = Menu<'stay' | 'leave' | 'pause'>;

const STAY: QuitChoice = { id: 'stay', label: screens.quit.stay };

/** What Q offers. What ran may be at its end before the question is answered: then there is nothing to pause. */
export const quitChoices = (running: readonly string[]): readonly QuitChoice[] =>
  running.length === 0
    ? [STAY, { id: 'leave', label: screens.quit.leaveIdle }]
    : [STAY, { id: 'leave', label: screens.quit.leave }, { id: 'pause', label: screens.quit.pause }];

/** Whether something is still done for the delivery that may be given up; one that is paused or was cut is only kept. */
export const goesOn = (state: WizardState, region: string): boolean =>
  runningRegions(state).includes(region) && !state.live[region]?.isPaused;

/** What the question whether to stop offers; the first gives nothing up. */
export const stopChoices = (isRunning: boolean): readonly Menu<'stay' | 'stop'>[] => [
  { id: 'stay', label: isRunning ? screens.stop.goOn : screens.stop.keep },
  { id: 'stop', label: screens.stop.stop },
];

/** The focused choice, also when there are fewer than when it was focused. */
export const quitFocus = ({ focus }: QuitOverlay, choices: readonly QuitChoice[]): number => Math.min(focus, choices.length - 1);

/** q: leaves at once when nothing runs, since everything is saved; else asks. */
export const askQuit = (state: WizardState): Next =>
  runningRegions(state).length === 0
    ? [state, { do: 'leave', code: 0 }]
    : [{ ...state, overlay: { id: 'quit', openedAt: state.now, focus: 0 } }];

/** Q: closing the window and pausing are two things; staying is the first. */
export function reduceQuit(state: WizardState, overlay: QuitOverlay, key: Key): Next {
  const close = { ...state, overlay: undefined };
  const running = runningRegions(state);
  const choices = quitChoices(running);
  const focus = quitFocus(overlay, choices);
  if (key.name === 'escape') return [close];
  if (key.name !== 'enter') return [{ ...state, overlay: { ...overlay, focus: moveFocus(focus, choices.length, key) } }];
  switch (choices[focus]?.id) {
    case 'leave':
      return [state, { do: 'leave', code: 0 }];
    case 'pause':
      return [state, { do: 'pauseAndLeave', regions: running }];
    default:
      return [close];
  }
}

/** Whether a delivery is to be abandoned; not to is the first choice. */
export function reduceStop(state: WizardState, overlay: StopOverlay, key: Key): Next {
  const close = { ...state, overlay: undefined };
  const choices = stopChoices(goesOn(state, overlay.region));
  if (key.name === 'escape') return [close];
  if (key.name !== 'enter') return [{ ...state, overlay: { ...overlay, focus: moveFocus(overlay.focus, choices.length, key) } }];
  return choices[overlay.focus]?.id === 'stop' ? [close, { do: 'stop', region: overlay.region }] : [close];
}
