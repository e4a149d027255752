/**
 * The exit code of every error an operator can meet (`--help`, README and the operator guide list them).
 * Add a code here and its Swedish text in `src/text.ts`; the compiler asks for the second when the first exists.
 */
export const EXIT_CODES = {
  // 2: usage, or an answer that is missing when nobody can be asked
  usage: 2,
  answer_missing: 2,
  unknown_region: 2,
  unknown_area: 2,
  decision_invalid: 2,
  confirmation_mismatch: 2,
  receipt_invalid: 2,
  host_key_in_settings: 2,
  path_invalid: 2,
  // 3: partly done; nothing incomplete was published
  export_incomplete: 3,
  paused: 3,
  abandoned: 3,
  worker_died: 3,
  // 4: decisions incomplete or changed
  decisions_incomplete: 4,
  decisions_changed: 4,
  planning_clock: 4,
  revision_conflict: 4,
  // 5: nothing to do
  nothing_to_deliver: 5,
  no_delivery: 5,
  delivery_running: 5,
  // 10: settings and saved state
  settings_missing: 10,
  settings_invalid: 10,
  target_missing: 10,
  state_unmarked: 10,
  state_corrupt: 10,
  path_too_long: 10,
  worker_failed: 10,
  // 11
  locked: 11,
  state_busy: 11,
  // 12: database
  database_down: 12,
  database_login: 12,
  database_stalled: 12,
  contract_broken: 12,
  view_unknown: 12,
  value_unsupported: 12,
  value_unmappable: 12,
  rows_mismatch: 12,
  export_failed: 12,
  attachment_unreadable: 12,
  // 13: SFTP
  sftp_down: 13,
  sftp_login: 13,
  sftp_failed: 13,
  // 14
  host_key_unknown: 14,
  host_key_changed: 14,
  host_key_revoked: 14,
  // 15
  checksum_mismatch: 15,
  staged_file_changed: 15,
  staged_file_unreadable: 15,
  target_changed: 15,
  dialect_changed: 15,
  journal_damaged: 15,
  // 16
  local_disk_full: 16,
  remote_disk_full: 16,
  // 17
  permission_local: 17,
  permission_remote: 17,
  // 18
  bag_exists: 18,
  // 19
  bag_invalid: 19,
  // 20
  another_person: 20,
  // 130: the operator stopped work that ran in this very process
  stopped: 130,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** What the Swedish text may mention. Never personal data (D13): paths, counts, codes, dates and region names only. */
export type ErrorFacts = Readonly<Record<string, string | number>>;

/**
 * An error that an operator can do something about: a code, the facts and the cause. Everything else is our bug.
 * The Swedish text is made from the code and the facts in `src/text.ts`; `message` is for logs only.
 */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, facts: ErrorFacts = {}, cause?: unknown) {
    super(`${code} ${JSON.stringify(facts)}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = facts;
  }

  /** The process exit code that belongs to this error (`EXIT_CODES`). */
  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}
