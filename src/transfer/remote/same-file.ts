import type { SftpSession } from '../session/sftp-session.ts';
import { isStatus, STATUS } from '../sftp-errors.ts';
import { readBackHash } from './read-back.ts';
import { lookAt } from './remote-tree.ts';

/** A file's content: its size in bytes and its SHA-256. */
export interface Content {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Whether what stands at a path on the server is this file: by content, or by size where this account may not read; undefined where it may
 * neither read nor look. Throws SftpStatusError and ConnectionLost.
 */
export async function isFileThere(session: SftpSession, path: string, { bytes, sha256 }: Content): Promise<boolean | undefined> {
  const found = await lookAt(session, path);
  if (found !== undefined && (!found?.isFile() || found.size !== bytes)) return false;
  try {
    return (await readBackHash(session, path, bytes, () => true)) === sha256;
  } catch (error) {
    if (isStatus(error, STATUS.PERMISSION_DENIED)) return found && true;
    if (!found && isStatus(error, STATUS.NO_SUCH_FILE)) return false;
    throw error;
  }
}
