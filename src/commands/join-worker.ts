import { connectToWorker, type WorkerConnection } from '../delivery/follow.ts';
import type { House } from '../delivery/house.ts';
import { startWorker } from '../delivery/start-worker.ts';
import type { Region } from '../domain/regions.ts';
import type { CommandContext } from './command.ts';

/** Goes on with a region's open delivery, or joins whoever already does; the region's name was typed when it was started. */
export async function resumeWorker(context: CommandContext, house: House, region: Region): Promise<WorkerConnection> {
  const running = await connectToWorker(house.state.dir, region.code);
  const start = {
    programFile: context.program.file,
    region: region.code,
    typedName: region.name,
    asNew: false,
    maxOffline: undefined,
    yes: context.globals.yes,
  };
  return running ?? startWorker(house, start);
}
