import { posix } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import type { StagedFile } from '../domain/package.ts';
import type { Target } from '../domain/target.ts';
import type { RemoteBag } from './attempt.ts';
import { inFlight } from './in-flight.ts';
import { foldersOf, lstatOrNull, WIDTH } from './remote-tree.ts';
import { isFileThere } from './same-file.ts';
import { isStatus, SftpStatusError, STATUS, targetFacts } from './sftp-errors.ts';
import { OPEN } from './sftp-requests.ts';
import type { SftpSession } from './sftp-session.ts';
import type { Begun } from './transfer-log.ts';

const { READ } = OPEN;

/** A bag that is proven, and what its publishing needs. */
export interface Publication extends RemoteBag {
  readonly target: Target;
  readonly begun: Begun;
  /** Every file of the bag; the last one is the tag manifest, which names the bag's whole content. */
  readonly files: readonly StagedFile[];
}

/** The target's modes for what is about to be published, best effort. Returns whether the server took them all. */
export async function applyModes({ session, part, target, files }: Publication): Promise<boolean> {
  const { file: fileMode, dir: folderMode } = target.modes;
  const wanted: { path: string; mode: number }[] = [];
  const add = (path: string, mode: string | undefined) => {
    if (mode) wanted.push({ path, mode: Number.parseInt(mode, 8) });
  };
  for (const { path } of files) add(part.at(path), fileMode);
  for (const folder of ['.', ...foldersOf(files.map(({ path }) => path))]) add(posix.join(part.root, folder), folderMode);
  try {
    await inFlight(wanted, WIDTH, ({ path, mode }) => session.setMode(path, mode));
    return true;
  } catch (error) {
    if (error instanceof SftpStatusError) return false;
    throw error;
  }
}

/**
 * Makes the bag visible by one plain RENAME; whatever the reply, or its loss, the two names then say what happened (I9).
 * The journal must already say `renaming`: a run that was killed here begins again with this very function (F2, F21).
 * Throws OperatorError `bag_exists`, `sftp_failed` (`reason`: `rename_refused`, `outcome_unknown`), `permission_remote`; ConnectionLost.
 */
export async function publish(publication: Publication): Promise<void> {
  const { session, log, target, begun } = publication;
  let refusal: SftpStatusError | undefined;
  if ((await bothNames(publication)).temp) {
    await session.rename(begun.temp, begun.published).catch((error) => {
      if (!(error instanceof SftpStatusError)) throw error;
      refusal = error;
    });
  }
  // Beside each other: that a folder is synced for a rename that was refused does no harm.
  await Promise.all([verifyPublished(publication, refusal), syncFolder(session, target.path)]);
  await log.append({ type: 'renamed' }, true);
  await log.append({ type: 'done' }, true);
}

/** What stands under the hidden name and under the bag's. Throws OperatorError `bag_exists` where something does under both. */
async function bothNames({ session, target, begun }: Publication, refusal?: SftpStatusError) {
  const [temp, published] = await Promise.all([lstatOrNull(session, begun.temp), lstatOrNull(session, begun.published)]);
  if (temp && published) throw new OperatorError('bag_exists', { ...targetFacts(target), bag: begun.bag }, refusal);
  return { temp, published };
}

async function verifyPublished(publication: Publication, refusal: SftpStatusError | undefined): Promise<void> {
  const { session, target, begun, files } = publication;
  const { temp, published } = await bothNames(publication, refusal);
  const facts = { ...targetFacts(target), bag: begun.bag };
  if (temp && isStatus(refusal, STATUS.PERMISSION_DENIED))
    throw new OperatorError('permission_remote', { ...facts, operation: 'rename' }, refusal);
  if (temp) throw new OperatorError('sftp_failed', { ...facts, reason: 'rename_refused' }, refusal);
  const tagManifest = files.at(-1);
  const isOurs =
    tagManifest && published?.isDirectory() && (await isFileThere(session, posix.join(begun.published, tagManifest.path), tagManifest));
  if (!isOurs) throw new OperatorError('sftp_failed', { ...facts, reason: 'outcome_unknown' }, refusal);
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
