import type { ExportedAttachment } from '../domain/package.ts';
import type { Journal } from '../store/journal.ts';
import type { TransferJournal, TransferRecord } from '../transfer/transfer.ts';

/** An attachment as the export wrote it. Here and not in the delivery's journal, since it holds a name (D13). */
interface StagedAttachment extends ExportedAttachment {
  readonly type: 'staged-attachment';
}

/** `staged-none` begins a new list: an export that is made again must not inherit the names of the one before. */
export type TransferLine = TransferRecord | StagedAttachment | { readonly type: 'staged-none' };

const isStaged = (line: TransferLine): line is StagedAttachment => line.type === 'staged-attachment';

/** The attachments of the last export, by number. */
export function stagedAttachments(lines: readonly TransferLine[]): ExportedAttachment[] {
  const begun = lines.findLastIndex(({ type }) => type === 'staged-none');
  return lines
    .slice(begun + 1)
    .filter(isStaged)
    .map(({ nr, path, bytes, sha256, originalName }) => ({ nr, path, bytes, sha256, originalName }));
}

/** What the transfer itself wrote. */
export const transferRecords = (lines: readonly TransferLine[]): TransferRecord[] =>
  lines.filter((line): line is TransferRecord => !isStaged(line) && line.type !== 'staged-none');

/** The same file as the transfer sees it. */
export const transferJournal = (journal: Journal<TransferLine>): TransferJournal => ({
  get records() {
    return transferRecords(journal.records);
  },
  append: (record, durable) => journal.append(record, durable),
});
