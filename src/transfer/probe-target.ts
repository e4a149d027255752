import { posix } from 'node:path';
import type { Target } from '../domain/target.ts';
import type { KnownKey } from './login/known-hosts.ts';
import { prepareLogin } from './login/login.ts';
import { lookAt, NOT_ALLOWED } from './remote/remote-tree.ts';
import { bindingOf } from './remote/seen-target.ts';
import { openSession } from './session/open-session.ts';
import type { SftpSession } from './session/sftp-session.ts';
import { isStatus, NOTHING_SENT, targetFacts, toOperatorError } from './sftp-errors.ts';
import type { Credentials, TargetReport } from './transfer.ts';

/** A name that need not be there: whether it may be looked at is asked. */
const ANY_NAME = 'sminet-leverans';

/**
 * Connects, looks, and leaves nothing behind: for `kontrollera`, and for the number of the next bag. `pinned` as in `SendRequest`.
 * Throws OperatorError as `sendBag` does before its first byte.
 */
export async function probeTarget(
  target: Target,
  pinned: readonly KnownKey[],
  credentials: Credentials | undefined,
  signal: AbortSignal,
): Promise<TargetReport> {
  const auth = await prepareLogin(target, credentials);
  try {
    const session = await openSession({ target, pinnedHostKeys: pinned, auth, signal });
    try {
      const binding = await bindingOf(target, session);
      const [names, free, seen] = await Promise.all([
        namesIn(session, target.path),
        session.freeSpace(target.path),
        lookAt(session, posix.join(target.path, ANY_NAME)),
      ]);
      const { ident, provenKeys } = session;
      return { binding, ident, provenKeys, names, mayLook: seen !== undefined, freeBytes: free?.bytes ?? null };
    } finally {
      session.close();
    }
  } catch (error) {
    throw toOperatorError(error, { ...targetFacts(target), ...NOTHING_SENT });
  }
}

/** A drop box shows no names; whether a bag's own name is free is asked by itself before anything is sent. */
async function namesIn(session: SftpSession, path: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entries of session.readdir(path)) names.push(...entries.map(({ filename }) => filename));
    return names;
  } catch (error) {
    if (isStatus(error, ...NOT_ALLOWED)) return [];
    throw error;
  }
}
