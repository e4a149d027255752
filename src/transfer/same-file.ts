import { readBackHash } from './read-back.ts';
import { lstatOrNull } from './remote-tree.ts';
import { isStatus, STATUS } from './sftp-errors.ts';
import type { SftpSession } from './sftp-session.ts';

/** A file's content: its size in bytes and its SHA-256. */
export interface Content {
  readonly bytes: number;
  readonly sha256: string;
}

/** Whether what stands at a path on the server is this file: by content, or by size where this account may not read. Throws SftpStatusError and ConnectionLost. */
export async function isFileThere(session: SftpSession, path: string, { bytes, sha256 }: Content): Promise<boolean> {
  const found = await lstatOrNull(session, path);
  if (!found?.isFile() || found.size !== bytes) return false;
  try {
    return (await readBackHash(session, path, bytes, () => true)) === sha256;
  } catch (error) {
    if (isStatus(error, STATUS.PERMISSION_DENIED)) return true;
    throw error;
  }
}
