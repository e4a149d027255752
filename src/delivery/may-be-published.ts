import { readSoundLines } from '../store/journal.ts';
import { deliveryFolder } from './delivery-folder.ts';
import type { TransferLine } from './staging-log.ts';

/**
 * `begin` is none: after `renaming` it says that the folder was still seen under its hidden name, and a session that drains may rename it after that.
 * After `abort` it is another folder's.
 */
const OF_PUBLISHING = ['abort', 'renaming', 'renamed', 'done'] as const;

type OfPublishing = Extract<TransferLine, { readonly type: (typeof OF_PUBLISHING)[number] }>;

const isOfPublishing = (line: TransferLine): line is OfPublishing => OF_PUBLISHING.some((type) => type === line.type);

/**
 * Whether an unfinished delivery was ever cut at its publishing: then its bag may stand under its own name at the receiver, though no receipt says
 * so, until that folder is given up for another one. So it may where the journal is damaged or cannot be read at all: nobody knows then what it
 * said. Never throws.
 */
export async function mayBePublished(state: string, id: string): Promise<boolean> {
  const read = await readSoundLines(deliveryFolder(state, id).transfer, isOfPublishing).catch(() => undefined);
  if (!read || read.firstBadLine !== undefined) return true;
  const last = read.records.at(-1);
  return last !== undefined && last.type !== 'abort';
}
