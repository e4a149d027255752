import { connectToWorker } from '../delivery/follow.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { watch } from './watch.ts';

/** `folj REGION`: the running delivery, to its end or until the watcher leaves; the work goes on either way. */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: false });
  const connection = await connectToWorker(house.state.dir, region.code);
  if (!connection) throw new OperatorError('no_delivery', { region: region.name });
  context.signal.addEventListener('abort', () => connection.close());
  return watch(context, region, connection.events);
}
