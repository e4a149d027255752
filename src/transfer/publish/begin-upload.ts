import { posix } from 'node:path';
import { OperatorError } from '../../domain/operator-error.ts';
import { hiddenTempName, newUploadId, probeName, tempNames, visibleTempName } from '../remote/temp-name.ts';
import type { Begun } from '../remote/transfer-log.ts';
import type { SftpSession } from '../session/sftp-session.ts';
import { ignoreRefusal, SftpStatusError, targetFacts } from '../sftp-errors.ts';
import { type BeginRequest, claimName } from './claim-name.ts';

/** What a server may lack, and what it is called when the operator has not said yes to what is done instead. */
const REASONS = { dottedNames: 'no_dotted_folder', dirRename: 'no_folder_rename' } as const;
type Lack = keyof typeof REASONS;

/**
 * Makes and journals the folder that the bag is built up in: a hidden one, else a visible one, else the bag's own. Whatever the receiver can
 * see needs the operator's yes (`allowVisible`). What the server lacks (`lacks`: what this run has met) is tried anew by every run, which costs
 * a few round trips: a server that was mended, or an account that was given the right, gets hidden folders again.
 * Throws OperatorError `sftp_failed` with reason `no_dotted_folder` or `no_folder_rename`; what `claimName` throws; SftpStatusError; ConnectionLost.
 */
export async function beginUpload(request: BeginRequest, lacks: readonly Lack[] = []): Promise<Begun> {
  const { allowVisible, target } = request;
  if (lacks.includes('dirRename')) return claimName(request);
  const nameOf = lacks.includes('dottedNames') ? visibleTempName : hiddenTempName;
  try {
    return await beginFolder(request, nameOf);
  } catch (error) {
    const lack = await lackOf(request, error, nameOf === hiddenTempName);
    if (!lack) throw error;
    if (!allowVisible) throw new OperatorError('sftp_failed', { ...targetFacts(target), reason: REASONS[lack] }, error);
    return beginUpload(request, [...lacks, lack]);
  }
}

/** What a run that was killed between making a folder and giving it its name left behind. */
export async function removeProbes(session: SftpSession, path: string, { bag, uploadId }: Begun): Promise<void> {
  for (const name of tempNames(bag, uploadId)) await session.rmdir(probeName(posix.join(path, name))).catch(ignoreRefusal);
}

/** A `.part` that somebody removed is never made anew under its old name: a session that still drains must not reach the new one (I4). */
async function beginFolder({ session, log, target, binding, bag }: BeginRequest, nameOf: typeof hiddenTempName): Promise<Begun> {
  const uploadId = newUploadId();
  const temp = posix.join(target.path, nameOf(bag, uploadId));
  const begun: Begun = { uploadId, binding, bag, temp, published: posix.join(target.path, bag) };
  await log.append({ type: 'begin', ...begun }, true);
  await makeByRename(session, temp);
  return begun;
}

/** Makes the `.part` folder under another name and renames it: so it is known before gigabytes are sent that this server takes a dotted folder and renames folders. */
async function makeByRename(session: SftpSession, temp: string): Promise<void> {
  await session.mkdir(probeName(temp), 0o700);
  try {
    await session.rename(probeName(temp), temp);
  } catch (error) {
    await session.rmdir(probeName(temp)).catch(ignoreRefusal);
    throw error;
  }
}

/** What a refusal shows that the server lacks, if anything. */
async function lackOf(request: BeginRequest, error: unknown, isHidden: boolean): Promise<Lack | undefined> {
  if (!(error instanceof SftpStatusError)) return undefined;
  if (error.operation === 'rename') return 'dirRename';
  return error.operation === 'mkdir' && isHidden && (await isOnlyDotRefused(request)) ? 'dottedNames' : undefined;
}

/** Whether the folder that was refused would have been made under a name without the leading dot; leaves nothing behind. */
async function isOnlyDotRefused({ session, target, bag, log }: BeginRequest): Promise<boolean> {
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
