import type { Stage } from '../domain/delivery-events.ts';
import type { ErrorFacts } from '../domain/operator-error.ts';
import type { Distribution, ExportedTable, StagedFile } from '../domain/package.ts';
import { type Journal, openJournal } from '../store/journal.ts';

/** What a delivery remembers in `journal.jsonl`. No attachment's name is ever here (D13): those are in the transfer journal. */
export type DeliveryRecord =
  /** Somebody begins to work on it, for the first time or again. */
  | { readonly type: 'started'; readonly at: string; readonly operator: string; readonly host: string; readonly pid: number }
  | { readonly type: 'export-started'; readonly at: string }
  | { readonly type: 'table'; readonly table: ExportedTable }
  /** Every file that the plan promises is staged, from one snapshot. */
  | {
      readonly type: 'exported';
      readonly snapshotAt: string;
      readonly attachments: { readonly count: number; readonly bytes: number };
      readonly distribution: readonly Distribution[];
      readonly withoutChangeLog: readonly string[];
    }
  /** The bag is complete; its tag files in upload order, the manifest and the tag manifest last. */
  | {
      readonly type: 'sealed';
      readonly bag: string;
      readonly tagFiles: readonly StagedFile[];
      readonly manifestSha256: string;
      readonly tagManifestSha256: string;
    }
  | { readonly type: 'sending'; readonly at: string }
  | { readonly type: 'done'; readonly at: string; readonly receiptSha256: string }
  /** `code` and `facts` when nobody asked for it: a login that nobody answered. */
  | { readonly type: 'paused'; readonly at: string; readonly code?: string; readonly facts?: ErrorFacts }
  | { readonly type: 'stopped'; readonly at: string; readonly operator: string }
  | { readonly type: 'failed'; readonly at: string; readonly stage: Stage; readonly code: string; readonly facts: ErrorFacts }
  /** What was exported is no longer what is staged: the export is made again (D15). */
  | { readonly type: 'export-discarded'; readonly at: string };

/** `journal.jsonl` with its records at hand: there are a few dozen. */
export interface DeliveryJournal extends Omit<Journal<DeliveryRecord>, 'records'> {
  readonly records: readonly DeliveryRecord[];
}

/** Throws as `openJournal`. */
export async function openDeliveryJournal(file: string): Promise<DeliveryJournal> {
  const records: DeliveryRecord[] = [];
  const journal = await openJournal<DeliveryRecord>(file, (record) => records.push(record));
  return {
    records,
    async append(record, durable) {
      await journal.append(record, durable);
      records.push(record);
    },
    close: () => journal.close(),
  };
}

/** What the records since the last new beginning of the export add up to. */
export interface DeliveryProgress {
  readonly tables: readonly ExportedTable[];
  readonly exported: Extract<DeliveryRecord, { type: 'exported' }> | undefined;
  readonly sealed: Extract<DeliveryRecord, { type: 'sealed' }> | undefined;
  readonly stage: Stage;
  /** The last word: who works on it is not in the journal, so `open` may be running or cut. */
  readonly end: Extract<DeliveryRecord, { type: 'done' | 'paused' | 'stopped' | 'failed' }> | undefined;
}

/** Reads the journal's records into where the delivery stands; pure. */
export function progressOf(records: readonly DeliveryRecord[]): DeliveryProgress {
  const restart = records.findLastIndex(({ type }) => type === 'export-started' || type === 'export-discarded');
  const current = records.slice(restart + 1);
  const last = <T extends DeliveryRecord['type']>(type: T) =>
    current.findLast((record): record is Extract<DeliveryRecord, { type: T }> => record.type === type);
  const exported = last('exported');
  const sealed = last('sealed');
  const final = records.at(-1);
  const ended = final?.type === 'done' || final?.type === 'paused' || final?.type === 'stopped' || final?.type === 'failed';
  return {
    tables: current.flatMap((record) => (record.type === 'table' ? [record.table] : [])),
    exported,
    sealed,
    stage: sealed ? 'upload' : exported ? 'bag' : 'export',
    end: ended ? final : undefined,
  };
}
