import { posix } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import { sameReceiver, type Target } from '../domain/target.ts';
import type { KnownKey } from './known-hosts.ts';
import { prepareLogin } from './login.ts';
import { openSession } from './open-session.ts';
import { lstatOrNull, removeTree } from './remote-tree.ts';
import { bindingOf } from './seen-target.ts';
import { targetFacts, toOperatorError } from './sftp-errors.ts';
import { probeName, tempNames } from './temp-name.ts';
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
 * Removes the `.part` folders of a stopped delivery (D17), never a published bag; returns how many were there.
 * Throws OperatorError `target_changed` when the target is no longer the one that the delivery was sent to; else as `probeTarget`.
 */
export async function removePart(request: RemovePartRequest): Promise<number> {
  const { target, pinnedHostKeys, credentials, signal } = request;
  const begun = request.records.filter((record) => record.type === 'begin');
  if (begun.length === 0) return 0;
  const auth = await prepareLogin(target, credentials);
  let removed = 0;
  try {
    const session = await openSession({ target, pinnedHostKeys, auth, signal });
    try {
      const seen = await bindingOf(target, session);
      for (const { binding, bag, uploadId } of begun) {
        if (!sameReceiver(binding, seen)) throw new OperatorError('target_changed', targetFacts(target));
        // The name is made from the id, not read, so that a journal that was tampered with can point at nothing else.
        if (!/^[a-z2-7]{16}$/.test(uploadId)) continue;
        for (const name of tempNames(bag, uploadId).flatMap((temp) => [temp, probeName(temp)])) {
          const temp = posix.join(target.path, name);
          if (!(await lstatOrNull(session, temp))?.isDirectory()) continue;
          await removeTree(session, temp);
          removed += 1;
        }
      }
    } finally {
      session.close();
    }
  } catch (error) {
    throw toOperatorError(error, targetFacts(target));
  }
  return removed;
}
