import { setTimeout as wait } from 'node:timers/promises';
import { runningWorker, type WorkerConnection } from '../delivery/follow.ts';
import type { House } from '../delivery/house.ts';
import type { Region } from '../domain/regions.ts';
import { commandText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { watch } from './watch.ts';

/** So long a worker is waited for that is asked whether it is still there. */
const ANSWER_MS = 2_000;

/** Whether somebody works on the region; who is there and does not answer, as one that the system has stopped, has not let go of it. */
async function isWorking(state: string, region: string): Promise<boolean> {
  const patience = new AbortController();
  const silent = wait(ANSWER_MS, true, { signal: patience.signal }).catch(() => true);
  try {
    return await Promise.race([runningWorker(state, region).then((worker) => worker !== null), silent]);
  } finally {
    patience.abort();
  }
}

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
      const goesOn = await isWorking(house.state.dir, region.code);
      output.note(goesOn ? commandText.goesOn(region.slug) : commandText.isAtRest(region.slug));
    }
    throw error;
  }
}
