import { connectToWorker, runningWorker } from '../delivery/follow.ts';
import type { House } from '../delivery/house.ts';
import { mayBePublished } from '../delivery/may-be-published.ts';
import { latestDelivery } from '../delivery/region-views.ts';
import { stopIdleDelivery } from '../delivery/stop-delivery.ts';
import type { Region } from '../domain/regions.ts';
import { commandText } from '../text.ts';
import { askYes } from './ask.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { untilEnded } from './until-ended.ts';

/** Whether the operator means it, where there is somebody to ask and something to give up; a script's line is its word. */
async function isMeant(context: CommandContext, { state }: House, region: Region): Promise<boolean> {
  if (!context.mayAsk) return true;
  const latest = await latestDelivery(state, region.code);
  const isOpen = latest && latest.outcome !== 'done' && latest.outcome !== 'stopped';
  if (!isOpen && !(await runningWorker(state.dir, region.code))) return true;
  return askYes(context, commandText.stopQuestion(region.name));
}

/** `stoppa REGION`: after a question at a terminal gives up the delivery, running or not. Nothing that was published is touched. */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: true });
  if (!(await isMeant(context, house, region))) {
    context.output.object({ region: region.code, outcome: 'kept' });
    context.output.line(commandText.notStopped);
    return 0;
  }
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
