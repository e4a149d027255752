import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localError } from '../domain/local-error.ts';
import { isMissing, writeWhole } from './shared-files.ts';
import { withLock } from './short-lock.ts';
import type { StateFolder } from './state-folder.ts';

/** What was learnt of servers, by host key; the transfer says what that is. */
export interface ServerMemory<Profile> {
  read(hostKey: string): Promise<Profile | null>;
  write(hostKey: string, profile: Profile): Promise<void>;
}

/** `<state>/servers.json`. A file that cannot be understood is nothing remembered: every server is then found out anew. */
export function serverMemory<Profile>({ dir, locks }: Pick<StateFolder, 'dir' | 'locks'>): ServerMemory<Profile> {
  const path = join(dir, 'servers.json');
  const all = async (): Promise<Record<string, Profile>> => {
    try {
      return JSON.parse(await readFile(path, 'utf8'));
    } catch (error) {
      if (isMissing(error) || error instanceof SyntaxError) return {};
      throw localError(error, path);
    }
  };
  return {
    read: async (hostKey) => (await all())[hostKey] ?? null,
    write: (hostKey, profile) =>
      withLock(`${locks}/servers`, async () => writeWhole(path, `${JSON.stringify({ ...(await all()), [hostKey]: profile }, null, 2)}\n`)),
  };
}
