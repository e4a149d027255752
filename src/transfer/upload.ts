import { posix } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import type { StagedFile } from '../domain/package.ts';
import type { Attempt } from './attempt.ts';
import { stopIfAsked } from './attempt.ts';
import { inFlightByWeight } from './in-flight.ts';
import type { RemoteTree } from './remote-tree.ts';
import { foldersOf, listTree } from './remote-tree.ts';
import { resumePlan } from './resume-plan.ts';
import { seamBefore } from './seam.ts';
import { factName, isStatus, SftpStatusError, STATUS } from './sftp-errors.ts';
import { uploadLarge, WIDE_FILE } from './upload-large.ts';
import { SMALL_FILE, uploadSmall } from './upload-small.ts';

/** Where a file goes on; 0 when it has to be created. */
export interface Start {
  readonly file: StagedFile;
  readonly from: number;
  readonly isDone: boolean;
}

/**
 * Where every file goes on, by what the server and the journal together prove; folders are made and what is of no use is removed.
 * Throws OperatorError `sftp_failed` with reason `foreign_file` where something that is no file stands in a file's place.
 */
export async function planUpload(attempt: Attempt, files: readonly StagedFile[]): Promise<Start[]> {
  const remote = await listTree(attempt.session, attempt.temp);
  await makeFolders(attempt, files, remote);
  const starts: Start[] = [];
  for (const file of files) starts.push(await startOf(attempt, file, remote));
  return starts;
}

/**
 * What is on its way together, in bytes: files of up to 8 MiB go beside each other, a larger one by itself. It bounds the memory,
 * and what a cut costs: a file that is not sent in full may have to be sent again (P8).
 */
const TOGETHER = 24 * 1024 * 1024;
/** Files on their way together where the server says how many handles it has, and where it does not. */
const [KNOWN_WIDTH, UNSAID_WIDTH] = [200, 64];

/** So many refused files say that the server, not the file, is the trouble. */
const MOST_REFUSED = 10;

/**
 * Brings every file into the `.part` folder, in the order of the bag. A file that the server refuses does not keep the others (F40);
 * the first such refusal is thrown when they are there. Throws as `uploadLarge`.
 */
export async function uploadFiles(attempt: Attempt, starts: readonly Start[]): Promise<void> {
  const { openHandles } = attempt.session.can;
  const width = Number.isFinite(openHandles) ? Math.min(KNOWN_WIDTH, openHandles / 2) : UNSAID_WIDTH;
  const weightOf = ({ file }: Start) => (file.bytes > WIDE_FILE ? TOGETHER : Math.max(file.bytes, Math.ceil(TOGETHER / width)));
  const refusals: SftpStatusError[] = [];
  const keepIfOfOneFile = (file: StagedFile) => (error: unknown) => {
    if (!(error instanceof SftpStatusError) || isOfAll(error) || refusals.length === MOST_REFUSED) throw error;
    refusals.push(new SftpStatusError(error.status, error.operation, error, factName(file.path)));
  };
  await inFlightByWeight(
    starts.filter(({ isDone }) => !isDone),
    TOGETHER,
    weightOf,
    async ({ file, from }) => {
      stopIfAsked(attempt.signal);
      const upload = file.bytes <= SMALL_FILE ? uploadSmall(attempt, file) : resumeOrStartOver(attempt, file, from);
      await upload.catch(keepIfOfOneFile(file));
    },
  );
  const [first] = refusals;
  if (first) throw first;
}

/** A server that opens nothing that is there already (ProFTPD without AllowOverwrite, object stores) gets the file anew. */
async function resumeOrStartOver(attempt: Attempt, file: StagedFile, from: number): Promise<void> {
  try {
    await uploadLarge(attempt, file, from);
  } catch (error) {
    const isReopenRefused = from > 0 && isStatus(error, STATUS.PERMISSION_DENIED, STATUS.OP_UNSUPPORTED) && error.operation === 'open';
    if (!isReopenRefused) throw error;
    await uploadAgain(attempt, file);
  }
}

/** Whether the next file would meet the same: the disk or the quota, a write that may be either, or a folder that is gone. */
const isOfAll = (error: SftpStatusError): boolean =>
  error.operation === 'write' || isStatus(error, STATUS.NO_SPACE, STATUS.QUOTA_EXCEEDED, STATUS.NO_SUCH_FILE);

/** Sends one file again from nothing; the old one, ours and in our folder, is removed first (I4). */
export async function uploadAgain(attempt: Attempt, file: StagedFile): Promise<void> {
  await attempt.session.unlink(posix.join(attempt.temp, file.path)).catch((error) => {
    if (!isStatus(error, STATUS.NO_SUCH_FILE)) throw error;
  });
  await attempt.log.append({ type: 'resumed', file: file.path, from: 0, resent: file.bytes }, false);
  if (file.bytes <= SMALL_FILE) await uploadSmall(attempt, file);
  else await uploadLarge(attempt, file, 0);
}

async function startOf(attempt: Attempt, file: StagedFile, remote: RemoteTree): Promise<Start> {
  const { session, log } = attempt;
  const plan = resumePlan({
    staged: file,
    remote: remote.files.get(file.path) ?? { kind: 'missing' },
    journal: log.file(file.path),
    capabilities: session.can,
  });
  const startOver = async (resent: number, remove: boolean) => {
    if (remove) await session.unlink(posix.join(attempt.temp, file.path));
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

/** Each folder once; a listing has said which are there. */
async function makeFolders({ session, temp }: Attempt, files: readonly StagedFile[], remote: RemoteTree): Promise<void> {
  const missing = foldersOf(files.map(({ path }) => path)).filter((folder) => !remote.folders.has(folder));
  for (const folder of missing) await session.mkdir(posix.join(temp, folder), 0o700);
}
