import type { WorkerConnection } from '../delivery/follow.ts';
import type { House } from '../delivery/house.ts';
import type { Region } from '../domain/regions.ts';
import type { CommandContext } from './command.ts';
import { watch } from './watch.ts';

/** Watches a worker and answers it; leaving closes the connection and ends nothing else. */
export function watchWorker(context: CommandContext, house: House, region: Region, connection: WorkerConnection): Promise<number> {
  context.signal.addEventListener('abort', () => connection.close());
  const { operator } = context;
  return watch(context, house, region, connection.events, (question, secret) =>
    connection.send({ command: 'credentials', operator, question, secret }),
  );
}
