import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { chmod, lstat, mkdir, open, readdir, rename, rm, rmdir, stat, statfs, truncate, unlink, utimes } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import type { Attributes, Reply, SftpRequest } from './sftp-packets.ts';
import { status, uint64 } from './sftp-packets.ts';

const OK = 0;
const EOF = 1;
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;
const FAILURE = 4;
const OP_UNSUPPORTED = 8;

/** The largest WRITE and READ that is offered, as OpenSSH's. */
const LIMIT = 261_120;
const NAMES_AT_A_TIME = 100;

type Opened =
  | { readonly kind: 'file'; readonly path: string; readonly file: FileHandle }
  | { readonly kind: 'folder'; readonly path: string; names: string[] };

/** What one channel of an honest SFTP server does with a folder: as OpenSSH's, in order, each request to its end before the next. */
export class ServedFolder {
  readonly #root: string;
  readonly #opened = new Map<string, Opened>();
  #handles = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
  }

  /** The name that a handle was opened by; empty when it is not open. */
  pathOf(handle: string): string {
    return this.#opened.get(handle)?.path ?? '';
  }

  serve(request: SftpRequest): Promise<Reply> {
    const served = this.#last.then(() => this.#serve(request).catch((error) => status(codeOf(error))));
    this.#last = served;
    return served;
  }

  async close(): Promise<void> {
    await this.#last;
    for (const opened of this.#opened.values()) if (opened.kind === 'file') await opened.file.close();
    this.#opened.clear();
  }

  #local(path: string): string {
    return join(this.#root, normalize(`/${path}`));
  }

  #file(handle: string): FileHandle {
    const opened = this.#opened.get(handle);
    if (opened?.kind !== 'file') throw new Error('no such handle');
    return opened.file;
  }

  #handle(opened: Opened): Reply {
    this.#handles += 1;
    const handle = `h${this.#handles}`;
    this.#opened.set(handle, opened);
    return { type: 'handle', handle };
  }

  async #serve(request: SftpRequest): Promise<Reply> {
    const { op, handle, path } = request;
    switch (op) {
      case 'open': {
        const file = await open(this.#local(path), flagsOf(request.flags), request.attributes.mode ?? 0o666);
        return this.#handle({ kind: 'file', path, file });
      }
      case 'close': {
        const opened = this.#opened.get(handle);
        if (!opened) return status(FAILURE);
        this.#opened.delete(handle);
        if (opened.kind === 'file') await opened.file.close();
        return status(OK);
      }
      case 'read': {
        const data = Buffer.alloc(Math.min(request.length, LIMIT));
        const { bytesRead } = await this.#file(handle).read(data, 0, data.length, request.offset);
        return bytesRead === 0 ? status(EOF) : { type: 'data', data: data.subarray(0, bytesRead) };
      }
      case 'write':
        await this.#file(handle).write(request.data, 0, request.data.length, request.offset);
        return status(OK);
      case 'lstat':
        return { type: 'attributes', attributes: attributesOf(await lstat(this.#local(path))) };
      case 'stat':
        return { type: 'attributes', attributes: attributesOf(await stat(this.#local(path))) };
      case 'fstat':
        return { type: 'attributes', attributes: attributesOf(await this.#file(handle).stat()) };
      case 'setstat':
        await setAttributes(this.#local(path), request.attributes);
        return status(OK);
      case 'fsetstat':
        await setAttributes(this.#local(this.pathOf(handle)), request.attributes);
        return status(OK);
      case 'opendir':
        return this.#handle({ kind: 'folder', path, names: ['.', '..', ...(await readdir(this.#local(path)))] });
      case 'readdir':
        return this.#names(handle);
      case 'remove':
        await unlink(this.#local(path));
        return status(OK);
      case 'mkdir':
        await mkdir(this.#local(path), request.attributes.mode ?? 0o777);
        return status(OK);
      case 'rmdir':
        await rmdir(this.#local(path));
        return status(OK);
      case 'realpath':
        return { type: 'names', names: [{ name: normalize(`/${path}`), attributes: {} }] };
      case 'rename':
        // Version 3 never replaces what stands there.
        if (await lstat(this.#local(request.to)).catch(() => null)) return status(FAILURE);
        await rename(this.#local(path), this.#local(request.to));
        return status(OK);
      case 'extended':
        return this.#extended(request);
    }
  }

  async #names(handle: string): Promise<Reply> {
    const opened = this.#opened.get(handle);
    if (opened?.kind !== 'folder') return status(FAILURE);
    const names = opened.names.splice(0, NAMES_AT_A_TIME);
    if (names.length === 0) return status(EOF);
    const listed = names.map(async (name) => {
      const found = await lstat(join(this.#local(opened.path), name)).catch(() => null);
      return found ? [{ name, attributes: attributesOf(found) }] : [];
    });
    return { type: 'names', names: (await Promise.all(listed)).flat() };
  }

  async #extended({ extension, handle, path }: SftpRequest): Promise<Reply> {
    switch (extension) {
      case 'fsync@openssh.com': {
        const opened = this.#opened.get(handle);
        if (opened?.kind === 'file') await opened.file.sync();
        return status(opened ? OK : FAILURE);
      }
      case 'statvfs@openssh.com': {
        const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(this.#local(path));
        return { type: 'extended', data: uint64(bsize, bsize, blocks, bfree, bavail, files, ffree, ffree, 0, 0, 255) };
      }
      case 'limits@openssh.com':
        return { type: 'extended', data: uint64(LIMIT + 1024, LIMIT, LIMIT, 1000) };
      default:
        return status(OP_UNSUPPORTED);
    }
  }
}

/** Empties a folder that a server serves. */
export const emptyFolder = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
};

async function setAttributes(file: string, { size, mode, mtime }: Attributes): Promise<void> {
  if (size !== undefined) await truncate(file, size);
  if (mode !== undefined) await chmod(file, mode & 0o7777);
  if (mtime !== undefined) await utimes(file, mtime, mtime);
}

const attributesOf = ({ size, uid, gid, mode, mtimeMs }: Stats): Attributes => ({
  size,
  uid,
  gid,
  mode,
  mtime: Math.floor(mtimeMs / 1000),
});

/** The bits of an SFTP OPEN as open(2) takes them. A directory may be opened to be synced. */
function flagsOf(bits: number): number {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_APPEND, O_CREAT, O_TRUNC, O_EXCL } = constants;
  const access = (bits & 3) === 3 ? O_RDWR : bits & 2 ? O_WRONLY : O_RDONLY;
  const others = [
    [4, O_APPEND],
    [8, O_CREAT],
    [16, O_TRUNC],
    [32, O_EXCL],
  ] as const;
  return others.reduce((flags, [bit, flag]) => (bits & bit ? flags | flag : flags), access);
}

function codeOf(error: NodeJS.ErrnoException): number {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return NO_SUCH_FILE;
  if (error.code === 'EACCES' || error.code === 'EPERM') return PERMISSION_DENIED;
  return FAILURE;
}
