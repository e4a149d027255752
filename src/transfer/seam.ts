import type { StagedFile } from '../domain/package.ts';
import type { RemoteBag } from './attempt.ts';
import { readBack } from './read-back.ts';
import { openStaged, readStaged } from './staged-file.ts';

/** Bytes read back at the head, the tail and before a resume point. */
const SEAM = 64 * 1024;
const STEP = 4 * 1024 * 1024;

/** Whether [from, to) of the remote file is what the staged file has there. Throws SftpStatusError and ConnectionLost. */
export async function rangeAgrees(bag: RemoteBag, file: StagedFile, from: number, to: number): Promise<boolean> {
  const { handle } = await openStaged(bag.dir, file);
  try {
    for (let position = from; position < to; position += STEP) {
      const end = Math.min(position + STEP, to);
      const local = Buffer.allocUnsafe(end - position);
      await readStaged(handle, file, local, position);
      const remote = await readBack(bag.session, bag.part.at(file.path), position, end);
      if (!remote.equals(local)) return false;
    }
    return true;
  } finally {
    await handle.close();
  }
}

/** Before a resume from an acknowledged offset that no fsync covers: what stands just before it must be ours. */
export const seamBefore = (bag: RemoteBag, file: StagedFile, from: number): Promise<boolean> =>
  rangeAgrees(bag, file, Math.max(0, from - SEAM), from);

/** `seam` verification: head, tail, and every range that an interruption put at risk (3.6). */
export async function seamsAgree(bag: RemoteBag, file: StagedFile): Promise<boolean> {
  const atRisk = bag.log.file(file.path)?.atRisk ?? [];
  const ranges = [{ from: 0, to: SEAM }, { from: file.bytes - SEAM, to: file.bytes }, ...atRisk];
  for (const { from, to } of ranges) {
    if (!(await rangeAgrees(bag, file, Math.max(0, from), Math.min(to, file.bytes)))) return false;
  }
  return true;
}
