import { regionView } from '../domain/checklist.ts';
import type { DeliverySummary } from '../domain/delivery-record.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { emptyRecord, type RegionRecord } from '../domain/region-record.ts';
import type { RegionView } from '../domain/region-view.ts';
import { readRegion, regionReader } from '../store/regions.ts';
import type { StateFolder } from '../store/state-folder.ts';
import { runningWorker } from './follow.ts';
import { readDeliveries } from './read-deliveries.ts';

async function viewOf(state: StateFolder, record: RegionRecord): Promise<RegionView> {
  const worker = await runningWorker(state.dir, record.region);
  const deliveries = await readDeliveries(state.dir, record.deliveries, worker !== null);
  return regionView(record, deliveries, shown(worker));
}

const shown = (worker: Awaited<ReturnType<typeof runningWorker>>): RegionView['worker'] =>
  worker && { pid: worker === 'silent' ? null : worker.pid };

/** One region as it is right now: decisions, deliveries, and who works on it. Reads only. */
export const viewRegion = async (state: StateFolder, code: string): Promise<RegionView> => viewOf(state, await readRegion(state, code));

/** Several regions as they are right now; what is saved of one and damaged is that region's `damage`, and holds up no other. */
export async function viewRegions(state: StateFolder, codes: readonly string[]): Promise<RegionView[]> {
  const read = await regionReader(state);
  return Promise.all(
    codes.map(async (code) => {
      let record = emptyRecord(code);
      try {
        record = await read(code);
        return await viewOf(state, record);
      } catch (error) {
        // A broken audit log is no single region's.
        if (!(error instanceof OperatorError) || error.code !== 'state_corrupt' || error.facts.problem === 'audit') throw error;
        return damagedView(record, error, shown(await runningWorker(state.dir, code)));
      }
    }),
  );
}

function damagedView(record: RegionRecord, damage: OperatorError, worker: RegionView['worker']): RegionView {
  const view = regionView(record, [], worker);
  return { ...view, areas: view.areas.map((area) => ({ ...area, state: 'fel' })), damage };
}

/** The error that a command which showed these regions ends with. */
export function throwDamage(views: readonly RegionView[]): void {
  const damaged = views.find(({ damage }) => damage);
  if (damaged) throw damaged.damage;
}

/** The region's latest delivery as its files tell it, whoever may have begun to work on it since. */
export async function latestDelivery(state: StateFolder, code: string): Promise<DeliverySummary | undefined> {
  const { deliveries } = await readRegion(state, code);
  return (await readDeliveries(state.dir, deliveries.slice(-1), false)).at(-1);
}
