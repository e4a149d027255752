import { hostname } from 'node:os';
import { timestamp } from '../domain/calendar.ts';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import type { Source } from '../source/source.ts';
import { serverMemory } from '../store/server-memory.ts';
import type { ServerProfile } from '../transfer/transfer.ts';
import { bound, meetTarget, pinnedKeys, receiverOf, verifyDialect, verifyStillBound } from './bind-target.ts';
import { type DeliverRequest, deliver } from './deliver.ts';
import { deliveryFolder } from './delivery-folder.ts';
import { type DeliveryRecord, openDeliveryJournal } from './delivery-journal.ts';
import type { DeliveryWish } from './delivery-wish.ts';
import type { House } from './house.ts';
import type { Interruption } from './interruption.ts';
import { writePlan } from './make-plan.ts';
import type { DeliveryPlan } from './plan.ts';
import { recordEnd } from './record-end.ts';
import { resultOf } from './result-event.ts';
import { StagingLog } from './staging-log.ts';
import { writeReceipt } from './write-receipt.ts';

/**
 * Carries out a plan from where its journal stands, and keeps the journal: a step's record is on disk before the next step begins.
 * `taken` are the names of the region's other deliveries. Ends with `result`; throws what the stages throw, once it is recorded.
 */
export async function* carryOut(
  house: House,
  wish: DeliveryWish,
  plan: DeliveryPlan,
  taken: readonly string[],
  openIt: () => Source,
  interruption: Interruption,
): AsyncGenerator<DeliveryEvent> {
  const folder = deliveryFolder(house.state.dir, plan.id);
  const journal = await openDeliveryJournal(folder.journal);
  const now = house.clock.now;
  const append = (record: DeliveryRecord) => journal.append(record, true);
  let stagingLog: StagingLog | undefined;
  try {
    await append({ type: 'started', at: timestamp(now()), operator: house.operator, host: hostname(), pid: process.pid });
    stagingLog = await StagingLog.open(folder.transfer);
    verifyDialect(house.settings, plan);
    const request: DeliverRequest = {
      plan,
      staging: house.settings.staging,
      records: journal.records,
      stagingLog,
      openSource: openIt,
      freeze: (bound) => writePlan(house.state.dir, bound),
      prepareSending: () => prepareSending(house, wish, plan, taken, interruption),
      interruption,
      version: house.version,
      now,
    };
    const steps = deliver(request);
    try {
      for (;;) {
        const { value, done } = await steps.next();
        if (done) {
          const { receipt, sha256 } = await writeReceipt(house, plan, value);
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
    await stagingLog?.close();
    await journal.close();
  }
}

async function prepareSending(house: House, wish: DeliveryWish, plan: DeliveryPlan, taken: readonly string[], interruption: Interruption) {
  const target = await receiverOf(house.settings, plan.region);
  const boundPlan = plan.target
    ? plan
    : bound(plan, await meetTarget(house, plan.region, plan.estimate.bytes, interruption.sending), taken);
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
      memory: serverMemory<ServerProfile>(house.state),
      allowVisible: wish.allowsVisible,
    },
  };
}
