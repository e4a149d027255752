import { posix } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import type { StagedFile } from '../domain/package.ts';
import type { RemoteBag } from './attempt.ts';
import { inFlight } from './in-flight.ts';
import type { RemoteTree } from './remote-tree.ts';
import { foldersOf, WIDTH } from './remote-tree.ts';

/**
 * Leaves nothing in the `.part` folder but the bag (N13). What this delivery sent from an earlier export and the present one has not (D15) is
 * removed: it is ours by our own journal, and in our folder (I4). So are folders without a file: a run that was cut may have made one before
 * its first file.
 * Throws OperatorError `sftp_failed` with reason `surplus_files` where any other file is there, and then removes nothing; SftpStatusError; ConnectionLost.
 */
export async function removeSurplus({ session, log, part }: RemoteBag, files: readonly StagedFile[], remote: RemoteTree): Promise<void> {
  const ours = new Set(files.map(({ path }) => part.nameOf(path)));
  const earlier = new Set([...log.files.keys()].map((path) => part.nameOf(path)));
  const surplus = [...remote.files.keys()].filter((name) => !ours.has(name));
  const foreign = surplus.filter((name) => !earlier.has(name));
  if (foreign.length > 0) throw new OperatorError('sftp_failed', { reason: 'surplus_files', files: foreign.length, folder: part.root });
  await inFlight(surplus, WIDTH, (name) => session.unlink(posix.join(part.root, name)));
  const folders = new Set(foldersOf(ours));
  const empty = [...remote.folders].filter((path) => !folders.has(path));
  for (const folder of empty.sort().reverse()) await session.rmdir(posix.join(part.root, folder));
}
