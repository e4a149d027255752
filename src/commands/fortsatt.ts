import { noDelivery } from '../delivery/no-delivery.ts';
import { latestDelivery } from '../delivery/region-views.ts';
import type { CommandContext } from './command.ts';
import { joinWorker } from './join-worker.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { watchWorker } from './watch-worker.ts';

/** `fortsatt REGION`: goes on with a paused, cut or failed delivery; its name was typed when it was started. */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: true });
  const latest = await latestDelivery(house.state, region.code);
  if (!latest || latest.outcome === 'done' || latest.outcome === 'stopped') throw noDelivery(region, latest);
  return watchWorker(context, house, region, await joinWorker(context, house, region, region.name));
}
