import { posix } from 'node:path';
import { OperatorError } from '../../domain/operator-error.ts';
import type { StagedFile } from '../../domain/package.ts';
import { PartFolder } from '../remote/part-folder.ts';
import { foldersOf, lstatOrNull, WIDTH } from '../remote/remote-tree.ts';
import { inFlight } from '../session/in-flight.ts';
import { factName, ignoreRefusal, SftpStatusError, targetFacts } from '../sftp-errors.ts';
import { proveAgain } from './prove-again.ts';
import { type Publication, sealFolders, syncFolder } from './publish.ts';

/**
 * Makes a bag visible that was built up in its own folder, on a server that renames no folder: each file gets its name by one plain RENAME,
 * and the tag manifest last, so that a reader who wants a valid bag sees none before everything is there.
 * The journal must already say `renaming`: a run that was cut here begins again with this very function, and what has a name by then is
 * proven before it is believed (I9). So is what still has its `.part` name unless this connection proved it (`isProvenNow`): nobody has watched
 * over it since (I1).
 * Throws OperatorError `sftp_failed` (`reason`: `foreign_file`, `outcome_unknown`), `stopped`; SftpStatusError; ConnectionLost.
 */
export async function publishEach(publication: Publication, isProvenNow: boolean): Promise<void> {
  const { session, log, target, begun, files } = publication;
  const folders = foldersOf(files.map(({ path }) => path)).map((folder) => posix.join(begun.published, folder));
  const ours = new Set<StagedFile>();
  if (!isProvenNow) {
    if (!(await lstatOrNull(session, begun.published))) throw unknown(publication);
    await prove(publication, await unnamed(publication, files, ours));
  }
  await nameFiles(publication, files.slice(0, -1), ours);
  await inFlight([...folders, begun.published], WIDTH, (folder) => syncFolder(session, folder));
  await nameFiles(publication, files.slice(-1), ours);
  for (const folder of [begun.published, target.path]) await syncFolder(session, folder);
  await sealFolders(publication);
  await log.append({ type: 'renamed' }, true);
  await log.append({ type: 'done' }, true);
}

/** Gives files their names; `ours` grows by them. Whatever the replies, the names then say what happened. */
async function nameFiles(publication: Publication, files: readonly StagedFile[], ours: Set<StagedFile>): Promise<void> {
  const { session, part, begun } = publication;
  let refusal: SftpStatusError | undefined;
  await inFlight(await unnamed(publication, files, ours), WIDTH, async (file) => {
    try {
      await session.rename(part.at(file.path), posix.join(begun.published, file.path));
      ours.add(file);
    } catch (error) {
      if (!(error instanceof SftpStatusError)) throw error;
      refusal ??= new SftpStatusError(error.status, error.operation, error, factName(file.path));
    }
  });
  const left = await unnamed(publication, files, ours);
  if (left.length > 0) throw refusal ?? unknown(publication);
}

/** Those that have no name yet. What has one that this run did not give it is proven, joins `ours`, and has no `.part` name beside it any more. */
async function unnamed(publication: Publication, files: readonly StagedFile[], ours: Set<StagedFile>): Promise<StagedFile[]> {
  const { session, part, begun } = publication;
  const left: StagedFile[] = [];
  const found: StagedFile[] = [];
  await inFlight(files, WIDTH, async (file) => {
    const there = await lstatOrNull(session, posix.join(begun.published, file.path));
    if (!there) left.push(file);
    else if (!there.isFile() || there.size !== file.bytes) throw foreign(publication, file);
    else if (!ours.has(file)) found.push(file);
  });
  await prove({ ...publication, part: new PartFolder(begun.published) }, found);
  // A server that links and then unlinks may have been cut between the two.
  await inFlight(found, WIDTH, (file) => session.unlink(part.at(file.path)).catch(ignoreRefusal));
  for (const file of found) ours.add(file);
  return left;
}

const prove = (publication: Publication, files: readonly StagedFile[]): Promise<void> =>
  proveAgain(publication, files, (file) => foreign(publication, file));

const unknown = ({ target, begun }: Publication): OperatorError =>
  new OperatorError('sftp_failed', { ...targetFacts(target), bag: begun.bag, reason: 'outcome_unknown' });

const foreign = ({ target }: Publication, file: StagedFile): OperatorError =>
  new OperatorError('sftp_failed', { ...targetFacts(target), reason: 'foreign_file', file: factName(file.path) });
