import type { StagedFile } from '../../domain/package.ts';
import type { Verification, VerifyChoice } from '../../domain/target.ts';
import type { RemoteBag } from '../remote/attempt.ts';
import { stopIfAsked } from '../remote/attempt.ts';
import { readBackHash } from '../remote/read-back.ts';
import { WIDTH } from '../remote/remote-tree.ts';
import { seamsAgree } from '../remote/seam.ts';
import type { HashTool } from '../remote/server-hash.ts';
import { commandGroups, probeHashTool, serverHashes } from '../remote/server-hash.ts';
import { inFlight, inFlightByWeight } from '../session/in-flight.ts';
import { isStatus, STATUS } from '../sftp-errors.ts';
import { WIDE_FILE } from '../upload/upload-large.ts';

/** Commands that hash beside each other; each takes one of the connection's sessions. */
const COMMANDS = 2;

/** How a connection proves content. `tool` is set only for `server`. */
export type VerificationPlan = { readonly by: 'server'; readonly tool: HashTool } | { readonly by: Exclude<Verification, 'server'> };

/** Hears of a file's proof: how many of its bytes were read, and at the end whether it is what was staged and what was in fact done. */
export interface VerifyListener {
  readonly onRead: (file: StagedFile, bytes: number) => void;
  readonly onResult: (file: StagedFile, isRight: boolean, by: Verification) => Promise<void>;
}

/** `auto` and `server`: the server's own hash where a command may run, else a full read-back, which proves as much. */
export async function planVerification(bag: RemoteBag, choice: VerifyChoice): Promise<VerificationPlan> {
  if (choice !== 'auto' && choice !== 'server') return { by: choice };
  const { profile } = bag.knowledge;
  const tool = choice === 'auto' && profile.exec === false ? null : await probeHashTool(bag.session);
  if (profile.exec !== (tool !== null)) await bag.knowledge.learn({ exec: tool !== null });
  return tool ? { by: 'server', tool } : { by: 'full' };
}

/**
 * Judges every file's content on the server and tells the listener.
 * Falls from `server` to `full` where a command does not give the hashes, and from reading to `ack` where this account may not read.
 * Throws OperatorError `stopped`, SftpStatusError, ConnectionLost.
 */
export async function verifyFiles(
  bag: RemoteBag,
  files: readonly StagedFile[],
  plan: VerificationPlan,
  listener: VerifyListener,
): Promise<void> {
  switch (plan.by) {
    case 'server': {
      const left = await verifyOnServer(bag, files, plan.tool, listener);
      return verifyFiles(bag, left, { by: 'full' }, listener);
    }
    case 'full':
    case 'seam':
      try {
        return await verifyByReading(bag, files, plan.by, listener);
      } catch (error) {
        if (!isStatus(error, STATUS.PERMISSION_DENIED)) throw error;
        return verifyFiles(bag, files, { by: 'ack' }, listener);
      }
    case 'ack':
      // Every write was acknowledged and every size agreed when the file was closed: there is nothing more to ask.
      for (const file of files) await listener.onResult(file, true, 'ack');
  }
}

/** Returns the files that the server's tool gave no hash for. */
async function verifyOnServer(bag: RemoteBag, files: readonly StagedFile[], tool: HashTool, listener: VerifyListener) {
  const left: StagedFile[] = [];
  await inFlight(commandGroups(files, bag.part.root), COMMANDS, async (group) => {
    stopIfAsked(bag.signal);
    const paths = group.map((file) => bag.part.at(file.path));
    const bytes = group.reduce((sum, file) => sum + file.bytes, 0);
    const hashes = left.length > 0 ? null : await serverHashes(bag.session, tool, paths, bytes);
    if (hashes === null) left.push(...group);
    else for (const [i, file] of group.entries()) await listener.onResult(file, hashes[i] === file.sha256, 'server');
  });
  return left;
}

/** Files of up to 8 MiB are read beside each other, as many as weigh that much together. */
async function verifyByReading(bag: RemoteBag, files: readonly StagedFile[], by: 'full' | 'seam', listener: VerifyListener) {
  const lightest = Math.ceil(WIDE_FILE / Math.max(1, Math.min(WIDTH, bag.session.can.openHandles / 2)));
  await inFlightByWeight(
    files,
    WIDE_FILE,
    (file) => Math.max(file.bytes, lightest),
    async (file) => {
      stopIfAsked(bag.signal);
      const isRight = by === 'seam' ? await seamsAgree(bag, file) : await isWhole(bag, file, listener);
      stopIfAsked(bag.signal);
      await listener.onResult(file, isRight, by);
    },
  );
}

async function isWhole({ session, part, signal }: RemoteBag, file: StagedFile, { onRead }: VerifyListener): Promise<boolean> {
  const sha256 = await readBackHash(session, part.at(file.path), file.bytes, (position) => {
    onRead(file, position);
    return !signal.aborted;
  });
  return sha256 === file.sha256;
}
