import type { ErrorFacts } from '../domain/operator-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Target } from '../domain/target.ts';

/** SFTP v3 status codes (draft-ietf-secsh-filexfer-02, 7), and the two of later drafts that servers send for space. */
export const STATUS = {
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  NO_CONNECTION: 6,
  CONNECTION_LOST: 7,
  OP_UNSUPPORTED: 8,
  NO_SPACE: 14,
  QUOTA_EXCEEDED: 15,
} as const;

/** The line, the channel or the server's patience ended: what was asked for is neither done nor undone (I9). Safe to try again. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  /** A short code for events and facts: `ECONNRESET`, `keepalive`, `stalled`, `protocol` (what the server sent is not SFTP), `closed`, … */
  readonly reason: string;

  constructor(reason: string, cause?: unknown) {
    super(`connection lost: ${reason}`, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** The server answered, and the answer was no. */
export class SftpStatusError extends Error {
  override readonly name = 'SftpStatusError';
  readonly status: number;
  readonly operation: string;
  /** Which file of the bag it is about, as an error may name it, where that is known. */
  readonly file: string | undefined;

  constructor(status: number, operation: string, cause?: unknown, file?: string) {
    super(`${operation}: status ${status}`, { cause });
    this.status = status;
    this.operation = operation;
    this.file = file;
  }
}

/** The server's disk has less room than what is left to send. Bytes; `free` is null where only a refused write told it. */
export class SpaceLow extends Error {
  override readonly name = 'SpaceLow';
  readonly needed: number;
  readonly free: number | null;

  constructor(needed: number, free: number | null) {
    super(`remote disk: ${needed} needed, ${free ?? 'unknown'} free`);
    this.needed = needed;
    this.free = free;
  }
}

/** Whether `error` is the server's answer `status`. */
export const isStatus = (error: unknown, ...statuses: readonly number[]): error is SftpStatusError =>
  error instanceof SftpStatusError && statuses.includes(error.status);

/** For what a server may refuse without harm; everything else is thrown again. */
export function ignoreRefusal(error: unknown): void {
  if (!(error instanceof SftpStatusError)) throw error;
}

/** A path as an error may name it: attachments carry people's own file names, so only their folder is said (D13). */
export const factName = (path: string): string => (path.startsWith('data/omrade2_bilagor/') ? 'data/omrade2_bilagor/…' : path);

/** The server's answer to `operation`, of a code that is not OK. What it says in words is left out: it may hold a name (D13). */
export const statusError = (code: number, operation: string): SftpStatusError | ConnectionLost =>
  code === STATUS.NO_CONNECTION || code === STATUS.CONNECTION_LOST ? new ConnectionLost('server') : new SftpStatusError(code, operation);

/** ssh2's `error` on a connection → how it was lost. */
export function asLost(error: Error & { code?: unknown }): ConnectionLost {
  if (typeof error.code === 'string') return new ConnectionLost(error.code, error);
  return new ConnectionLost(error.message === 'Keepalive timeout' ? 'keepalive' : 'closed', error);
}

/** A connection that did not come about → the refusals that no retry can mend as `OperatorError`, the rest as `ConnectionLost`. */
export function fromConnect(error: Error & { code?: unknown; level?: unknown }, facts: ErrorFacts): OperatorError | ConnectionLost {
  if (error.level === 'client-authentication' || error.level === 'agent')
    return new OperatorError('sftp_login', { ...facts, reason: error.level === 'agent' ? 'agent' : 'refused' }, error);
  if (error.level === 'handshake' && error.message.includes('no matching'))
    return new OperatorError('sftp_failed', { ...facts, reason: 'algorithms' }, error);
  return asLost(error);
}

/** Which server and account an error is about. */
export const targetFacts = (target: Pick<Target, 'host' | 'port' | 'username' | 'path'>): ErrorFacts => ({
  host: target.host,
  port: target.port,
  username: target.username,
  path: target.path,
});

/** Said of an error that came before any byte of a delivery was sent: the texts then speak of no transfer that stands. */
export const NOTHING_SENT = { nothingSent: 'ja' } as const;

/** The error an operator meets when nothing more will be tried. Errors that are not the server's or the line's come back as they are. */
export function toOperatorError(error: unknown, facts: ErrorFacts): unknown {
  if (error instanceof ConnectionLost) return new OperatorError('sftp_down', { ...facts, reason: error.reason }, error);
  if (error instanceof SpaceLow)
    return new OperatorError(
      'remote_disk_full',
      { ...facts, needed: error.needed, ...(error.free === null ? {} : { free: error.free }) },
      error,
    );
  if (!(error instanceof SftpStatusError)) return error;
  const { operation, status, file } = error;
  const about = { ...facts, operation, ...(file === undefined ? {} : { file }) };
  if (error.status === STATUS.PERMISSION_DENIED) return new OperatorError('permission_remote', about, error);
  return new OperatorError('sftp_failed', { ...about, reason: 'status', status }, error);
}
