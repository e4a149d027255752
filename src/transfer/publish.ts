import { posix } from 'node:path';
import ssh2 from 'ssh2';
import { OperatorError } from '../domain/operator-error.ts';
import type { StagedFile } from '../domain/package.ts';
import type { Target } from '../domain/target.ts';
import { inFlight } from './in-flight.ts';
import { readBackHash } from './read-back.ts';
import { foldersOf, lstatOrNull, WIDTH } from './remote-tree.ts';
import { isStatus, SftpStatusError, STATUS, targetFacts } from './sftp-errors.ts';
import type { SftpSession } from './sftp-session.ts';
import type { Begun, TransferLog } from './transfer-log.ts';

const { READ } = ssh2.utils.sftp.OPEN_MODE;

export interface Publication {
  readonly session: SftpSession;
  readonly log: TransferLog;
  readonly target: Target;
  readonly begun: Begun;
  /** Every file of the bag; the last one is the tag manifest, which names the bag's whole content. */
  readonly files: readonly StagedFile[];
}

/** The target's modes for what is about to be published, best effort. Returns whether the server took them all. */
export async function applyModes({ session, target, begun, files }: Publication): Promise<boolean> {
  const { file: fileMode, dir: folderMode } = target.modes;
  const wanted: { path: string; mode: number }[] = [];
  const add = (path: string, mode: string | undefined) => {
    if (mode) wanted.push({ path: posix.join(begun.temp, path), mode: Number.parseInt(mode, 8) });
  };
  for (const { path } of files) add(path, fileMode);
  for (const folder of ['.', ...foldersOf(files.map(({ path }) => path))]) add(folder, folderMode);
  try {
    await inFlight(wanted, WIDTH, ({ path, mode }) => session.setstat(path, { mode }));
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
  if (!published?.isDirectory() || !(await isOurBag(session, begun, files)))
    throw new OperatorError('sftp_failed', { ...facts, reason: 'outcome_unknown' }, refusal);
}

/** Whether the published folder holds our tag manifest: by content, or by size where this account may not read. */
async function isOurBag(session: SftpSession, begun: Begun, files: readonly StagedFile[]): Promise<boolean> {
  const tagManifest = files.at(-1);
  if (!tagManifest) return false;
  const path = posix.join(begun.published, tagManifest.path);
  const stat = await lstatOrNull(session, path);
  if (stat?.size !== tagManifest.bytes) return false;
  try {
    return (await readBackHash(session, path, tagManifest.bytes, () => true)) === tagManifest.sha256;
  } catch (error) {
    if (isStatus(error, STATUS.PERMISSION_DENIED)) return true;
    throw error;
  }
}

/** Makes the rename itself durable: fsync of the parent folder is a real one on OpenSSH. A server that cannot has done what it can. */
async function syncFolder(session: SftpSession, path: string): Promise<void> {
  if (!session.can.fsync) return;
  try {
    const handle = await session.open(path, READ);
    await session.fsync(handle);
    await session.closeHandle(handle);
  } catch (error) {
    if (!(error instanceof SftpStatusError)) throw error;
  }
}
