import { connectToWorker } from '../delivery/follow.ts';
import { mayBePublished } from '../delivery/may-be-published.ts';
import { stopIdleDelivery } from '../delivery/stop-delivery.ts';
import { commandText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { untilEnded } from './until-ended.ts';

/** `stoppa REGION`: gives up the delivery, running or not. Nothing that was published is touched. */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: true });
  const connection = await connectToWorker(house.state.dir, region.code);
  if (connection) {
    connection.send({ command: 'stop', operator: context.operator });
    context.output.line(commandText.stopAsked);
    const { ending, isUncertain } = await untilEnded(connection.events);
    if (ending !== 'failed') {
      context.output.object({ region: region.code, outcome: ending, mayBePublished: isUncertain });
      context.output.line(commandText.ended(region.code)[ending]);
      if (isUncertain) context.output.line(commandText.stoppedAtPublishing);
      return 0;
    }
  }
  const id = await stopIdleDelivery(house, region);
  const isUncertain = await mayBePublished(house.state.dir, id);
  context.output.object({ region: region.code, outcome: 'stopped', delivery: id, mayBePublished: isUncertain });
  context.output.line(commandText.stopped(id, region.code));
  if (isUncertain) context.output.line(commandText.stoppedAtPublishing);
  return 0;
}
