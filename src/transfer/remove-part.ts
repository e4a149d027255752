import { posix } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import { sameReceiver, type Target } from '../domain/target.ts';
import type { KnownKey } from './login/known-hosts.ts';
import { prepareLogin } from './login/login.ts';
import { removeInPlace } from './publish/remove-in-place.ts';
import { isInPlace } from './remote/part-folder.ts';
import { lstatOrNull, removeTree } from './remote/remote-tree.ts';
import { bindingOf } from './remote/seen-target.ts';
import { probeName, tempNames } from './remote/temp-name.ts';
import { openSession } from './session/open-session.ts';
import { targetFacts, toOperatorError } from './sftp-errors.ts';
import type { Credentials, TransferRecord } from './transfer.ts';

export interface RemovePartRequest {
  readonly target: Target;
  /** As in `SendRequest`. */
  readonly pinnedHostKeys: readonly KnownKey[];
  readonly credentials?: Credentials;
  /** The stopped delivery's own journal: only what it began is removed. */
  readonly records: readonly TransferRecord[];
  readonly signal: AbortSignal;
}

/**
 * Removes the `.part` folders of a stopped delivery and what it left in a bag's own folder (D17), never a published bag; returns in how many
 * folders something was.
 * Throws OperatorError `target_changed` when the target is no longer the one that the delivery was sent to; else as `probeTarget`.
 */
export async function removePart(request: RemovePartRequest): Promise<number> {
  const { target, pinnedHostKeys, credentials, signal } = request;
  const begun = request.records.filter((record) => record.type === 'begin');
  if (begun.length === 0) return 0;
  const begunFiles = new Map(request.records.flatMap((record) => (record.type === 'open' ? [[record.file, record]] : [])));
  const auth = await prepareLogin(target, credentials);
  let removed = 0;
  try {
    const session = await openSession({ target, pinnedHostKeys, auth, signal });
    try {
      const seen = await bindingOf(target, session);
      const isFolder = async (path: string) => (await lstatOrNull(session, path))?.isDirectory() === true;
      for (const upload of begun) {
        const { binding, bag, uploadId } = upload;
        if (!sameReceiver(binding, seen)) throw new OperatorError('target_changed', targetFacts(target));
        // The names are made from the id and the bag, not read, so that a journal that was tampered with can point at nothing else.
        if (!/^[a-z2-7]{16}$/.test(uploadId) || bag.includes('/')) continue;
        for (const name of tempNames(bag, uploadId).flatMap((temp) => [temp, probeName(temp)])) {
          const path = posix.join(target.path, name);
          if (!(await isFolder(path))) continue;
          await removeTree(session, path);
          removed += 1;
        }
        const own = posix.join(target.path, bag);
        if (isInPlace(upload) && (await isFolder(own)) && (await removeInPlace(session, own, uploadId, begunFiles))) removed += 1;
      }
    } finally {
      session.close();
    }
  } catch (error) {
    throw toOperatorError(error, targetFacts(target));
  }
  return removed;
}
