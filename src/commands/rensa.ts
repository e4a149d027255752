import { access, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pinnedKeys, receiverOf } from '../delivery/bind-target.ts';
import { deliveryFolder } from '../delivery/delivery-folder.ts';
import type { House } from '../delivery/house.ts';
import { readDeliveries, readPlan } from '../delivery/read-deliveries.ts';
import { isOfTransfer } from '../delivery/staging-log.ts';
import { timestamp } from '../domain/calendar.ts';
import type { DeliverySummary } from '../domain/delivery-record.ts';
import { latestKvittens, type RegionRecord } from '../domain/region-record.ts';
import { appendAudit } from '../store/audit.ts';
import { readSoundLines } from '../store/journal.ts';
import { readRegion } from '../store/regions.ts';
import { cleanText } from '../text.ts';
import { removePart } from '../transfer/remove-part.ts';
import { askYes } from './ask.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Local files may go when the region has acknowledged what they were, or when nothing will be sent from them any more (D17). */
function mayBeCleaned(delivery: DeliverySummary, record: RegionRecord): boolean {
  if (delivery.outcome === 'stopped') return true;
  const kvittens = latestKvittens(record, delivery.id);
  return delivery.outcome === 'done' && kvittens !== undefined && kvittens.deviation === undefined;
}

interface CleanedServer {
  readonly parts: number;
  /** The first line of the transfer's journal that cannot be read: what only such lines knew of may still be on the server. */
  readonly firstBadLine?: number;
}

/** Removes what a stopped delivery left on the server, as far as its journal can be read; a published bag is never touched. */
async function cleanServer(house: House, delivery: DeliverySummary, signal: AbortSignal): Promise<CleanedServer> {
  if (delivery.outcome !== 'stopped') return { parts: 0 };
  const { records, firstBadLine } = await readSoundLines(deliveryFolder(house.state.dir, delivery.id).transfer, isOfTransfer);
  if (!records.some(({ type }) => type === 'begin')) return { parts: 0, firstBadLine };
  const target = await receiverOf(house.settings, delivery.region);
  const pinnedHostKeys = await pinnedKeys(house, target);
  return { parts: await removePart({ target, pinnedHostKeys, credentials: house.credentials, records, signal }), firstBadLine };
}

/** `rensa REGION`: after a question, local staging of acknowledged and stopped deliveries, and our own `.part` folders of stopped ones. */
export async function run(context: CommandContext): Promise<number> {
  const { output, signal } = context;
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: true });
  const record = await readRegion(house.state, region.code);
  const deliveries = await readDeliveries(house.state.dir, record.deliveries, false);
  const cleanable = deliveries.filter((delivery) => mayBeCleaned(delivery, record));
  const removed: ({ delivery: string; staging: boolean } & CleanedServer)[] = [];
  for (const delivery of cleanable) {
    const staging = join(house.settings.staging, (await readPlan(house.state.dir, delivery.id)).bag);
    const hasStaging = await exists(staging);
    if (!hasStaging && delivery.outcome === 'done') continue;
    if (!(await askYes(context, cleanText.question(delivery.bag, delivery.outcome === 'stopped')))) continue;
    const { parts, firstBadLine } = await cleanServer(house, delivery, signal);
    if (firstBadLine !== undefined)
      output.line(cleanText.damaged(deliveryFolder(house.state.dir, delivery.id).transfer, firstBadLine, delivery.bag));
    await rm(staging, { recursive: true, force: true });
    if (!hasStaging && parts === 0 && firstBadLine === undefined) continue;
    const at = timestamp(house.clock.now());
    await appendAudit(house.state, {
      at,
      operator: house.operator,
      host: hostname(),
      act: 'staging_removed',
      region: region.code,
      delivery: delivery.id,
    });
    removed.push({ delivery: delivery.id, staging: hasStaging, parts, firstBadLine });
    output.line(cleanText.removed(delivery.bag, parts));
  }
  output.object({ region: region.code, removed });
  if (removed.length === 0) output.line(cleanText.nothing(region.name));
  return 0;
}
