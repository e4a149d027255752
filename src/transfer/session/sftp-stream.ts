import type { ClientChannel } from 'ssh2';
import { ConnectionLost, statusError } from '../sftp-errors.ts';
import type { Reply } from './pending-requests.ts';
import { asNumbers, type Decode, Fields, PacketSplitter, ProtocolFault, REPLY, readVersion } from './sftp-replies.ts';
import { extended, type Framed, INIT } from './sftp-requests.ts';

/** What the server said of itself as the channel opened. */
export interface ServerOffer {
  /** Its software, as its version line says. */
  readonly ident: string;
  /** By name, with their data. */
  readonly extensions: ReadonlyMap<string, string>;
  /** In bytes, and in handles; 0 where it says no number. Absent where it does not speak of limits at all. */
  readonly limits: { readonly read: number; readonly write: number; readonly handles: number } | undefined;
}

/** A request on its way: how its reply is to be read, and whom it is for. */
type Answer = (type: number, fields: Fields) => void;

const OK = 0;
const LIMITS = 'limits@openssh.com';

/**
 * SFTP version 3 over one channel of a connection: requests out, and each reply to whom it is for. It waits for nothing and times nothing.
 * A reply that is garbled, of the wrong kind, or to an id that waits for none (F16) ends the channel: what else it has been told is unknown then.
 */
export class SftpStream {
  readonly #channel: ClientChannel;
  readonly #packets = new PacketSplitter();
  readonly #asked = new Map<number, Answer>();
  #greeted: Answer | undefined;
  #lastId = 0;
  #isEnded = false;
  #tellEnded: (reason: ConnectionLost) => void = () => {};
  /** Resolves when the channel has ended by itself; requests that were not answered by then never are. */
  readonly ended = new Promise<ConnectionLost>((resolve) => {
    this.#tellEnded = resolve;
  });
  #offer: ServerOffer = { ident: '', extensions: new Map(), limits: undefined };

  private constructor(channel: ClientChannel) {
    this.#channel = channel;
    channel.on('data', (data: Buffer) => this.#receive(data));
    channel.stderr.resume(); // its bytes count against the channel's window
    channel.on('error', (error: Error) => this.#lose(new ConnectionLost('channel', error)));
    channel.on('end', () => this.#lose(new ConnectionLost('channel')));
    channel.on('close', () => this.#lose(new ConnectionLost('channel')));
  }

  /** Agrees on the version and asks for the server's limits. Rejects with ConnectionLost. */
  static async begin(channel: ClientChannel, ident: string): Promise<SftpStream> {
    const stream = new SftpStream(channel);
    const orLost = <T>(answer: Promise<T>) =>
      Promise.race([
        answer,
        stream.ended.then((reason) => {
          throw reason;
        }),
      ]);
    const extensions = await orLost(stream.#greet());
    const limits = extensions.get(LIMITS) === '1' ? await orLost(stream.#askLimits()) : undefined;
    stream.#offer = { ident, extensions, limits };
    return stream;
  }

  get offer(): ServerOffer {
    return this.#offer;
  }

  /** Sends a request. `reply` gets what `decode` reads, or the server's refusal of `operation`; nothing when the channel ends first. */
  request<T>(operation: string, framed: Framed, decode: Decode<T>, reply: Reply<T>): void {
    if (this.#isEnded) return;
    this.#lastId = (this.#lastId + 1) >>> 0;
    this.#asked.set(this.#lastId, (type, fields) => {
      const code = type === REPLY.STATUS ? fields.uint32() : OK;
      if (code === OK) reply(undefined, decode(type, fields));
      else reply(statusError(code, operation));
    });
    this.#channel.write(framed(this.#lastId));
  }

  /** Closes the channel; the server's process for it goes. Idempotent. */
  end(): void {
    this.#isEnded = true;
    this.#asked.clear();
    this.#channel.close();
  }

  #lose(reason: ConnectionLost): void {
    if (this.#isEnded) return;
    this.end();
    this.#tellEnded(reason);
  }

  #receive(data: Buffer): void {
    if (this.#isEnded) return;
    try {
      this.#packets.push(data, (packet) => this.#take(packet));
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error;
      this.#lose(new ConnectionLost('protocol', error));
    }
  }

  #take(packet: Buffer): void {
    const fields = new Fields(packet);
    const type = fields.uint8();
    if (this.#greeted) {
      this.#greeted(type, fields);
      this.#greeted = undefined;
      return;
    }
    const id = fields.uint32();
    const answer = this.#asked.get(id);
    if (!answer) throw new ProtocolFault(`a reply of type ${type} to request ${id}, which waits for none`);
    this.#asked.delete(id);
    answer(type, fields);
  }

  #greet(): Promise<ReadonlyMap<string, string>> {
    return new Promise((resolve) => {
      this.#greeted = (type, fields) => resolve(readVersion(type, fields));
      this.#channel.write(INIT);
    });
  }

  /** A server that refuses to say has none to say. */
  #askLimits(): Promise<ServerOffer['limits']> {
    return new Promise((resolve) => {
      this.request('limits', extended(LIMITS), asNumbers(4), (_refused, said) => {
        const [, read = 0, write = 0, handles = 0] = said ?? [];
        resolve({ read, write, handles });
      });
    });
  }
}
