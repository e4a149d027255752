import type { AreaId } from './areas.ts';

/** What can be done that must be possible to prove afterwards. */
export type AuditAct =
  /** A decision was registered: `area`, and `at` and `operator` equal the decision's own. */
  | 'decision'
  | 'delivery_started'
  /** A bag was published: `delivery`, and `facts.manifestSha256` equals the receipt's. */
  | 'published'
  | 'delivery_stopped'
  /** A kvittens was registered: `delivery`, and `at` and `operator` equal the kvittens' own. */
  | 'receipt'
  | 'hold'
  | 'hold_lifted'
  | 'host_key_trusted'
  | 'host_key_removed'
  /** With `twoPerson`: a target's fingerprint and path as one operator entered them, and as another confirmed them (N20). */
  | 'target_entered'
  | 'target_confirmed'
  | 'staging_removed';

/** One line of `<state>/audit.jsonl`: who did what, when. Never personal data of those the registers are about (D13). */
export interface AuditEntry {
  /** RFC 3339 with offset. */
  readonly at: string;
  /** The operator's login. */
  readonly operator: string;
  readonly host: string;
  readonly act: AuditAct;
  readonly region?: string;
  readonly area?: AreaId;
  readonly delivery?: string;
  /** Of a change of a region: its new revision, and the sha256 of its new record as the file holds it. */
  readonly revision?: number;
  readonly record?: string;
  readonly facts?: Readonly<Record<string, string | number>>;
}
