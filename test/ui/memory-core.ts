import { AREAS, type AreaId } from '../../src/domain/areas.ts';
import type { Clock } from '../../src/domain/calendar.ts';
import { timestamp } from '../../src/domain/calendar.ts';
import { areasToDeliver, regionView, undecided } from '../../src/domain/checklist.ts';
import type { Decision, DecisionDraft } from '../../src/domain/decision.ts';
import { decisionProblems, toDecision } from '../../src/domain/decision-problems.ts';
import type { DeliveryEvent } from '../../src/domain/delivery-events.ts';
import type { DeliverySummary, KvittensDraft, Receipt } from '../../src/domain/delivery-record.ts';
import type { ViewEstimate } from '../../src/domain/estimate.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { currentDecision, currentDecisions, emptyRecord, type RegionRecord } from '../../src/domain/region-record.ts';
import type { RegionView } from '../../src/domain/region-view.ts';
import { confirmsRegion, REGIONS, regionOf } from '../../src/domain/regions.ts';
import type { Review, ShownHostKey, StartCheck, UnmetConditions, WizardCore } from '../../src/ui/core.ts';

/** A feed of values that a test pushes into and a follower reads. */
class Feed<T> {
  readonly #values: T[] = [];
  #wake: () => void = () => {};
  #isEnded = false;

  push(...values: T[]): void {
    this.#values.push(...values);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *read(signal: AbortSignal): AsyncGenerator<T> {
    let next = 0;
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake, { once: true });
    try {
      for (;;) {
        while (next < this.#values.length) yield this.#values[next++] as T;
        if (this.#isEnded || signal.aborted) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }
}

/** A clock that only a test moves. */
export class TestClock implements Clock {
  readonly planning = false;
  #now: number;

  constructor(at = '2026-11-22T14:33:00+01:00') {
    this.#now = Date.parse(at);
  }

  now = (): Date => new Date(this.#now);
  today = (): string => timestamp(this.now()).slice(0, 10);

  advance(ms: number): void {
    this.#now += ms;
  }
}

/** The size of every view of every region, larger where more people live; area 7 the largest. */
export const ESTIMATES: readonly ViewEstimate[] = REGIONS.flatMap(({ code, population }) =>
  AREAS.flatMap(({ id, files }) =>
    files.map(({ view }): ViewEstimate => {
      const rows = id === 1 ? 8 : Math.round(population / (files.length * 10));
      return { region: code, view, rows, bytes: rows * (id === 7 ? 900 : 120), grade: id === 1 ? 'exact' : 'plan' };
    }),
  ),
);

const CHECKS: readonly StartCheck[] = [
  { id: 'terminal', state: 'ok', detail: '80 × 24 tecken, UTF-8' },
  { id: 'settings', state: 'ok', detail: '/etc/sminet-leverans/config.json' },
  { id: 'state', state: 'ok', detail: '/var/lib/sminet-leverans' },
  { id: 'source', state: 'ok', detail: 'PostgreSQL 16.4 på db01, bara läsning' },
  { id: 'targets', state: 'warning', detail: '20 av 21 regioner har ett mål i inställningarna' },
  { id: 'host_keys', state: 'failed', detail: 'Värdnyckeln för Region Halland är inte känd. Kör: sminet-leverans vardnyckel visa halland' },
  { id: 'disk', state: 'ok', detail: '412 GB fritt' },
];

export const BEVARA = { answer: 'bevara', date: '2025-11-12', decidedBy: 'Regionarkivnämnden', dnr: 'RS 2025-1141' } as const;
export const GALLRA = { answer: 'gallra', date: '2025-11-12', decidedBy: 'Regionarkivnämnden', dnr: 'RS 2025-1142' } as const;

/** A line as the worker's log has it. */
export const logLine = (at: string, fields: object): string => JSON.stringify({ level: 30, time: Date.parse(at), pid: 3990, ...fields });

/** The wizard's core in memory: the real domain rules on records that vanish with it. Calls are counted in `calls`. */
export class MemoryCore implements WizardCore {
  readonly clock: TestClock;
  readonly operator: string = 'anna';
  isNewState = false;
  staging = '/srv/sminet/leveranser';
  shownHostKeys: readonly ShownHostKey[] = [];
  readonly calls: string[] = [];
  /** Regions whose worker is still there although its delivery is done. */
  readonly lingering = new Set<string>();
  /** Regions whose worker does not answer. */
  readonly silent = new Set<string>();
  readonly bugs: unknown[] = [];
  /** What the gate says that it could not ask. */
  gateCaveats: readonly string[] = [];
  checks = CHECKS;
  /** What the log's file holds; forty exported attachments at first. */
  logLines: readonly string[] = Array.from({ length: 40 }, (_, minute) =>
    logLine(`2026-11-22T14:${String(minute).padStart(2, '0')}:00+01:00`, {
      ...{ type: 'file', stage: 'export', file: `omrade2_bilagor/#${minute + 1}` },
      ...{ bytes: 1000, rows: 0, sha256: 'a'.repeat(64) },
    }),
  );
  readonly #records = new Map<string, RegionRecord>(REGIONS.map(({ code }) => [code, emptyRecord(code)]));
  readonly #deliveries = new Map<string, DeliverySummary[]>();
  readonly #feeds = new Map<string, Feed<DeliveryEvent>>();
  readonly #sizes = new Feed<readonly ViewEstimate[]>();
  readonly #failures = new Map<string, unknown>();
  readonly #damages = new Map<string, OperatorError>();

  constructor(clock = new TestClock()) {
    this.clock = clock;
    this.#sizes.push(ESTIMATES);
  }

  /** What is saved of the region cannot be trusted. */
  damage(region: string): void {
    this.#damages.set(region, new OperatorError('state_corrupt', { problem: 'delivery', path: `/state/${region}/receipt.json` }));
  }

  /** The next call of this name rejects with the error. */
  failNext(call: string, error: unknown): void {
    this.#failures.set(call, error);
  }

  /** Registers decisions as if they had been there from the start. */
  decide(region: string, answers: Readonly<Partial<Record<AreaId, Omit<DecisionDraft, 'area'>>>>, by = this.operator): void {
    for (const [area, answer] of Object.entries(answers)) {
      this.#register(region, { area: Number(area) as AreaId, ...answer }, by);
    }
  }

  /** All seven areas: what is not named is disposed of. */
  decideAll(region: string, answers: Readonly<Partial<Record<AreaId, Omit<DecisionDraft, 'area'>>>> = {}): void {
    this.decide(region, { 1: GALLRA, 2: GALLRA, 3: GALLRA, 4: GALLRA, 5: GALLRA, 6: GALLRA, 7: GALLRA, ...answers });
  }

  /** Puts a delivery in place of the region's last one, or as its first. */
  deliver(region: string, change: Partial<DeliverySummary> = {}): DeliverySummary {
    const { code, slug } = regionOf(region);
    const before = this.#deliveries.get(region)?.at(-1);
    const record = this.#record(region);
    const delivery: DeliverySummary = {
      id: `${code}-2026-11-22-1`,
      region,
      bag: `SMINET2_${code}_${slug}_2026-11-22-1`,
      areas: areasToDeliver(record),
      decisions: currentDecisions(record),
      startedAt: timestamp(this.clock.now()),
      stage: 'export',
      outcome: 'running',
      ...before,
      ...change,
    };
    this.#deliveries.set(region, [delivery]);
    return delivery;
  }

  /** A finished delivery with its receipt. */
  finish(region: string, change: Partial<Receipt> = {}): void {
    const { id, bag, areas, decisions, startedAt } = this.deliver(region, { stage: 'publish', outcome: 'done' });
    const tables = AREAS.filter((area) => areas.includes(area.id)).flatMap((area) =>
      area.files.map(({ view }) => ({ view, area: area.id, rows: 1200, bytes: 410_996_224, sha256: 'a'.repeat(64) })),
    );
    const attachments = areas.includes(2) ? { count: 312, bytes: 1_101_004_800 } : { count: 0, bytes: 0 };
    const receipt: Receipt = {
      version: 1,
      delivery: id,
      region,
      bag,
      remotePath: `/in/sminet/${bag}`,
      target: {
        ...{ host: 'sftp.region.example', port: 22, username: 'sminet', path: '/in/sminet' },
        ...{ hostKey: 'SHA256:3t0nq8fQ', realPath: '/in/sminet' },
      },
      operator: this.operator,
      startedAt,
      publishedAt: '2026-11-22T15:03:51+01:00',
      areas,
      decisions,
      snapshotAt: startedAt,
      tables,
      attachments,
      undistributed: [],
      files: tables.length + attachments.count + 9,
      bytes: tables.length * 410_996_224 + attachments.bytes + 16_384,
      rows: tables.length * 1200,
      bytesSent: 0,
      bytesResent: 0,
      contentVerified: true,
      verification: 'full',
      notes: [],
      manifestSha256: 'b'.repeat(64),
      tagManifestSha256: 'c'.repeat(64),
      auditHead: 'd'.repeat(64),
      ...change,
    };
    this.deliver(region, { receipt });
  }

  /** Events to whoever follows the region's delivery. */
  emit(region: string, ...events: DeliveryEvent[]): void {
    this.#feed(region).push(...events);
  }

  /** The worker is no longer there. */
  endFeed(region: string): void {
    this.#feed(region).end();
    this.#feeds.delete(region);
  }

  estimate(estimates: readonly ViewEstimate[]): void {
    this.#sizes.push(estimates);
  }

  async *startChecks(): AsyncGenerator<readonly StartCheck[]> {
    this.#call('startChecks');
    yield this.checks;
  }

  async overview(): Promise<readonly RegionView[]> {
    this.#call('overview');
    return REGIONS.map(({ code }) => this.#view(code));
  }

  async saveDecision(region: string, draft: DecisionDraft, revision: number): Promise<RegionView> {
    this.#call('saveDecision');
    this.#guard(region, revision);
    const problem = decisionProblems(draft, this.clock.today())[0];
    if (problem) throw new OperatorError('decision_invalid', { field: problem.field, problem: problem.code, ...problem.facts });
    this.#register(region, draft);
    return this.#view(region);
  }

  async *estimates(_visible: () => readonly string[], signal: AbortSignal): AsyncGenerator<readonly ViewEstimate[]> {
    this.#call('estimates');
    yield* this.#sizes.read(signal);
  }

  async review(region: string): Promise<Review> {
    this.#call('review');
    const { code, slug } = regionOf(region);
    return {
      target: { username: 'sminet', host: 'sftp.region.example', port: 2222, path: '/in/sminet', hostKeyKnown: true },
      bag: `SMINET2_${code}_${slug}_2026-11-22-1`,
    };
  }

  async start(region: string, typedName: string): Promise<void> {
    this.#call('start');
    if (!confirmsRegion(regionOf(region), typedName)) throw new OperatorError('confirmation_mismatch', { region });
    if (undecided(this.#record(region)).length > 0) throw new OperatorError('decisions_incomplete', { region });
    this.deliver(region);
  }

  async *follow(region: string, signal: AbortSignal): AsyncGenerator<DeliveryEvent> {
    this.#call('follow');
    yield* this.#feed(region).read(signal);
  }

  async pause(region: string): Promise<void> {
    this.#call('pause');
    this.deliver(region, { outcome: 'paused' });
  }

  async resume(region: string): Promise<void> {
    this.#call('resume');
    this.deliver(region, { outcome: 'running', error: undefined });
  }

  async retry(): Promise<void> {
    this.#call('retry');
  }

  async stop(region: string): Promise<void> {
    this.#call('stop');
    this.deliver(region, { outcome: 'stopped' });
  }

  async answer(): Promise<void> {
    this.#call('answer');
  }

  async hostKeys(): Promise<readonly ShownHostKey[]> {
    this.#call('hostKeys');
    return this.shownHostKeys;
  }

  async trustHostKey(): Promise<void> {
    this.#call('trustHostKey');
  }

  async saveReceipt(region: string, delivery: string, draft: KvittensDraft, revision: number): Promise<RegionView> {
    this.#call('saveReceipt');
    this.#guard(region, revision);
    const { receivedOn = '', receivedBy = '', dnr, deviation } = draft;
    const kvittens = {
      delivery,
      receivedOn,
      receivedBy,
      dnr,
      deviation,
      registeredBy: this.operator,
      registeredAt: timestamp(this.clock.now()),
    };
    const record = this.#record(region);
    this.#records.set(region, { ...record, revision: record.revision + 1, receipts: [...record.receipts, kvittens] });
    return this.#view(region);
  }

  async reversal(): Promise<string> {
    this.#call('reversal');
    return Array.from({ length: 60 }, (_, line) => `LEVERANSREVERSAL rad ${line + 1}`).join('\n');
  }

  async log(): Promise<readonly string[]> {
    this.#call('log');
    return this.logLines;
  }

  reportBug(error: unknown): string {
    this.bugs.push(error);
    return '/tmp/sminet-leverans/fel.log';
  }

  async unmetConditions(region: string): Promise<UnmetConditions> {
    this.#call('unmetConditions');
    const record = this.#record(region);
    const isReceipted = record.receipts.some(({ deviation }) => deviation === undefined);
    const perArea = new Map(
      AREAS.map(({ id, proposedDisposal }) => [
        id,
        [
          ...(currentDecision(record, id) ? [] : ['Beslut saknas. Ett saknat beslut är aldrig ett godkännande.']),
          ...(proposedDisposal > this.clock.today() ? [`Datum ej nått. Föreslaget av Fohm: ${proposedDisposal}.`] : []),
          ...(areasToDeliver(record).includes(id) && !isReceipted
            ? ['Det gällande beslutet är inte levererat.', 'Leveransen är inte kvitterad.']
            : []),
        ],
      ]),
    );
    return { perArea, caveats: this.gateCaveats };
  }

  /** The current decision, for tests. */
  decision(region: string, area: AreaId): Decision | undefined {
    return currentDecision(this.#record(region), area);
  }

  #register(region: string, draft: DecisionDraft, by = this.operator): void {
    const record = this.#record(region);
    const decision = toDecision(draft, { operator: by, at: timestamp(this.clock.now()) });
    this.#records.set(region, { ...record, revision: record.revision + 1, decisions: [...record.decisions, decision] });
  }

  #record(region: string): RegionRecord {
    const record = this.#records.get(region);
    if (!record) throw new Error(`no region ${region}`);
    return record;
  }

  #view(region: string): RegionView {
    const deliveries = this.#deliveries.get(region) ?? [];
    const isRunning = deliveries.at(-1)?.outcome === 'running' || this.lingering.has(region);
    const damage = this.#damages.get(region);
    return {
      ...regionView(this.#record(region), deliveries, isRunning ? { pid: this.silent.has(region) ? null : 3990 } : null),
      ...(damage && { damage }),
    };
  }

  #feed(region: string): Feed<DeliveryEvent> {
    const feed = this.#feeds.get(region) ?? new Feed<DeliveryEvent>();
    this.#feeds.set(region, feed);
    return feed;
  }

  #guard(region: string, revision: number): void {
    if (this.#record(region).revision !== revision) {
      throw new OperatorError('revision_conflict', { region: regionOf(region).name, by: 'bengt', at: '14:31', areas: '3' });
    }
  }

  #call(name: string): void {
    this.calls.push(name);
    const failure = this.#failures.get(name);
    this.#failures.delete(name);
    if (failure !== undefined) throw failure;
  }
}
