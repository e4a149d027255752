import type { StagedFile } from '../../domain/package.ts';
import type { Attempt } from '../remote/attempt.ts';
import { stopIfAsked } from '../remote/attempt.ts';
import { type ByteRange, COMPARED_BLOCK, differences } from '../remote/compare-content.ts';
import { sizeWhenOpen } from '../remote/open-size.ts';
import { openStaged } from '../remote/staged-file.ts';
import { OPEN } from '../session/sftp-requests.ts';
import { SftpStatusError } from '../sftp-errors.ts';
import { FileLanes } from './file-lanes.ts';
import { ReadAhead } from './read-ahead.ts';
import { SlidingUpload } from './sliding-upload.ts';
import { verifySize, WIDE_FILE } from './upload-large.ts';

/**
 * Puts right a file that was sent in full and has become another on the server (F24): it is read back block by block, and only the blocks
 * that differ are sent again. The proof of the whole comes after, as for every file.
 * Returns false, with nothing written, where only a new file helps: a small one, one that is gone or has grown (nothing is truncated, I4), one that
 * this account may not read or open again, one in which no difference is found, and where nothing on the server will prove the content.
 * Throws OperatorError `stopped`, `staged_file_changed`; SftpStatusError; ConnectionLost.
 */
export async function mendFile(attempt: Attempt, file: StagedFile): Promise<boolean> {
  if (attempt.hashesOnTheWay || file.bytes <= COMPARED_BLOCK) return false;
  const wrong = await orFalse(wrongRanges(attempt, file));
  if (!wrong) return false;
  const lanes = await orFalse(FileLanes.open(attempt.session, attempt.part.at(file.path), false, file.bytes > WIDE_FILE));
  if (!lanes) return false;
  let isDurable = lanes.control.channel.can.fsync;
  for (const range of wrong) isDurable = await sendRange(attempt, file, lanes, range, isDurable);
  await verifySize(attempt, attempt.part.at(file.path), file.bytes, await lanes.close());
  await attempt.log.append({ type: 'sent', file: file.path, bytes: file.bytes, sha256: file.sha256, durable: isDurable }, true);
  attempt.onSent(file);
  return true;
}

/** What has to be sent again; false where that would not make the file right. */
async function wrongRanges(attempt: Attempt, file: StagedFile): Promise<readonly ByteRange[] | false> {
  if ((await sizeWhenOpen(attempt.session, attempt.part.at(file.path), OPEN.READ)) > file.bytes) return false;
  const ranges: ByteRange[] = [];
  for await (const range of differences(attempt, file, 0, file.bytes)) {
    stopIfAsked(attempt.signal);
    ranges.push(range);
  }
  return ranges.length > 0 && ranges;
}

/** Sends [from, to) of the staged file once more; returns whether it is on the server's disk. The journal's offsets stay: a cut leaves a file that is proven, found wrong and mended again. */
async function sendRange(
  attempt: Attempt,
  file: StagedFile,
  lanes: FileLanes,
  { from, to }: ByteRange,
  isSynced: boolean,
): Promise<boolean> {
  const { dir, log, signal } = attempt;
  await log.append({ type: 'resumed', file: file.path, from, resent: to - from }, false);
  const staged = await openStaged(dir, file);
  try {
    const ahead = new ReadAhead(staged.handle, file, from, to, lanes.control.channel.can.chunk);
    const upload = new SlidingUpload({
      control: lanes.control,
      lanes: lanes.data,
      ...{ isSynced, from, to, signal },
      read: () => ahead.read(),
      giveBack: (part) => ahead.giveBack(part),
      checkpoint: async () => {},
      onAcked: () => {},
    });
    await upload.run();
    stopIfAsked(signal);
    return upload.isDurable;
  } finally {
    await staged.handle.close();
  }
}

/** What the server refuses this account is no way to mend a file, and no fault of the run. */
function orFalse<T>(asked: Promise<T>): Promise<T | false> {
  return asked.catch((error) => {
    if (error instanceof SftpStatusError) return false;
    throw error;
  });
}
