import type { ExportedAttachment } from '../domain/package.ts';
import type { Snapshot, Source } from '../source/source.ts';
import type { PackedFile } from './packed-file.ts';
import type { DeliveryPlan, PlannedFile } from './plan.ts';
import type { StageProgress } from './stage-progress.ts';

/** What an export is made of. */
export interface ExportRequest {
  readonly plan: DeliveryPlan;
  /** The bag's folder under staging. Emptied first: an export is one snapshot, whole or again (D15). */
  readonly dir: string;
  readonly source: Source;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Remembers attachments outside the delivery's own journal (D13); `done` after the last one makes them durable. */
  readonly rememberAttachment: (attachment: ExportedAttachment) => Promise<void>;
  /** A file is whole, on disk and remembered: it may be sent while the next one is exported. */
  readonly onPacked: (file: PackedFile) => void;
}

/** One file of it. */
export interface FileExport extends ExportRequest {
  readonly snapshot: Snapshot;
  readonly file: PlannedFile;
  readonly progress: StageProgress;
}
