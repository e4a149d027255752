import { confirmsRegion, regionOf } from '../../../domain/regions.ts';
import { typeKey } from '../../parts/field.ts';
import type { Detour, Next, WizardState } from '../../state.ts';
import type { ReviewAction } from './keys.ts';

export type ReviewDetour = Extract<Detour, { id: 'review' }>;

/** S4. Only the region's own name, or its code and slug, starts anything. */
export function reduceReview(state: WizardState, detour: ReviewDetour, action: ReviewAction): Next {
  if (state.region === undefined) return [state];
  if (action === 'back') return [{ ...state, detour: undefined, message: undefined }];
  if (detour.isStarting) return [state];
  if (action !== 'confirm') {
    const name = typeKey(detour.name, action.key);
    return [name ? { ...state, detour: { ...detour, name } } : state];
  }
  if (!detour.review || !confirmsRegion(regionOf(state.region), detour.name.text)) {
    return [{ ...state, detour: { ...detour, hasMissed: detour.name.text !== '' } }];
  }
  return [
    { ...state, detour: { ...detour, isStarting: true } },
    { do: 'start', region: state.region, typedName: detour.name.text },
  ];
}
