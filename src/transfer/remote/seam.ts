import type { StagedFile } from '../../domain/package.ts';
import type { RemoteBag } from './attempt.ts';
import { rangeAgrees } from './compare-content.ts';

/** Bytes read back at the head, the tail and before a resume point. */
const SEAM = 64 * 1024;

/** Before a resume from an acknowledged offset that no fsync covers: what stands just before it must be ours. */
export const seamBefore = (bag: RemoteBag, file: StagedFile, from: number): Promise<boolean> =>
  rangeAgrees(bag, file, Math.max(0, from - SEAM), from);

/** `seam` verification: head, tail, and every range that an interruption put at risk. */
export async function seamsAgree(bag: RemoteBag, file: StagedFile): Promise<boolean> {
  const atRisk = bag.log.file(file.path)?.atRisk ?? [];
  const ranges = [{ from: 0, to: SEAM }, { from: file.bytes - SEAM, to: file.bytes }, ...atRisk];
  for (const { from, to } of ranges) {
    if (!(await rangeAgrees(bag, file, Math.max(0, from), Math.min(to, file.bytes)))) return false;
  }
  return true;
}
