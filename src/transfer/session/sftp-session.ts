import type { HostKey } from '../login/host-keys.ts';
import { asLost, ConnectionLost } from '../sftp-errors.ts';
import { CAREFUL } from './capabilities.ts';
import { openSftp } from './open-sftp.ts';
import type { SessionPatience } from './pending-requests.ts';
import { PATIENCE } from './pending-requests.ts';
import { SftpChannel } from './sftp-channel.ts';
import type { SshConnection } from './ssh-connection.ts';

/**
 * One connection at work: its first channel, for names and fsync, and the channels beside it that carry data.
 * The death of any of them ends them all, since what it had been asked is unknown (I9); but as long as the connection
 * itself lives, the next session is opened on it without a new login (F8).
 */
export class SftpSession extends SftpChannel {
  readonly hostKey: HostKey;
  readonly ident: string;
  /** As in `SshConnection`. */
  readonly provenKeys: readonly HostKey[];
  readonly #connection: SshConnection;
  readonly #patience: SessionPatience;
  readonly #onConnectionError = (error: Error) => this.kill(asLost(error));
  readonly #onConnectionEnd = () => this.kill(new ConnectionLost('closed'));
  #data: readonly SftpChannel[] = [];
  #isFull = false;
  #turn = 0;

  constructor(connection: SshConnection, patience: SessionPatience = PATIENCE) {
    super(connection.sftp, patience, (reason) => this.#lose(reason));
    this.#connection = connection;
    this.#patience = patience;
    this.hostKey = connection.hostKey;
    this.ident = connection.ident;
    this.provenKeys = connection.provenKeys;
    const { client } = connection;
    client.on('error', this.#onConnectionError);
    client.on('end', this.#onConnectionEnd);
    client.on('close', this.#onConnectionEnd);
  }

  /** Whether only a channel has died, so that the connection may still be good (F8). */
  get isReopenable(): boolean {
    return this.lost?.reason === 'channel';
  }

  /** A new session on the connection of one that died of a channel's death, or null when that cannot be had. */
  async reopen(): Promise<SftpSession | null> {
    const sftp = await openSftp(this.#connection.client, this.ident, this.#patience.metadataMs);
    return sftp && new SftpSession({ ...this.#connection, sftp }, this.#patience);
  }

  /** The channels that carry data: those beside the first, or the first itself where there are none. */
  get dataChannels(): readonly SftpChannel[] {
    return this.#data.length === 0 ? [this] : this.#data;
  }

  /** The data channels in turn, so that files that are sent beside each other share them evenly. */
  nextDataChannel(): SftpChannel {
    this.#turn += 1;
    return this.dataChannels[this.#turn % this.dataChannels.length] ?? this;
  }

  /**
   * Opens channels until `count` carry data, or the server has said no (F9): then no more are asked for, and one that was just opened
   * is given back, so that a command finds room. Throws ConnectionLost when the connection dies meanwhile.
   */
  async growTo(count: number): Promise<void> {
    const missing = count - this.#data.length;
    if (this.#isFull || missing <= 0) return;
    const { client } = this.#connection;
    const opened = await Promise.all(Array.from({ length: missing }, () => openSftp(client, this.ident, this.#patience.metadataMs)));
    const usable = opened.filter((sftp) => sftp !== null);
    if (this.lost) {
      // The connection may be gone on with, and the server counts its channels.
      for (const sftp of usable) sftp.end();
      throw this.lost;
    }
    if (usable.length < missing) {
      this.#isFull = true;
      usable.pop()?.end();
    }
    this.#data = [...this.#data, ...usable.map((sftp) => new SftpChannel(sftp, this.#patience, (reason) => this.#lose(reason)))];
  }

  /** For a server that mixes up what is written by many requests at once: one channel, one request at a time. */
  beCareful(): void {
    this.#isFull = true;
    for (const channel of this.#data) channel.endChannel(new ConnectionLost('closed'));
    this.#data = [];
    this.restrict(CAREFUL);
  }

  /** Ends the session at once, and its connection: the socket is destroyed (never `end()`, which waits). */
  kill(reason: ConnectionLost): void {
    this.#endChannels(reason);
    this.#connection.line.destroy();
  }

  /** Says goodbye; whatever is still outstanding is lost. Idempotent. */
  close(): void {
    this.#endChannels(new ConnectionLost('closed'));
    const { client, line } = this.#connection;
    client.end();
    // A server that does not answer the goodbye must not keep this process alive, nor the ssh of a jump. ssh2's own `destroy` does nothing after `end`.
    setTimeout(() => line.destroy(), 1000).unref();
  }

  /**
   * Runs a command on the server, for its hash tools. `output` is what it printed, or null when no command may run there,
   * it failed, or said nothing for `limitMs`.
   */
  exec(command: string, limitMs: number): Promise<string | null> {
    return this.call<string | null>(limitMs * 2, (reply) => {
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

  #lose(reason: ConnectionLost): void {
    if (reason.reason === 'channel') this.#endChannels(reason);
    else this.kill(reason);
  }

  #endChannels(reason: ConnectionLost): void {
    const { client } = this.#connection;
    client.off('error', this.#onConnectionError);
    client.off('end', this.#onConnectionEnd);
    client.off('close', this.#onConnectionEnd);
    this.endChannel(reason);
    for (const channel of this.#data) channel.endChannel(reason);
  }
}
