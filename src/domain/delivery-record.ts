import type { AreaId } from './areas.ts';
import type { Day } from './calendar.ts';
import type { Decision } from './decision.ts';
import type { Stage } from './delivery-events.ts';
import type { TargetBinding, Verification } from './target.ts';

/** What a finished delivery proves (`receipt.json`). Counts and bytes are exact. */
export interface Receipt {
  readonly version: 1;
  readonly delivery: string;
  readonly region: string;
  readonly bag: string;
  readonly remotePath: string;
  readonly target: TargetBinding;
  readonly operator: string;
  readonly startedAt: string;
  readonly publishedAt: string;
  readonly areas: readonly AreaId[];
  readonly decisions: readonly Decision[];
  readonly snapshotAt: string;
  readonly tables: readonly {
    readonly view: string;
    readonly area: AreaId;
    readonly rows: number;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  readonly attachments: { readonly count: number; readonly bytes: number };
  readonly undistributed: readonly { readonly view: string; readonly rows: number }[];
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
  readonly bytesSent: number;
  readonly bytesResent: number;
  readonly contentVerified: boolean;
  readonly verification: Verification;
  /** What the server could not do, as codes of `text.transferNotes`. */
  readonly notes: readonly string[];
  readonly manifestSha256: string;
  readonly tagManifestSha256: string;
  /** The audit chain's head when the bag was published. */
  readonly auditHead: string;
}

/** What the paper that the region signs counts: tables and attachments, and not the files that describe them. */
export const payloadOf = ({ tables, attachments }: Receipt): { readonly files: number; readonly bytes: number } => ({
  files: tables.length + attachments.count,
  bytes: tables.reduce((sum, { bytes }) => sum + bytes, attachments.bytes),
});

/** The region's signed answer to a delivery (`kvittera`). */
export interface Kvittens {
  readonly delivery: string;
  readonly receivedOn: Day;
  readonly receivedBy: string;
  readonly dnr?: string;
  /** The signed paper's sha256, when a file was given. */
  readonly fileSha256?: string;
  /** What does not agree; such a kvittens never opens the gate. */
  readonly deviation?: string;
  /** The sha256 of `manifest-sha256.txt` that the region says it verified. */
  readonly manifestSha256?: string;
  readonly registeredBy: string;
  readonly registeredAt: string;
}

/** The region's answer as the operator types it. */
export interface KvittensDraft {
  readonly receivedOn?: string;
  readonly receivedBy?: string;
  readonly dnr?: string;
  /** Path of the signed reversal; only its sha256 is kept. */
  readonly file?: string;
  readonly deviation?: string;
  readonly manifest?: string;
}

/** How a delivery stands, read from its plan, journal and receipt; never stored. */
export interface DeliverySummary {
  readonly id: string;
  readonly region: string;
  readonly bag: string;
  readonly areas: readonly AreaId[];
  readonly decisions: readonly Decision[];
  readonly startedAt: string;
  /** When its last run came to an end that it could write down. */
  readonly endedAt?: string;
  readonly stage: Stage;
  /** `cut` is an unfinished delivery that nobody works on: killed, or the machine went down. */
  readonly outcome: 'running' | 'paused' | 'cut' | 'failed' | 'stopped' | 'done';
  readonly error?: { readonly code: string; readonly facts: Readonly<Record<string, string | number>> };
  readonly receipt?: Receipt;
}
