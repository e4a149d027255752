import { posix } from 'node:path';
import type { StagedFile } from '../../domain/package.ts';
import type { Verification } from '../../domain/target.ts';
import { isInPlace } from '../remote/part-folder.ts';
import { SMALL_FILE } from '../upload/upload-small.ts';
import type { Publication } from './publish.ts';

/** What the server could not do, and what was done instead, as codes of `text.transferNotes`. */
export function notesOf({ session, log, knowledge, target, begun, files }: Publication, verification: Verification): string[] {
  const { profile, isCareful } = knowledge;
  const isSynced = (file: StagedFile) => file.bytes <= SMALL_FILE || log.isDurable(file);
  const notes = [files.every(isSynced) ? 'small_files_not_synced' : 'no_fsync'];
  if (log.hasGap) notes.push('journal_gap');
  if (log.hasDiffered) notes.push('differed');
  if (!session.can.statvfs) notes.push('no_statvfs');
  if (!session.can.isChunkSaid) notes.push('no_limits');
  if (isCareful) notes.push('careful');
  if (isInPlace(begun)) notes.push('visible_files');
  else if (!posix.basename(begun.temp).startsWith('.')) notes.push('visible_folder');
  if (profile.listing === false) notes.push(profile.lstat === false ? 'no_lstat' : 'no_listing');
  if (profile.reopen === false) notes.push('no_reopen');
  if (target.verify === 'server' && verification === 'full') notes.push('no_server_hash');
  if (target.verify !== 'ack' && verification === 'ack') notes.push('no_read');
  return notes;
}
