import { posix } from 'node:path';
import { OperatorError } from '../../domain/operator-error.ts';
import type { StagedFile } from '../../domain/package.ts';
import { isInPlace } from '../remote/part-folder.ts';
import { findOwnFolder, lookAt } from '../remote/remote-tree.ts';
import type { Begun } from '../remote/transfer-log.ts';
import { SpaceLow, targetFacts } from '../sftp-errors.ts';
import { beginUpload, removeProbes } from './begin-upload.ts';
import { type BeginRequest, keepsClaim, verifyNameIsFree } from './claim-name.ts';

const SPACE_MARGIN = 64 * 1024 * 1024;

export interface PreflightRequest extends BeginRequest {
  /** The files that are known now, and what the whole bag is expected to weigh, in bytes. */
  readonly files: readonly StagedFile[];
  readonly bytes: number;
  /** Whether this run has already sent something, or an earlier one everything: then no spare room is asked for beyond what is left to send. */
  readonly isUnderWay: boolean;
}

/**
 * Everything that can be known before the first byte of a folder that is there: the bag's name is free, or ours, there is
 * room, and the server can publish by renaming. Leaves the folder that the bag is built up in made and journalled, and returns its upload.
 * Throws OperatorError `bag_exists`, `sftp_failed` (`reason`: `foreign_file`, `outcome_unknown`, `outcome_unseen`, and those of `beginUpload`); SpaceLow; SftpStatusError; ConnectionLost.
 */
export async function preflight(request: PreflightRequest): Promise<Begun> {
  const { session, log, target, bag } = request;
  const begun = log.begun;
  const isOurs = begun && isInPlace(begun) && (await keepsClaim(session, log, target, begun));
  const [temp] = await Promise.all([
    findOwnFolder(session, log),
    isOurs || verifyNameIsFree(session, target, posix.join(target.path, bag)),
    verifySpace(request),
  ]);
  if (!begun) return beginUpload(request);
  if (temp === 'other') throw new OperatorError('sftp_failed', { ...targetFacts(target), reason: 'foreign_file', file: begun.temp });
  if (temp === 'folder') return begun;
  // The RENAME may have been done, and the receiver have taken the bag: another content under its name would be a second one (I9).
  if (log.phase === 'renaming') {
    const isUnseen = (await lookAt(session, begun.published)) === undefined;
    throw new OperatorError('sftp_failed', { ...targetFacts(target), bag, reason: isUnseen ? 'outcome_unseen' : 'outcome_unknown' });
  }
  await removeProbes(session, target.path, begun);
  return beginUpload(request);
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
