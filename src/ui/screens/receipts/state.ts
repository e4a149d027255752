import type { DeliverySummary } from '../../../domain/delivery-record.ts';
import type { RegionView } from '../../../domain/region-view.ts';
import { screens } from '../../../text.ts';
import { regionStatus } from '../../region-status.ts';
import type { Next, WizardState } from '../../state.ts';
import { openKvittens } from '../kvittens/form.ts';
import { openRegion } from '../overview/state.ts';
import { leaveRegion } from '../region/state.ts';
import type { ReceiptsAction } from './keys.ts';

const DONE = ['kvitterad', 'verifierad', 'gallring'];

/** The next region in the table, after this one and around, that still needs something. */
export const nextRegion = (state: WizardState, region: string): RegionView | undefined =>
  [...state.regions.filter(({ record }) => record.region > region), ...state.regions.filter(({ record }) => record.region < region)].find(
    (view) => !DONE.includes(regionStatus(view)),
  );

/** S7. */
export function reduceReceipts(state: WizardState, view: RegionView, delivery: DeliverySummary, action: ReceiptsAction): Next {
  const region = view.record.region;
  const quiet = { ...state, message: undefined };
  switch (action) {
    case 'back':
      return [leaveRegion(state)];
    case 'kvittens':
      return [{ ...quiet, detour: { id: 'kvittens', form: openKvittens(view, delivery) } }];
    case 'reversal':
      return [
        { ...quiet, detour: { id: 'reversal', lines: undefined, top: 0 } },
        { do: 'reversal', region, delivery: delivery.id },
      ];
    case 'decisions':
      return [
        { ...quiet, showsDecisions: true },
        { do: 'unmet', region },
      ];
    case 'nextRegion': {
      const next = nextRegion(state, region)?.record.region;
      if (next === undefined) return [{ ...quiet, message: { kind: 'said', text: screens.receipts.noNextRegion } }];
      return openRegion({ ...quiet, overviewFocus: { ...state.overviewFocus, region: next } }, next);
    }
  }
}
