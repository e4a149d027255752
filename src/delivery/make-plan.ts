import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { timestamp } from '../domain/calendar.ts';
import type { Decision } from '../domain/decision.ts';
import { DEFAULT_DIALECT } from '../domain/dialect.ts';
import { localError } from '../domain/local-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Region } from '../domain/regions.ts';
import type { Source } from '../source/source.ts';
import { changeRegion } from '../store/regions.ts';
import { makeFolder, makeFolders, writeWhole } from '../store/shared-files.ts';
import { bound, DISK_MARGIN_BYTES, meetTarget } from './bind-target.ts';
import { deliveryFolder } from './delivery-folder.ts';
import { expectedSize } from './expected-size.ts';
import type { House } from './house.ts';
import { BAG_PREFIX, bagName, type DeliveryPlan, deliveryId, nextNumber, plannedFiles } from './plan.ts';
import { deliveryIds } from './read-deliveries.ts';

/**
 * What a delivery (`but`, or a new one) may not be called: every other bag that the region has, and every id, whose bag may have got another number.
 * A folder that the region does not know of counts too: it stands where an older copy of the state was laid over it, and its journal would say
 * that what another delivery exported and sent was this one's.
 */
export async function takenNames(
  state: Pick<House['state'], 'deliveries'>,
  deliveries: readonly { readonly id: string; readonly bag: string }[],
  but?: string,
): Promise<string[]> {
  const folders = (await deliveryIds(state)).map((id) => ({ id, bag: `${BAG_PREFIX}${id}` }));
  return [...deliveries, ...folders].filter(({ id }) => id !== but).map(({ bag }) => bag);
}

/** A plan that is bound to no receiver yet and written nowhere: what `--torrkorning` shows. Asks the source for sizes. */
export async function draftPlan(
  house: House,
  region: Region,
  decisions: readonly Decision[],
  taken: readonly string[],
  source: Pick<Source, 'estimate' | 'sample'>,
  signal: AbortSignal,
): Promise<DeliveryPlan> {
  const files = plannedFiles(decisions);
  if (files.length === 0) throw new OperatorError('nothing_to_deliver', { region: region.name });
  const dialect = house.settings.targets[region.code]?.dialect ?? DEFAULT_DIALECT;
  const views = new Set(files.map(({ view }) => view));
  const { bytes, rows } = await expectedSize(source, region.code, views, dialect, signal);
  const day = house.clock.today();
  const bag = bagName(region, day, nextNumber(region, day, taken));
  return {
    version: 1,
    id: deliveryId(bag),
    region: region.code,
    bag,
    operator: house.operator,
    createdAt: timestamp(house.clock.now()),
    day,
    decisions,
    areas: [...new Set(files.map(({ area }) => area))],
    files,
    dialect,
    estimate: { bytes, rows },
    target: null,
  };
}

/** The plan as a file: whole or not there. */
export const writePlan = (state: string, plan: DeliveryPlan): Promise<void> =>
  writeWhole(deliveryFolder(state, plan.id).plan, `${JSON.stringify(plan, null, 2)}\n`);

/** Throws `local_disk_full` with figures when staging has no room for the export. */
async function verifyStagingSpace(staging: string, bytes: number): Promise<void> {
  try {
    await makeFolders(dirname(staging));
    await makeFolder(staging);
    const { bavail, bsize } = await statfs(staging);
    const needed = bytes + DISK_MARGIN_BYTES;
    if (bavail * bsize < needed) throw new OperatorError('local_disk_full', { path: staging, needed, free: bavail * bsize });
  } catch (error) {
    throw localError(error, staging);
  }
}

/**
 * Makes a new delivery: sizes, room on both sides, the first connection when the receiver is known, then the plan on disk and its id in
 * the region's record. What is wrong shows here, before anything is exported.
 */
export async function makePlan(
  house: House,
  region: Region,
  decisions: readonly Decision[],
  taken: readonly string[],
  source: Source,
  signal: AbortSignal,
): Promise<DeliveryPlan> {
  const draft = await draftPlan(house, region, decisions, taken, source, signal);
  await verifyStagingSpace(house.settings.staging, draft.estimate.bytes);
  const met = house.settings.targets[region.code] && (await meetTarget(house, region.code, draft.estimate.bytes, signal));
  const named = met ? bound(draft, met, taken) : draft;
  const plan = { ...named, id: deliveryId(named.bag) };
  await makeFolder(deliveryFolder(house.state.dir, plan.id).dir);
  await writePlan(house.state.dir, plan);
  await changeRegion(house.state, region.code, { act: 'delivery_started', operator: house.operator, delivery: plan.id }, (record) => ({
    ...record,
    deliveries: [...record.deliveries, plan.id],
  }));
  return plan;
}
