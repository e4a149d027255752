import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { validateBag } from '../bag/validate-bag.ts';
import { givenPathError, type PathProblem } from '../domain/given-path.ts';
import { EXIT_CODES, OperatorError } from '../domain/operator-error.ts';
import { bagWithoutDatapackage, commandText } from '../text.ts';
import type { CommandContext } from './command.ts';

/** The bags right under a folder that is none, as far as it may be listed; what a delivery that is not published yet has there is hidden. */
async function bagsIn(folder: string): Promise<string[]> {
  const inside = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.')).sort();
  const isBag = (name: string) =>
    stat(join(folder, name, 'bagit.txt')).then(
      () => true,
      () => false,
    );
  const found = await Promise.all(inside.map(async (name) => ((await isBag(name)) ? [join(folder, name)] : [])));
  return found.flat();
}

/**
 * `verifiera MAPP`: reads a bag back, as a receiver may; needs no settings and writes nothing. Exit 19 when it is not valid.
 * Throws `path_invalid` for what is no folder, `permission_local` for what may not be read.
 */
export async function run({ args, output, signal }: CommandContext): Promise<number> {
  const folder = resolve(args[0] ?? '.');
  const found = await stat(folder).catch((error) => {
    throw givenPathError(error, folder);
  });
  if (!found.isDirectory()) throw new OperatorError('path_invalid', { path: folder, problem: 'not_a_folder' satisfies PathProblem });
  const report = await validateBag(folder, { signal });
  const { valid, complete, problems, files, bytes, rows } = report;
  output.object({ valid, complete, problems, files, bytes, rows });
  for (const { path, message } of problems) output.line(path ? `${path}: ${message}` : message);
  if (!report.hasDatapackage && files > 0) output.note(bagWithoutDatapackage);
  output.line(valid ? commandText.bagValid(files, bytes, rows) : commandText.bagNotValid);
  if (problems.some(({ code }) => code === 'bagit_missing')) {
    const bags = await bagsIn(folder);
    if (bags.length > 0) output.note(commandText.bagsInside(bags));
  }
  return valid ? 0 : EXIT_CODES.bag_invalid;
}
