import { posix } from 'node:path';
import type { StagedFile } from '../domain/package.ts';
import type { Verification, VerifyChoice } from '../domain/target.ts';
import type { Attempt } from './attempt.ts';
import { stopIfAsked } from './attempt.ts';
import { inFlight, inFlightByWeight } from './in-flight.ts';
import { readBackHash } from './read-back.ts';
import { WIDTH } from './remote-tree.ts';
import { seamsAgree } from './seam.ts';
import type { HashTool } from './server-hash.ts';
import { commandGroups, probeHashTool, serverHashes } from './server-hash.ts';
import { isStatus, STATUS } from './sftp-errors.ts';
import { WIDE_FILE } from './upload-large.ts';

/** Commands that hash beside each other; each takes one of the connection's sessions. */
const COMMANDS = 2;

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
  const { profile } = attempt.knowledge;
  const tool = choice === 'auto' && profile.exec === false ? null : await probeHashTool(attempt.session);
  if (profile.exec !== (tool !== null)) await attempt.knowledge.learn({ exec: tool !== null });
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
  const left: StagedFile[] = [];
  await inFlight(commandGroups(files, attempt.temp), COMMANDS, async (group) => {
    stopIfAsked(attempt.signal);
    const paths = group.map((file) => posix.join(attempt.temp, file.path));
    const bytes = group.reduce((sum, file) => sum + file.bytes, 0);
    const hashes = left.length > 0 ? null : await serverHashes(attempt.session, tool, paths, bytes);
    if (hashes === null) left.push(...group);
    else for (const [i, file] of group.entries()) await listener.onResult(file, hashes[i] === file.sha256, 'server');
  });
  return left;
}

/** Files of up to 8 MiB are read beside each other, as many as weigh that much together. */
async function verifyByReading(attempt: Attempt, files: readonly StagedFile[], by: 'full' | 'seam', listener: VerifyListener) {
  const lightest = Math.ceil(WIDE_FILE / Math.max(1, Math.min(WIDTH, attempt.session.can.openHandles / 2)));
  await inFlightByWeight(
    files,
    WIDE_FILE,
    (file) => Math.max(file.bytes, lightest),
    async (file) => {
      stopIfAsked(attempt.signal);
      const isRight = by === 'seam' ? await seamsAgree(attempt, file) : await isWhole(attempt, file, listener);
      stopIfAsked(attempt.signal);
      await listener.onResult(file, isRight, by);
    },
  );
}

async function isWhole({ session, temp, signal }: Attempt, file: StagedFile, { onRead }: VerifyListener): Promise<boolean> {
  const sha256 = await readBackHash(session, posix.join(temp, file.path), file.bytes, (position) => {
    onRead(file, position);
    return !signal.aborted;
  });
  return sha256 === file.sha256;
}
