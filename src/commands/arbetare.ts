import { errorEvent, holdRegion } from '../delivery/hold-region.ts';
import { Interruption } from '../delivery/interruption.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { type CommandContext, textOption } from './command.ts';
import { parseDuration } from './duration.ts';
import { framesOf } from './error-report.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { openWorkerLog } from './worker-log.ts';

const WORKER_OFFLINE = '24h';

/** The worker process of one region: `leverera` and the wizard start it in a session of its own, and it ends with its delivery. */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes: true });
  const interruption = new Interruption();
  context.signal.addEventListener('abort', () => interruption.request('signal'));
  const wish = {
    region,
    typedName: textOption(context, 'bekrafta') ?? '',
    asNew: context.options.ny === true,
    maxOfflineMs: parseDuration(textOption(context, 'max-offline') ?? WORKER_OFFLINE, '--max-offline'),
    waitForSpace: true,
    allowsVisible: context.globals.yes,
  };
  let log: ReturnType<typeof openWorkerLog> | undefined;
  try {
    for await (const event of holdRegion(house, wish, interruption, true)) {
      if (event.type === 'plan') log = openWorkerLog(house.state.dir, event.delivery);
      if (event.type !== 'status') log?.info(event);
    }
    return 0;
  } catch (error) {
    if (error instanceof OperatorError) log?.warn(errorEvent(error));
    else log?.error({ frames: framesOf(error) }, 'bug');
    throw error;
  }
}
