import type { SftpSession } from '../session/sftp-session.ts';

/**
 * The size in bytes of a remote file by its open handle, for what this account may not look at by name; `flags` say how it may be opened (`OPEN`).
 * Throws SftpStatusError, also where it may not be opened so, and ConnectionLost.
 */
export async function sizeWhenOpen(session: SftpSession, path: string, flags: number): Promise<number> {
  const handle = await session.open(path, flags);
  try {
    return (await session.fstat(handle)).size;
  } finally {
    await session.closeHandle(handle);
  }
}
