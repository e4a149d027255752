/** What a listing of the `.part` directory says of one file; `unseen` where this account may not be told. Sizes in bytes. */
export type RemoteFile =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unseen' }
  | { readonly kind: 'file'; readonly size: number }
  | { readonly kind: 'other' };

/** What the journal knows of a file that was begun: `acked` is W, `durable` is D, `cursor` how far it was sent; bytes from its start. */
export interface JournalledFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly acked: number;
  readonly durable: number;
  readonly cursor: number;
  /** Every byte acknowledged and the handle closed. */
  readonly isSent: boolean;
}

/**
 * `resent` is what an earlier run had sent beyond the point that is continued from (`bytesResent`).
 * `seam` means that the range must first be read back and found equal, else the file starts over.
 */
export type ResumePlan =
  | { readonly action: 'done' }
  | { readonly action: 'continue'; readonly from: number; readonly resent: number; readonly seam: boolean }
  | { readonly action: 'restart'; readonly resent: number; readonly remove: boolean }
  | { readonly action: 'refuse' };

/** Without fsync a resume goes back to the last whole block of this many bytes. */
export const BLOCK = 8 * 1024 * 1024;

/**
 * Where one file of the bag goes on: the durable offset D, or without fsync the acknowledged offset W.
 * An old file is never truncated or reused for other content (I4): it is removed and a new one created.
 * Content is not judged here; verification does that before anything is published.
 */
export function resumePlan(facts: {
  readonly staged: { readonly bytes: number; readonly sha256: string };
  readonly remote: RemoteFile;
  readonly journal: JournalledFile | undefined;
  readonly capabilities: { readonly fsync: boolean };
}): ResumePlan {
  const { staged, remote, journal, capabilities } = facts;
  if (remote.kind === 'other') return { action: 'refuse' };
  const cursor = journal?.cursor ?? 0;
  if (remote.kind === 'missing') return { action: 'restart', resent: cursor, remove: false };

  const isSameContent = journal?.bytes === staged.bytes && journal.sha256 === staged.sha256;
  // Nothing but the journal's word, which rests on the size that the handle had: a cut file is sent anew.
  if (remote.kind === 'unseen')
    return isSameContent && journal.isSent ? { action: 'done' } : { action: 'restart', resent: cursor, remove: true };

  // A server that says no size has said nothing of the file.
  const sentBefore = Math.max(Number.isNaN(remote.size) ? 0 : remote.size, cursor);
  const restart: ResumePlan = { action: 'restart', resent: sentBefore, remove: true };
  // Larger than what was sent: somebody else wrote there. Smaller than D: the server lost what it had promised (F7).
  if (!isSameContent || !(remote.size <= staged.bytes) || remote.size < journal.durable) return restart;
  if (journal.isSent) return remote.size === staged.bytes ? { action: 'done' } : restart;

  const from = capabilities.fsync ? journal.durable : wholeBlocks(Math.min(journal.acked, remote.size));
  if (from === 0) return restart;
  return { action: 'continue', from, resent: sentBefore - from, seam: !capabilities.fsync };
}

const wholeBlocks = (bytes: number): number => Math.floor(bytes / BLOCK) * BLOCK;
