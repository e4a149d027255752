import { hostname } from 'node:os';
import { timestamp } from '../domain/calendar.ts';
import { undecided } from '../domain/checklist.ts';
import type { DeliveryEvent, ResultEvent } from '../domain/delivery-events.ts';
import type { Receipt } from '../domain/delivery-record.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { currentDecisions } from '../domain/region-record.ts';
import { confirmsRegion, type Region } from '../domain/regions.ts';
import { openSource } from '../source/open-source.ts';
import type { Source } from '../source/source.ts';
import { appendAudit } from '../store/audit.ts';
import { type Journal, openJournal } from '../store/journal.ts';
import { readRegion } from '../store/regions.ts';
import { isUnanswered } from '../transfer/login.ts';
import { bound, meetTarget, pinnedKeys, receiverOf, verifyStillBound } from './bind-target.ts';
import { chooseDelivery } from './choose-delivery.ts';
import { type DeliverRequest, deliver } from './deliver.ts';
import { deliveryFolder } from './delivery-folder.ts';
import { type DeliveryRecord, progressOf } from './delivery-journal.ts';
import type { House } from './house.ts';
import type { Interruption } from './interruption.ts';
import { makePlan, writePlan } from './make-plan.ts';
import type { DeliveryPlan } from './plan.ts';
import { readDeliveries, readPlan } from './read-deliveries.ts';
import type { TransferLine } from './transfer-journal.ts';
import { writeReceipt } from './write-receipt.ts';

/** What an operator asks for. */
export interface DeliveryWish {
  readonly region: Region;
  /** The region's name as the operator typed it. */
  readonly typedName: string;
  /** A new bag although the last delivery is finished (`--ny`). */
  readonly asNew: boolean;
  /** How long to go on without contact, in ms. */
  readonly maxOfflineMs: number;
  /** A full disk on the other side is waited out, not an end (the worker). */
  readonly waitForSpace: boolean;
}

/** The last event of a finished delivery. */
export const resultOf = (state: string, receipt: Receipt): ResultEvent => ({
  type: 'result',
  delivery: receipt.delivery,
  bag: receipt.bag,
  remotePath: receipt.remotePath,
  files: receipt.files,
  bytes: receipt.bytes,
  rows: receipt.rows,
  bytesSent: receipt.bytesSent,
  bytesResent: receipt.bytesResent,
  contentVerified: receipt.contentVerified,
  verification: receipt.verification,
  receipt: deliveryFolder(state, receipt.delivery).receipt,
});

/**
 * One region's delivery from where it stands to its receipt: chooses between new, resumed and finished (D14), and keeps the journal.
 * The caller holds the region's lock. Ends with a `result` event; throws `OperatorError` for what an operator can mend, after it was recorded.
 */
export async function* runDelivery(house: House, wish: DeliveryWish, interruption: Interruption): AsyncGenerator<DeliveryEvent> {
  const { region } = wish;
  if (house.clock.planning) throw new OperatorError('planning_clock');
  if (!confirmsRegion(region, wish.typedName))
    throw new OperatorError('confirmation_mismatch', { region: region.name, code: region.code, slug: region.slug });
  const record = await readRegion(house.state, region.code);
  const missing = undecided(record);
  if (missing.length > 0) throw new OperatorError('decisions_incomplete', { region: region.name, areas: missing.join(', ') });
  const decisions = currentDecisions(record);
  const deliveries = await readDeliveries(house.state.dir, record.deliveries, false);
  const choice = chooseDelivery(deliveries.at(-1), decisions, wish.asNew);
  if (choice.kind === 'finished' && choice.delivery.receipt) {
    yield resultOf(house.state.dir, choice.delivery.receipt);
    return;
  }
  const bagsInState = deliveries.map(({ bag }) => bag);
  const source = lazySource(house);
  try {
    const plan =
      choice.kind === 'new'
        ? await makePlan(house, region, decisions, bagsInState, source.open(), interruption.exporting)
        : await readPlan(house.state.dir, choice.delivery.id);
    yield planEvent(plan);
    yield* carryOut(house, wish, plan, bagsInState, source.open, interruption);
  } finally {
    await source.close();
  }
}

const planEvent = ({ id, region, areas, bag, estimate }: DeliveryPlan): DeliveryEvent => ({
  type: 'plan',
  delivery: id,
  region,
  areas,
  bag,
  estimate,
});

/** The source is opened at the first need: an upload that goes on needs no database. */
function lazySource({ settings }: House) {
  let source: Source | undefined;
  return {
    open(): Source {
      if (!settings.source)
        throw new OperatorError('settings_invalid', { file: settings.file, key: 'source', problem: 'missing', more: 0 });
      source ??= openSource(settings.source);
      return source;
    },
    close: async () => source?.close(),
  };
}

async function* carryOut(
  house: House,
  wish: DeliveryWish,
  plan: DeliveryPlan,
  bagsInState: readonly string[],
  openIt: () => Source,
  interruption: Interruption,
): AsyncGenerator<DeliveryEvent> {
  const folder = deliveryFolder(house.state.dir, plan.id);
  const journal = await openJournal<DeliveryRecord>(folder.journal);
  const transferLog = await openJournal<TransferLine>(folder.transfer);
  const now = house.clock.now;
  const append = (record: DeliveryRecord) => journal.append(record, true);
  const request: DeliverRequest = {
    plan,
    staging: house.settings.staging,
    records: journal.records,
    transferLog,
    openSource: openIt,
    prepareSending: () => prepareSending(house, wish, plan, bagsInState, interruption),
    interruption,
    version: house.version,
    now,
  };
  try {
    await append({ type: 'started', at: timestamp(now()), operator: house.operator, host: hostname(), pid: process.pid });
    const steps = deliver(request);
    try {
      for (;;) {
        const { value, done } = await steps.next();
        if (done) {
          const { receipt, sha256 } = await writeReceipt(house, request.plan, value);
          await append({ type: 'done', at: timestamp(now()), receiptSha256: sha256 });
          yield resultOf(house.state.dir, receipt);
          return;
        }
        if (value.record) await append(value.record);
        if (value.event) yield value.event;
      }
    } finally {
      await steps.return(undefined as never);
    }
  } catch (error) {
    throw await recordEnd(house, plan, journal, interruption, error);
  } finally {
    await transferLog.close();
    await journal.close();
  }
}

async function prepareSending(
  house: House,
  wish: DeliveryWish,
  plan: DeliveryPlan,
  bagsInState: readonly string[],
  interruption: Interruption,
) {
  const target = await receiverOf(house.settings, plan.region);
  let boundPlan = plan;
  if (!plan.target) {
    boundPlan = bound(plan, await meetTarget(house, plan.region, plan.estimate.bytes, interruption.sending), bagsInState);
    await writePlan(house.state.dir, boundPlan);
  }
  return {
    plan: boundPlan,
    how: {
      target,
      pinnedHostKeys: await pinnedKeys(house, target),
      credentials: house.credentials,
      verifyBinding: (seen: Parameters<typeof verifyStillBound>[2]) => verifyStillBound(house, boundPlan, seen),
      maxOfflineMs: wish.maxOfflineMs,
      waitForSpace: wish.waitForSpace,
      waking: interruption.waking,
    },
  };
}

/** Writes down how a run ended, and returns the error that its watchers get. */
async function recordEnd(
  house: House,
  plan: DeliveryPlan,
  journal: Journal<DeliveryRecord>,
  interruption: Interruption,
  error: unknown,
): Promise<unknown> {
  const at = timestamp(house.clock.now());
  const facts = { region: plan.region, delivery: plan.id };
  if (error instanceof OperatorError && error.code === 'stopped') {
    if (interruption.reason === 'pause') {
      await journal.append({ type: 'paused', at }, true);
      return new OperatorError('paused', facts);
    }
    if (interruption.reason === 'stop') {
      await recordStop(house, plan.id, plan.region, interruption.operator ?? house.operator, journal);
      return new OperatorError('abandoned', facts);
    }
    return error;
  }
  if (error instanceof OperatorError && error.code === 'staged_file_changed') await journal.append({ type: 'export-discarded', at }, true);
  if (isUnanswered(error)) {
    await journal.append({ type: 'paused', at, code: error.code, facts: error.facts }, true);
    return error;
  }
  const { stage } = progressOf(journal.records);
  const failure = error instanceof OperatorError ? { code: error.code, facts: error.facts } : { code: 'bug', facts: {} };
  await journal.append({ type: 'failed', at, stage, ...failure }, true);
  return error;
}

/** The delivery is given up: the next `leverera` makes a new one, `rensa` removes what this one left. */
export async function recordStop(
  house: Pick<House, 'state' | 'clock'>,
  delivery: string,
  region: string,
  operator: string,
  journal: Journal<DeliveryRecord>,
): Promise<void> {
  const at = timestamp(house.clock.now());
  await appendAudit(house.state, { at, operator, host: hostname(), act: 'delivery_stopped', region, delivery });
  await journal.append({ type: 'stopped', at, operator }, true);
}
