import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../../domain/operator-error.ts';
import type { StagedFile } from '../../domain/package.ts';
import type { FilePart } from '../session/file-part.ts';
import { inFlight } from '../session/in-flight.ts';
import { factName } from '../sftp-errors.ts';
import type { SourceFingerprint } from '../transfer.ts';
import type { TransferLog } from './transfer-log.ts';

const HASH_BUFFER = 1024 * 1024;

export interface OpenStagedFile {
  readonly handle: FileHandle;
  readonly fingerprint: SourceFingerprint;
}

/** A staged file is no longer what its export hashed (N05). */
export const stagedFileChanged = (file: StagedFile, cause?: unknown): OperatorError =>
  new OperatorError('staged_file_changed', { file: factName(file.path) }, cause);

/** A staged file that the disk does not give (F27). */
const unreadable =
  (file: StagedFile) =>
  (cause: NodeJS.ErrnoException): never => {
    throw new OperatorError('staged_file_unreadable', { file: factName(file.path), reason: cause.code ?? '' }, cause);
  };

function cannotOpen(file: StagedFile, cause: NodeJS.ErrnoException): never {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') throw stagedFileChanged(file, cause);
  if (cause.code === 'EACCES' || cause.code === 'EPERM') throw new OperatorError('permission_local', { path: factName(file.path) }, cause);
  return unreadable(file)(cause);
}

/**
 * Opens a staged file to read; the handle stays on its content even if the path is replaced. The caller closes it.
 * Throws OperatorError `staged_file_changed` when it is gone or has another size, `permission_local` when it may not be read.
 */
export async function openStaged(dir: string, file: StagedFile): Promise<OpenStagedFile> {
  const handle = await open(join(dir, file.path), 'r').catch((cause) => cannotOpen(file, cause));
  const now = await handle.stat({ bigint: true });
  if (now.size === BigInt(file.bytes)) return { handle, fingerprint: fingerprintOf(now) };
  await handle.close();
  throw stagedFileChanged(file);
}

/** Fills `buffer` from `position`; a file that ends too early throws OperatorError `staged_file_changed` instead of looping (F25), one that the disk refuses `staged_file_unreadable`. */
export async function readStaged(handle: FileHandle, file: StagedFile, buffer: Buffer, position: number): Promise<void> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled).catch(unreadable(file));
    if (bytesRead === 0) throw stagedFileChanged(file);
    filled += bytesRead;
  }
}

/** The same for parts that follow each other from `position`, in one call to the system where it gives all that is asked for. */
export async function readStagedParts(handle: FileHandle, file: StagedFile, parts: readonly FilePart[], position: number): Promise<void> {
  const buffers = parts.map(({ content }) => content);
  const { bytesRead } = await handle.readv(buffers, position).catch(unreadable(file));
  let start = 0;
  for (const buffer of buffers) {
    const filled = Math.min(Math.max(bytesRead - start, 0), buffer.length);
    await readStaged(handle, file, buffer.subarray(filled), position + start + filled);
    start += buffer.length;
  }
}

/** Hashes a staged file from its beginning. Throws OperatorError `staged_file_changed` when it is not what the export hashed. */
export async function verifyStagedContent(dir: string, file: StagedFile, signal: AbortSignal): Promise<void> {
  const { handle } = await openStaged(dir, file);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(HASH_BUFFER, Math.max(1, file.bytes)));
    for (let position = 0; position < file.bytes && !signal.aborted; ) {
      const part = buffer.subarray(0, Math.min(buffer.length, file.bytes - position));
      await readStaged(handle, file, part, position);
      hash.update(part);
      position += part.length;
    }
    if (!signal.aborted && hash.digest('hex') !== file.sha256) throw stagedFileChanged(file);
  } finally {
    await handle.close();
  }
}

/** Whether nothing has touched a staged file since it was opened to be sent. Throws OperatorError `staged_file_changed` as `openStaged`. */
export async function isUntouched(dir: string, file: StagedFile, log: TransferLog): Promise<boolean> {
  const sent = log.file(file.path)?.fingerprint;
  const now = await stat(join(dir, file.path), { bigint: true }).catch((cause) => cannotOpen(file, cause));
  if (now.size !== BigInt(file.bytes)) throw stagedFileChanged(file);
  return sent === fingerprintOf(now);
}

/** Files that are looked at beside each other. */
const WIDTH = 16;

/**
 * Right before publishing: every staged file is still the one that was sent. One whose size, time or inode changed since is hashed again,
 * so an export that came out the same (D15) is not refused. Throws OperatorError `staged_file_changed`.
 */
export function verifyStagedFiles(dir: string, files: readonly StagedFile[], log: TransferLog, signal: AbortSignal): Promise<void> {
  return inFlight(files, WIDTH, async (file) => {
    if (!(await isUntouched(dir, file, log))) await verifyStagedContent(dir, file, signal);
  });
}

const fingerprintOf = ({ dev, ino, size, mtimeNs }: BigIntStats): SourceFingerprint => [dev, ino, size, mtimeNs].join(' ');
