import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import { errorLines, errorText, ourBug } from '../text.ts';
import type { Output } from './output.ts';

/** Where an error was thrown, without its message: that may quote a path or a value (D13). */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [typeof error];
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [[error.name, (error as NodeJS.ErrnoException).code].filter(Boolean).join(' '), ...frames];
}

/** Puts an error's frames in a file that only this login can read, and returns that file; the screen gets one line. */
export function saveStack(error: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'sminet-leverans-')), 'fel.log');
  writeFileSync(file, `${framesOf(error).join('\n')}\n`, { mode: 0o600 });
  return file;
}

/** Says what went wrong in Swedish, under `--json` as the last object on stdout with its facts (none is personal, D13), and returns the exit code. */
export function reportError(error: unknown, output: Output): number {
  if (error instanceof OperatorError) {
    const text = errorText(error);
    output.object({ type: 'error', code: error.exitCode, message: text.what, error: error.code, facts: error.facts });
    for (const line of errorLines(text, error.exitCode)) output.fault(line);
    return error.exitCode;
  }
  const line = ourBug(saveStack(error));
  output.object({ type: 'error', code: 1, message: line });
  output.fault(line);
  return 1;
}
