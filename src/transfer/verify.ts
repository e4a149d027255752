import { posix } from 'node:path';
import type { StagedFile } from '../domain/package.ts';
import type { Verification, VerifyChoice } from '../domain/target.ts';
import type { Attempt } from './attempt.ts';
import { stopIfAsked } from './attempt.ts';
import { inFlight } from './in-flight.ts';
import { readBackHash } from './read-back.ts';
import { WIDTH } from './remote-tree.ts';
import { seamsAgree } from './seam.ts';
import type { HashTool } from './server-hash.ts';
import { commandGroups, probeHashTool, serverHashes } from './server-hash.ts';
import { isStatus, STATUS } from './sftp-errors.ts';
import { SMALL_FILE } from './upload-small.ts';

/** How a connection proves content. `tool` is set only for `server`. */
export type VerificationPlan = { readonly by: 'server'; readonly tool: HashTool } | { readonly by: Exclude<Verification, 'server'> };

/** Hears of a file's proof: how many of its bytes were read, and at the end whether it is what was staged and what was in fact done. */
export interface VerifyListener {
  readonly onRead: (file: StagedFile, bytes: number) => void;
  readonly onResult: (file: StagedFile, isRight: boolean, by: Verification) => Promise<void>;
}

/** `auto` and `server`: the server's own hash where a command may run, else a full read-back, which proves as much (decision 4). */
export async function planVerification(attempt: Attempt, choice: VerifyChoice): Promise<VerificationPlan> {
  if (choice !== 'auto' && choice !== 'server') return { by: choice };
  const tool = await probeHashTool(attempt.session);
  return tool ? { by: 'server', tool } : { by: 'full' };
}

/**
 * Judges every file's content on the server (3.6) and tells the listener.
 * Falls from `server` to `full` where a command does not give the hashes, and from reading to `ack` where this account may not read.
 * Throws OperatorError `stopped`, SftpStatusError, ConnectionLost.
 */
export async function verifyFiles(
  attempt: Attempt,
  files: readonly StagedFile[],
  plan: VerificationPlan,
  listener: VerifyListener,
): Promise<void> {
  switch (plan.by) {
    case 'server': {
      const left = await verifyOnServer(attempt, files, plan.tool, listener);
      return verifyFiles(attempt, left, { by: 'full' }, listener);
    }
    case 'full':
    case 'seam':
      try {
        return await verifyByReading(attempt, files, plan.by, listener);
      } catch (error) {
        if (!isStatus(error, STATUS.PERMISSION_DENIED)) throw error;
        return verifyFiles(attempt, files, { by: 'ack' }, listener);
      }
    case 'ack':
      // Every write was acknowledged and every size agreed when the file was closed: there is nothing more to ask.
      for (const file of files) await listener.onResult(file, true, 'ack');
  }
}

/** Returns the files that the server's tool gave no hash for. */
async function verifyOnServer(attempt: Attempt, files: readonly StagedFile[], tool: HashTool, listener: VerifyListener) {
  for (const [index, group] of commandGroups(files, attempt.temp).entries()) {
    stopIfAsked(attempt.signal);
    const paths = group.map((file) => posix.join(attempt.temp, file.path));
    const bytes = group.reduce((sum, file) => sum + file.bytes, 0);
    const hashes = await serverHashes(attempt.session, tool, paths, bytes);
    if (hashes === null) return commandGroups(files, attempt.temp).slice(index).flat();
    for (const [i, file] of group.entries()) await listener.onResult(file, hashes[i] === file.sha256, 'server');
  }
  return [];
}

async function verifyByReading(attempt: Attempt, files: readonly StagedFile[], by: 'full' | 'seam', listener: VerifyListener) {
  const verifyOne = async (file: StagedFile) => {
    stopIfAsked(attempt.signal);
    const isRight = by === 'seam' ? await seamsAgree(attempt, file) : await isWhole(attempt, file, listener);
    stopIfAsked(attempt.signal);
    await listener.onResult(file, isRight, by);
  };
  const width = Math.min(WIDTH, attempt.session.can.openHandles / 2);
  await inFlight(
    files.filter((file) => file.bytes <= SMALL_FILE),
    width,
    verifyOne,
  );
  await inFlight(
    files.filter((file) => file.bytes > SMALL_FILE),
    1,
    verifyOne,
  );
}

async function isWhole({ session, temp, signal }: Attempt, file: StagedFile, { onRead }: VerifyListener): Promise<boolean> {
  const sha256 = await readBackHash(session, posix.join(temp, file.path), file.bytes, (position) => {
    onRead(file, position);
    return !signal.aborted;
  });
  return sha256 === file.sha256;
}
