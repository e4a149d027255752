import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REVERSAL_FILE, stagedBag } from '../domain/package.ts';
import { commandText } from '../text.ts';
import type { Output } from './output.ts';

/** Says where the paper of a package lies, for whoever is to send it; nothing when the package is no longer on this machine. */
export function tellReversal(output: Output, staging: string, bag: string): void {
  const path = join(stagedBag(staging, bag), REVERSAL_FILE);
  if (existsSync(path)) output.line(commandText.reversal(path));
}
