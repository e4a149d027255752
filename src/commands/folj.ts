import { connectToWorker } from '../delivery/follow.ts';
import { noDelivery } from '../delivery/no-delivery.ts';
import { latestDelivery } from '../delivery/region-views.ts';
import type { CommandContext } from './command.ts';
import { joinWorker } from './join-worker.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { watchWorker } from './watch-worker.ts';

/**
 * `folj REGION`: the running delivery, to its end or until the watcher leaves; the work goes on either way. One that paused only since
 * nobody answered its login goes on, and asks here.
 */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: false });
  const running = await connectToWorker(house.state.dir, region.code);
  if (running) return watchWorker(context, house, region, running);
  const latest = await latestDelivery(house.state, region.code);
  const waitsForLogin = latest?.outcome === 'paused' && latest.error?.code === 'sftp_login';
  if (!waitsForLogin) throw noDelivery(region, latest);
  return watchWorker(context, house, region, await joinWorker(context, house, region, region.name));
}
