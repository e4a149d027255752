import { AREAS, type AreaId } from './areas.ts';
import type { Decision } from './decision.ts';
import type { DeliverySummary } from './delivery-record.ts';
import { currentDecision, currentDecisions, latestKvittens, type RegionRecord } from './region-record.ts';
import type { AreaState, RegionView } from './region-view.ts';

/** The areas that nobody has decided. Silence is never consent (D1, R20). */
export const undecided = (record: Pick<RegionRecord, 'decisions'>): AreaId[] =>
  AREAS.map(({ id }) => id).filter((area) => !currentDecision(record, area));

/** Whether all seven areas are decided, which a delivery demands. */
export const isDecided = (record: Pick<RegionRecord, 'decisions'>): boolean => undecided(record).length === 0;

/** The areas that a delivery now would hold: decided, and not for disposal (R06, R18). */
export const areasToDeliver = (record: Pick<RegionRecord, 'decisions'>): AreaId[] =>
  currentDecisions(record)
    .filter(({ answer }) => answer !== 'gallra')
    .map(({ area }) => area);

/**
 * What the decisions say, as text: two lists with equal keys decide the same (D14, D16).
 * Who registered them and when is not part of it: the same decision registered once more changes nothing.
 */
export const decisionsKey = (decisions: readonly Decision[]): string =>
  JSON.stringify(decisions.map(contentOf).sort((a, b) => Number(a[0]) - Number(b[0])));

const contentOf = (d: Decision) => [
  d.area,
  d.answer,
  d.date,
  d.decidedBy,
  d.dnr,
  d.received,
  d.newEnd,
  d.cards?.choice,
  d.cards?.reportTaken,
  d.plan,
  d.letterSha256,
  d.comment,
];

/**
 * Whether what was delivered for `delivered` is what `current` demands: they are one and the same decision of the region.
 * Only its diarienummer may have come later (D2), and our own notes about it may differ.
 */
const isSameDecision = (delivered: Decision, current: Decision): boolean =>
  delivered.area === current.area &&
  delivered.answer === current.answer &&
  delivered.date === current.date &&
  delivered.decidedBy === current.decidedBy &&
  delivered.newEnd === current.newEnd &&
  delivered.cards?.choice === current.cards?.choice &&
  (delivered.dnr === undefined || delivered.dnr === current.dnr);

/** The region's deliveries that hold what a decision demands, oldest first; abandoned ones count for nothing. */
export const deliveriesOf = (deliveries: readonly DeliverySummary[], decision: Decision): DeliverySummary[] =>
  deliveries.filter(
    ({ areas, decisions, outcome }) =>
      outcome !== 'stopped' && areas.includes(decision.area) && decisions.some((delivered) => isSameDecision(delivered, decision)),
  );

/** One region as every reader sees it. `deliveries` are all of the region's, oldest first. */
export const regionView = (record: RegionRecord, deliveries: readonly DeliverySummary[], worker: RegionView['worker']): RegionView => ({
  record,
  areas: AREAS.map(({ id }) => {
    const decision = currentDecision(record, id);
    return { area: id, decision, state: areaState(record, decision, deliveries) };
  }),
  deliveries,
  worker,
});

function areaState(record: RegionRecord, decision: Decision | undefined, deliveries: readonly DeliverySummary[]): AreaState {
  if (!decision) return 'saknas';
  const delivery = decision.answer === 'gallra' ? undefined : deliveriesOf(deliveries, decision).at(-1);
  if (!delivery) return 'beslutad';
  switch (delivery.outcome) {
    case 'running':
      return delivery.stage === 'export' || delivery.stage === 'bag' ? 'exporteras' : 'skickas';
    case 'paused':
      return 'pausad';
    case 'cut':
      return 'avbruten';
    case 'done':
      return finishedState(record, delivery);
    default:
      return 'fel';
  }
}

function finishedState(record: RegionRecord, { id, receipt }: DeliverySummary): AreaState {
  const kvittens = latestKvittens(record, id);
  if (kvittens) return kvittens.deviation === undefined ? 'kvitterad' : 'avvikelse';
  return receipt?.contentVerified ? 'verifierad' : 'overford';
}
