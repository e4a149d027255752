import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { localError } from '../domain/local-error.ts';
import { isMissing, writeWhole } from './shared-files.ts';
import { withLock } from './short-lock.ts';
import type { StateFolder } from './state-folder.ts';

type KnownHosts = Pick<StateFolder, 'knownHosts' | 'locks'>;

/** The host keys that operators trusted, in OpenSSH's format; '' before the first one. Who reads it parses it. */
export const readKnownHosts = ({ knownHosts }: Pick<StateFolder, 'knownHosts'>): Promise<string> => readOrNothing(knownHosts);

/** What OpenSSH itself knows on this machine, the operator's file and the administrator's; read, never written. */
export async function readOpenSshKnownHosts(operators: readonly string[] = ['~/.ssh/known_hosts']): Promise<string> {
  return (
    await Promise.all([...operators, '/etc/ssh/ssh_known_hosts'].map((file) => readOrNothing(file.replace(/^~(?=\/)/, homedir()))))
  ).join('\n');
}

async function readOrNothing(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw localError(error, file);
  }
}

/** Adds the line that `lineFor` makes of what the file holds (`vardnyckel lita`). */
export const addKnownHost = (state: KnownHosts, lineFor: (text: string) => string): Promise<void> =>
  change(state, (lines) => [...lines, lineFor(lines.join('\n'))]);

/** Changes each line to what `edit` makes of it, undefined to remove it (`vardnyckel ta-bort`). */
export const editKnownHosts = (state: KnownHosts, edit: (line: string) => string | undefined): Promise<void> =>
  change(state, (lines) => lines.map(edit).filter((line) => line !== undefined));

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
