import { runningWorker, type WorkerConnection } from '../delivery/follow.ts';
import type { House } from '../delivery/house.ts';
import type { Region } from '../domain/regions.ts';
import { commandText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { watch } from './watch.ts';

/** Watches a worker and answers it; leaving closes the connection, ends nothing else, and says what goes on. */
export async function watchWorker(context: CommandContext, house: House, region: Region, connection: WorkerConnection): Promise<number> {
  const { operator, output, signal } = context;
  signal.addEventListener('abort', () => connection.close());
  // Who left while the worker was being started is not to be kept.
  if (signal.aborted) connection.close();
  try {
    return await watch(context, house, region, connection.events, (question, secret) =>
      connection.send({ command: 'credentials', operator, question, secret }),
    );
  } catch (error) {
    if (signal.aborted) {
      const goesOn = (await runningWorker(house.state.dir, region.code)) !== null;
      output.note(goesOn ? commandText.goesOn(region.slug) : commandText.isAtRest(region.slug));
    }
    throw error;
  }
}
