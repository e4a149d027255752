import { posix } from 'node:path';
import { OperatorError } from '../../domain/operator-error.ts';
import type { StagedFile } from '../../domain/package.ts';
import type { Target } from '../../domain/target.ts';
import type { RemoteBag } from '../remote/attempt.ts';
import { isInPlace, PartFolder } from '../remote/part-folder.ts';
import { findOwnFolder, foldersOf, lookAt, WIDTH } from '../remote/remote-tree.ts';
import { isFileThere } from '../remote/same-file.ts';
import type { Begun } from '../remote/transfer-log.ts';
import { inFlight } from '../session/in-flight.ts';
import { OPEN } from '../session/sftp-requests.ts';
import type { SftpSession } from '../session/sftp-session.ts';
import { factName, ignoreRefusal, isStatus, SftpStatusError, STATUS, targetFacts } from '../sftp-errors.ts';
import { proveAgain } from './prove-again.ts';

const { READ } = OPEN;

/** A bag that is proven, and what its publishing needs. */
export interface Publication extends RemoteBag {
  readonly target: Target;
  readonly begun: Begun;
  /** Every file of the bag; the last one is the tag manifest, which names the bag's whole content. */
  readonly files: readonly StagedFile[];
}

/** What the owner must be allowed in a folder to give files their names there. */
const OWNER_NAMES = 0o300;

/**
 * The target's modes for what is about to be published, best effort; where files get their names one by one, folders keep what that needs
 * until `sealFolders`. Returns whether the server took them all.
 */
export async function applyModes({ session, part, target, begun, files }: Publication): Promise<boolean> {
  const { file: fileMode, dir: folderMode } = target.modes;
  const wanted: { path: string; mode: number }[] = [];
  const add = (path: string, mode: string | undefined, needed = 0) => {
    if (mode) wanted.push({ path, mode: Number.parseInt(mode, 8) | needed });
  };
  for (const { path } of files) add(part.at(path), fileMode);
  for (const folder of foldersIn(files)) add(posix.join(part.root, folder), folderMode, isInPlace(begun) ? OWNER_NAMES : 0);
  try {
    await inFlight(wanted, WIDTH, ({ path, mode }) => session.setMode(path, mode));
    return true;
  } catch (error) {
    if (error instanceof SftpStatusError) return false;
    throw error;
  }
}

/** The folders' modes as the target wants them, when every file has its name; children before parents, best effort. */
export async function sealFolders({ session, begun, target, files }: Publication): Promise<void> {
  const mode = Number.parseInt(target.modes.dir ?? '', 8);
  if (Number.isNaN(mode) || (mode & OWNER_NAMES) === OWNER_NAMES) return;
  for (const folder of foldersIn(files).reverse()) await session.setMode(posix.join(begun.published, folder), mode).catch(ignoreRefusal);
}

/** The bag's folders, parents before children. */
const foldersIn = (files: readonly StagedFile[]): string[] => ['.', ...foldersOf(files.map(({ path }) => path))];

/**
 * Makes the bag visible by one plain RENAME; whatever the reply, or its loss, the two names then say what happened (I9). Where this account may
 * neither look at the bag's name nor read below it, that the hidden name is gone and the RENAME's own yes are all there is to know.
 * The journal must already say `renaming`: a run that was killed here begins again with this very function (F2, F21). `isTempGone`: this
 * connection has found the hidden name gone. It is not asked for again, since the asking may leave an empty folder of that name (`findOwnFolder`),
 * which must never be published.
 * Throws OperatorError `bag_exists`, `sftp_failed` (`reason`: `rename_refused`, `rename_unseen`, `outcome_unknown`, `outcome_unseen`, `published_wrong`), `permission_remote`; ConnectionLost.
 */
export async function publish(publication: Publication, isTempGone: boolean): Promise<void> {
  const { session, log, target, begun } = publication;
  let refusal: SftpStatusError | undefined;
  let isAnswered = false;
  if (!isTempGone && (await bothNames(publication)).isTempThere) {
    try {
      await session.rename(begun.temp, begun.published);
      isAnswered = true;
    } catch (error) {
      if (!(error instanceof SftpStatusError)) throw error;
      refusal = error;
    }
  }
  // Beside each other: that a folder is synced for a rename that was refused does no harm.
  await Promise.all([verifyPublished(publication, isTempGone, isAnswered, refusal), syncFolder(session, target.path)]);
  if (isTempGone) await proveUnwatched(publication);
  await log.append({ type: 'renamed' }, true);
  await log.append({ type: 'done' }, true);
}

/** What stands under the hidden name and under the bag's. Throws OperatorError `bag_exists` where something does under both. */
async function bothNames({ session, log, target, begun }: Publication, refusal?: SftpStatusError) {
  const [temp, published] = await Promise.all([findOwnFolder(session, log), lookAt(session, begun.published)]);
  const isTempThere = temp !== 'nothing';
  if (isTempThere && published) throw new OperatorError('bag_exists', { ...targetFacts(target), bag: begun.bag }, refusal);
  return { isTempThere, published };
}

/** `isAnswered`: this run's RENAME was answered with yes. */
async function verifyPublished(
  publication: Publication,
  isTempGone: boolean,
  isAnswered: boolean,
  refusal: SftpStatusError | undefined,
): Promise<void> {
  const { session, target, begun, files } = publication;
  const { isTempThere, published } = isTempGone
    ? { isTempThere: false, published: await lookAt(session, begun.published) }
    : await bothNames(publication, refusal);
  const facts = { ...targetFacts(target), bag: begun.bag };
  if (isTempThere && isStatus(refusal, STATUS.PERMISSION_DENIED))
    throw new OperatorError('permission_remote', { ...facts, operation: 'rename' }, refusal);
  const isUnseen = published === undefined;
  if (isTempThere) throw new OperatorError('sftp_failed', { ...facts, reason: isUnseen ? 'rename_unseen' : 'rename_refused' }, refusal);
  const tagManifest = files.at(-1);
  const mayBeOurs = tagManifest && (isUnseen || published?.isDirectory());
  const isOurs = mayBeOurs ? await isFileThere(session, posix.join(begun.published, tagManifest.path), tagManifest) : false;
  if (isOurs ?? isAnswered) return;
  throw new OperatorError('sftp_failed', { ...facts, reason: isUnseen ? 'outcome_unseen' : 'outcome_unknown' }, refusal);
}

/**
 * Of a bag that an earlier connection published: what the server has answered no fsync for may be lost though the name and the tag manifest stand,
 * if the line was lost because the server lost its power (I1).
 */
async function proveUnwatched(publication: Publication): Promise<void> {
  const { log, target, begun, files } = publication;
  const unwatched = files.filter((file) => !log.isDurable(file));
  const facts = { ...targetFacts(target), bag: begun.bag };
  try {
    await proveAgain({ ...publication, part: new PartFolder(begun.published) }, unwatched, (file) => {
      return new OperatorError('sftp_failed', { ...facts, reason: 'published_wrong', file: factName(file.path) });
    });
  } catch (error) {
    // The receiver has begun to take it away: whether it was whole is not to be seen any more.
    if (isStatus(error, STATUS.NO_SUCH_FILE)) throw new OperatorError('sftp_failed', { ...facts, reason: 'outcome_unknown' }, error);
    throw error;
  }
}

/** Makes the renames in a folder durable: fsync of the parent folder is a real one on OpenSSH. A server that cannot has done what it can. */
export async function syncFolder(session: SftpSession, path: string): Promise<void> {
  if (!session.can.fsync) return;
  try {
    const handle = await session.open(path, READ);
    await session.fsync(handle);
    await session.closeHandle(handle);
  } catch (error) {
    if (!(error instanceof SftpStatusError)) throw error;
  }
}
