import type { AreaId } from './areas.ts';
import type { Day } from './calendar.ts';
import type { Decision } from './decision.ts';
import type { Dialect } from './dialect.ts';
import type { Region } from './regions.ts';

/** The paper of a package: for the region to sign and return. */
export const REVERSAL_FILE = 'leveransreversal.txt';

/** Where a package lies on this machine, until it is cleaned away; `staging` is the settings' folder. */
export const stagedBag = (staging: string, bag: string): string => `${staging}/${bag}`;

/** One column of a delivered table: the header's exact name, PostgreSQL's type name, and what the view's comment says. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** The view's column; for a fanned-out value also the key in `egna_falt` and its place in an array, from 1. */
  readonly source: { readonly column: string; readonly key?: string; readonly item?: number };
}

/** A contract view as it is delivered to one region: the header is complete and its order stable before the first row is read. */
export interface TableShape {
  readonly view: string;
  readonly area: AreaId;
  readonly columns: readonly Column[];
}

/** A staged file as its export recorded it, hashed while it was written. `path` is relative to the bag, with `/`. Bytes are exact. */
export interface StagedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A delivered table. `rows` are CSV records without the header; `lines` are physical lines, header included (T30). */
export interface ExportedTable extends StagedFile {
  readonly view: string;
  readonly area: AreaId;
  readonly columns: readonly Column[];
  readonly rows: number;
  readonly lines: number;
}

/** A delivered attachment. `nr` is its row in `omrade2_bilagor.csv`, the only name that logs and screens may use (D13). */
export interface ExportedAttachment extends StagedFile {
  readonly nr: number;
}

/** D6: every row of a view belongs to one of the 21 or is counted as "ej fördelad". */
export interface Distribution {
  readonly view: string;
  readonly total: number;
  readonly region: number;
  readonly undistributed: number;
}

/** Everything the bag says about itself besides its payload; the input of `sealBag`. */
export interface BagFacts {
  readonly bag: string;
  readonly region: Region;
  readonly createdAt: string;
  readonly day: Day;
  readonly operator: string;
  /** When the source's snapshot was taken, RFC 3339. */
  readonly snapshotAt: string;
  readonly decisions: readonly Decision[];
  readonly dialect: Dialect;
  readonly tables: readonly ExportedTable[];
  readonly attachments: readonly ExportedAttachment[];
  readonly distribution: readonly Distribution[];
  /** Log types whose source never wrote change rows (R62), by view. */
  readonly withoutChangeLog: readonly string[];
}
