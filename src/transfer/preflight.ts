import { posix } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import type { StagedFile } from '../domain/package.ts';
import type { Target, TargetBinding } from '../domain/target.ts';
import { lstatOrNull } from './remote-tree.ts';
import type { ServerKnowledge } from './server-knowledge.ts';
import { SftpStatusError, SpaceLow, STATUS, targetFacts } from './sftp-errors.ts';
import type { SftpSession } from './sftp-session.ts';
import { hiddenTempName, newUploadId, probeName, tempNames, visibleTempName } from './temp-name.ts';
import type { Begun, TransferLog } from './transfer-log.ts';

const SPACE_MARGIN = 64 * 1024 * 1024;

export interface PreflightRequest {
  readonly session: SftpSession;
  readonly log: TransferLog;
  readonly target: Target;
  readonly binding: TargetBinding;
  readonly bag: string;
  /** The files that are known now, and what the whole bag is expected to weigh, in bytes. */
  readonly files: readonly StagedFile[];
  readonly bytes: number;
  /** Whether this run has already sent something, or an earlier one everything: then no spare room is asked for beyond what is left to send. */
  readonly isUnderWay: boolean;
  readonly knowledge: ServerKnowledge;
  /** As in `SendRequest`. */
  readonly allowVisible: boolean;
}

/**
 * Everything that can be known before the first byte (`transfer.md` 3.4) of a folder that is there: the bag's name is free, there is room,
 * and the server can publish by renaming a folder. Leaves the `.part` folder made and journalled, and returns its upload.
 * Throws OperatorError `sftp_failed` (`reason`: `no_dotted_folder`, `no_folder_rename`, `foreign_file`), `bag_exists`;
 * SpaceLow; SftpStatusError; ConnectionLost.
 */
export async function preflight(request: PreflightRequest): Promise<Begun> {
  const { session, log, target, bag } = request;
  const published = posix.join(target.path, bag);
  const begun = log.begun;
  const [temp] = await Promise.all([
    begun && lstatOrNull(session, begun.temp),
    verifyNameIsFree(session, target, published),
    verifySpace(request),
  ]);
  if (begun && temp) {
    if (!temp.isDirectory()) throw new OperatorError('sftp_failed', { ...targetFacts(target), reason: 'foreign_file', file: begun.temp });
    return begun;
  }
  if (begun) await removeProbes(session, target, begun);
  // A `.part` that somebody removed is never made anew under its old name: a session that still drains must not reach the new one (I4).
  const begin = async (nameOf: typeof hiddenTempName): Promise<Begun> => {
    const uploadId = newUploadId();
    const fresh: Begun = { uploadId, binding: request.binding, bag, temp: posix.join(target.path, nameOf(bag, uploadId)), published };
    await log.append({ type: 'begin', ...fresh }, true);
    await makeByRename(session, target, fresh.temp);
    return fresh;
  };
  if (request.knowledge.profile.dottedNames === false && request.allowVisible) return begin(visibleTempName);
  try {
    return await begin(hiddenTempName);
  } catch (error) {
    if (!(error instanceof SftpStatusError && error.operation === 'mkdir' && (await isOnlyDotRefused(request)))) throw error;
    await request.knowledge.learn({ dottedNames: false });
    if (!request.allowVisible) throw new OperatorError('sftp_failed', { ...targetFacts(target), reason: 'no_dotted_folder' }, error);
    return begin(visibleTempName);
  }
}

/** What a run that was killed between making a folder and giving it its name left behind. */
async function removeProbes(session: SftpSession, target: Target, { bag, uploadId }: Begun): Promise<void> {
  for (const name of tempNames(bag, uploadId)) await session.rmdir(probeName(posix.join(target.path, name))).catch(ignoreRefusal);
}

/** Whether the folder that was refused would have been made under a name without the leading dot; leaves nothing behind. */
async function isOnlyDotRefused({ session, target, bag, log }: PreflightRequest): Promise<boolean> {
  if (!log.begun) return false;
  const probe = probeName(posix.join(target.path, visibleTempName(bag, log.begun.uploadId)));
  try {
    await session.mkdir(probe, 0o700);
  } catch (refused) {
    ignoreRefusal(refused);
    return false;
  }
  await session.rmdir(probe);
  return true;
}

/** Publishing never overwrites (decision 5). Throws OperatorError `bag_exists`. */
async function verifyNameIsFree(session: SftpSession, target: Target, published: string): Promise<void> {
  if (await lstatOrNull(session, published))
    throw new OperatorError('bag_exists', { ...targetFacts(target), bag: posix.basename(published) });
}

async function verifySpace({ session, log, target, files, bytes, isUnderWay }: PreflightRequest): Promise<void> {
  const free = await session.freeSpace(target.path);
  if (free === null) return;
  const left = files.reduce((sum, file) => sum - (log.file(file.path)?.acked ?? 0), bytes);
  const needed = left + (isUnderWay ? 0 : Math.max(SPACE_MARGIN, left / 100));
  if (free.bytes < needed) throw new SpaceLow(Math.ceil(needed), free.bytes);
  const created = files.filter((file) => !log.file(file.path)).length;
  if (free.inodes !== null && free.inodes < created) throw new SpaceLow(Math.ceil(needed), 0);
}

/** Makes the `.part` folder under another name and renames it: so it is known before gigabytes are sent that this server takes a dotted folder and renames folders. */
async function makeByRename(session: SftpSession, target: Target, temp: string): Promise<void> {
  await session.mkdir(probeName(temp), 0o700);
  try {
    await session.rename(probeName(temp), temp);
  } catch (error) {
    await session.rmdir(probeName(temp)).catch(ignoreRefusal);
    refusal(target, 'no_folder_rename')(error);
  }
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
