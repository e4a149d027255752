import { connectToWorker } from '../delivery/follow.ts';
import type { House } from '../delivery/house.ts';
import { readDeliveries } from '../delivery/read-deliveries.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Region } from '../domain/regions.ts';
import { readRegion } from '../store/regions.ts';
import type { CommandContext } from './command.ts';
import { joinWorker } from './join-worker.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { watchWorker } from './watch-worker.ts';

/** Whether the delivery paused only because nobody answered its login (design 0.10): whoever follows it can. */
async function waitsForLogin(house: House, region: Region): Promise<boolean> {
  const { deliveries } = await readRegion(house.state, region.code);
  const latest = (await readDeliveries(house.state.dir, deliveries.slice(-1), false)).at(-1);
  return latest?.outcome === 'paused' && latest.error?.code === 'sftp_login';
}

/**
 * `folj REGION`: the running delivery, to its end or until the watcher leaves; the work goes on either way. One that paused since nobody
 * answered its login goes on, and asks here.
 */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: false });
  const running = await connectToWorker(house.state.dir, region.code);
  if (running) return watchWorker(context, region, running);
  if (!(await waitsForLogin(house, region))) throw new OperatorError('no_delivery', { region: region.name });
  return watchWorker(context, region, await joinWorker(context, house, region, region.name));
}
