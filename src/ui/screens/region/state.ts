import type { AreaId } from '../../../domain/areas.ts';
import { areasToDeliver, undecided } from '../../../domain/checklist.ts';
import type { RegionView } from '../../../domain/region-view.ts';
import { regionOf } from '../../../domain/regions.ts';
import { screens } from '../../../text.ts';
import { fieldOf } from '../../parts/field.ts';
import { currentDelivery, type Next, type WizardState } from '../../state.ts';
import { openDecision } from '../decision/form.ts';
import type { RegionAction } from './keys.ts';
import { nextStep } from './next-step.ts';

/** Back to the overview; what runs goes on. */
export const leaveRegion = (state: WizardState): WizardState => ({
  ...state,
  region: undefined,
  showsDecisions: false,
  detour: undefined,
  message: undefined,
});

/** The nearest area above with a decision. */
const decidedAbove = (view: RegionView, area: AreaId) => view.areas.findLast((each) => each.area < area && each.decision)?.decision;

/** S2. */
export function reduceRegion(state: WizardState, view: RegionView, action: RegionAction): Next {
  const said = (text: string): Next => [{ ...state, message: { kind: 'said', text } }];
  const quiet = { ...state, message: undefined };
  switch (action.do) {
    case 'move':
      return [{ ...quiet, areaFocus: Math.max(1, Math.min(7, state.areaFocus + action.by)) as AreaId }];
    case 'toArea':
      return [{ ...quiet, areaFocus: action.area }];
    case 'decide':
      return [{ ...quiet, detour: { id: 'decision', form: openDecision(view, state.areaFocus) } }];
    case 'copy': {
      const above = decidedAbove(view, state.areaFocus);
      if (!above) return said(screens.region.nothingAbove);
      return [{ ...quiet, detour: { id: 'decision', form: openDecision(view, state.areaFocus, above) } }];
    }
    case 'explain':
      return [{ ...quiet, detour: { id: 'area', area: state.areaFocus, top: 0 } }];
    case 'review':
      return openReview(quiet, view, said);
    case 'back':
      return currentDelivery(view) && state.showsDecisions ? [{ ...quiet, showsDecisions: false }] : [leaveRegion(state)];
  }
}

function openReview(state: WizardState, view: RegionView, said: (text: string) => Next): Next {
  const missing = undecided(view.record);
  const delivery = currentDelivery(view);
  if (missing.length > 0) return said(screens.region.cannotReview(missing));
  const region = view.record.region;
  if (delivery?.outcome === 'done') return said(screens.region.alreadyDelivered(delivery.bag, regionOf(region).slug));
  if (delivery || areasToDeliver(view.record).length === 0) return said(nextStep(view, state.live[region]));
  return [
    {
      ...state,
      detour: { id: 'review', openedAt: state.now, review: undefined, name: fieldOf(), hasMissed: false, isStarting: false },
    },
    { do: 'review', region },
  ];
}
