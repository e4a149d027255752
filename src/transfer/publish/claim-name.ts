import { posix } from 'node:path';
import { OperatorError } from '../../domain/operator-error.ts';
import type { Target, TargetBinding } from '../../domain/target.ts';
import { PartFolder, TAG_MANIFEST } from '../remote/part-folder.ts';
import { lookAt, lstatOrNull } from '../remote/remote-tree.ts';
import { newUploadId, probeName, visibleTempName } from '../remote/temp-name.ts';
import type { Begun, TransferLog } from '../remote/transfer-log.ts';
import { OPEN } from '../session/sftp-requests.ts';
import type { SftpSession } from '../session/sftp-session.ts';
import { ConnectionLost, ignoreRefusal, SftpStatusError, STATUS, targetFacts } from '../sftp-errors.ts';
import { takeBack } from './take-back.ts';

const { WRITE, CREAT, EXCL } = OPEN;

/** What an upload needs to begin. */
export interface BeginRequest {
  readonly session: SftpSession;
  readonly log: TransferLog;
  readonly target: Target;
  readonly binding: TargetBinding;
  readonly bag: string;
  /** As in `SendRequest`. */
  readonly allowVisible: boolean;
}

/** Publishing never overwrites: a bag is there when its folder is, or in one of ours, `sign` in it. Where this account may not look, only the RENAME will tell. Throws OperatorError `bag_exists`. */
export async function verifyNameIsFree(session: SftpSession, target: Target, published: string, sign = ''): Promise<void> {
  if (await lookAt(session, posix.join(published, sign)))
    throw new OperatorError('bag_exists', { ...targetFacts(target), bag: posix.basename(published) });
}

/**
 * Begins an upload in the bag's own folder: MKDIR never takes one that is there, so its yes makes the folder ours, and the journal says so
 * (`made`) before anything is sent. Throws OperatorError `bag_exists`, `sftp_failed` with reason `no_rename`; SftpStatusError; ConnectionLost.
 */
export async function claimName({ session, log, target, binding, bag }: BeginRequest): Promise<Begun> {
  const published = posix.join(target.path, bag);
  const begun: Begun = { uploadId: newUploadId(), binding, bag, temp: published, published };
  // Names that this account may not look at cannot be given one by one: then it is refused here, before a byte is sent.
  await lstatOrNull(session, published);
  await log.append({ type: 'begin', ...begun }, true);
  try {
    await session.mkdir(published, 0o700);
    await proveRename(session, target, begun);
  } catch (error) {
    // A line that was lost says nothing of the folder (I9).
    if (!(error instanceof ConnectionLost)) await log.append({ type: 'abort', reason: 'not_made' }, true);
    if (error instanceof SftpStatusError && error.operation === 'mkdir') await verifyNameIsFree(session, target, published);
    throw error;
  }
  await log.append({ type: 'made' }, true);
  return begun;
}

/**
 * Whether an upload that was begun in the bag's own folder can go on there, with every file under its `.part` name. One that was cut before
 * `made` may have left the folder, with nothing but a probe in it: then it is removed. Throws as `claimName`.
 */
export async function keepsClaim(session: SftpSession, log: TransferLog, target: Target, begun: Begun): Promise<boolean> {
  if (!log.isMade) {
    await removeClaim(session, begun);
    return false;
  }
  if (!(await lstatOrNull(session, begun.published))?.isDirectory()) return false;
  await verifyNameIsFree(session, target, begun.published, TAG_MANIFEST);
  if (log.phase === 'renaming') await takeBack(session, PartFolder.of(begun), log.files);
  return true;
}

/** Finds out before gigabytes are sent that this server at least renames files. Leaves nothing behind. */
async function proveRename(session: SftpSession, target: Target, begun: Begun): Promise<void> {
  const [from, to] = probesOf(begun);
  try {
    await session.closeHandle(await session.open(from, WRITE | CREAT | EXCL, 0o600));
    await session.rename(from, to);
    await session.unlink(to);
  } catch (error) {
    if (!(error instanceof SftpStatusError)) throw error;
    await removeClaim(session, begun);
    if (error.operation !== 'rename' || error.status === STATUS.PERMISSION_DENIED) throw error;
    throw new OperatorError('sftp_failed', { ...targetFacts(target), reason: 'no_rename' }, error);
  }
}

/** Our probe's two names, and the folder if nothing else is in it. */
async function removeClaim(session: SftpSession, begun: Begun): Promise<void> {
  for (const probe of probesOf(begun)) await session.unlink(probe).catch(ignoreRefusal);
  await session.rmdir(begun.published).catch(ignoreRefusal);
}

function probesOf({ published, bag, uploadId }: Begun): readonly [string, string] {
  const name = posix.join(published, visibleTempName(bag, uploadId));
  return [probeName(name), name];
}
