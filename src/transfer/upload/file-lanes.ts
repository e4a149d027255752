import type { Lane } from '../session/lane.ts';
import { OPEN } from '../session/sftp-requests.ts';
import type { SftpSession } from '../session/sftp-session.ts';
import { SftpStatusError } from '../sftp-errors.ts';

const { WRITE, CREAT, EXCL } = OPEN;

/** One file of ours on the server, open for writing on one channel of a session or on several. */
export class FileLanes {
  readonly #session: SftpSession;
  readonly #path: string;
  /** Opened first; the others found the file there. */
  readonly control: Lane;
  #data: readonly Lane[] = [];
  #isReopenRefused = false;

  private constructor(session: SftpSession, path: string, control: Lane) {
    this.#session = session;
    this.#path = path;
    this.control = control;
  }

  /**
   * Opens a file, new (it must not exist, I11) or to go on with. A file that is `wide` gets the session's first channel for fsync and
   * every data channel for its bytes; another one gets the next data channel alone. Throws SftpStatusError and ConnectionLost.
   */
  static async open(session: SftpSession, path: string, isNew: boolean, isWide: boolean): Promise<FileLanes> {
    const channel = isWide ? session : session.nextDataChannel();
    const handle = await channel.open(path, isNew ? WRITE | CREAT | EXCL : WRITE, 0o600);
    const lanes = new FileLanes(session, path, { channel, handle });
    // Without FSTAT nothing is known of what came: of a file that takes long, that is learnt before it is sent, beside the other OPENs.
    if (isWide) await Promise.all([lanes.widen(session.dataChannels.length), channel.fstat(handle)]);
    return lanes;
  }

  /** Where the bytes go. */
  get data(): readonly Lane[] {
    return this.#data.length === 0 ? [this.control] : this.#data;
  }

  /** Opens the file on so many data channels in all, as far as the server goes along; returns the new lanes. Throws ConnectionLost. */
  async widen(count: number): Promise<readonly Lane[]> {
    if (this.#isReopenRefused) return [];
    await this.#session.growTo(count);
    const known = new Set([this.control, ...this.#data].map(({ channel }) => channel));
    const missing = this.#session.dataChannels.filter((channel) => !known.has(channel));
    try {
      const opened = await Promise.all(missing.map(async (channel) => ({ channel, handle: await channel.open(this.#path, WRITE) })));
      this.#data = [...this.#data, ...opened];
      return opened;
    } catch (error) {
      // A server that opens a file only once (no overwriting, or an object store) gets it over one channel.
      if (!(error instanceof SftpStatusError)) throw error;
      this.#isReopenRefused = true;
      return [];
    }
  }

  /** Closes every lane and returns the size that the server saw by the open handle. Throws when any CLOSE was not answered well (F19). */
  async close(): Promise<number> {
    const { channel, handle } = this.control;
    await Promise.all(this.#data.map((lane) => lane.channel.closeHandle(lane.handle)));
    const [open] = await Promise.all([channel.fstat(handle), channel.closeHandle(handle)]);
    return open.size;
  }
}
