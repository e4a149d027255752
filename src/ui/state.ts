import type { AreaId } from '../domain/areas.ts';
import type { Day } from '../domain/calendar.ts';
import type { DeliverySummary } from '../domain/delivery-record.ts';
import type { ViewEstimate } from '../domain/estimate.ts';
import type { RegionView } from '../domain/region-view.ts';
import { REGIONS } from '../domain/regions.ts';
import type { Review, StartCheck, UnmetConditions } from './core.ts';
import type { Effect } from './event.ts';
import type { Live } from './live.ts';
import type { Field } from './parts/field.ts';
import type { Message, Room } from './parts/page.ts';
import type { Problem } from './problem.ts';
import type { DecisionForm } from './screens/decision/form.ts';
import type { HostKeyOverlay } from './screens/hostkey/overlay.ts';
import type { ReceiptForm } from './screens/kvittens/form.ts';
import type { SecretOverlay } from './screens/secret/overlay.ts';

/** A detour inside a region, opened by a key and left with Esc; everything else about where the operator is follows from what is saved. */
export type Detour =
  | { readonly id: 'decision'; readonly form: DecisionForm }
  | { readonly id: 'area'; readonly area: AreaId; readonly top: number }
  | {
      readonly id: 'review';
      readonly openedAt: number;
      readonly review: Review | undefined;
      readonly name: Field;
      readonly hasMissed: boolean;
      readonly isStarting: boolean;
    }
  | { readonly id: 'reversal'; readonly lines: readonly string[] | undefined; readonly top: number }
  | { readonly id: 'kvittens'; readonly form: ReceiptForm };

/** The log: as it stands in its file, and as sentences in the width of the window; `undefined` while it is read. */
interface LogOverlay {
  readonly id: 'log';
  readonly raw: readonly string[] | undefined;
  readonly lines: readonly string[] | undefined;
  readonly top: number;
}

export const READING_LOG: LogOverlay = { id: 'log', raw: undefined, lines: undefined, top: 0 };

/** What lies over any screen and gives it back unchanged. */
export type Overlay =
  | { readonly id: 'help' }
  | LogOverlay
  | { readonly id: 'quit'; readonly openedAt: number; readonly focus: number }
  | { readonly id: 'stop'; readonly openedAt: number; readonly focus: number; readonly region: string }
  | HostKeyOverlay
  | SecretOverlay
  | { readonly id: 'error'; readonly openedAt: number; readonly focus: number; readonly problem: Problem; readonly retry: Effect };

/** The whole wizard as one value. Only `update` makes a new one. */
export interface WizardState {
  readonly room: Room;
  readonly terminal: { readonly columns: number; readonly rows: number };
  readonly now: number;
  readonly today: Day;
  readonly isPlanning: boolean;
  readonly isNewState: boolean;
  readonly staging: string;

  readonly checks: readonly StartCheck[];
  /** All 21 regions once they are read; none before. */
  readonly regions: readonly RegionView[];
  readonly estimates: readonly ViewEstimate[];
  readonly estimateProblem: string | undefined;
  /** Running deliveries by region. */
  readonly live: Readonly<Record<string, Live>>;
  readonly followed: readonly string[];
  readonly unmet: Readonly<Record<string, UnmetConditions>>;
  readonly message: Message | undefined;

  readonly hasStarted: boolean;
  readonly hasChosenResume: boolean;
  readonly resumeFocus: number;
  readonly overviewFocus: { readonly region: string; readonly area: AreaId };
  readonly filter: Field | undefined;
  /** The region that is open; none on the overview. */
  readonly region: string | undefined;
  readonly areaFocus: AreaId;
  /** The decisions are asked for although a delivery exists. */
  readonly showsDecisions: boolean;
  readonly failureFocus: number;
  readonly detour: Detour | undefined;
  readonly overlay: Overlay | undefined;
  /** The last Ctrl-C while work ran, in ms. */
  readonly interruptedAt: number;
}

/** A new state and what is to be done outside it. */
export type Next = readonly [WizardState, ...Effect[]];

/** The state before anything is read or pressed. */
export const firstState = (
  facts: Pick<WizardState, 'room' | 'terminal' | 'now' | 'today' | 'isPlanning' | 'isNewState' | 'staging'>,
): WizardState => ({
  ...facts,
  checks: [],
  regions: [],
  estimates: [],
  estimateProblem: undefined,
  live: {},
  followed: [],
  unmet: {},
  message: undefined,
  hasStarted: false,
  hasChosenResume: false,
  resumeFocus: 0,
  overviewFocus: { region: REGIONS[0]?.code ?? '', area: 1 },
  filter: undefined,
  region: undefined,
  areaFocus: 1,
  showsDecisions: false,
  failureFocus: 0,
  detour: undefined,
  overlay: undefined,
  interruptedAt: 0,
});

/** The region with this code as it was last read. */
export const viewOf = (state: Pick<WizardState, 'regions'>, region: string | undefined): RegionView | undefined =>
  state.regions.find(({ record }) => record.region === region);

/** The delivery that counts: the last one, unless it was stopped and left. */
export function currentDelivery(view: RegionView | undefined): DeliverySummary | undefined {
  const last = view?.deliveries.at(-1);
  return last?.outcome === 'stopped' ? undefined : last;
}

/** Deliveries that are not at their end: what R tells of at the start. One that failed is found there too, and can go on from its error. */
export const unfinished = (state: Pick<WizardState, 'regions'>): readonly DeliverySummary[] =>
  state.regions.flatMap((view) => {
    const delivery = currentDelivery(view);
    return delivery && ['running', 'paused', 'cut', 'failed'].includes(delivery.outcome) ? [delivery] : [];
  });

const codes = (views: readonly RegionView[]): readonly string[] => views.map(({ record }) => record.region);

/** The regions that a process holds right now and answers for: what can be followed. */
export const heldRegions = ({ regions }: Pick<WizardState, 'regions'>): readonly string[] =>
  codes(regions.filter(({ worker }) => worker && worker.pid !== null));

/** The regions that something is still done for. A worker stays a moment after its delivery is done; nothing goes on there. */
export const runningRegions = ({ regions }: Pick<WizardState, 'regions'>): readonly string[] =>
  codes(regions.filter((view) => view.worker && currentDelivery(view)?.outcome !== 'done'));
