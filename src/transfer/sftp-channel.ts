import type { Attributes, FileEntryWithStats, InputAttributes, Stats } from 'ssh2';
import type { Capabilities } from './capabilities.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { Reply, SessionPatience } from './pending-requests.ts';
import { PendingRequests } from './pending-requests.ts';
import { ConnectionLost, fromSsh2, isStatus, SftpStatusError, STATUS } from './sftp-errors.ts';
import type { RawSftp } from './ssh-connection.ts';

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
  readonly #sftp: RawSftp;
  readonly #patience: SessionPatience;
  readonly #pending: PendingRequests;

  /** `onLost` is told once, when the channel dies by itself or has been silent for too long (`stalled`). */
  constructor(sftp: RawSftp, patience: SessionPatience, onLost: (reason: ConnectionLost) => void) {
    this.#sftp = sftp;
    this.#patience = patience;
    this.#can = capabilitiesOf(sftp);
    const lose = (reason: ConnectionLost) => {
      if (this.lost) return;
      this.endChannel(reason);
      onLost(reason);
    };
    this.#pending = new PendingRequests(patience, () => lose(new ConnectionLost('stalled')));
    sftp.on('error', (error: Error) => lose(asLost(error)));
    sftp.on('end', () => lose(new ConnectionLost('channel')));
    sftp.on('close', () => lose(new ConnectionLost('channel')));
  }

  /** What may be asked for here: what the server advertised, less what it then did not hold. */
  get can(): Capabilities {
    return this.#can;
  }

  get extensions(): readonly string[] {
    return Object.keys(this.#sftp._extensions);
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
    this.#sftp.end();
  }

  /** `flags` are `OPEN_MODE` bits; a string would add READ, which drop boxes refuse. Returns the handle. */
  open(path: string, flags: number, mode?: number): Promise<Buffer> {
    return this.#metadata('open', (reply) =>
      mode === undefined ? this.#sftp.open(path, flags, reply) : this.#sftp.open(path, flags, { mode }, reply),
    );
  }

  /** One WRITE at an explicit offset; `length` is at most `can.chunk`. The bytes are copied before this returns, so the buffer may be used again. */
  async write(handle: Buffer, buffer: Buffer, length: number, position: number): Promise<void> {
    await this.#pending.call<unknown>('write', this.#patience.watchdogMs, (reply) =>
      this.#sftp.write(handle, buffer, 0, length, position, (error) => reply(error)),
    );
  }

  /** One READ of at most `buffer.length` (at most `can.chunk`) bytes; returns how many came, 0 at the end. */
  read(handle: Buffer, buffer: Buffer, position: number): Promise<number> {
    return this.#pending.call('read', this.#patience.watchdogMs, (reply) =>
      this.#sftp.read(handle, buffer, 0, buffer.length, position, (error, bytes) => reply(error, bytes)),
    );
  }

  async closeHandle(handle: Buffer): Promise<void> {
    await this.#metadata<unknown>('close', (reply) => this.#sftp.close(handle, reply));
  }

  fstat(handle: Buffer): Promise<Stats> {
    return this.#metadata('fstat', (reply) => this.#sftp.fstat(handle, reply));
  }

  lstat(path: string): Promise<Stats> {
    return this.#metadata('lstat', (reply) => this.#sftp.lstat(path, reply));
  }

  realpath(path: string): Promise<string> {
    return this.#metadata('realpath', (reply) => this.#sftp.realpath(path, reply));
  }

  /**
   * A folder's names and what they are, as many at a time as the server sends; none is kept. Several READDIRs are on their way at once: one after
   * another, 2,000 names cost 20 round trips.
   */
  async *readdir(path: string): AsyncGenerator<readonly FileEntryWithStats[], void> {
    const ask = <T>(start: (reply: Reply<T>) => void) => this.#pending.call('readdir', this.#patience.watchdogMs, start);
    const handle = await ask<Buffer>((reply) => this.#sftp.opendir(path, reply));
    const width = Math.min(READDIRS, Math.floor(this.can.inFlight / this.can.chunk));
    const asked: Promise<FileEntryWithStats[] | undefined>[] = [];
    const askOn = () => {
      const entries = ask<FileEntryWithStats[]>((reply) => this.#sftp.readdir(handle, reply)).catch((error: unknown) => {
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
        if (some) yield some;
        if (!isAtEnd) askOn();
      }
    } finally {
      await Promise.allSettled(asked);
      await this.closeHandle(handle).catch(() => {});
    }
  }

  async mkdir(path: string, mode: number): Promise<void> {
    await this.#metadata<unknown>('mkdir', (reply) => this.#sftp.mkdir(path, { mode } as Attributes, reply));
  }

  async rmdir(path: string): Promise<void> {
    await this.#metadata<unknown>('rmdir', (reply) => this.#sftp.rmdir(path, reply));
  }

  async unlink(path: string): Promise<void> {
    await this.#metadata<unknown>('remove', (reply) => this.#sftp.unlink(path, reply));
  }

  /** Plain RENAME: fails where the new name exists (posix-rename would replace an empty directory). */
  async rename(from: string, to: string): Promise<void> {
    await this.#metadata<unknown>('rename', (reply) => this.#sftp.rename(from, to, reply));
  }

  async setstat(path: string, attributes: InputAttributes): Promise<void> {
    await this.#metadata<unknown>('setstat', (reply) => this.#sftp.setstat(path, attributes, reply));
  }

  /** fsync(2) of a file's or a directory's handle on the server. Only where `can.fsync`. */
  async fsync(handle: Buffer): Promise<void> {
    await this.#pending.call<unknown>('fsync', this.#patience.fsyncMs, (reply) => this.#sftp.ext_openssh_fsync(handle, reply));
  }

  /** Free space for this account under `path`, or null where the server cannot say. */
  async freeSpace(path: string): Promise<FreeSpace | null> {
    if (!this.can.statvfs) return null;
    const stats = await this.#metadata<{ f_bavail: number; f_frsize: number; f_files: number; f_favail: number }>('statvfs', (reply) =>
      this.#sftp.ext_openssh_statvfs(path, reply),
    );
    return { bytes: stats.f_bavail * stats.f_frsize, inodes: stats.f_files === 0 ? null : stats.f_favail };
  }

  /** A request that is not about a file, held to the same promise of settling. */
  protected call<T>(operation: string, patienceMs: number, start: (reply: Reply<T>) => void): Promise<T> {
    return this.#pending.call(operation, patienceMs, start);
  }

  #metadata<T>(operation: string, start: (reply: Reply<T>) => void): Promise<T> {
    return this.#pending.call(operation, this.#patience.metadataMs, start);
  }
}

/** ssh2's `error` on a channel or a connection → how it was lost. */
export function asLost(error: Error): ConnectionLost {
  const known = fromSsh2(error, 'connection');
  return known instanceof SftpStatusError ? new ConnectionLost('closed', error) : known;
}
