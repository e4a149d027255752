import type { DeliverySummary } from '../domain/delivery-record.ts';
import type { RegionView } from '../domain/region-view.ts';
import { SMALLEST } from './parts/page.ts';
import { currentDelivery, type Detour, type Overlay, unfinished, viewOf, type WizardState } from './state.ts';

type Opened<Kind extends { readonly id: string }, Id extends Kind['id']> = Extract<Kind, { readonly id: Id }>;

/** The screen that is shown, with what it is about. */
export type Place =
  | { readonly id: 'small' | 'start' | 'resume' | 'overview' | 'help' }
  | { readonly id: 'log'; readonly overlay: Opened<Overlay, 'log'> }
  | { readonly id: 'quit'; readonly overlay: Opened<Overlay, 'quit'> }
  | { readonly id: 'stop'; readonly overlay: Opened<Overlay, 'stop'> }
  | { readonly id: 'error'; readonly overlay: Opened<Overlay, 'error'> }
  | { readonly id: 'hostKey'; readonly overlay: Opened<Overlay, 'hostKey'> }
  | { readonly id: 'secret'; readonly overlay: Opened<Overlay, 'secret'> }
  | { readonly id: 'region'; readonly view: RegionView }
  | { readonly id: 'decision'; readonly view: RegionView; readonly detour: Opened<Detour, 'decision'> }
  | { readonly id: 'area'; readonly view: RegionView; readonly detour: Opened<Detour, 'area'> }
  | { readonly id: 'review'; readonly view: RegionView; readonly detour: Opened<Detour, 'review'> }
  | { readonly id: 'failure' | 'delivery' | 'receipts'; readonly view: RegionView; readonly delivery: DeliverySummary }
  | { readonly id: 'reversal'; readonly view: RegionView; readonly detour: Opened<Detour, 'reversal'> }
  | { readonly id: 'kvittens'; readonly view: RegionView; readonly delivery: DeliverySummary; readonly detour: Opened<Detour, 'kvittens'> };

interface Step {
  readonly id: 'start' | 'resume' | 'overview' | 'region' | 'failure' | 'delivery' | 'receipts';
  readonly isDone: (state: WizardState, delivery: DeliverySummary | undefined) => boolean;
}

/** The way to a region and through it, in order. Where the operator is, is the first step that is not done. */
const STEPS: readonly Step[] = [
  { id: 'start', isDone: (state) => state.hasStarted },
  { id: 'resume', isDone: (state) => state.hasChosenResume || unfinished(state).length === 0 },
  { id: 'overview', isDone: (state) => viewOf(state, state.region) !== undefined },
  { id: 'region', isDone: (state, delivery) => !state.showsDecisions && delivery !== undefined },
  { id: 'failure', isDone: (_, delivery) => delivery?.outcome !== 'failed' },
  { id: 'delivery', isDone: (_, delivery) => delivery?.outcome === 'done' },
  { id: 'receipts', isDone: () => false },
];

/** Where the operator is: derived from what is saved and a little navigation, never stored. */
export function placeOf(state: WizardState): Place {
  const { terminal, overlay } = state;
  if (terminal.columns < SMALLEST.columns || terminal.rows < SMALLEST.rows) return { id: 'small' };
  if (overlay?.id === 'help') return { id: overlay.id };
  if (overlay) return { id: overlay.id, overlay } as Place;
  const view = viewOf(state, state.region);
  const delivery = currentDelivery(view);
  const id = STEPS.find(({ isDone }) => !isDone(state, delivery))?.id ?? 'receipts';
  if (id === 'start' || id === 'resume' || id === 'overview' || !view) return { id: id === 'start' || id === 'resume' ? id : 'overview' };
  return detourPlace(state, view, delivery) ?? (id === 'region' || !delivery ? { id: 'region', view } : { id, view, delivery });
}

function detourPlace({ detour }: WizardState, view: RegionView, delivery: DeliverySummary | undefined): Place | undefined {
  if (detour?.id === 'kvittens') return delivery && { id: detour.id, view, delivery, detour };
  return detour && ({ id: detour.id, view, detour } as Place);
}

/** Whether letters are text here and not keys. */
export const isTyping = (state: WizardState, place: Place): boolean =>
  (place.id === 'hostKey' && place.overlay.kind === 'unknown') || isForm(state, place.id);

const isForm = (state: WizardState, id: Place['id']): boolean =>
  id === 'secret' || id === 'decision' || id === 'kvittens' || id === 'review' || (id === 'overview' && state.filter !== undefined);

/** How long a dialog that can do harm, or a form that shows a colleague's answer, ignores the keyboard at first, so that a held key answers nothing. */
const GUARD_MS = 250;

function shownAt(place: Place): number | undefined {
  if (place.id === 'review') return place.detour.openedAt;
  if (place.id === 'decision' || place.id === 'kvittens') return place.detour.form.toldAt;
  return 'overlay' in place && 'openedAt' in place.overlay ? place.overlay.openedAt : undefined;
}

/** Whether something that a key would answer has just come to the screen. */
export function isGuarded(state: WizardState, place: Place): boolean {
  const at = shownAt(place);
  return at !== undefined && state.now - at < GUARD_MS;
}
