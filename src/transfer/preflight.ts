import { posix } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import type { StagedFile } from '../domain/package.ts';
import type { Target, TargetBinding } from '../domain/target.ts';
import { lstatOrNull } from './remote-tree.ts';
import { SftpStatusError, SpaceLow, STATUS, targetFacts } from './sftp-errors.ts';
import type { SftpSession } from './sftp-session.ts';
import { newUploadId, tempName } from './temp-name.ts';
import type { Begun, TransferLog } from './transfer-log.ts';

const SPACE_MARGIN = 64 * 1024 * 1024;

export interface PreflightRequest {
  readonly session: SftpSession;
  readonly log: TransferLog;
  readonly target: Target;
  readonly binding: TargetBinding;
  readonly bag: string;
  readonly files: readonly StagedFile[];
  /** Whether this run has already sent something: then no spare room is asked for beyond what is left to send. */
  readonly isUnderWay: boolean;
}

/**
 * Everything that can be known before the first byte (`transfer.md` 3.4): the folder is there, the bag's name is free, there is room,
 * and the server can publish by renaming a folder. Leaves the `.part` folder made and journalled, and returns its upload.
 * Throws OperatorError `sftp_failed` (`reason`: `folder_missing`, `no_dotted_folder`, `no_folder_rename`, `foreign_file`), `bag_exists`;
 * SpaceLow; SftpStatusError; ConnectionLost.
 */
export async function preflight(request: PreflightRequest): Promise<Begun> {
  const { session, log, target, bag } = request;
  await findFolder(session, target);
  const published = posix.join(target.path, bag);
  await verifyNameIsFree(session, target, published);
  await verifySpace(request);

  const begun = log.begun;
  const temp = begun && (await lstatOrNull(session, begun.temp));
  if (begun && temp) {
    if (!temp.isDirectory()) throw new OperatorError('sftp_failed', { ...targetFacts(target), reason: 'foreign_file', file: begun.temp });
    return begun;
  }
  await probeRename(session, target, bag);
  // A `.part` that somebody removed is never made anew under its old name: a session that still drains must not reach the new one (I4).
  const uploadId = newUploadId();
  const fresh: Begun = { uploadId, binding: request.binding, bag, temp: posix.join(target.path, tempName(bag, uploadId)), published };
  await log.append({ type: 'begin', ...fresh }, true);
  await session.mkdir(fresh.temp, 0o700);
  return fresh;
}

/** The target folder's real path. Throws OperatorError `sftp_failed` with reason `folder_missing`. */
export async function findFolder(session: SftpSession, target: Target): Promise<string> {
  const missing = (cause?: unknown) => new OperatorError('sftp_failed', { ...targetFacts(target), reason: 'folder_missing' }, cause);
  const realPath = await session.realpath(target.path).catch((error) => {
    throw error instanceof SftpStatusError && error.status === STATUS.NO_SUCH_FILE ? missing(error) : error;
  });
  const folder = await lstatOrNull(session, realPath);
  if (!folder?.isDirectory()) throw missing();
  return realPath;
}

/** Publishing never overwrites (decision 5). Throws OperatorError `bag_exists`. */
export async function verifyNameIsFree(session: SftpSession, target: Target, published: string): Promise<void> {
  if (await lstatOrNull(session, published))
    throw new OperatorError('bag_exists', { ...targetFacts(target), bag: posix.basename(published) });
}

async function verifySpace({ session, log, target, files, isUnderWay }: PreflightRequest): Promise<void> {
  const free = await session.freeSpace(target.path);
  if (free === null) return;
  const left = files.reduce((sum, file) => sum + file.bytes - (log.file(file.path)?.acked ?? 0), 0);
  const needed = left + (isUnderWay ? 0 : Math.max(SPACE_MARGIN, left / 100));
  if (free.bytes < needed) throw new SpaceLow(Math.ceil(needed), free.bytes);
  const created = files.filter((file) => !log.file(file.path)).length;
  if (free.inodes !== null && free.inodes < created) throw new SpaceLow(Math.ceil(needed), 0);
}

/** Finds out before gigabytes are sent whether this server takes a dotted folder and renames folders. A probe that was cut is cleared away first. */
async function probeRename(session: SftpSession, target: Target, bag: string): Promise<void> {
  const [made, renamed] = [posix.join(target.path, `.${bag}.prov`), posix.join(target.path, `.${bag}.prov2`)];
  for (const left of [made, renamed]) await session.rmdir(left).catch(ignoreRefusal);
  await session.mkdir(made, 0o700).catch(refusal(target, 'no_dotted_folder'));
  try {
    await session.rename(made, renamed);
  } catch (error) {
    await session.rmdir(made).catch(ignoreRefusal);
    refusal(target, 'no_folder_rename')(error);
  }
  await session.rmdir(renamed);
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof SftpStatusError)) throw error;
}

const refusal =
  (target: Target, reason: string) =>
  (error: unknown): never => {
    const isForReason = error instanceof SftpStatusError && error.status !== STATUS.PERMISSION_DENIED;
    throw isForReason ? new OperatorError('sftp_failed', { ...targetFacts(target), reason }, error) : error;
  };
