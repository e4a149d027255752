import { posix } from 'node:path';
import type { GrowingList } from '../../domain/growing-list.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import type { StagedFile } from '../../domain/package.ts';
import type { Attempt, RemoteBag } from '../remote/attempt.ts';
import { stopIfAsked } from '../remote/attempt.ts';
import { findBag, foldersOf, lookAt, NOT_ALLOWED } from '../remote/remote-tree.ts';
import { type RemoteFile, resumePlan } from '../remote/resume-plan.ts';
import { seamBefore } from '../remote/seam.ts';
import { inFlightByWeight } from '../session/in-flight.ts';
import { factName, isStatus, SftpStatusError, STATUS } from '../sftp-errors.ts';
import { CANARY_CHANNELS, CanaryDied } from './canary.ts';
import { uploadLarge, WIDE_FILE } from './upload-large.ts';
import { SMALL_FILE, uploadSmall } from './upload-small.ts';

/** Where a file goes on; 0 when it has to be created. */
export interface Start {
  readonly file: StagedFile;
  readonly from: number;
  readonly isDone: boolean;
}

/**
 * Where every file goes on, one after another as they come, by what the server and the journal together prove; a folder is made before the
 * first file in it, and what is of no use is removed.
 * Throws OperatorError `sftp_failed` with reason `foreign_file` where something that is no file stands in a file's place; PartUnusable.
 */
export async function* planUpload(attempt: Attempt, files: GrowingList<StagedFile>): AsyncGenerator<Start, void> {
  const { part } = attempt;
  const remote = new Map<string, RemoteFile>();
  const folders = new Set(await findBag(attempt, [], (name, there) => remote.set(name, there)));
  for await (const file of files.read(attempt.signal)) {
    await makeFolders(attempt, file, folders);
    const name = part.nameOf(file.path);
    const there = remote.get(name);
    // Asked for once, and the sending of 100,000 files may take hours.
    remote.delete(name);
    yield await startOf(attempt, file, there);
  }
}

/**
 * What is on its way together, in bytes: files of up to 8 MiB go beside each other, a larger one by itself. It bounds the memory,
 * and what a cut costs: a file that is not sent in full may have to be sent again (P8).
 */
const TOGETHER = 24 * 1024 * 1024;
/** Files on their way together where the server says how many handles it has, and where it does not. */
const [KNOWN_WIDTH, UNSAID_WIDTH] = [200, 64];

/** What this server has of ours can neither be gone on with nor removed: another `.part` folder is begun. */
export class PartUnusable extends Error {
  override readonly name = 'PartUnusable';
}

/** So many refused files say that the server, not the file, is the trouble. */
const MOST_REFUSED = 10;

/**
 * Brings files into the `.part` folder, in the order in which they come. A file that the server refuses does not keep the others (F40);
 * the first such refusal is thrown when they are there. Throws as `uploadLarge`, as `starts` does, and PartUnusable.
 */
export async function uploadFiles(attempt: Attempt, starts: AsyncIterable<Start>): Promise<void> {
  let needsCanary = attempt.knowledge.needsCanary;
  const isCanary = ({ file, from }: Start) => needsCanary && from === 0 && file.bytes > SMALL_FILE;
  const { openHandles } = attempt.session.can;
  const width = Math.max(1, Number.isFinite(openHandles) ? Math.min(KNOWN_WIDTH, openHandles / 2) : UNSAID_WIDTH);
  const weightOf = (start: Start) =>
    start.file.bytes > WIDE_FILE || isCanary(start) ? TOGETHER : Math.max(start.file.bytes, Math.ceil(TOGETHER / width));
  const refusals: SftpStatusError[] = [];
  const send = (start: Start): Promise<void> => {
    const { file, from } = start;
    if (!isCanary(start)) return from === 0 ? uploadNew(attempt, file) : uploadRest(attempt, file, from);
    needsCanary = false;
    return uploadCanary(attempt, file);
  };
  await inFlightByWeight(starts, TOGETHER, weightOf, async (start) => {
    stopIfAsked(attempt.signal);
    await send(start).catch((error: unknown) => {
      if (!(error instanceof SftpStatusError) || isOfAll(error) || refusals.length === MOST_REFUSED) throw error;
      refusals.push(new SftpStatusError(error.status, error.operation, error, factName(start.file.path)));
    });
  });
  const [first] = refusals;
  if (first) throw first;
}

/** Whether the next file would meet the same: the disk or the quota, a write that may be either, or a folder that is gone. */
const isOfAll = (error: SftpStatusError): boolean =>
  error.operation === 'write' || isStatus(error, STATUS.NO_SPACE, STATUS.QUOTA_EXCEEDED, STATUS.NO_SUCH_FILE);

/** The first file of some size to an unknown server goes alone; when its beginning does not come back right, all goes on with care. */
async function uploadCanary(attempt: Attempt, file: StagedFile): Promise<void> {
  await attempt.session.growTo(CANARY_CHANNELS);
  try {
    await uploadLarge(attempt, file, 0, true);
  } catch (error) {
    if (!(error instanceof CanaryDied)) throw error;
    attempt.session.beCareful();
    await uploadAgain(attempt, file);
  }
}

const uploadNew = (attempt: Attempt, file: StagedFile): Promise<void> =>
  file.bytes <= Math.min(SMALL_FILE, attempt.session.can.inFlight) ? uploadSmall(attempt, file) : uploadLarge(attempt, file, 0);

/** A server that does not open again what is there (no overwriting, object stores) gets the file anew. */
async function uploadRest(attempt: Attempt, file: StagedFile, from: number): Promise<void> {
  try {
    await uploadLarge(attempt, file, from);
  } catch (error) {
    const isRefused = isStatus(error, ...NOT_ALLOWED) && error.operation === 'open';
    if (!isRefused) throw error;
    await attempt.knowledge.learn({ reopen: false });
    await uploadAgain(attempt, file);
  }
}

/** Sends one file again from nothing; the old one, ours and in our folder, is removed first (I4). Throws PartUnusable when it cannot be. */
export async function uploadAgain(attempt: Attempt, file: StagedFile): Promise<void> {
  await removeOld(attempt, file);
  await attempt.log.append({ type: 'resumed', file: file.path, from: 0, resent: attempt.log.file(file.path)?.cursor ?? file.bytes }, false);
  await uploadNew(attempt, file);
}

/** The old file, which may be gone already. Throws PartUnusable. */
function removeOld({ session, part }: Attempt, file: StagedFile): Promise<void> {
  return session.unlink(part.at(file.path)).catch((error) => {
    if (isStatus(error, ...NOT_ALLOWED)) throw new PartUnusable('not removable', { cause: error });
    if (!isStatus(error, STATUS.NO_SUCH_FILE)) throw error;
  });
}

async function startOf(attempt: Attempt, file: StagedFile, there: RemoteFile = { kind: 'missing' }): Promise<Start> {
  const { session, log } = attempt;
  const plan = resumePlan({
    staged: file,
    remote: there,
    journal: log.file(file.path),
    capabilities: session.can,
  });
  const startOver = async (resent: number, remove: boolean) => {
    if (remove) await removeOld(attempt, file);
    if (resent > 0) await log.append({ type: 'resumed', file: file.path, from: 0, resent }, false);
    return { file, from: 0, isDone: false };
  };
  switch (plan.action) {
    case 'refuse':
      throw new OperatorError('sftp_failed', { reason: 'foreign_file', file: factName(file.path) });
    case 'done':
      return { file, from: file.bytes, isDone: true };
    case 'restart':
      return startOver(plan.resent, plan.remove);
    case 'continue':
      if (plan.seam && !(await seamBefore(attempt, file, plan.from))) return startOver(plan.from + plan.resent, true);
      await log.append({ type: 'resumed', file: file.path, from: plan.from, resent: plan.resent }, false);
      return { file, from: plan.from, isDone: false };
  }
}

/** The folders of a file that are not there yet. One that was made by a run that was cut, and could not be listed, is there already. */
async function makeFolders({ session, part }: RemoteBag, { path }: StagedFile, there: Set<string>): Promise<void> {
  for (const folder of foldersOf([path])) {
    if (there.has(folder)) continue;
    const name = posix.join(part.root, folder);
    await session.mkdir(name, 0o700).catch(async (error: unknown) => {
      const seen = await lookAt(session, name);
      if (seen === undefined ? isStatus(error, ...NOT_ALLOWED) : !seen?.isDirectory()) throw error;
    });
    there.add(folder);
  }
}
