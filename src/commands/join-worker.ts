import { connectToWorker, type WorkerConnection } from '../delivery/follow.ts';
import type { House } from '../delivery/house.ts';
import { startWorker, type WorkerStart } from '../delivery/start-worker.ts';
import type { Region } from '../domain/regions.ts';
import type { CommandContext } from './command.ts';

/** Joins whoever works on the region, or starts a worker on its open delivery, or on a new one; `typedName` is the region's as it was confirmed. */
export async function joinWorker(
  context: CommandContext,
  house: House,
  region: Region,
  typedName: string,
  wish: Partial<Pick<WorkerStart, 'asNew' | 'maxOffline'>> = {},
): Promise<WorkerConnection> {
  const running = await connectToWorker(house.state.dir, region.code);
  const start = {
    programFile: context.program.file,
    region: region.code,
    typedName,
    asNew: wish.asNew ?? false,
    maxOffline: wish.maxOffline,
    yes: context.globals.yes,
  };
  return running ?? startWorker(house, start);
}
