import { posix } from 'node:path';
import ssh2 from 'ssh2';
import { OperatorError } from '../domain/operator-error.ts';
import type { StagedFile } from '../domain/package.ts';
import type { Verification, VerifyChoice } from '../domain/target.ts';
import type { Attempt } from './attempt.ts';
import { foldersOf, listTree } from './remote-tree.ts';
import { factName, SftpStatusError } from './sftp-errors.ts';
import { uploadAgain } from './upload.ts';
import type { VerifyListener } from './verify.ts';
import { planVerification, verifyFiles } from './verify.ts';

const WEAKEST_FIRST: readonly Verification[] = ['ack', 'seam', 'full', 'server'];

/** What one run has proven so far; it outlives a reconnection but not the process, so that a new process proves everything anew. */
export class Proof {
  readonly proven = new Map<string, Verification>();
  readonly sentAgain = new Set<string>();

  /** The weakest proof that any file has; undefined before the first. */
  get weakest(): Verification | undefined {
    const ways = new Set(this.proven.values());
    return WEAKEST_FIRST.find((way) => ways.has(way));
  }
}

/**
 * Proves that the `.part` folder is the staged bag: no file more (N13), every size, and the content as `choice` says.
 * A file that is wrong is sent again once, from nothing, and proven again (N02).
 * Throws OperatorError `checksum_mismatch` when it is still wrong, `sftp_failed` with reason `surplus_files`; else as `verifyFiles` and `uploadFiles`.
 */
export async function proveContent(
  attempt: Attempt,
  files: readonly StagedFile[],
  choice: VerifyChoice,
  proof: Proof,
  listener: { readonly onRead: VerifyListener['onRead']; readonly onProven: (file: StagedFile) => void },
): Promise<void> {
  const plan = await planVerification(attempt, choice);
  for (;;) {
    const left = files.filter((file) => !proof.proven.has(file.path));
    const mislisted = await wrongSizes(attempt, files, left);
    const wrong: StagedFile[] = [];
    const doubtful: StagedFile[] = [];
    for (const file of mislisted) ((await isRightWhenOpen(attempt, file)) ? doubtful : wrong).push(file);
    const judge: VerifyListener = {
      onRead: listener.onRead,
      onResult: async (file, isRight, by) => {
        if (!isRight) return void wrong.push(file);
        proof.proven.set(file.path, by);
        await attempt.log.append({ type: 'verified', file: file.path, sha256: file.sha256, by }, false);
        listener.onProven(file);
      },
    };
    const listed = left.filter((file) => !mislisted.includes(file));
    await verifyFiles(attempt, listed, plan, judge);
    await verifyFiles(attempt, doubtful, plan.by === 'server' ? plan : { by: 'full' }, judge);
    if (wrong.length === 0) return;
    for (const file of wrong) await sendAgainOnce(attempt, file, proof);
  }
}

async function sendAgainOnce(attempt: Attempt, file: StagedFile, proof: Proof): Promise<void> {
  if (proof.sentAgain.has(file.path)) throw new OperatorError('checksum_mismatch', { file: factName(file.path) });
  proof.sentAgain.add(file.path);
  await uploadAgain(attempt, file);
}

/** A server may list another size than the open file has (F42): then the open file counts, and its whole content is proven whatever was chosen. */
async function isRightWhenOpen({ session, temp }: Attempt, file: StagedFile): Promise<boolean> {
  try {
    const handle = await session.open(posix.join(temp, file.path), ssh2.utils.sftp.OPEN_MODE.READ);
    const { size } = await session.fstat(handle);
    await session.closeHandle(handle);
    return size === file.bytes;
  } catch (error) {
    if (error instanceof SftpStatusError) return false;
    throw error;
  }
}

/** Those of `left` that the server lists with another size, or not at all. A name that is no file of the bag's stops the run. */
async function wrongSizes(attempt: Attempt, files: readonly StagedFile[], left: readonly StagedFile[]): Promise<StagedFile[]> {
  const remote = await listTree(attempt.session, attempt.temp);
  const ours = new Set(files.map(({ path }) => path));
  const folders = new Set(foldersOf(ours));
  const surplus = [...remote.files.keys()].filter((path) => !ours.has(path)).length;
  const surplusFolders = [...remote.folders].filter((path) => !folders.has(path)).length;
  if (surplus + surplusFolders > 0)
    throw new OperatorError('sftp_failed', { reason: 'surplus_files', files: surplus + surplusFolders, folder: attempt.temp });
  return left.filter((file) => {
    const there = remote.files.get(file.path);
    return there?.kind !== 'file' || there.size !== file.bytes;
  });
}
