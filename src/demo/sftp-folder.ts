import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { chmod, lstat, mkdir, open, readdir, realpath, rename, rmdir, stat, truncate, unlink, utimes } from 'node:fs/promises';
import { basename, dirname, join, posix, sep } from 'node:path';
import type { Attributes, FileEntry, InputAttributes, SFTPWrapper } from 'ssh2';
import ssh2 from 'ssh2';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
/** Names in one answer to READDIR. */
const NAMES_AT_A_TIME = 100;

type Open = { readonly type: 'file'; readonly file: FileHandle } | { readonly type: 'folder'; readonly path: string; names: string[] };
type Reply = (sftp: SFTPWrapper, id: number) => void;

/** An answer that is not OK, by its status code. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

const ok: Reply = (sftp, id) => sftp.status(id, STATUS_CODE.OK);

/**
 * Answers one channel's SFTP version 3 requests over `root`, which the client sees as `/` and cannot leave: paths are resolved before they
 * are joined, a parent that is a link out of the folder is refused, a last name that is a link is never followed when it is opened.
 * Requests are answered one after the other, in the order they came, as OpenSSH does.
 */
export function serveSftp(sftp: SFTPWrapper, root: string): void {
  const handles = new Map<number, Open>();
  let nextHandle = 0;
  let queue = Promise.resolve();

  const answer = (id: number, work: () => Promise<Reply>) => {
    queue = queue.then(async () => {
      try {
        (await work())(sftp, id);
      } catch (error) {
        sftp.status(id, error instanceof Refused ? error.status : statusOf(error as NodeJS.ErrnoException));
      }
    });
  };
  const keep = (opened: Open): Reply => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(nextHandle);
    handles.set(nextHandle++, opened);
    return (_, id) => sftp.handle(id, handle);
  };
  const opened = (handle: Buffer): Open => {
    const found = handle.length === 4 ? handles.get(handle.readUInt32BE(0)) : undefined;
    if (!found) throw new Refused(STATUS_CODE.FAILURE);
    return found;
  };
  const fileOf = (handle: Buffer): FileHandle => {
    const found = opened(handle);
    if (found.type !== 'file') throw new Refused(STATUS_CODE.FAILURE);
    return found.file;
  };
  /** The real path of a name, whose folder is inside the root. */
  const local = async (path: string): Promise<string> => {
    const wanted = join(root, posix.resolve('/', path));
    if (wanted === join(root, '/')) return root;
    const [home, folder] = await Promise.all([realpath(root), realpath(dirname(wanted))]);
    if (folder !== home && !folder.startsWith(home + sep)) throw new Refused(STATUS_CODE.PERMISSION_DENIED);
    return join(folder, basename(wanted));
  };
  /** The same for what follows a link: then the target has to be inside as well. */
  const localFollowed = async (path: string): Promise<string> => {
    const [home, target] = await Promise.all([realpath(root), realpath(await local(path))]);
    if (target !== home && !target.startsWith(home + sep)) throw new Refused(STATUS_CODE.PERMISSION_DENIED);
    return target;
  };

  sftp.on('OPEN', (id, path, flags, attributes) =>
    answer(id, async () => {
      const file = await open(await local(path), nodeFlags(flags), attributes.mode ?? 0o666);
      return keep({ type: 'file', file });
    }),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, async () => {
      const buffer = Buffer.allocUnsafe(Math.min(length, 255 * 1024));
      const { bytesRead } = await fileOf(handle).read(buffer, 0, buffer.length, offset);
      if (bytesRead === 0 && length > 0) throw new Refused(STATUS_CODE.EOF);
      return () => sftp.data(id, buffer.subarray(0, bytesRead));
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    answer(id, async () => {
      const file = fileOf(handle);
      for (let written = 0; written < data.length; ) {
        written += (await file.write(data, written, data.length - written, offset + written)).bytesWritten;
      }
      return ok;
    }),
  );
  sftp.on('CLOSE', (id, handle) =>
    answer(id, async () => {
      const closing = opened(handle);
      handles.delete(handle.readUInt32BE(0));
      if (closing.type === 'file') await closing.file.close();
      return ok;
    }),
  );
  sftp.on('FSTAT', (id, handle) => answer(id, async () => attrs(await fileOf(handle).stat())));
  sftp.on('LSTAT', (id, path) => answer(id, async () => attrs(await lstat(await local(path)))));
  sftp.on('STAT', (id, path) => answer(id, async () => attrs(await stat(await localFollowed(path)))));
  sftp.on('SETSTAT', (id, path, attributes) =>
    answer(id, async () => {
      await setAttributes(await localFollowed(path), attributes);
      return ok;
    }),
  );
  sftp.on('FSETSTAT', (id, handle, { mode, size, atime, mtime }) =>
    answer(id, async () => {
      const file = fileOf(handle);
      if (size !== undefined) await file.truncate(size);
      if (mode !== undefined) await file.chmod(Number(mode) & 0o777);
      if (atime !== undefined && mtime !== undefined) await file.utimes(atime, mtime);
      return ok;
    }),
  );
  sftp.on('OPENDIR', (id, path) =>
    answer(id, async () => {
      const folder = await localFollowed(path);
      return keep({ type: 'folder', path: folder, names: await readdir(folder) });
    }),
  );
  sftp.on('READDIR', (id, handle) =>
    answer(id, async () => {
      const folder = opened(handle);
      if (folder.type !== 'folder') throw new Refused(STATUS_CODE.FAILURE);
      if (folder.names.length === 0) throw new Refused(STATUS_CODE.EOF);
      const entries = await entriesOf(folder.path, folder.names.splice(0, NAMES_AT_A_TIME));
      return () => sftp.name(id, entries);
    }),
  );
  sftp.on('MKDIR', (id, path, attributes) =>
    answer(id, async () => {
      await mkdir(await local(path), { mode: Number(attributes.mode ?? 0o777) & 0o777 });
      return ok;
    }),
  );
  sftp.on('RMDIR', (id, path) =>
    answer(id, async () => {
      await rmdir(await local(path));
      return ok;
    }),
  );
  sftp.on('REMOVE', (id, path) =>
    answer(id, async () => {
      await unlink(await local(path));
      return ok;
    }),
  );
  sftp.on('RENAME', (id, from, to) =>
    answer(id, async () => {
      const [source, target] = await Promise.all([local(from), local(to)]);
      // rename(2) would replace a file or an empty folder; version 3 says that an existing name is refused.
      if (await exists(target)) throw new Refused(STATUS_CODE.FAILURE);
      await rename(source, target);
      return ok;
    }),
  );
  sftp.on('REALPATH', (id, path) =>
    answer(id, async () => () => sftp.name(id, [{ filename: posix.resolve('/', path), longname: '', attrs: {} as Attributes }])),
  );

  sftp.on('error', () => {}); // a client that broke the protocol or was killed; `close` follows
  sftp.once('close', () => {
    queue = queue.then(async () => {
      for (const left of handles.values()) if (left.type === 'file') await left.file.close();
      handles.clear();
    });
  });
}

async function setAttributes(path: string, { mode, size, atime, mtime }: InputAttributes): Promise<void> {
  if (size !== undefined) await truncate(path, size);
  if (mode !== undefined) await chmod(path, Number(mode) & 0o777);
  if (atime !== undefined && mtime !== undefined) await utimes(path, atime, mtime);
}

const attrs =
  (stats: Stats): Reply =>
  (sftp, id) =>
    sftp.attrs(id, attributesOf(stats));

const attributesOf = ({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats): Attributes => ({
  mode,
  uid,
  gid,
  size,
  atime: Math.floor(atimeMs / 1000),
  mtime: Math.floor(mtimeMs / 1000),
});

/** A name that went away since the folder was read is left out. */
async function entriesOf(folder: string, names: readonly string[]): Promise<FileEntry[]> {
  const entries = await Promise.all(
    names.map(async (filename) => {
      const stats = await lstat(join(folder, filename)).catch(() => null);
      return stats && { filename, longname: filename, attrs: attributesOf(stats) };
    }),
  );
  return entries.filter((entry) => entry !== null);
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** SSH_FXF_* → open(2). APPEND is left to the offsets that every WRITE carries; links are never followed. */
function nodeFlags(flags: number): number {
  const canWrite = (flags & OPEN_MODE.WRITE) !== 0;
  const canRead = (flags & OPEN_MODE.READ) !== 0;
  let result = constants.O_NOFOLLOW | (canWrite ? (canRead ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY);
  if (flags & OPEN_MODE.CREAT) result |= constants.O_CREAT;
  if (flags & OPEN_MODE.TRUNC) result |= constants.O_TRUNC;
  if (flags & OPEN_MODE.EXCL) result |= constants.O_EXCL;
  return result;
}

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === 'ENOENT' || code === 'ENOTDIR') return STATUS_CODE.NO_SUCH_FILE;
  if (code === 'EACCES' || code === 'EPERM') return STATUS_CODE.PERMISSION_DENIED;
  return STATUS_CODE.FAILURE;
}
