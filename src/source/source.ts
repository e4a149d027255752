import type { AreaId } from '../domain/areas.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { ViewEstimate } from '../domain/estimate.ts';
import type { OperatorError } from '../domain/operator-error.ts';
import type { Distribution, TableShape } from '../domain/package.ts';

/** Where the data is. `epiark` serves area 7; both are often the same URL, and then one connection and one snapshot serve both. */
export interface SourceSettings {
  readonly sminet2: string;
  readonly epiark?: string;
  /** The directory that attachments' `sokvag` is relative to. */
  readonly bilagor?: string;
  /** No byte for this long is `database_stalled`; 60,000 ms unless set. */
  readonly stallMs?: number;
}

/** What `kontrollera` says of the source. A problem stops a delivery, a warning does not. */
export interface SourceReport {
  readonly serverVersion: string;
  readonly views: readonly string[];
  /** `code` is a key of `text.sourceFindings`. */
  readonly findings: readonly {
    readonly severity: 'problem' | 'warning';
    readonly code: string;
    readonly facts: Readonly<Record<string, string | number>>;
  }[];
}

/** What was counted while one file was written. `lines` counts physical lines, header included. */
export interface WrittenTable {
  readonly rows: number;
  readonly lines: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** One attachment of a region in key order; `nr` from 1. The name is personal data. */
export interface AttachmentRow {
  readonly nr: number;
  readonly bilagaId: string;
  readonly anteckningId: string | null;
  readonly diarienummer: string;
  readonly filnamn: string;
  readonly storlek: number;
  readonly sha256: string | null;
  readonly sokvag: string | null;
}

/** An attachment that was written: what was registered, where it is below the folder, and what was written, not what the source claims. */
export interface WrittenAttachment {
  readonly row: AttachmentRow;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ExportOptions {
  readonly dialect: Dialect;
  readonly signal?: AbortSignal;
  /** Bytes written since the last call. */
  readonly onBytes?: (bytes: number) => void;
}

/** One REPEATABLE READ snapshot per database, for one delivery (N04). Every call is served one at a time. */
export interface Snapshot {
  /** When it was taken by the database's clock, RFC 3339 with Stockholm's offset. */
  readonly takenAt: string;
  /** Holds an advisory lock for the region on the same connection, so that a second host is seen. False when another has it. */
  lockRegion(region: string): Promise<boolean>;
  /**
   * The header of one view for one region, `egna_falt` fanned out. This and every other call about a view throws `contract_broken` or
   * `value_unsupported` for what is wrong with that view; after such an error the snapshot still serves the others.
   */
  shape(view: string, region: string): Promise<TableShape>;
  /**
   * Writes `header` and then the region's rows to `file` (created exclusively, 0660), fsynced; `rows` equals the view's `count(*)`
   * for the region in this snapshot, else `rows_mismatch`. A file that was not finished is removed before the error leaves.
   */
  writeTable(shape: TableShape, region: string, file: string, header: Uint8Array, options: ExportOptions): Promise<WrittenTable>;
  /**
   * Writes the contents of the region's attachments in key order, each at the path below `dir` that `pathOf` gives it, in bounded memory, and
   * yields each as its file is finished. Those that lack key, diarienummer, name or size, or cannot be read as they were registered, are left
   * out, and counted in the `attachment_unreadable` that is thrown in the end. Throws `rows_mismatch` as `writeTable`.
   */
  writeAttachments(
    region: string,
    dir: string,
    pathOf: (row: AttachmentRow) => string,
    options: Omit<ExportOptions, 'dialect'>,
  ): AsyncGenerator<WrittenAttachment>;
  /** D6 for one view: total, this region's and those of no region; the 21 and the rest are the total. */
  distribution(view: string, region: string): Promise<Distribution>;
  /** Views of area 6 without a single change row in the whole source (R62). */
  viewsWithoutChangeLog(): Promise<string[]>;
  close(): Promise<void>;
}

/** The Sminet 2 databases behind the contract views. Read-only in every session. */
export interface Source {
  /** Contract views, columns, comments, the role's rights, clock difference; throws `database_down` or `database_login`. */
  check(): Promise<SourceReport>;
  /**
   * Planner estimates for all regions and views in one round trip per database. A view that breaks the contract is thrown, or told to `onBroken`
   * and left out where that is given.
   */
  estimate(dialect: (region: string) => Dialect, onBroken?: (error: OperatorError) => void): Promise<ViewEstimate[]>;
  /** The planned sizes with the length of rows measured, where that costs little; those keep no grade above `sample`. */
  sample(planned: readonly ViewEstimate[], dialect: (region: string) => Dialect, signal?: AbortSignal): Promise<ViewEstimate[]>;
  /** The exact size of one region's view in the dialect, equal to the export to the byte. */
  exactSize(view: string, region: string, dialect: Dialect, signal?: AbortSignal): Promise<ViewEstimate>;
  /**
   * A text that stays the same for as long as nothing is committed on the server, so that what was counted before still holds; `undefined`
   * where rows may change unseen, as behind foreign tables.
   */
  version(): Promise<string | undefined>;
  /** Rows per view for one region, and rows of no region: what the gate compares with a receipt. */
  countRows(views: readonly string[]): Promise<
    {
      readonly view: string;
      readonly total: number;
      readonly perRegion: Readonly<Record<string, number>>;
      readonly undistributed: number;
    }[]
  >;
  /** The database's clock minus ours, in milliseconds (D5). */
  clockSkew(): Promise<number>;
  snapshot(areas: readonly AreaId[]): Promise<Snapshot>;
  close(): Promise<void>;
}
