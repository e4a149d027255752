/** The requests of SFTP version 3 that we make (draft-ietf-secsh-filexfer-02, 6), each as one packet, given its id. Names go as UTF-8. */

/** A packet of its own for each id. */
export type Framed = (id: number) => Buffer;

/** The bits of an OPEN. */
export const OPEN = { READ: 0x01, WRITE: 0x02, CREAT: 0x08, EXCL: 0x20 } as const;

const TYPE = {
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  RENAME: 18,
  EXTENDED: 200,
} as const;
const HAS_MODE = 0x04;

/** INIT, which has no id: we speak version 3. */
export const INIT = Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3]);

/** The longest handle that a server may give (draft, 6.3). */
export const MAX_HANDLE = 256;
/** Everything in a WRITE that stands before its bytes, with the longest handle. */
export const WRITE_ROOM = 4 + 1 + 4 + 4 + MAX_HANDLE + 8 + 4;

/** A number is a uint32, a bigint a uint64, the others are strings with their length. */
type Field = number | bigint | string | Buffer;

function packet(type: number, id: number, fields: readonly (number | bigint | Buffer)[]): Buffer {
  const sizes = fields.map((field) => (typeof field === 'number' ? 4 : typeof field === 'bigint' ? 8 : 4 + field.length));
  const length = sizes.reduce((sum, size) => sum + size, 1 + 4);
  const bytes = Buffer.allocUnsafe(4 + length);
  let at = bytes.writeUInt32BE(length, 0);
  at = bytes.writeUInt8(type, at);
  at = bytes.writeUInt32BE(id, at);
  for (const field of fields) {
    if (typeof field === 'number') at = bytes.writeUInt32BE(field, at);
    else if (typeof field === 'bigint') at = bytes.writeBigUInt64BE(field, at);
    else {
      at = bytes.writeUInt32BE(field.length, at);
      at += field.copy(bytes, at);
    }
  }
  return bytes;
}

const request = (type: number, ...fields: readonly Field[]): Framed => {
  const ready = fields.map((field) => (typeof field === 'string' ? Buffer.from(field) : field));
  return (id) => packet(type, id, ready);
};
const attributes = (mode: number | undefined): readonly number[] => (mode === undefined ? [0] : [HAS_MODE, mode]);

/** `mode`: permission bits that a new file gets, else the server's own choice. */
export const open = (path: string, flags: number, mode: number | undefined): Framed => request(TYPE.OPEN, path, flags, ...attributes(mode));
export const close = (handle: Buffer): Framed => request(TYPE.CLOSE, handle);
export const read = (handle: Buffer, offset: number, length: number): Framed => request(TYPE.READ, handle, BigInt(offset), length);
export const lstat = (path: string): Framed => request(TYPE.LSTAT, path);
export const fstat = (handle: Buffer): Framed => request(TYPE.FSTAT, handle);
export const setMode = (path: string, mode: number): Framed => request(TYPE.SETSTAT, path, ...attributes(mode));
export const opendir = (path: string): Framed => request(TYPE.OPENDIR, path);
export const readdir = (handle: Buffer): Framed => request(TYPE.READDIR, handle);
export const remove = (path: string): Framed => request(TYPE.REMOVE, path);
export const mkdir = (path: string, mode: number): Framed => request(TYPE.MKDIR, path, ...attributes(mode));
export const rmdir = (path: string): Framed => request(TYPE.RMDIR, path);
export const realpath = (path: string): Framed => request(TYPE.REALPATH, path);
export const rename = (from: string, to: string): Framed => request(TYPE.RENAME, from, to);
/** OpenSSH's extensions (its PROTOCOL file, 4): a name, and what it is about. */
export const extended = (name: string, ...about: readonly (string | Buffer)[]): Framed => request(TYPE.EXTENDED, name, ...about);

/**
 * A WRITE around bytes that already stand in `whole` from WRITE_ROOM on: its header is written right before them, and nothing is copied.
 * Returns the part of `whole` that is the packet; it must stay as it is until the server has answered.
 */
export function frameWrite(whole: Buffer, id: number, handle: Buffer, offset: number): Buffer {
  const start = WRITE_ROOM - (4 + 1 + 4 + 4 + handle.length + 8 + 4);
  let at = whole.writeUInt32BE(whole.length - start - 4, start);
  at = whole.writeUInt8(TYPE.WRITE, at);
  at = whole.writeUInt32BE(id, at);
  at = whole.writeUInt32BE(handle.length, at);
  at += handle.copy(whole, at);
  at = whole.writeBigUInt64BE(BigInt(offset), at);
  whole.writeUInt32BE(whole.length - WRITE_ROOM, at);
  return whole.subarray(start);
}
