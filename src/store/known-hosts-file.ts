import { readFile } from 'node:fs/promises';
import { isMissing, localError, writeWhole } from './shared-files.ts';
import { withLock } from './short-lock.ts';
import type { StateFolder } from './state-folder.ts';

type KnownHosts = Pick<StateFolder, 'knownHosts' | 'locks'>;

/** The host keys that operators trusted, in OpenSSH's format; '' before the first one. Who reads it parses it. */
export async function readKnownHosts({ knownHosts }: Pick<StateFolder, 'knownHosts'>): Promise<string> {
  try {
    return await readFile(knownHosts, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw localError(error, knownHosts);
  }
}

/** Adds one line (`vardnyckel lita`). */
export const addKnownHost = (state: KnownHosts, line: string): Promise<void> => change(state, (lines) => [...lines, line]);

/** Removes the lines that `matches` (`vardnyckel ta-bort`); comments and other hosts stay as they are. */
export const removeKnownHosts = (state: KnownHosts, matches: (line: string) => boolean): Promise<void> =>
  change(state, (lines) => lines.filter((line) => !matches(line)));

const change = (state: KnownHosts, edit: (lines: readonly string[]) => readonly string[]): Promise<void> =>
  withLock(`${state.locks}/known_hosts`, async () => {
    const lines = (await readKnownHosts(state)).split('\n').filter((line) => line !== '');
    await writeWhole(
      state.knownHosts,
      edit(lines)
        .map((line) => `${line}\n`)
        .join(''),
    );
  });
