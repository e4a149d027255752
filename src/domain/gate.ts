import { type Area, type AreaId, areaOf } from './areas.ts';
import type { AuditAct, AuditEntry } from './audit-entry.ts';
import type { Day } from './calendar.ts';
import { deliveriesOf } from './checklist.ts';
import { type Decision, deliversPart } from './decision.ts';
import type { DeliverySummary, Kvittens, Receipt } from './delivery-record.ts';
import { currentDecision, latestKvittens, type RegionRecord } from './region-record.ts';

/** Why an area may not be disposed of; each has its own sentence in `gateConditions` of `src/text.ts`. */
export type GateCode =
  | 'undecided'
  | 'date_not_reached'
  | 'hold'
  | 'gallra_facts_missing'
  | 'not_delivered'
  | 'not_verified'
  | 'not_acknowledged'
  | 'deviation'
  | 'manifest_mismatch'
  | 'rows_changed'
  | 'source_unreachable'
  | 'audit_broken'
  | 'act_not_in_audit'
  | 'clock_skew'
  | 'state_damaged'
  | 'undistributed';

export interface GateCondition {
  readonly code: GateCode;
  readonly facts: Readonly<Record<string, string | number>>;
}

export interface Gate {
  readonly allowed: boolean;
  readonly unmet: readonly GateCondition[];
}

/** Everything that the gate looks at, gathered at the moment of use (T35). */
export interface GateInputs {
  readonly record: RegionRecord;
  /** All of the region's deliveries, oldest first. */
  readonly deliveries: readonly DeliverySummary[];
  readonly today: Day;
  /** The region's rows per view in the source right now. */
  readonly sourceRows: ReadonlyMap<string, number> | 'unreachable';
  readonly audit: { readonly intact: boolean; readonly entries: readonly AuditEntry[] };
  /** The database's clock minus ours in ms; `undefined` when it could not be asked. */
  readonly clockSkewMs: number | undefined;
}

const LARGEST_SKEW_MS = 3_600_000;

const unmet = (code: GateCode, facts: GateCondition['facts'] = {}): GateCondition => ({ code, facts });

const gateOf = (conditions: readonly GateCondition[]): Gate => ({ allowed: conditions.length === 0, unmet: conditions });

/**
 * Whether one region's part of an area may be disposed of, with every condition that is not met (D8).
 * Nothing is disposed of by this program (D7); no clock, disk or network is read here.
 */
export function gateFor(area: AreaId, inputs: GateInputs): Gate {
  const decision = currentDecision(inputs.record, area);
  return gateOf([
    ...dateConditions(areaOf(area), inputs.today),
    ...inputs.record.holds.filter((hold) => hold.area === area).map(({ registeredAt }) => unmet('hold', { registeredAt })),
    ...(decision ? decisionConditions(decision, inputs) : [unmet('undecided')]),
    ...(inputs.audit.intact ? [] : [unmet('audit_broken')]),
    ...clockConditions(inputs.clockSkewMs),
  ]);
}

/** Every area of a region whose saved state cannot be trusted. */
export const DAMAGED_GATE: Gate = gateOf([unmet('state_damaged')]);

/** The 22nd line of an area: rows that belong to no region may never be disposed of on any region's word (D6, D7). */
export const undistributedGate = (rows: number | null): Gate => gateOf([unmet('undistributed', rows === null ? {} : { rows })]);

/** Fohm's proposed date rules whatever the answer; the boundary day is open (R14-R16). The facts hold every date with its origin (D4). */
function dateConditions({ proposedDisposal, retention }: Area, today: Day): GateCondition[] {
  if (today >= proposedDisposal) return [];
  return [unmet('date_not_reached', { date: proposedDisposal, ...Object.fromEntries(retention.map(({ from, date }) => [from, date])) })];
}

function clockConditions(skewMs: number | undefined): GateCondition[] {
  if (skewMs === undefined || Math.abs(skewMs) <= LARGEST_SKEW_MS) return [];
  return [unmet('clock_skew', { minutes: Math.round(Math.abs(skewMs) / 60_000) })];
}

function decisionConditions(decision: Decision, inputs: GateInputs): GateCondition[] {
  const { area } = decision;
  const isRecorded = recorded(inputs.audit.entries, 'decision', decision, (entry) => entry.area === area);
  return [
    ...(isRecorded ? [] : [unmet('act_not_in_audit', { act: 'decision' })]),
    ...disposalConditions(decision),
    ...(decision.answer === 'gallra' ? [] : deliveryConditions(decision, inputs)),
  ];
}

/** What is disposed of without being delivered, the area or area 2's cards, rests on the three facts of D2. */
function disposalConditions({ answer, cards, date, decidedBy, dnr }: Decision): GateCondition[] {
  if (answer !== 'gallra' && cards?.choice !== 'gallras') return [];
  return date && decidedBy && dnr ? [] : [unmet('gallra_facts_missing')];
}

/** The conditions of the delivery that is nearest to meeting them all; the latest one of equals. One that a later one contradicts counts for nothing. */
function deliveryConditions(decision: Decision, inputs: GateInputs): GateCondition[] {
  const finished = receiptsOf(inputs.deliveries);
  const nearest = receiptsOf(deliveriesOf(inputs.deliveries, decision))
    .filter((receipt) => !finished.slice(finished.indexOf(receipt) + 1).some((later) => contradicts(later, receipt, decision, inputs)))
    .map((receipt) => receiptConditions(decision, receipt, inputs))
    .reduceRight<GateCondition[] | undefined>(
      (best, conditions) => (best && best.length <= conditions.length ? best : conditions),
      undefined,
    );
  return nearest ?? [unmet('not_delivered')];
}

const receiptsOf = (deliveries: readonly DeliverySummary[]): Receipt[] =>
  deliveries.flatMap(({ outcome, receipt }) => (outcome === 'done' && receipt) || []);

/** Whether a later delivery shows that an earlier one no longer is the whole truth of an area: the source gave other content, or the region objects. */
function contradicts(later: Receipt, earlier: Receipt, { area }: Decision, { record }: GateInputs): boolean {
  const before = new Map(earlier.tables.map(({ view, sha256 }) => [view, sha256]));
  const again = later.tables.filter((table) => table.area === area && before.has(table.view));
  const isDisputed = latestKvittens(record, later.delivery)?.deviation !== undefined;
  return again.some(({ view, sha256 }) => isDisputed || sha256 !== before.get(view));
}

function receiptConditions(decision: Decision, receipt: Receipt, inputs: GateInputs): GateCondition[] {
  const { delivery, manifestSha256 } = receipt;
  const kvittens = latestKvittens(inputs.record, delivery);
  const { entries } = inputs.audit;
  const isPublished = entries.some((entry) => {
    return entry.act === 'published' && entry.delivery === delivery && entry.facts?.manifestSha256 === manifestSha256;
  });
  return [
    ...(isPublished ? [] : [unmet('act_not_in_audit', { act: 'published', delivery })]),
    ...(receipt.contentVerified || isVerifiedByRegion(kvittens, receipt) ? [] : [unmet('not_verified', { delivery })]),
    ...(kvittens ? kvittensConditions(kvittens, receipt, entries) : [unmet('not_acknowledged', { delivery })]),
    ...rowConditions(decision, receipt, inputs.sourceRows),
  ];
}

/** On a write-only account the region's own check of the bag, tied to it by the manifest's hash, proves the content (D8). */
const isVerifiedByRegion = (kvittens: Kvittens | undefined, { manifestSha256 }: Receipt): boolean =>
  kvittens?.manifestSha256 === manifestSha256 && kvittens.deviation === undefined;

function kvittensConditions(kvittens: Kvittens, { delivery, manifestSha256 }: Receipt, entries: readonly AuditEntry[]): GateCondition[] {
  const isRecorded = recorded(entries, 'receipt', kvittens, (entry) => entry.delivery === delivery);
  return [
    ...(kvittens.deviation === undefined ? [] : [unmet('deviation', { delivery })]),
    ...(kvittens.manifestSha256 === undefined || kvittens.manifestSha256 === manifestSha256
      ? []
      : [unmet('manifest_mismatch', { delivery })]),
    ...(isRecorded ? [] : [unmet('act_not_in_audit', { act: 'receipt', delivery })]),
  ];
}

/** What was delivered must still be all there is: rows that came or went after the snapshot are in no bag. */
function rowConditions(decision: Decision, receipt: Receipt, sourceRows: GateInputs['sourceRows']): GateCondition[] {
  if (sourceRows === 'unreachable') return [unmet('source_unreachable')];
  const demanded = areaOf(decision.area).files.filter(({ part }) => deliversPart(decision, part));
  return demanded.flatMap(({ view }) => {
    const delivered = receipt.tables.find((table) => table.view === view)?.rows;
    if (delivered === undefined) return [unmet('not_delivered', { view })];
    const now = sourceRows.get(view);
    if (now === undefined) return [unmet('source_unreachable', { view })];
    return now === delivered ? [] : [unmet('rows_changed', { view, delivered, now })];
  });
}

/** An act stands in the audit log when a line has its very time and operator. */
const recorded = (
  entries: readonly AuditEntry[],
  act: AuditAct,
  { registeredAt, registeredBy }: Pick<Decision, 'registeredAt' | 'registeredBy'>,
  isAbout: (entry: AuditEntry) => boolean,
): boolean => entries.some((entry) => entry.act === act && entry.at === registeredAt && entry.operator === registeredBy && isAbout(entry));
