import { readSoundLines } from '../store/journal.ts';
import { deliveryFolder } from './delivery-folder.ts';
import type { TransferLine } from './staging-log.ts';

const OF_PUBLISHING = ['begin', 'abort', 'renaming', 'renamed', 'done'] as const;

type OfPublishing = Extract<TransferLine, { readonly type: (typeof OF_PUBLISHING)[number] }>;

const isOfPublishing = (line: TransferLine): line is OfPublishing => OF_PUBLISHING.some((type) => type === line.type);

/**
 * Whether an unfinished delivery was cut at its publishing: then its bag may stand under its own name at the receiver, though no receipt says so.
 * A damaged journal has lost what it said, so that it may. Throws `permission_local`.
 */
export async function mayBePublished(state: string, id: string): Promise<boolean> {
  const { records, firstBadLine } = await readSoundLines(deliveryFolder(state, id).transfer, isOfPublishing);
  if (firstBadLine !== undefined) return true;
  const last = records.at(-1);
  return last !== undefined && last.type !== 'begin' && last.type !== 'abort';
}
