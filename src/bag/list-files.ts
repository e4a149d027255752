import type { Dirent } from 'node:fs';
import { opendir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One thing in a folder tree that is not a folder. `path` is relative to the tree's root, with `/`. */
export interface Found {
  readonly path: string;
  readonly isFile: boolean;
}

/** What a read gives, or undefined where the file or folder is gone: somebody may move a bag while it is read. */
export const unlessGone = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

/** A file's bytes, or undefined where it is gone. */
export const readUnlessGone = (file: string): Promise<Buffer | undefined> => unlessGone(readFile(file));

/** Everything in a folder tree but its folders, sorted by path; a folder that vanishes has nothing. Links are not followed and are no files. */
export async function listFiles(root: string): Promise<Found[]> {
  const found: Found[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const entry of (await unlessGone(opendir(join(root, folder)))) ?? []) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else found.push({ path, isFile: isRegular(entry) });
    }
  };
  await walk('');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const isRegular = (entry: Dirent): boolean => entry.isFile();

/**
 * Whether a path from a listing stays inside the bag and means the same everywhere: relative, with `/`, no `.` or `..`, no drive, no
 * home, no NUL. Checked before the path is used for anything.
 */
export const isSafePath = (path: string): boolean =>
  !/^(?:[a-z]:|~)/i.test(path) && !/[\\\0]/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
