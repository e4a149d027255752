import { MAX_HANDLE } from './sftp-requests.ts';

/** The replies of SFTP version 3 (draft-ietf-secsh-filexfer-02, 7): every length is checked against the packet before it is believed. */

/** The server sent what is not the protocol: nothing that it says on this channel can be believed any more. Holds no text of the server's. */
export class ProtocolFault extends Error {
  override readonly name = 'ProtocolFault';
}

export const REPLY = { VERSION: 2, STATUS: 101, HANDLE: 102, DATA: 103, NAME: 104, ATTRS: 105, EXTENDED: 201 } as const;

/** The longest packet that is taken, as OpenSSH's own. The largest READ that we make fits. */
const MAX_PACKET = 256 * 1024;
/** A type and an id, or a version. */
const MIN_PACKET = 1 + 4;

/** A stream of bytes → its packets, however the bytes come. A packet that came whole is not copied; one that came in pieces once. */
export class PacketSplitter {
  readonly #head = Buffer.alloc(4);
  #headBytes = 0;
  #packet: Buffer | undefined;
  #filled = 0;

  /** Gives `take` each packet that is whole, without its length. Throws ProtocolFault at a length that cannot be. */
  push(data: Buffer, take: (packet: Buffer) => void): void {
    let at = 0;
    while (at < data.length) {
      if (!this.#packet) {
        const head = data.copy(this.#head, this.#headBytes, at, at + 4 - this.#headBytes);
        at += head;
        this.#headBytes += head;
        if (this.#headBytes < 4) return;
        this.#headBytes = 0;
        const length = this.#head.readUInt32BE(0);
        if (length < MIN_PACKET || length > MAX_PACKET) throw new ProtocolFault(`a packet of ${length} bytes`);
        if (data.length - at >= length) {
          take(data.subarray(at, at + length));
          at += length;
          continue;
        }
        this.#packet = Buffer.allocUnsafe(length);
        this.#filled = 0;
      }
      const copied = data.copy(this.#packet, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled < this.#packet.length) return;
      const packet = this.#packet;
      this.#packet = undefined;
      take(packet);
    }
  }
}

/** What a packet holds, from its beginning on. Each throws ProtocolFault where the packet ends too early. */
export class Fields {
  readonly #packet: Buffer;
  #at = 0;

  constructor(packet: Buffer) {
    this.#packet = packet;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#packet.length;
  }

  uint8(): number {
    return this.#packet.readUInt8(this.#next(1));
  }

  uint32(): number {
    return this.#packet.readUInt32BE(this.#next(4));
  }

  /** Beyond 2^53 only nearly right: no file and no disk is that large. */
  uint64(): number {
    return Number(this.#packet.readBigUInt64BE(this.#next(8)));
  }

  /** A part of the packet itself, not a copy. */
  bytes(): Buffer {
    const length = this.uint32();
    const start = this.#next(length);
    return this.#packet.subarray(start, start + length);
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  /** Where the next `bytes` bytes are; they count as read. */
  #next(bytes: number): number {
    const start = this.#at;
    if (start + bytes > this.#packet.length) throw new ProtocolFault('a packet that ends too early');
    this.#at = start + bytes;
    return start;
  }
}

const KIND = { MASK: 0o170000, FOLDER: 0o040000, FILE: 0o100000 } as const;
const HAS = { SIZE: 0x01, OWNER: 0x02, MODE: 0x04, TIMES: 0x08, EXTENDED: 0x8000_0000 } as const;

/** What a server says of a file. */
export class Stats {
  /** Bytes; NaN where it says nothing, which equals no size. */
  readonly size: number;
  /** Kind and permission bits; 0, which is no kind, where it says nothing. */
  readonly mode: number;

  constructor(fields: Fields) {
    const flags = fields.uint32();
    this.size = flags & HAS.SIZE ? fields.uint64() : Number.NaN;
    if (flags & HAS.OWNER) for (const _ of ['uid', 'gid']) fields.uint32();
    this.mode = flags & HAS.MODE ? fields.uint32() : 0;
    if (flags & HAS.TIMES) for (const _ of ['atime', 'mtime']) fields.uint32();
    if (flags & HAS.EXTENDED) {
      for (let pairs = fields.uint32(); pairs > 0; pairs -= 1) for (const _ of ['type', 'data']) fields.bytes();
    }
  }

  isDirectory(): boolean {
    return (this.mode & KIND.MASK) === KIND.FOLDER;
  }

  isFile(): boolean {
    return (this.mode & KIND.MASK) === KIND.FILE;
  }
}

export interface DirectoryEntry {
  readonly filename: string;
  readonly attrs: Stats;
}

/** Reads what comes after the id in the reply that a request may get beside a refusal. Throws ProtocolFault for any other. */
export type Decode<T> = (type: number, fields: Fields) => T;

const expected = (type: number, wanted: number): void => {
  if (type !== wanted) throw new ProtocolFault(`a reply of type ${type} instead of ${wanted}`);
};

/** STATUS, whose code has been read already and was OK. */
export const asDone: Decode<void> = (type) => expected(type, REPLY.STATUS);

/** A copy, since a handle outlives the packet. */
export const asHandle: Decode<Buffer> = (type, fields) => {
  expected(type, REPLY.HANDLE);
  const handle = Buffer.from(fields.bytes());
  if (handle.length > MAX_HANDLE) throw new ProtocolFault(`a handle of ${handle.length} bytes`);
  return handle;
};

/** At most `most` bytes, which may be fewer than were asked for. */
export const asData =
  (most: number): Decode<Buffer> =>
  (type, fields) => {
    expected(type, REPLY.DATA);
    const data = fields.bytes();
    if (data.length > most) throw new ProtocolFault(`${data.length} bytes where ${most} were asked for`);
    return data;
  };

export const asAttributes: Decode<Stats> = (type, fields) => {
  expected(type, REPLY.ATTRS);
  return new Stats(fields);
};

/** Names are taken as UTF-8, which this version of the protocol leaves open and everybody sends. */
export const asEntries: Decode<DirectoryEntry[]> = (type, fields) => {
  expected(type, REPLY.NAME);
  const entries: DirectoryEntry[] = [];
  for (let left = fields.uint32(); left > 0; left -= 1) {
    const filename = fields.text();
    fields.bytes(); // the line that `ls -l` would show
    entries.push({ filename, attrs: new Stats(fields) });
  }
  return entries;
};

/** The one name of a REALPATH. */
export const asName: Decode<string> = (type, fields) => {
  const [entry] = asEntries(type, fields);
  if (!entry) throw new ProtocolFault('no name');
  return entry.filename;
};

/** An extension's reply of `count` uint64s. */
export const asNumbers =
  (count: number): Decode<number[]> =>
  (type, fields) => {
    expected(type, REPLY.EXTENDED);
    return Array.from({ length: count }, () => fields.uint64());
  };

/** The extensions that a VERSION names, with their data. Throws ProtocolFault for a version that is not 3. */
export function readVersion(type: number, fields: Fields): ReadonlyMap<string, string> {
  expected(type, REPLY.VERSION);
  const version = fields.uint32();
  if (version !== 3) throw new ProtocolFault(`version ${version}`);
  const extensions = new Map<string, string>();
  while (!fields.isAtEnd) {
    const name = fields.text();
    extensions.set(name, fields.text());
  }
  return extensions;
}
