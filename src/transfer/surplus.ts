import { posix } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import type { StagedFile } from '../domain/package.ts';
import type { Attempt } from './attempt.ts';
import { inFlight } from './in-flight.ts';
import type { RemoteTree } from './remote-tree.ts';
import { foldersOf, WIDTH } from './remote-tree.ts';

/**
 * Leaves nothing in the `.part` folder but the bag (N13). What this delivery sent from an earlier export and the present one has not (D15) is
 * removed: it is ours by our own journal, and in our folder (I4).
 * Throws OperatorError `sftp_failed` with reason `surplus_files` where anything else is there, and then removes nothing; SftpStatusError; ConnectionLost.
 */
export async function removeSurplus({ session, log, temp }: Attempt, files: readonly StagedFile[], remote: RemoteTree): Promise<void> {
  const ours = new Set(files.map(({ path }) => path));
  const folders = new Set(foldersOf(ours));
  const surplus = [...remote.files.keys()].filter((path) => !ours.has(path));
  const surplusFolders = [...remote.folders].filter((path) => !folders.has(path));
  const left = surplus.filter((path) => log.file(path));
  const leftFolders = new Set(foldersOf(left));
  const foreign = surplus.length - left.length + surplusFolders.filter((path) => !leftFolders.has(path)).length;
  if (foreign > 0) throw new OperatorError('sftp_failed', { reason: 'surplus_files', files: foreign, folder: temp });
  await inFlight(left, WIDTH, (path) => session.unlink(posix.join(temp, path)));
  for (const folder of surplusFolders.sort().reverse()) await session.rmdir(posix.join(temp, folder));
}
