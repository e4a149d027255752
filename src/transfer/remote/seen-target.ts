import { OperatorError } from '../../domain/operator-error.ts';
import type { Target, TargetBinding } from '../../domain/target.ts';
import type { SftpSession } from '../session/sftp-session.ts';
import { SftpStatusError, STATUS, targetFacts } from '../sftp-errors.ts';
import { lookAt } from './remote-tree.ts';

/**
 * The receiver as this connection shows it right now (D16): asked of the server each time, since a link there may have been set anew.
 * Throws OperatorError `sftp_failed` with reason `folder_missing`; SftpStatusError; ConnectionLost.
 */
export async function bindingOf(target: Target, session: SftpSession): Promise<TargetBinding> {
  const { host, port, username, path } = target;
  return { host, port, username, path, hostKey: session.hostKey.fingerprint, realPath: await findFolder(session, target) };
}

async function findFolder(session: SftpSession, target: Target): Promise<string> {
  const missing = (cause?: unknown) => new OperatorError('sftp_failed', { ...targetFacts(target), reason: 'folder_missing' }, cause);
  const realPath = await session.realpath(target.path).catch((error) => {
    throw error instanceof SftpStatusError && error.status === STATUS.NO_SUCH_FILE ? missing(error) : error;
  });
  const folder = await lookAt(session, realPath);
  // One that may not be looked at is tried by what is made in it.
  if (folder !== undefined && !folder?.isDirectory()) throw missing();
  return realPath;
}
