import { posix } from 'node:path';
import { OperatorError } from '../../domain/operator-error.ts';
import { inFlight } from '../session/in-flight.ts';
import type { RemoteBag } from './attempt.ts';
import { foldersOf, WIDTH } from './remote-tree.ts';

/**
 * Leaves nothing in the `.part` folder but the bag (N13). What this delivery sent from an earlier export and the present one has not (D15) is
 * removed: it is ours by our own journal, and in our folder (I4). So are folders without a file: a run that was cut may have made one before
 * its first file. `ours` are the bag's files, `surplus` what else was listed, by their names there, and `folders` all that are there.
 * Throws OperatorError `sftp_failed` with reason `surplus_files` where any other file is there, and then removes nothing; SftpStatusError; ConnectionLost.
 */
export async function removeSurplus(
  { session, log, part }: RemoteBag,
  ours: Iterable<string>,
  surplus: ReadonlySet<string>,
  folders: ReadonlySet<string>,
): Promise<void> {
  const foreign = new Set(surplus);
  if (surplus.size > 0) for (const path of log.files.keys()) foreign.delete(part.nameOf(path));
  if (foreign.size > 0) throw new OperatorError('sftp_failed', { reason: 'surplus_files', files: foreign.size, folder: part.root });
  await inFlight(surplus, WIDTH, (name) => session.unlink(posix.join(part.root, name)));
  const needed = new Set(foldersOf(ours));
  const empty = [...folders].filter((path) => !needed.has(path));
  for (const folder of empty.sort().reverse()) await session.rmdir(posix.join(part.root, folder));
}
