import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BAG, MemoryJournal, MiB, send } from '../support/bag-to-send.ts';
import type { Line } from './line.ts';
import { openLine } from './line.ts';
import type { Finding } from './measure.ts';
import type { BenchOptions, Load } from './transfer.ts';
import { verifyArrived, withLoad } from './transfer.ts';

const ROUND_TRIP = 20;

/** P8: kill -9 at a random instant of an upload; what the next run sends again, and when its first new bytes have been acknowledged. */
export async function resumeAfterKill({ pairs, size }: BenchOptions): Promise<Finding[]> {
  return withLoad([{ path: 'stor.csv', bytes: size }], async (load) => {
    const line = await openLine(ROUND_TRIP);
    const resent: number[] = [];
    const waited: number[] = [];
    try {
      for (let run = 0; run < pairs; run++) {
        const journal = await killedRun(line, load, join(load.dir, '..', `journal-${run}`), (size / MiB) * Math.random() * 6);
        let [connected, first] = [0, 0];
        const { result } = await send(
          { target: line.target, bag: load, journal },
          {
            onEvent: (event) => {
              if (event.type === 'connected') connected = performance.now();
              if (event.type === 'progress' && event.bytes > event.resumedBytes) first ||= performance.now();
            },
          },
        );
        await verifyArrived(line, load, BAG);
        resent.push(result.bytesResent / MiB);
        waited.push((first - connected) / 1000);
        console.error(`kill -9: ${resent.at(-1)?.toFixed(1)} MiB sent again, first new bytes after ${waited.at(-1)?.toFixed(2)} s`);
      }
    } finally {
      await line.close();
    }
    const work = `kill -9 in ${size / MiB} MiB, ${ROUND_TRIP} ms`;
    return [
      { goal: 'P8', work: `${work}: sent again`, values: resent, unit: 'MiB', limit: 64 },
      { goal: 'P8', work: `${work}: connected to first new bytes acknowledged`, values: waited, unit: 's', limit: 1 },
    ];
  });
}

/** Sends in a process of its own and kills it `afterMs` from its first bytes on; returns what its journal says. */
async function killedRun({ target }: Line, bag: Load, journalFile: string, afterMs: number): Promise<MemoryJournal> {
  const script = join(import.meta.dirname, 'sender.ts');
  const execArgv = ['--import', join(import.meta.dirname, 'typescript.mjs')];
  const child = fork(script, [JSON.stringify({ target, bag, journalFile })], { execArgv });
  await once(child, 'message');
  await pause(afterMs);
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const lines = readFileSync(journalFile, 'utf8').trim().split('\n');
  return new MemoryJournal(lines.map((line) => JSON.parse(line)));
}
