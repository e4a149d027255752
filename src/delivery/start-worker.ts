import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EXIT_CODES, OperatorError } from '../domain/operator-error.ts';
import { makeFolder, openFile } from '../store/shared-files.ts';
import { runFolder } from './delivery-folder.ts';
import { connectToWorker, type WorkerConnection } from './follow.ts';
import type { House } from './house.ts';

export interface WorkerStart {
  /** The program's own file, `main.js`. */
  readonly programFile: string;
  readonly region: string;
  readonly typedName: string;
  readonly asNew: boolean;
  readonly maxOffline: string | undefined;
  /** `--ja`. */
  readonly yes: boolean;
}

const LOOK_EVERY_MS = 20;

/**
 * Starts the region's worker in a session of its own, so that it outlives this terminal, and connects to it; a worker that another
 * operator started meanwhile is followed instead. Throws `worker_failed` with its log when it ended before it could be reached.
 */
export async function startWorker(house: House, start: WorkerStart): Promise<WorkerConnection> {
  const dir = runFolder(house.state.dir, start.region);
  await makeFolder(dir);
  const log = join(dir, 'worker.log');
  const out = await openFile(log, 'a');
  const args = [start.programFile, 'arbetare', start.region, '--bekrafta', start.typedName, '--config', house.settings.file];
  if (start.asNew) args.push('--ny');
  if (start.yes) args.push('--ja');
  if (start.maxOffline !== undefined) args.push('--max-offline', start.maxOffline);
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', out.fd, out.fd], cwd: '/' });
  await out.close();
  child.unref();
  let exitCode: number | undefined;
  child.once('exit', (code) => {
    exitCode = code ?? 1;
  });
  child.once('error', () => {
    exitCode = 1;
  });
  for (;;) {
    const connection = await connectToWorker(house.state.dir, start.region);
    if (connection) return connection;
    // Locked or already done, and gone since: another process had the region, so ask for it again.
    if (exitCode === 0 || exitCode === EXIT_CODES.locked) return startWorker(house, start);
    if (exitCode !== undefined) throw new OperatorError('worker_failed', { log });
    await wait(LOOK_EVERY_MS);
  }
}
