import { ConnectionLost, isStatus, STATUS } from '../sftp-errors.ts';
import type { Capabilities } from './capabilities.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { FilePart } from './file-part.ts';
import type { Reply, SessionPatience } from './pending-requests.ts';
import { PendingRequests } from './pending-requests.ts';
import type { Decode, DirectoryEntry, Stats } from './sftp-replies.ts';
import { asAttributes, asData, asDone, asEntries, asHandle, asName, asNumbers } from './sftp-replies.ts';
import type { Framed } from './sftp-requests.ts';
import * as request from './sftp-requests.ts';
import type { SftpStream } from './sftp-stream.ts';

/** Bytes and inodes free for this account; `inodes` is null where the file system does not count them. */
export interface FreeSpace {
  readonly bytes: number;
  readonly inodes: number | null;
}

/** READDIRs of one folder that are on their way at once: of some 100 names each. */
const READDIRS = 8;

/**
 * One SFTP channel as promises, each of which settles exactly once (I8): by the reply, when the server has been silent for too long,
 * or when the channel dies. The first death ends the channel; a late reply can then disturb nobody.
 * Rejections are `SftpStatusError` (the server's answer) or `ConnectionLost`. A handle belongs to the channel that opened it.
 */
export class SftpChannel {
  #can: Capabilities;
  readonly #stream: SftpStream;
  readonly #patience: SessionPatience;
  readonly #pending: PendingRequests;

  /** `onLost` is told once, when the channel dies by itself or has been silent for too long (`stalled`). */
  constructor(stream: SftpStream, patience: SessionPatience, onLost: (reason: ConnectionLost) => void) {
    this.#stream = stream;
    this.#patience = patience;
    this.#can = capabilitiesOf(stream.offer);
    const lose = (reason: ConnectionLost) => {
      if (this.lost) return;
      this.endChannel(reason);
      onLost(reason);
    };
    this.#pending = new PendingRequests(patience, () => lose(new ConnectionLost('stalled')));
    void stream.ended.then(lose);
  }

  /** What may be asked for here: what the server advertised, less what it then did not hold. */
  get can(): Capabilities {
    return this.#can;
  }

  get extensions(): readonly string[] {
    return [...this.#stream.offer.extensions.keys()];
  }

  /** From now on less is asked for. */
  restrict(to: Partial<Capabilities>): void {
    this.#can = { ...this.#can, ...to };
  }

  /** Why the channel is no more; undefined while it lives. */
  get lost(): ConnectionLost | undefined {
    return this.#pending.ended;
  }

  /** Ends this channel alone: everything outstanding rejects with `reason`, and the server's process for it goes. Idempotent. */
  endChannel(reason: ConnectionLost): void {
    if (this.lost) return;
    this.#pending.end(reason);
    this.#stream.end();
  }

  /** `flags` are `OPEN` bits: no READ to write, which drop boxes refuse. Returns the handle. */
  open(path: string, flags: number, mode?: number): Promise<Buffer> {
    return this.#metadata('open', request.open(path, flags, mode), asHandle);
  }

  /** One WRITE at an explicit offset, of at most `can.chunk` bytes. The part is sent from where it is: it must stay as it is until this settles. */
  write(handle: Buffer, part: FilePart, position: number): Promise<void> {
    return this.#ask('write', this.#patience.watchdogMs, (id) => part.framed(id, handle, position), asDone);
  }

  /** One READ of at most `length` (at most `can.chunk`) bytes; fewer may come, and none at the end. */
  async read(handle: Buffer, length: number, position: number): Promise<Buffer> {
    const framed = request.read(handle, position, length);
    try {
      return await this.#ask('read', this.#patience.watchdogMs, framed, asData(length));
    } catch (error) {
      if (isStatus(error, STATUS.EOF)) return Buffer.alloc(0);
      throw error;
    }
  }

  closeHandle(handle: Buffer): Promise<void> {
    return this.#metadata('close', request.close(handle), asDone);
  }

  fstat(handle: Buffer): Promise<Stats> {
    return this.#metadata('fstat', request.fstat(handle), asAttributes);
  }

  lstat(path: string): Promise<Stats> {
    return this.#metadata('lstat', request.lstat(path), asAttributes);
  }

  realpath(path: string): Promise<string> {
    return this.#metadata('realpath', request.realpath(path), asName);
  }

  /**
   * A folder's names and what they are, without itself and the one above, as many at a time as the server sends; none is kept. Several READDIRs are on their way at once: one after
   * another, 2,000 names cost 20 round trips.
   */
  async *readdir(path: string): AsyncGenerator<readonly DirectoryEntry[], void> {
    const { watchdogMs } = this.#patience;
    const handle = await this.#ask('readdir', watchdogMs, request.opendir(path), asHandle);
    const width = Math.min(READDIRS, Math.floor(this.can.inFlight / this.can.chunk));
    const asked: Promise<DirectoryEntry[] | undefined>[] = [];
    const askOn = () => {
      const entries = this.#ask('readdir', watchdogMs, request.readdir(handle), asEntries).catch((error: unknown) => {
        if (!isStatus(error, STATUS.EOF)) throw error;
        return undefined;
      });
      entries.catch(() => {}); // thrown where it is waited for
      asked.push(entries);
    };
    try {
      for (let n = 0; n < width; n += 1) askOn();
      let isAtEnd = false;
      while (asked.length > 0) {
        const some = await asked.shift();
        // A server that works on several requests at once may say the end to one, and give the last names to a later one.
        isAtEnd ||= !some;
        if (some) yield some.filter(({ filename }) => filename !== '.' && filename !== '..');
        if (!isAtEnd) askOn();
      }
    } finally {
      await Promise.allSettled(asked);
      await this.closeHandle(handle).catch(() => {});
    }
  }

  mkdir(path: string, mode: number): Promise<void> {
    return this.#metadata('mkdir', request.mkdir(path, mode), asDone);
  }

  rmdir(path: string): Promise<void> {
    return this.#metadata('rmdir', request.rmdir(path), asDone);
  }

  unlink(path: string): Promise<void> {
    return this.#metadata('remove', request.remove(path), asDone);
  }

  /** Plain RENAME: fails where the new name exists (posix-rename would replace an empty directory). */
  rename(from: string, to: string): Promise<void> {
    return this.#metadata('rename', request.rename(from, to), asDone);
  }

  setMode(path: string, mode: number): Promise<void> {
    return this.#metadata('setstat', request.setMode(path, mode), asDone);
  }

  /** fsync(2) of a file's or a directory's handle on the server. Only where `can.fsync`. */
  fsync(handle: Buffer): Promise<void> {
    return this.#ask('fsync', this.#patience.fsyncMs, request.extended('fsync@openssh.com', handle), asDone);
  }

  /** Free space for this account under `path`, or null where the server cannot say. */
  async freeSpace(path: string): Promise<FreeSpace | null> {
    if (!this.can.statvfs) return null;
    const stats = await this.#metadata('statvfs', request.extended('statvfs@openssh.com', path), asNumbers(11));
    const [, fragment = 0, , , available = 0, inodes = 0, , availableInodes = 0] = stats;
    return { bytes: available * fragment, inodes: inodes === 0 ? null : availableInodes };
  }

  /** A request that is not about a file, held to the same promise of settling. */
  protected call<T>(patienceMs: number, start: (reply: Reply<T>) => void): Promise<T> {
    return this.#pending.call(patienceMs, start);
  }

  #ask<T>(operation: string, patienceMs: number, framed: Framed, decode: Decode<T>): Promise<T> {
    return this.#pending.call(patienceMs, (reply) => this.#stream.request(operation, framed, decode, reply));
  }

  #metadata<T>(operation: string, framed: Framed, decode: Decode<T>): Promise<T> {
    return this.#ask(operation, this.#patience.metadataMs, framed, decode);
  }
}
