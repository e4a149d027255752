import { connectToWorker } from '../delivery/follow.ts';
import { noDelivery } from '../delivery/no-delivery.ts';
import { latestDelivery } from '../delivery/region-views.ts';
import { commandText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { untilEnded } from './until-ended.ts';

/** `pausa REGION`: the worker keeps what the server has acknowledged and ends; `fortsatt` goes on. Resolves when it has ended. */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: false });
  const connection = await connectToWorker(house.state.dir, region.code);
  if (!connection) throw noDelivery(region, await latestDelivery(house.state, region.code));
  connection.send({ command: 'pause', operator: context.operator });
  context.output.line(commandText.pauseAsked);
  const { ending: outcome } = await untilEnded(connection.events);
  context.output.object({ region: region.code, outcome });
  context.output.line(commandText.ended(region.code)[outcome]);
  return 0;
}
