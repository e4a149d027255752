import { access, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pinnedKeys, receiverOf } from '../delivery/bind-target.ts';
import { deliveryFolder } from '../delivery/delivery-folder.ts';
import type { House } from '../delivery/house.ts';
import { readDeliveries, readPlan } from '../delivery/read-deliveries.ts';
import { type TransferLine, transferRecords } from '../delivery/transfer-journal.ts';
import { timestamp } from '../domain/calendar.ts';
import type { DeliverySummary } from '../domain/delivery-record.ts';
import { latestKvittens, type RegionRecord } from '../domain/region-record.ts';
import { appendAudit } from '../store/audit.ts';
import { readJournal } from '../store/journal.ts';
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

/** Removes what a stopped delivery left on the server; a published bag is never touched. */
async function cleanServer(house: House, delivery: DeliverySummary, signal: AbortSignal): Promise<number> {
  const records = transferRecords(await readJournal<TransferLine>(deliveryFolder(house.state.dir, delivery.id).transfer));
  if (delivery.outcome !== 'stopped' || !records.some(({ type }) => type === 'begin')) return 0;
  const target = await receiverOf(house.settings, delivery.region);
  return removePart({ target, pinnedHostKeys: await pinnedKeys(house, target), credentials: house.credentials, records, signal });
}

/** `rensa REGION`: after a question, local staging of acknowledged and stopped deliveries, and our own `.part` folders of stopped ones. */
export async function run(context: CommandContext): Promise<number> {
  const { output, signal } = context;
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: true });
  const record = await readRegion(house.state, region.code);
  const deliveries = await readDeliveries(house.state.dir, record.deliveries, false);
  const cleanable = deliveries.filter((delivery) => mayBeCleaned(delivery, record));
  const removed: { delivery: string; staging: boolean; parts: number }[] = [];
  for (const delivery of cleanable) {
    const staging = join(house.settings.staging, (await readPlan(house.state.dir, delivery.id)).bag);
    const hasStaging = await exists(staging);
    if (!hasStaging && delivery.outcome === 'done') continue;
    if (!(await askYes(context, cleanText.question(delivery.bag, delivery.outcome === 'stopped')))) continue;
    const parts = await cleanServer(house, delivery, signal);
    await rm(staging, { recursive: true, force: true });
    if (!hasStaging && parts === 0) continue;
    const at = timestamp(house.clock.now());
    await appendAudit(house.state, {
      at,
      operator: house.operator,
      host: hostname(),
      act: 'staging_removed',
      region: region.code,
      delivery: delivery.id,
    });
    removed.push({ delivery: delivery.id, staging: hasStaging, parts });
    output.line(cleanText.removed(delivery.bag, parts));
  }
  output.object({ region: region.code, removed });
  if (removed.length === 0) output.line(cleanText.nothing(region.name));
  return 0;
}
