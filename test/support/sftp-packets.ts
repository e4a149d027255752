/** SFTP version 3 on the wire, seen from the server (draft-ietf-secsh-filexfer-02). Only what the scripted server speaks. */

const REQUESTS = {
  3: 'open',
  4: 'close',
  5: 'read',
  6: 'write',
  7: 'lstat',
  8: 'fstat',
  9: 'setstat',
  10: 'fsetstat',
  11: 'opendir',
  12: 'readdir',
  13: 'remove',
  14: 'mkdir',
  15: 'rmdir',
  16: 'realpath',
  17: 'stat',
  18: 'rename',
  200: 'extended',
} as const;
const INIT = 1;
const VERSION = 2;

export type Operation = (typeof REQUESTS)[keyof typeof REQUESTS];

/** One request; what its operation does not have is empty or 0. Offsets and lengths in bytes. */
export interface SftpRequest {
  readonly id: number;
  readonly op: Operation;
  /** The name that the client sent; for requests on a handle, the name that was opened. */
  readonly path: string;
  /** The new name of a RENAME. */
  readonly to: string;
  readonly handle: string;
  readonly offset: number;
  readonly length: number;
  readonly data: Buffer;
  /** The bits of an OPEN. */
  readonly flags: number;
  readonly attributes: Attributes;
  /** The name of an EXTENDED request. */
  readonly extension: string;
}

export interface Attributes {
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
  /** Seconds since 1970. */
  readonly mtime?: number;
}

export type Reply =
  | { readonly type: 'status'; readonly code: number }
  | { readonly type: 'handle'; readonly handle: string }
  | { readonly type: 'data'; readonly data: Buffer }
  | { readonly type: 'names'; readonly names: readonly { readonly name: string; readonly attributes: Attributes }[] }
  | { readonly type: 'attributes'; readonly attributes: Attributes }
  | { readonly type: 'extended'; readonly data: Buffer };

export const status = (code: number): Reply => ({ type: 'status', code });

/** Takes pieces of a stream, gives whole packets without their length. */
export class PacketReader {
  #parts: Buffer[] = [];
  #bytes = 0;

  *push(part: Buffer): Generator<Buffer> {
    this.#parts.push(part);
    this.#bytes += part.length;
    for (;;) {
      const needed = this.#bytes < 4 ? 4 : 4 + this.#joined(4).readUInt32BE(0);
      if (this.#bytes < needed || needed === 4) return;
      const all = this.#joined(this.#bytes);
      this.#parts = [all.subarray(needed)];
      this.#bytes -= needed;
      yield all.subarray(4, needed);
    }
  }

  /** The waiting bytes as one buffer, when its first part has fewer than `bytes`. */
  #joined(bytes: number): Buffer {
    const [first] = this.#parts;
    if (first && first.length >= bytes) return first;
    const all = Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }
}

class Fields {
  readonly #packet: Buffer;
  #at: number;

  constructor(packet: Buffer, at: number) {
    this.#packet = packet;
    this.#at = at;
  }

  uint32(): number {
    this.#at += 4;
    return this.#packet.readUInt32BE(this.#at - 4);
  }

  uint64(): number {
    this.#at += 8;
    return Number(this.#packet.readBigUInt64BE(this.#at - 8));
  }

  bytes(): Buffer {
    const length = this.uint32();
    this.#at += length;
    return this.#packet.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  attributes(): Attributes {
    const flags = this.uint32();
    return {
      ...(flags & 1 ? { size: this.uint64() } : {}),
      ...(flags & 2 ? { uid: this.uint32(), gid: this.uint32() } : {}),
      ...(flags & 4 ? { mode: this.uint32() } : {}),
      ...(flags & 8 ? { atime: this.uint32(), mtime: this.uint32() } : {}),
    };
  }
}

/** A packet from the client; null is its INIT. Throws for an operation that is not ours. */
export function parseRequest(packet: Buffer): SftpRequest | null {
  const type = packet[0] ?? 0;
  if (type === INIT) return null;
  const op = REQUESTS[type as keyof typeof REQUESTS];
  if (!op) throw new Error(`SFTP request ${type}`);
  const fields = new Fields(packet, 1);
  const bare = {
    id: fields.uint32(),
    op,
    path: '',
    to: '',
    handle: '',
    offset: 0,
    length: 0,
    data: Buffer.alloc(0),
    flags: 0,
    attributes: {},
  };
  const request: SftpRequest = { ...bare, extension: '' };
  switch (op) {
    case 'open':
      return { ...request, path: fields.text(), flags: fields.uint32(), attributes: fields.attributes() };
    case 'close':
    case 'fstat':
    case 'readdir':
      return { ...request, handle: fields.text() };
    case 'fsetstat':
      return { ...request, handle: fields.text(), attributes: fields.attributes() };
    case 'read':
      return { ...request, handle: fields.text(), offset: fields.uint64(), length: fields.uint32() };
    case 'write': {
      const [handle, offset, data] = [fields.text(), fields.uint64(), fields.bytes()];
      return { ...request, handle, offset, data, length: data.length };
    }
    case 'mkdir':
    case 'setstat':
      return { ...request, path: fields.text(), attributes: fields.attributes() };
    case 'rename':
      return { ...request, path: fields.text(), to: fields.text() };
    case 'extended': {
      const extension = fields.text();
      const argument = extension === 'limits@openssh.com' ? '' : fields.text();
      return { ...request, extension, ...(extension.startsWith('f') ? { handle: argument } : { path: argument }) };
    }
    default:
      return { ...request, path: fields.text() };
  }
}

const uint32 = (...values: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt32BE(value >>> 0, index * 4);
  return buffer;
};

export const uint64 = (...values: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) buffer.writeBigUInt64BE(BigInt(value), index * 8);
  return buffer;
};

const string = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
};

const packet = (type: number, ...fields: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(fields);
  return Buffer.concat([uint32(body.length + 1), Buffer.from([type]), body]);
};

export const versionPacket = (extensions: Readonly<Record<string, string>>): Buffer =>
  packet(VERSION, uint32(3), ...Object.entries(extensions).flatMap(([name, data]) => [string(name), string(data)]));

const attributesOf = ({ size = 0, uid = 0, gid = 0, mode = 0, mtime = 0 }: Attributes): Buffer =>
  Buffer.concat([uint32(1 | 2 | 4 | 8), uint64(size), uint32(uid, gid, mode, mtime, mtime)]);

export function replyPacket(id: number, reply: Reply): Buffer {
  switch (reply.type) {
    case 'status':
      return packet(101, uint32(id, reply.code), string(''), string(''));
    case 'handle':
      return packet(102, uint32(id), string(reply.handle));
    case 'data':
      return packet(103, uint32(id), string(reply.data));
    case 'names': {
      const names = reply.names.flatMap(({ name, attributes }) => [string(name), string(name), attributesOf(attributes)]);
      return packet(104, uint32(id, reply.names.length), ...names);
    }
    case 'attributes':
      return packet(105, uint32(id), attributesOf(reply.attributes));
    case 'extended':
      return packet(201, uint32(id), reply.data);
  }
}
