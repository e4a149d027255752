import { readDeliveries } from '../delivery/read-deliveries.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { readRegion } from '../store/regions.ts';
import type { CommandContext } from './command.ts';
import { joinWorker } from './join-worker.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { watchWorker } from './watch-worker.ts';

/** `fortsatt REGION`: goes on with a paused, cut or failed delivery; its name was typed when it was started. */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: true });
  const { deliveries } = await readRegion(house.state, region.code);
  const latest = (await readDeliveries(house.state.dir, deliveries, false)).at(-1);
  if (!latest || latest.outcome === 'done' || latest.outcome === 'stopped') throw new OperatorError('no_delivery', { region: region.name });
  return watchWorker(context, region, await joinWorker(context, house, region, region.name));
}
