import { access, chmod, constants, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { localError } from '../domain/local-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { FOLDER_MODE, isMissing, makeFolder, makeFolders, writeWhole } from './shared-files.ts';

/** Where everything that is remembered stands (docs/architecture.md). All paths are absolute. */
export interface StateFolder {
  readonly dir: string;
  /** Nothing has been registered here yet: the screens say loudly that this is a new state. */
  readonly isNew: boolean;
  readonly regions: string;
  /** One folder per delivery, by its id. */
  readonly deliveries: string;
  /** One folder per region, by its länskod, while a worker runs. */
  readonly run: string;
  /** The short write locks. */
  readonly locks: string;
  readonly audit: string;
  readonly knownHosts: string;
}

/** What tells a state folder from any other; every file that belongs to it while it is being made starts so. */
const MARKER = '.sminet';

/**
 * The state folder `dir`. With `create` a missing or empty folder becomes a new state, and what is missing in it is made (2770, the marker 0660);
 * without, nothing is written, and a missing or empty folder reads as a new state.
 * Throws `state_unmarked` (the folder holds other things), `state_corrupt` (marker of another version), `permission_local`.
 */
export async function openState(dir: string, { create }: { readonly create: boolean }): Promise<StateFolder> {
  const paths = {
    dir,
    regions: join(dir, 'regions'),
    deliveries: join(dir, 'deliveries'),
    run: join(dir, 'run'),
    locks: join(dir, 'locks'),
    audit: join(dir, 'audit.jsonl'),
    knownHosts: join(dir, 'known_hosts'),
  };
  try {
    const names = await namesIn(dir);
    const marked = names.includes(MARKER);
    if (marked) await readMarker(dir);
    else if (names.some((name) => !name.startsWith(MARKER))) throw new OperatorError('state_unmarked', { path: dir });

    if (create) {
      if (!marked) await start(dir);
      for (const folder of [paths.regions, paths.deliveries, paths.run, paths.locks]) await makeFolder(folder);
      await access(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    }
    return { ...paths, isNew: (await namesIn(paths.regions)).length === 0 };
  } catch (error) {
    throw localError(error, dir);
  }
}

/** The names in a folder; none when there is no folder. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? new OperatorError('state_unmarked', { path: folder }, error) : error;
  }
}

async function start(dir: string): Promise<void> {
  await makeFolders(dir);
  // A folder that the administrator made for the group is not ours to change.
  if ((await stat(dir)).uid === process.getuid?.()) await chmod(dir, FOLDER_MODE);
  await writeWhole(join(dir, MARKER), `${JSON.stringify({ version: 1, created: new Date().toISOString() })}\n`);
}

async function readMarker(dir: string): Promise<void> {
  const path = join(dir, MARKER);
  const text = await readFile(path, 'utf8');
  try {
    if (JSON.parse(text).version === 1) return;
  } catch (error) {
    throw new OperatorError('state_corrupt', { problem: 'unreadable', path }, error);
  }
  throw new OperatorError('state_corrupt', { problem: 'unreadable', path });
}
