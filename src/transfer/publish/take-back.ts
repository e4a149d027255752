import { posix } from 'node:path';
import type { PartFolder } from '../remote/part-folder.ts';
import { lstatOrNull, WIDTH } from '../remote/remote-tree.ts';
import { type Content, isFileThere } from '../remote/same-file.ts';
import { inFlight } from '../session/in-flight.ts';
import type { SftpSession } from '../session/sftp-session.ts';

/**
 * Undoes a publishing in place that was cut: files of ours that have their names already get their `.part` names again; what another put
 * there stays. `files` are what the journal began, by path. For a bag that is not published.
 * Throws SftpStatusError and ConnectionLost.
 */
export async function takeBack(session: SftpSession, part: PartFolder, files: Iterable<readonly [string, Content]>): Promise<void> {
  const named = (path: string) => posix.join(part.root, path);
  await inFlight(files, WIDTH, async ([path, content]) => {
    if (!(await isFileThere(session, named(path), content))) return;
    // A server that links and then unlinks may have been cut between the two.
    if (await lstatOrNull(session, part.at(path))) await session.unlink(named(path));
    else await session.rename(named(path), part.at(path));
  });
}
