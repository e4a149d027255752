import { posix } from 'node:path';
import { TAG_MANIFEST } from '../remote/part-folder.ts';
import { listTree, WIDTH } from '../remote/remote-tree.ts';
import { type Content, isFileThere } from '../remote/same-file.ts';
import { probeName, visibleSuffix } from '../remote/temp-name.ts';
import { inFlight } from '../session/in-flight.ts';
import type { SftpSession } from '../session/sftp-session.ts';
import { ignoreRefusal } from '../sftp-errors.ts';

/**
 * Removes what an upload left in a bag's own folder: files with its mark, those of `files` (what the journal began, by path) that already
 * had their names, and the folders that are empty then. Of a published bag, nothing. Returns whether anything was removed.
 * Throws SftpStatusError and ConnectionLost.
 */
export async function removeInPlace(
  session: SftpSession,
  root: string,
  uploadId: string,
  files: ReadonlyMap<string, Content>,
): Promise<boolean> {
  const there = await listTree(session, root);
  if (there.files.has(TAG_MANIFEST)) return false;
  const mark = visibleSuffix(uploadId);
  const removed: string[] = [];
  await inFlight(there.files.keys(), WIDTH, async (name) => {
    const path = posix.join(root, name);
    const content = files.get(name);
    const isMarked = name.endsWith(mark) || name.endsWith(probeName(mark));
    if (!isMarked && !(content && (await isFileThere(session, path, content)))) return;
    await session.unlink(path);
    removed.push(name);
  });
  for (const folder of [...there.folders].sort().reverse()) await session.rmdir(posix.join(root, folder)).catch(ignoreRefusal);
  const isGone = await session.rmdir(root).then(() => true, ignoreRefusal);
  return isGone === true || removed.length > 0;
}
