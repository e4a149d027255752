import { regionView } from '../domain/checklist.ts';
import type { DeliverySummary } from '../domain/delivery-record.ts';
import type { RegionRecord } from '../domain/region-record.ts';
import type { RegionView } from '../domain/region-view.ts';
import { readRegion, readRegions } from '../store/regions.ts';
import type { StateFolder } from '../store/state-folder.ts';
import { runningWorker } from './follow.ts';
import { readDeliveries } from './read-deliveries.ts';

async function viewOf(state: StateFolder, record: RegionRecord): Promise<RegionView> {
  const worker = await runningWorker(state.dir, record.region);
  const deliveries = await readDeliveries(state.dir, record.deliveries, worker !== null);
  return regionView(record, deliveries, worker && { pid: worker.pid });
}

/** One region as it is right now: decisions, deliveries, and who works on it. Reads only. */
export const viewRegion = async (state: StateFolder, code: string): Promise<RegionView> => viewOf(state, await readRegion(state, code));

/** All 21 in länskod order. */
export const viewRegions = async (state: StateFolder): Promise<RegionView[]> =>
  Promise.all((await readRegions(state)).map((record) => viewOf(state, record)));

/** The region's latest delivery as its files tell it, whoever may have begun to work on it since. */
export async function latestDelivery(state: StateFolder, code: string): Promise<DeliverySummary | undefined> {
  const { deliveries } = await readRegion(state, code);
  return (await readDeliveries(state.dir, deliveries.slice(-1), false)).at(-1);
}
