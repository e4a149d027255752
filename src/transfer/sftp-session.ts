import type { Attributes, FileEntryWithStats, InputAttributes, Stats } from 'ssh2';
import type { HostKey } from './host-keys.ts';
import { ConnectionLost, fromSsh2, SftpStatusError } from './sftp-errors.ts';
import type { SshConnection } from './ssh-connection.ts';

/** How long a request may stand without any reply at all from the server, in ms. A test may shorten them. */
export interface SessionPatience {
  /** WRITE, READ and READDIR (default 45 s). */
  readonly watchdogMs: number;
  /** Everything about names and handles (default 30 s). */
  readonly metadataMs: number;
  /** fsync (default 120 s). */
  readonly fsyncMs: number;
}

export const PATIENCE: SessionPatience = { watchdogMs: 45_000, metadataMs: 30_000, fsyncMs: 120_000 };

/** A request that others overtake for this many times its patience is lost as well. */
const OVERTAKEN = 10;
/** The largest write OpenSSH takes (255 KiB); a server that says less gets less. */
export const MAX_CHUNK = 261_120;
/** What ssh2 takes for the limit of a server that says nothing; 7 whole pages is what fits under it. */
const UNSAID_LIMIT = 31_952;
const PAGE_ALIGNED_CHUNK = 28_672;

export interface Capabilities {
  readonly fsync: boolean;
  readonly statvfs: boolean;
  /** Bytes in one WRITE or READ. */
  readonly chunk: number;
  readonly openHandles: number;
}

/** Bytes and inodes free for this account; `inodes` is null where the file system does not count them. */
export interface FreeSpace {
  readonly bytes: number;
  readonly inodes: number | null;
}

type Reply<T> = (error?: Error | null, value?: T) => void;
interface Waiter {
  readonly since: number;
  readonly patienceMs: number;
  readonly fail: (error: Error) => void;
}

/**
 * One SFTP channel as promises, each of which settles exactly once (I8): by the reply, when the server has been silent for too long,
 * or when the socket, the connection or the channel dies. The first death ends the session; a late reply can then disturb nobody.
 * Rejections are `SftpStatusError` (the server's answer) or `ConnectionLost`.
 */
export class SftpSession {
  readonly hostKey: HostKey;
  readonly ident: string;
  readonly can: Capabilities;
  readonly #connection: SshConnection;
  readonly #patience: SessionPatience;
  readonly #waiters = new Set<Waiter>();
  readonly #watchdog: NodeJS.Timeout;
  #lastReply = performance.now();
  #dead: ConnectionLost | undefined;

  constructor(connection: SshConnection, patience: SessionPatience = PATIENCE) {
    const { client, sftp } = connection;
    this.#connection = connection;
    this.#patience = patience;
    this.hostKey = connection.hostKey;
    this.ident = connection.ident;
    const limit = Math.min(sftp._maxWriteLen ?? UNSAID_LIMIT, sftp._maxReadLen ?? UNSAID_LIMIT);
    this.can = {
      fsync: sftp._extensions['fsync@openssh.com'] === '1',
      statvfs: sftp._extensions['statvfs@openssh.com'] === '2',
      chunk: limit === UNSAID_LIMIT ? PAGE_ALIGNED_CHUNK : Math.min(limit, MAX_CHUNK),
      openHandles: sftp.maxOpenHandles ?? Number.POSITIVE_INFINITY,
    };
    for (const emitter of [client, sftp]) {
      emitter.on('error', (error: Error) => this.kill(asLost(error)));
      emitter.on('end', () => this.kill(new ConnectionLost('closed')));
      emitter.on('close', () => this.kill(new ConnectionLost('closed')));
    }
    const shortest = Math.min(patience.watchdogMs, patience.metadataMs, patience.fsyncMs);
    this.#watchdog = setInterval(() => this.#lookForSilence(), Math.min(1000, shortest / 4));
  }

  /** Ends the session at once: everything outstanding rejects with `reason`, the socket is destroyed (never `end()`, which waits). */
  kill(reason: ConnectionLost): void {
    if (this.#dead) return;
    this.#dead = reason;
    clearInterval(this.#watchdog);
    for (const waiter of this.#waiters) waiter.fail(reason);
    this.#connection.client.destroy();
  }

  /** Says goodbye; whatever is still outstanding is lost. Idempotent. */
  close(): void {
    if (this.#dead) return;
    this.#connection.client.end();
    this.#dead = new ConnectionLost('closed');
    clearInterval(this.#watchdog);
    for (const waiter of this.#waiters) waiter.fail(this.#dead);
    // A server that does not answer the goodbye must not keep this process alive.
    setTimeout(() => this.#connection.client.destroy(), 1000).unref();
  }

  /** `flags` are `OPEN_MODE` bits; a string would add READ, which drop boxes refuse. Returns the handle. */
  open(path: string, flags: number, mode?: number): Promise<Buffer> {
    return this.#metadata('open', (reply) =>
      mode === undefined ? this.#sftp.open(path, flags, reply) : this.#sftp.open(path, flags, { mode }, reply),
    );
  }

  /** One WRITE at an explicit offset; `length` is at most `can.chunk`. The bytes are copied before this returns, so the buffer may be used again. */
  async write(handle: Buffer, buffer: Buffer, length: number, position: number): Promise<void> {
    await this.#call<unknown>('write', this.#patience.watchdogMs, (reply) =>
      this.#sftp.write(handle, buffer, 0, length, position, (error) => reply(error)),
    );
  }

  /** One READ of at most `buffer.length` (at most `can.chunk`) bytes; returns how many came, 0 at the end. */
  read(handle: Buffer, buffer: Buffer, position: number): Promise<number> {
    return this.#call('read', this.#patience.watchdogMs, (reply) =>
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

  readdir(path: string): Promise<FileEntryWithStats[]> {
    return this.#call('readdir', this.#patience.watchdogMs, (reply) => this.#sftp.readdir(path, reply));
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
    await this.#call<unknown>('fsync', this.#patience.fsyncMs, (reply) => this.#sftp.ext_openssh_fsync(handle, reply));
  }

  /** Free space for this account under `path`, or null where the server cannot say. */
  async freeSpace(path: string): Promise<FreeSpace | null> {
    if (!this.can.statvfs) return null;
    const stats = await this.#metadata<{ f_bavail: number; f_frsize: number; f_files: number; f_favail: number }>('statvfs', (reply) =>
      this.#sftp.ext_openssh_statvfs(path, reply),
    );
    return { bytes: stats.f_bavail * stats.f_frsize, inodes: stats.f_files === 0 ? null : stats.f_favail };
  }

  /**
   * Runs a command on the server, for its hash tools. `output` is what it printed, or null when no command may run there,
   * it failed, or said nothing for `limitMs`.
   */
  exec(command: string, limitMs: number): Promise<string | null> {
    return this.#call<string | null>('exec', limitMs * 2, (reply) => {
      this.#connection.client.exec(command, (error, channel) => {
        if (error) return reply(undefined, null);
        const output: Buffer[] = [];
        let code: number | null = null;
        const timer = setTimeout(() => {
          channel.close();
          reply(undefined, null);
        }, limitMs).unref();
        channel.on('data', (data: Buffer) => output.push(data));
        channel.stderr.resume();
        channel.on('exit', (status: number | null) => {
          code = status;
        });
        channel.on('close', () => {
          clearTimeout(timer);
          reply(undefined, code === 0 ? Buffer.concat(output).toString('utf8') : null);
        });
        // A forced internal-sftp waits for us to speak first; the end of input sends it away.
        channel.end();
      });
    });
  }

  get #sftp() {
    return this.#connection.sftp;
  }

  #metadata<T>(operation: string, start: (reply: Reply<T>) => void): Promise<T> {
    return this.#call(operation, this.#patience.metadataMs, start);
  }

  #call<T>(operation: string, patienceMs: number, start: (reply: Reply<T>) => void): Promise<T> {
    if (this.#dead) return Promise.reject(this.#dead);
    return new Promise<T>((resolve, reject) => {
      const now = performance.now();
      if (this.#waiters.size === 0) this.#lastReply = now;
      const fail = (error: Error) => {
        this.#waiters.delete(waiter);
        reject(error);
      };
      const waiter: Waiter = { since: now, patienceMs, fail };
      this.#waiters.add(waiter);
      const reply: Reply<T> = (error, value) => {
        this.#lastReply = performance.now();
        if (error) return fail(fromSsh2(error, operation));
        this.#waiters.delete(waiter);
        resolve(value as T);
      };
      try {
        start(reply);
      } catch (error) {
        const isGone = error instanceof Error && error.message === 'Not connected';
        fail(isGone ? new ConnectionLost('closed', error) : (error as Error));
      }
    });
  }

  #lookForSilence(): void {
    const now = performance.now();
    const isLost = ({ since, patienceMs }: Waiter) =>
      now - Math.max(since, this.#lastReply) > patienceMs || now - since > patienceMs * OVERTAKEN;
    if ([...this.#waiters].some(isLost)) this.kill(new ConnectionLost('stalled'));
  }
}

function asLost(error: Error): ConnectionLost {
  const known = fromSsh2(error, 'connection');
  return known instanceof SftpStatusError ? new ConnectionLost('closed', error) : known;
}
