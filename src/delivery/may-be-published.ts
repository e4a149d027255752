import { readSoundLines } from '../store/journal.ts';
import { deliveryFolder } from './delivery-folder.ts';
import { type TransferLine, transferRecords } from './staging-log.ts';

/**
 * Whether an unfinished delivery was cut at its publishing: then its bag may stand under its own name at the receiver, though no receipt says so.
 * Throws `permission_local`.
 */
export async function mayBePublished(state: string, id: string): Promise<boolean> {
  const { records } = await readSoundLines<TransferLine>(deliveryFolder(state, id).transfer);
  const last = transferRecords(records).findLast(({ type }) => ['begin', 'abort', 'renaming', 'renamed', 'done'].includes(type));
  return last !== undefined && last.type !== 'begin' && last.type !== 'abort';
}
