import { randomBytes } from 'node:crypto';
import { chmod, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { localError } from '../domain/local-error.ts';
import { OperatorError } from '../domain/operator-error.ts';

/** Several operators of one Unix group work in the same state (D12): the group may do what the owner may, others nothing. */
export const FOLDER_MODE = 0o2770;
export const FILE_MODE = 0o660;

/** Whether the file or folder was not there. */
export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException)?.code === 'ENOENT';

/** Makes a folder of the group, 2770 whatever the umask; one that stands already keeps what its owner gave it. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
    await chmod(path, FOLDER_MODE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw localError(error, path);
  }
}

/**
 * Makes a folder and those above it that are missing, one by one; nothing where it stands already. Not mkdir's own recursion: where the kernel
 * makes no folder at all (/proc, a read-only disk) that says ENOENT, or never ends. Throws `permission_local` and `local_disk_full`.
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (!isMissing(error)) throw localError(error, path);
    const above = dirname(path);
    if (await isFolder(above)) throw new OperatorError('permission_local', { path }, error);
    await makeFolders(above);
    await makeFolders(path);
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Opens a file of the group, 0660 whatever the umask. Only the owner can set a mode, so a colleague's file keeps its own. */
export async function openFile(path: string, flags: string): Promise<FileHandle> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, flags, FILE_MODE);
    const { uid, mode } = await handle.stat();
    if (uid === process.getuid?.() && (mode & 0o777) !== FILE_MODE) await handle.chmod(FILE_MODE);
    return handle;
  } catch (error) {
    await handle?.close();
    throw localError(error, path);
  }
}

/** Replaces a whole file: a crash leaves the old one or the new one, never a part of either. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await openFile(temporary, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw localError(error, path);
  }
}

/** Makes new and renamed files in a folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
