import { posix } from 'node:path';
import { inFlight } from '../session/in-flight.ts';
import type { Stats } from '../session/sftp-replies.ts';
import { OPEN } from '../session/sftp-requests.ts';
import type { SftpSession } from '../session/sftp-session.ts';
import { ignoreRefusal, isStatus, SftpStatusError, STATUS } from '../sftp-errors.ts';
import type { RemoteBag } from './attempt.ts';
import { sizeWhenOpen } from './open-size.ts';
import { TAG_MANIFEST } from './part-folder.ts';
import type { RemoteFile } from './resume-plan.ts';
import type { TransferLog } from './transfer-log.ts';

/** Requests that are in flight at the same time for names and small files. */
export const WIDTH = 64;

/** The answers of a server that does not let this account do something. */
export const NOT_ALLOWED = [STATUS.PERMISSION_DENIED, STATUS.OP_UNSUPPORTED] as const;

/** A folder on the server, by paths relative to it; sizes in bytes. */
export interface RemoteTree {
  readonly files: ReadonlyMap<string, RemoteFile>;
  readonly folders: ReadonlySet<string>;
}

/** Every folder that the paths need, parents before children; the root is not named. */
export function foldersOf(paths: Iterable<string>): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) folders.add(folder);
  }
  return [...folders].sort();
}

/** `lstat`, or null only when the server says that the name does not exist. */
export async function lstatOrNull(session: SftpSession, path: string): Promise<Stats | null> {
  try {
    return await session.lstat(path);
  } catch (error) {
    if (isStatus(error, STATUS.NO_SUCH_FILE)) return null;
    throw error;
  }
}

/** The same, or undefined where this account may not look at names, as on a drop box. */
export async function lookAt(session: SftpSession, path: string): Promise<Stats | null | undefined> {
  try {
    return await lstatOrNull(session, path);
  } catch (error) {
    if (isStatus(error, ...NOT_ALLOWED)) return undefined;
    throw error;
  }
}

/**
 * What stands where the folder of ours was made that the journal began, if it began any. Where this account may not look, and the bag may have been
 * renamed away, the tag manifest tells, if it may be opened again: a folder without it is not the one that was sent. Else MKDIR tells: it
 * never takes a folder that is there, and one that it makes is removed again, but for a line that is lost between the two.
 * Throws SftpStatusError and ConnectionLost.
 */
export async function findOwnFolder(session: SftpSession, { begun, phase }: TransferLog): Promise<'folder' | 'other' | 'nothing'> {
  if (!begun) return 'nothing';
  const seen = await lookAt(session, begun.temp);
  if (seen) return seen.isDirectory() ? 'folder' : 'other';
  if (seen === null) return 'nothing';
  if (phase === 'renaming') {
    const { kind } = await fileByHandle(session, posix.join(begun.temp, TAG_MANIFEST));
    if (kind !== 'unseen') return kind === 'missing' ? 'nothing' : 'folder';
  }
  try {
    await session.mkdir(begun.temp, 0o700);
  } catch (error) {
    ignoreRefusal(error);
    return 'folder';
  }
  await session.rmdir(begun.temp).catch(ignoreRefusal);
  return 'nothing';
}

/** A file of ours as its open handle shows it, for an account that may not look at names. */
async function fileByHandle(session: SftpSession, path: string): Promise<RemoteFile> {
  try {
    return { kind: 'file', size: await sizeWhenOpen(session, path, OPEN.WRITE) };
  } catch (error) {
    if (isStatus(error, STATUS.NO_SUCH_FILE)) return { kind: 'missing' };
    if (isStatus(error, ...NOT_ALLOWED)) return { kind: 'unseen' };
    throw error;
  }
}

/** Hears of a file, by its path relative to the folder that is listed. */
type OnFile = (path: string, file: RemoteFile) => void;

/** Everything below a folder, learnt by READDIR: a few round trips instead of one for each file. Links are listed, never followed. Returns the folders. */
async function walkTree(session: SftpSession, root: string, onFile: OnFile): Promise<Set<string>> {
  const folders = new Set<string>();
  let level = [''];
  while (level.length > 0) {
    const next: string[] = [];
    await inFlight(level, WIDTH, async (folder) => {
      for await (const entries of session.readdir(posix.join(root, folder))) {
        for (const { filename, attrs } of entries) {
          const path = folder === '' ? filename : `${folder}/${filename}`;
          if (attrs.isDirectory()) next.push(path);
          else onFile(path, attrs.isFile() ? { kind: 'file', size: attrs.size } : { kind: 'other' });
        }
      }
    });
    for (const folder of next) folders.add(folder);
    level = next;
  }
  return folders;
}

/** The same, held in memory. */
export async function listTree(session: SftpSession, root: string): Promise<RemoteTree> {
  const files = new Map<string, RemoteFile>();
  const folders = await walkTree(session, root, (path, file) => files.set(path, file));
  return { files, folders };
}

/**
 * Tells what the server has of a bag's files, by their names there, and of those that the journal began: by listing, which also shows what is not
 * ours; where this account may not list, by LSTAT of each of them, and where it may not look either, by opening them. What was not allowed is remembered for the receipt.
 * Returns the folders.
 */
export async function findBag(
  { session, log, knowledge, part }: RemoteBag,
  names: Iterable<string>,
  onFile: OnFile,
): Promise<ReadonlySet<string>> {
  const listed = await walkTree(session, part.root, onFile).catch((error) => {
    if (error instanceof SftpStatusError && error.operation === 'readdir' && isStatus(error, ...NOT_ALLOWED)) return null;
    throw error;
  });
  if (knowledge.profile.listing !== (listed !== null)) await knowledge.learn({ listing: listed !== null });
  if (listed) return listed;
  const folders = new Set<string>();
  const unseen = new Set<string>();
  const asked = [...new Set([...names, ...[...log.files.keys()].map((path) => part.nameOf(path))])];
  await inFlight([...asked, ...foldersOf(asked)], WIDTH, async (name) => {
    const found = await lookAt(session, posix.join(part.root, name));
    if (found === undefined) unseen.add(name);
    else if (found?.isDirectory()) folders.add(name);
    else if (found) onFile(name, found.isFile() ? { kind: 'file', size: found.size } : { kind: 'other' });
  });
  const isLookingAllowed = unseen.size === 0;
  if (asked.length > 0 && knowledge.profile.lstat !== isLookingAllowed) await knowledge.learn({ lstat: isLookingAllowed });
  const toOpen = asked.filter((name) => unseen.has(name));
  await inFlight(toOpen, WIDTH, async (name) => {
    const found = await fileByHandle(session, posix.join(part.root, name));
    if (found.kind !== 'missing') onFile(name, found);
  });
  return folders;
}

/** Removes a folder of ours and everything in it. Links are removed, never followed. */
export async function removeTree(session: SftpSession, root: string): Promise<void> {
  const { files, folders } = await listTree(session, root);
  await inFlight(files.keys(), WIDTH, (path) => session.unlink(posix.join(root, path)));
  for (const folder of [...folders].sort().reverse()) await session.rmdir(posix.join(root, folder));
  await session.rmdir(root);
}
