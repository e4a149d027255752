import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { framesOf } from './error-report.ts';

/** Where it is kept who wanted to print while the wizard drew. */
export const wizardLog = (state: string): string => join(state, 'wizard.log');

/** Adds a line with the trace's frames. Nothing is thrown: it is called from wherever a library prints, and a full disk is no reason to end there. */
export function logStray(file: string, trace: Error): void {
  const line = { time: new Date().toISOString(), pid: process.pid, frames: framesOf(trace) };
  try {
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o660 });
  } catch {
    // There is no place left to say it.
  }
}
