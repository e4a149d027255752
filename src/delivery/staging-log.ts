import type { ExportedAttachment } from '../domain/package.ts';
import { type Journal, openJournal } from '../store/journal.ts';
import type { TransferJournal, TransferRecord } from '../transfer/transfer.ts';

/** An attachment as the export wrote it. Here and not in the delivery's journal, since its path holds a name (D13). */
interface StagedAttachment extends ExportedAttachment {
  readonly type: 'staged-attachment';
}

/** `staged-none` begins a new list: an export that is made again must not inherit the names of the one before. */
export type TransferLine = TransferRecord | StagedAttachment | { readonly type: 'staged-none' };

/** Whether the transfer itself wrote it. */
export const isOfTransfer = (line: TransferLine): line is TransferRecord =>
  line.type !== 'staged-attachment' && line.type !== 'staged-none';

/** A delivery's `transfer.jsonl`: the attachments of its last export, and what the transfer wrote. */
export class StagingLog {
  readonly #journal: Journal<TransferLine>;
  #attachments: ExportedAttachment[];

  private constructor(journal: Journal<TransferLine>, attachments: ExportedAttachment[]) {
    this.#journal = journal;
    this.#attachments = attachments;
  }

  /** Throws as `openJournal`. */
  static async open(file: string): Promise<StagingLog> {
    let attachments: ExportedAttachment[] = [];
    const journal = await openJournal<TransferLine>(file, (line) => {
      if (line.type === 'staged-none') attachments = [];
      else if (line.type === 'staged-attachment')
        attachments.push({ nr: line.nr, path: line.path, bytes: line.bytes, sha256: line.sha256 });
    });
    return new StagingLog(journal, attachments);
  }

  /** The attachments of the last export, by number. */
  get attachments(): readonly ExportedAttachment[] {
    return this.#attachments;
  }

  /** An export begins: none is staged. */
  async beginExport(): Promise<void> {
    await this.#journal.append({ type: 'staged-none' }, false);
    this.#attachments = [];
  }

  /** Not durable by itself: `exported` says how many there must be. */
  async remember(attachment: ExportedAttachment): Promise<void> {
    await this.#journal.append({ type: 'staged-attachment', ...attachment }, false);
    this.#attachments.push(attachment);
  }

  /** The same file as the transfer sees it. */
  get ofTransfer(): TransferJournal {
    const journal = this.#journal;
    return {
      records: {
        async *[Symbol.asyncIterator]() {
          for await (const line of journal.records) if (isOfTransfer(line)) yield line;
        },
      },
      append: (record, durable) => journal.append(record, durable),
    };
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}
