import { resolve } from 'node:path';
import { validateBag } from '../bag/validate-bag.ts';
import { EXIT_CODES } from '../domain/operator-error.ts';
import { bagWithoutDatapackage, commandText } from '../text.ts';
import type { CommandContext } from './command.ts';

/** `verifiera MAPP`: reads a bag back, as a receiver may; needs no settings and writes nothing. Exit 19 when it is not valid. */
export async function run({ args, output, signal }: CommandContext): Promise<number> {
  const report = await validateBag(resolve(args[0] ?? '.'), { signal });
  const { valid, complete, problems, files, bytes, rows } = report;
  output.object({ valid, complete, problems, files, bytes, rows });
  for (const { path, message } of problems) output.line(path ? `${path}: ${message}` : message);
  if (!report.hasDatapackage) output.note(bagWithoutDatapackage);
  output.line(valid ? commandText.bagValid(files, bytes, rows) : commandText.bagNotValid);
  return valid ? 0 : EXIT_CODES.bag_invalid;
}
