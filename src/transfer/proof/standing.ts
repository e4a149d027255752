import type { StagedFile } from '../../domain/package.ts';
import type { TransferLog } from '../remote/transfer-log.ts';
import type { SendRequest } from '../transfer.ts';
import { Proof } from './prove-content.ts';

/** A bag that still grows weighs at least this many times what is known of it. */
const MORE_TO_COME = 1.02;

/** How far one run of `sendBag` has come, over all its connections. */
export class Standing {
  readonly proof = new Proof();
  readonly #request: Pick<SendRequest, 'files' | 'expectedBytes'>;
  readonly #log: TransferLog;
  readonly #met = new Set<string>();
  #resumedBytes = 0;
  /** So many of the files weigh `#knownBytes`. */
  #counted = 0;
  #knownBytes = 0;

  constructor(request: Pick<SendRequest, 'files' | 'expectedBytes'>, log: TransferLog) {
    this.#request = request;
    this.#log = log;
  }

  /** The bag's size in bytes; as long as it is not complete, what it is expected to be, and always a little more than what has come: nothing is done yet. */
  get totalBytes(): number {
    const { files, expectedBytes } = this.#request;
    for (; this.#counted < files.items.length; this.#counted += 1) this.#knownBytes += files.items[this.#counted]?.bytes ?? 0;
    return files.isComplete ? this.#knownBytes : Math.max(Math.ceil(this.#knownBytes * MORE_TO_COME), expectedBytes);
  }

  /** What the journal knows to be on the server, in bytes. */
  get keptBytes(): number {
    return this.#request.files.items.reduce((sum, { path }) => sum + (this.#log.file(path)?.acked ?? 0), 0);
  }

  /** What earlier runs had brought there of the files that have been met. */
  get resumedBytes(): number {
    return this.#resumedBytes;
  }

  /** A file goes on at `from`; returns whether it is met for the first time. What was there then is an earlier run's work, and afterwards this run's. */
  meet({ path }: StagedFile, from: number): boolean {
    if (this.#met.has(path)) return false;
    this.#met.add(path);
    this.#resumedBytes += from;
    return true;
  }
}
