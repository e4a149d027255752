import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ServerHostKeyAlgorithm } from 'ssh2';
import { OperatorError } from '../../domain/operator-error.ts';
import { type HostKey, hostKey } from '../login/host-keys.ts';
import { throughJump } from '../login/jump.ts';
import { isSameKey } from '../login/known-hosts.ts';
import type { Login } from '../login/login.ts';
import { sshAlgorithms } from '../login/ssh-algorithms.ts';
import { fromConnect } from '../sftp-errors.ts';
import { openSftp } from './open-sftp.ts';
import type { SftpStream } from './sftp-stream.ts';

export interface SshConnection {
  readonly client: Client;
  /** What the connection runs over. */
  readonly line: Duplex;
  readonly sftp: SftpStream;
  readonly hostKey: HostKey;
  /** The server's software, as its version line says. */
  readonly ident: string;
  /** Further keys that the server has proven to have (`hostkeys-00@openssh.com`); filled right after the login. */
  readonly provenKeys: readonly HostKey[];
}

/** The verifier said no. Thrown before any authentication was tried. */
export class HostKeyRefused extends Error {
  override readonly name = 'HostKeyRefused';
  readonly key: HostKey;

  constructor(key: HostKey) {
    super(`host key refused: ${key.type} ${key.fingerprint}`);
    this.key = key;
  }
}

export interface Dial {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** As in `Route`. */
  readonly jump?: string;
  readonly auth: Pick<Login, 'handler'>;
  readonly keyAlgorithms: readonly ServerHostKeyAlgorithm[];
  /** Decides at once from what was known before the call; asked again at every rekey. */
  readonly accepts: (key: HostKey) => boolean;
  readonly connectMs: number;
  readonly signal: AbortSignal;
}

/** A backstop only: replies to keepalives say nothing of the transfer, and data does not reset the count. */
const KEEPALIVE = { keepaliveInterval: 15_000, keepaliveCountMax: 8 };

/**
 * One connection with one SFTP channel. Settles within `connectMs`.
 * Throws HostKeyRefused; OperatorError `sftp_login` and `sftp_failed` (no common algorithm); ConnectionLost for everything that may pass.
 */
export function dial(to: Dial): Promise<SshConnection> {
  const client = new ssh2.Client();
  let seen: HostKey | undefined;
  let refused = false;
  const provenKeys: HostKey[] = [];
  client.on('hostkeys', (keys) => provenKeys.push(...keys.map((each) => hostKey(each.getPublicSSH()))));

  const verify = (blob: Buffer): boolean => {
    const key = hostKey(blob);
    // A rekey must show the very key of this connection.
    const accepted = to.accepts(key) && (seen === undefined || isSameKey(seen, key));
    seen ??= key;
    refused ||= !accepted;
    return accepted;
  };

  return new Promise<SshConnection>((resolve, reject) => {
    let isSettled = false;
    const settle = (finish: () => void) => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      to.signal.removeEventListener('abort', onAbort);
      finish();
    };
    const fail = (error: Error) =>
      settle(() => {
        client.destroy();
        if (refused && seen) reject(new HostKeyRefused(seen));
        else if (error instanceof OperatorError) reject(error);
        else reject(fromConnect(error, { host: to.host, port: to.port, username: to.username }));
      });
    const onAbort = () => fail(Object.assign(new Error('stopped'), { code: 'stopped' }));
    const waitForServer = () => setTimeout(() => fail(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), to.connectMs);
    let timer = waitForServer();
    const asking = (isAsking: boolean) => {
      clearTimeout(timer);
      if (!isAsking && !isSettled) timer = waitForServer();
    };
    to.signal.addEventListener('abort', onAbort, { once: true });
    if (to.signal.aborted) return onAbort();
    const line = to.jump ? throughJump(to.jump, to.host, to.port) : connect(to.port, to.host);
    // For as long as the connection lives: the first tells why it did not come about, and an error that nobody listens for would end the process.
    client.on('error', fail);
    client.on('close', () => fail(new Error('closed')));
    client.once('ready', async () => {
      // Nagle and delayed acks cost 40 ms a chunk for a lone writer.
      client.setNoDelay(true);
      const ident = identOf(client);
      const sftp = await openSftp(client, ident, to.connectMs);
      if (!sftp || seen === undefined) return fail(new Error('no SFTP channel'));
      const key = seen;
      settle(() => resolve({ client, line, sftp, hostKey: key, ident, provenKeys }));
    });
    client.connect({
      sock: line,
      username: to.username,
      authHandler: to.auth.handler({ asking, failed: fail }),
      algorithms: sshAlgorithms(to.keyAlgorithms),
      hostVerifier: verify,
      readyTimeout: 0, // ours is stopped while a person is asked
      ...KEEPALIVE,
    });
  });
}

/** The server's software, which ssh2 keeps where nothing types it. */
const identOf = (client: Client & { readonly _remoteVer?: string }): string => client._remoteVer ?? '';
