import type { DeliverySummary } from '../../../domain/delivery-record.ts';
import { screens } from '../../../text.ts';
import type { Next, WizardState } from '../../state.ts';
import { leaveRegion } from '../region/state.ts';
import type { DeliveryAction } from './keys.ts';

/** S5 and S6. Nothing here harms: stopping asks first, and leaving lets the work go on. */
export function reduceDelivery(state: WizardState, delivery: DeliverySummary, action: DeliveryAction): Next {
  const { region } = delivery;
  const isPaused = state.live[region]?.isPaused || delivery.outcome === 'paused';
  const quiet = { ...state, message: undefined };
  switch (action) {
    case 'back':
      return [leaveRegion(state)];
    case 'decisions':
      return [
        { ...quiet, showsDecisions: true },
        { do: 'unmet', region },
      ];
    case 'askStop':
      return [{ ...quiet, overlay: { id: 'stop', openedAt: state.now, focus: 0, region } }];
    case 'tryNow':
      if (delivery.outcome === 'cut') return [quiet, { do: 'resume', region }];
      return state.live[region]?.retry ? [quiet, { do: 'retry', region }] : [state];
    case 'pauseOrResume':
      if (isPaused || delivery.outcome === 'cut') return [quiet, { do: 'resume', region }];
      return [
        { ...quiet, message: { kind: 'said', text: screens.delivery.pausing } },
        { do: 'pause', region },
      ];
  }
}
