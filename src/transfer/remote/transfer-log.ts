import { OperatorError } from '../../domain/operator-error.ts';
import type { TargetBinding, Verification } from '../../domain/target.ts';
import type { SourceFingerprint, TransferJournal, TransferRecord } from '../transfer.ts';
import type { JournalledFile } from './resume-plan.ts';

interface FileState extends JournalledFile {
  readonly fingerprint: SourceFingerprint;
  /** What earlier interruptions put at risk: [from, to) was written twice, or half. */
  readonly atRisk: readonly { readonly from: number; readonly to: number }[];
}

export interface Begun {
  readonly uploadId: string;
  readonly binding: TargetBinding;
  readonly bag: string;
  readonly temp: string;
  readonly published: string;
}

/** What was proven before it was published. */
export interface Outcome {
  readonly verification: Verification;
  readonly notes: readonly string[];
  /** SHA-256 of the tag manifest, which names the bag's whole content. */
  readonly tagManifest: string;
}

/** One for all: there may be 100,000 files. */
const NOTHING: FileState['atRisk'] = [];

type Phase = 'new' | 'sending' | 'renaming' | 'renamed' | 'done';

/** The journal replayed, and kept in step with every record that is appended: a reconnection and a new process read the same state. */
export class TransferLog {
  readonly #journal: TransferJournal;
  readonly #files = new Map<string, FileState>();
  #begun: Begun | undefined;
  #isMade = false;
  #phase: Phase = 'new';
  #outcome: Outcome | undefined;
  #resent = 0;
  /** Files of which the journal has lost a record: nothing that builds on it may be written. */
  readonly #unsaid = new Set<string>();
  #hasGap = false;
  #hasDiffered = false;

  constructor(journal: TransferJournal) {
    this.#journal = journal;
  }

  /** Takes up what earlier runs wrote. */
  async replay(): Promise<void> {
    for await (const record of this.#journal.records) this.#apply(record);
  }

  get begun(): Begun | undefined {
    return this.#begun;
  }

  /** Whether the bag's own folder is known to be ours. */
  get isMade(): boolean {
    return this.#isMade;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** How the published bag was verified and what the server could not do; known from `renaming` on, and kept when the same folder is begun again. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** Bytes sent more than once, over all runs (`bytesResent`). */
  get bytesResent(): number {
    return this.#resent;
  }

  file(path: string): FileState | undefined {
    return this.#files.get(path);
  }

  /** Whether the server has answered an fsync for the whole of it. */
  isDurable({ path, bytes }: { readonly path: string; readonly bytes: number }): boolean {
    return this.#files.get(path)?.durable === bytes;
  }

  /** Those that were begun, by path: all that can be in the `.part` folder of ours. */
  get files(): ReadonlyMap<string, JournalledFile> {
    return this.#files;
  }

  /** Whether the local disk was full and the journal fell behind. */
  get hasGap(): boolean {
    return this.#hasGap;
  }

  /** Whether a file was once found to be another on the server than what was sent. */
  get hasDiffered(): boolean {
    return this.#hasDiffered;
  }

  /**
   * Writes a record down, and only then goes by it. When the local disk is full a file's progress may be lost: the upload goes on, that
   * file's D stands still, and a cut costs more (F14). Everything else throws as the journal does.
   */
  async append(record: TransferRecord, durable: boolean): Promise<void> {
    const file = 'file' in record ? record.file : undefined;
    const isBeginning = record.type === 'open' || record.type === 'resumed';
    if (file !== undefined && this.#unsaid.has(file) && !isBeginning) return;
    try {
      await this.#journal.append(record, durable);
    } catch (error) {
      const isFull = error instanceof OperatorError && error.code === 'local_disk_full';
      // What the journal says of an older content must not stand beside a new one that it never heard of.
      const isReplacing = record.type === 'open' && this.#files.has(record.file);
      if (!isFull || file === undefined || isReplacing) throw error;
      this.#hasGap = true;
      this.#unsaid.add(file);
      return;
    }
    if (file !== undefined && isBeginning) this.#unsaid.delete(file);
    this.#apply(record);
  }

  #apply(record: TransferRecord): void {
    switch (record.type) {
      case 'begin':
        if (this.#begun?.uploadId !== record.uploadId) {
          this.#isMade = false;
          this.#outcome = undefined;
        }
        this.#begun = record;
        this.#phase = 'sending';
        return;
      case 'made':
        this.#isMade = true;
        return;
      case 'open': {
        const { file, bytes, sha256, fingerprint } = record;
        this.#files.set(file, { bytes, sha256, fingerprint, acked: 0, durable: 0, cursor: 0, isSent: false, atRisk: NOTHING });
        return;
      }
      case 'checkpoint':
        this.#change(record.file, { acked: record.acked, durable: record.durable, cursor: record.sent });
        return;
      case 'sent': {
        const { bytes, durable } = record;
        this.#change(record.file, { acked: bytes, cursor: bytes, durable: durable ? bytes : 0, isSent: true });
        return;
      }
      case 'resumed': {
        this.#resent += record.resent;
        const atRisk = { from: record.from, to: record.from + record.resent };
        this.#change(record.file, { atRisk: [...(this.file(record.file)?.atRisk ?? []), atRisk] });
        return;
      }
      case 'renaming':
        this.#phase = 'renaming';
        this.#outcome = record;
        return;
      case 'renamed':
      case 'done':
        this.#phase = record.type;
        return;
      case 'abort':
        for (const { cursor } of this.#files.values()) this.#resent += cursor;
        this.#files.clear();
        this.#begun = undefined;
        this.#phase = 'new';
        this.#outcome = undefined;
        return;
      case 'differed':
        this.#hasDiffered = true;
        return;
      case 'verified':
        return;
    }
  }

  #change(path: string, change: Partial<FileState>): void {
    const known = this.#files.get(path);
    if (known) this.#files.set(path, { ...known, ...change });
  }
}
