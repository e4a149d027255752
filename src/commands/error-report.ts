import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import { errorLines, errorText, ourBug } from '../text.ts';
import type { Output } from './output.ts';

/** The stack goes to a file that only this login can read; the screen gets one line (design.md section 6). */
function saveStack(error: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'sminet-leverans-')), 'fel.log');
  writeFileSync(file, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, { mode: 0o600 });
  return file;
}

/** Says what went wrong in Swedish, under `--json` as the last object on stdout, and returns the exit code. */
export function reportError(error: unknown, output: Output): number {
  if (error instanceof OperatorError) {
    const text = errorText(error);
    output.object({ type: 'error', code: error.exitCode, message: text.what, error: error.code });
    if (!output.json) for (const line of errorLines(text, error.exitCode)) process.stderr.write(`${line}\n`);
    return error.exitCode;
  }
  const line = ourBug(saveStack(error));
  output.object({ type: 'error', code: 1, message: line });
  if (!output.json) process.stderr.write(`${line}\n`);
  return 1;
}
