import { rename } from 'node:fs/promises';
import { OperatorError } from '../domain/operator-error.ts';
import { readRegion } from '../store/regions.ts';
import { makeFolder } from '../store/shared-files.ts';
import { deliveryFolder, runFolder } from './delivery-folder.ts';
import { type DeliveryJournal, openDeliveryJournal } from './delivery-journal.ts';
import type { House } from './house.ts';
import { noDelivery } from './no-delivery.ts';
import { readDeliveries } from './read-deliveries.ts';
import { recordStop } from './record-end.ts';
import { takeRegionLock } from './region-lock.ts';

/** The journal of a delivery that is given up; one that is damaged is kept beside a new one, for whoever looks for the cause. */
async function openToEnd(file: string): Promise<DeliveryJournal> {
  try {
    return await openDeliveryJournal(file);
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'journal_damaged') throw error;
    await rename(file, `${file}.skadad`);
    return openDeliveryJournal(file);
  }
}

/**
 * Gives up a region's latest delivery that nobody works on; returns its id. Holds the region's lock meanwhile.
 * Throws `no_delivery` when there is none to give up, `delivery_running` when somebody began to work on it.
 */
export async function stopIdleDelivery(house: House, region: { readonly code: string; readonly name: string }): Promise<string> {
  const dir = runFolder(house.state.dir, region.code);
  await makeFolder(dir);
  const lock = await takeRegionLock(dir, (socket) => socket.destroy());
  if (!lock) throw new OperatorError('delivery_running', { region: region.name, code: region.code });
  try {
    const { deliveries } = await readRegion(house.state, region.code);
    const latest = (await readDeliveries(house.state.dir, deliveries, false)).at(-1);
    if (!latest || latest.outcome === 'done' || latest.outcome === 'stopped') throw noDelivery(region, latest);
    const journal = await openToEnd(deliveryFolder(house.state.dir, latest.id).journal);
    try {
      await recordStop(house, latest.id, region.code, house.operator, journal);
    } finally {
      await journal.close();
    }
    return latest.id;
  } finally {
    await lock.release();
  }
}
