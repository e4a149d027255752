import { screens } from '../../../text.ts';
import type { Key } from '../../parts/key.ts';
import { type Menu, moveFocus } from '../../parts/menu.ts';
import { type Next, type Overlay, READING_LOG, type WizardState } from '../../state.ts';
import { leaveRegion } from '../region/state.ts';

export type ErrorOverlay = Extract<Overlay, { id: 'error' }>;
export type ErrorChoice = 'leave' | 'again' | 'log';

/** E's choices after something that was asked for did not succeed; the first changes nothing. */
export const errorChoices: readonly Menu<ErrorChoice>[] = [
  { id: 'leave', label: screens.error.back },
  { id: 'again', label: screens.error.again },
  { id: 'log', label: screens.error.log },
];

/** E's choices for a delivery that ended in an error. */
export const failureChoices: readonly Menu<ErrorChoice>[] = [
  { id: 'leave', label: screens.failure.leave },
  { id: 'again', label: screens.failure.resume },
  { id: 'log', label: screens.error.log },
];

const openLog = (state: WizardState): Next => [
  { ...state, overlay: READING_LOG },
  { do: 'log', region: state.region },
];

/** E over the screen that asked. */
export function reduceError(state: WizardState, overlay: ErrorOverlay, key: Key): Next {
  const close = { ...state, overlay: undefined };
  if (key.name === 'escape') return [close];
  if (key.name === 'char' && key.char === 'l') return openLog(state);
  if (key.name !== 'enter') return [{ ...state, overlay: { ...overlay, focus: moveFocus(overlay.focus, errorChoices.length, key) } }];
  const choice = errorChoices[overlay.focus]?.id;
  if (choice === 'log') return openLog(state);
  return choice === 'again' ? [close, overlay.retry] : [close];
}

/** E as the place where a failed delivery is found. */
export function reduceFailure(state: WizardState, region: string, key: Key): Next {
  if (key.name === 'escape' || key.name === 'left') return [leaveRegion(state)];
  if (key.name === 'char' && key.char === 'b') {
    return [
      { ...state, showsDecisions: true, message: undefined },
      { do: 'unmet', region },
    ];
  }
  if (key.name !== 'enter') return [{ ...state, failureFocus: moveFocus(state.failureFocus, failureChoices.length, key) }];
  const choice = failureChoices[state.failureFocus]?.id;
  if (choice === 'log') return openLog(state);
  return choice === 'again'
    ? [
        { ...state, failureFocus: 0 },
        { do: 'resume', region },
      ]
    : [leaveRegion(state)];
}
