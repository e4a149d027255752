import type { AreaId } from './areas.ts';
import type { Decision } from './decision.ts';
import type { Kvittens } from './delivery-record.ts';

/** A stop on disposal of one area, whatever else is proven (`gallringsstopp`). */
export interface Hold {
  readonly area: AreaId;
  readonly reason: string;
  readonly registeredBy: string;
  readonly registeredAt: string;
}

/** What is remembered of one region: `<state>/regions/<code>.json`. */
export interface RegionRecord {
  readonly version: 1;
  readonly region: string;
  /** Goes up by one at every save; a save that names an older one is refused (D12). */
  readonly revision: number;
  /** Every decision ever registered, oldest first; the last one of an area rules (T35). */
  readonly decisions: readonly Decision[];
  readonly deliveries: readonly string[];
  readonly receipts: readonly Kvittens[];
  readonly holds: readonly Hold[];
}

/** A region that nobody has touched. */
export const emptyRecord = (region: string): RegionRecord => ({
  version: 1,
  region,
  revision: 0,
  decisions: [],
  deliveries: [],
  receipts: [],
  holds: [],
});

/** The decision that rules for an area: the one registered last. */
export const currentDecision = (record: Pick<RegionRecord, 'decisions'>, area: AreaId): Decision | undefined =>
  record.decisions.findLast((decision) => decision.area === area);

/** The current decisions in area order; fewer than seven while some are missing. */
export const currentDecisions = (record: Pick<RegionRecord, 'decisions'>): Decision[] =>
  ([1, 2, 3, 4, 5, 6, 7] as const).flatMap((area) => currentDecision(record, area) ?? []);

/** The region's answer to a delivery: the one registered last. */
export const latestKvittens = (record: Pick<RegionRecord, 'receipts'>, delivery: string): Kvittens | undefined =>
  record.receipts.findLast((kvittens) => kvittens.delivery === delivery);
