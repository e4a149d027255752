import type { Lane } from '../session/lane.ts';
import { isStatus, SftpStatusError, STATUS } from '../sftp-errors.ts';

const BYTES = 16 * 1024 * 1024;
const MS = 5000;

/** Bytes from the start of the file: `acked` is W, `durable` D (0 where the server has no fsync), `sent` the cursor. */
export interface Checkpoint {
  readonly acked: number;
  readonly durable: number;
  readonly sent: number;
}

/** Writes a checkpoint down; `durable` asks for it to be on disk when it returns. */
export type WriteCheckpoint = (checkpoint: Checkpoint, durable: boolean) => Promise<void>;

/** The durable offset D of a file that is being sent, and when it is to move (I6): every 16 MiB acknowledged, or 5 s. */
export class Checkpoints {
  /** Where fsync is asked for. */
  readonly #control: Lane;
  readonly #write: WriteCheckpoint;
  #last: { readonly acked: number; readonly at: number };
  #canSync: boolean;
  #durable: number;

  /** `isSynced`: what stands before `from` is durable, and fsync is to be had. */
  constructor(control: Lane, write: WriteCheckpoint, from: number, isSynced: boolean) {
    this.#control = control;
    this.#write = write;
    this.#canSync = isSynced;
    this.#durable = isSynced ? from : 0;
    this.#last = { acked: from, at: performance.now() };
  }

  /** D. */
  get durable(): number {
    return this.#durable;
  }

  /** Whether fsync can be had; the first refusal ends it, and D stands still from then on (F18). */
  get canSync(): boolean {
    return this.#canSync;
  }

  isDue(acked: number): boolean {
    const bytes = acked - this.#last.acked;
    return bytes >= BYTES || (bytes > 0 && performance.now() - this.#last.at >= MS);
  }

  /** D moves only to a W that was recorded before the fsync was sent, and only after its reply (I6). Throws as fsync and the journal do. */
  async take(acked: number, cursor: () => number): Promise<void> {
    this.#last = { acked, at: performance.now() };
    if (this.#canSync) {
      this.#canSync = await this.#control.channel.fsync(this.#control.handle).then(() => true, isRefusedSync);
      if (this.#canSync) this.#durable = acked;
    }
    await this.#write({ acked, durable: this.#durable, sent: cursor() }, true);
  }

  /** Where the line may be gone, the journal at least learns how far was sent. */
  note(acked: number, sent: number): Promise<void> {
    return this.#write({ acked, durable: this.#durable, sent }, false);
  }
}

function isRefusedSync(error: unknown): false {
  if (error instanceof SftpStatusError && !isStatus(error, STATUS.NO_SPACE, STATUS.QUOTA_EXCEEDED)) return false;
  throw error;
}
