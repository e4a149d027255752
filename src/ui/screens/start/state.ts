import { screens } from '../../../text.ts';
import { type Next, unfinished, type WizardState } from '../../state.ts';
import type { StartAction } from './keys.ts';

/** S0. Goes on only after Enter, and only once the saved state is read: a failed check hinders neither looking nor deciding. */
export function reduceStart(state: WizardState, action: StartAction): Next {
  if (action === 'checkAgain') return [{ ...state, message: undefined }, { do: 'startChecks' }, { do: 'overview' }, { do: 'estimates' }];
  if (state.regions.length === 0) return [{ ...state, message: state.message ?? { kind: 'said', text: screens.start.readingState } }];
  return [{ ...state, message: undefined, hasStarted: true, hasChosenResume: unfinished(state).length === 0 }];
}
