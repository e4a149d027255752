import { mkdirSync, openSync, writeSync } from 'node:fs';
import { type DestinationStream, type Logger, pino } from 'pino';
import { deliveryFolder } from '../delivery/delivery-folder.ts';

/**
 * The delivery's log: facts, never a file's content or an attachment's name (D13). It is never why a delivery stops (F14): what cannot be
 * written is missing.
 */
export function openWorkerLog(state: string, delivery: string): Logger {
  const { dir, log } = deliveryFolder(state, delivery);
  try {
    mkdirSync(dir, { recursive: true });
    return pino({ base: { pid: process.pid } }, linesTo(openSync(log, 'a', 0o660)));
  } catch {
    return pino({ enabled: false });
  }
}

/** Not pino's own destination: it throws in whoever logs, or keeps what a full disk refuses in memory. */
function linesTo(file: number): DestinationStream {
  let isTorn = false;
  return {
    write(line) {
      // A disk that was almost full took half a line: the next one begins below it.
      const bytes = Buffer.from(isTorn ? `\n${line}` : line);
      try {
        isTorn = writeSync(file, bytes) < bytes.length;
      } catch {
        // Dropped. Nobody is told: the journal has what the next run goes by, and the followers have heard the event.
      }
    },
  };
}
