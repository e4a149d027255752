import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import { ByteReader } from './byte-reader.ts';
import type { ContractView } from './contract.ts';
import { writeHashed } from './hashed-file.ts';
import { identifier, literal, qualified } from './identifiers.ts';
import { keyOrder } from './row-query.ts';
import type { Session } from './session.ts';
import type { AttachmentRow, ExportOptions, WrittenAttachment } from './source.ts';

/** Signature, flags and the length of an extension that PostgreSQL never writes. */
const COPY_HEADER_BYTES = 19;
const READ_BYTES = 1024 * 1024;

/** Metadata of a region's attachments in key order. */
export async function attachmentRows(session: Session, view: ContractView, region: string): Promise<AttachmentRow[]> {
  const rows = await session.query<Omit<AttachmentRow, 'nr' | 'storlek'> & { readonly storlek: string }>(`
    SELECT ${keyOf(view)}::text AS "bilagaId", anteckning_id::text AS "anteckningId", diarienummer, filnamn, storlek::text, sha256, sokvag
    FROM ${qualified(view.name)} WHERE myndighet = ${literal(region)} ORDER BY ${keyOrder(view)}`);
  return rows.map((row, at) => ({ ...row, nr: at + 1, storlek: Number(row.storlek) }));
}

export interface AttachmentCopy extends Omit<ExportOptions, 'dialect'> {
  readonly view: ContractView;
  readonly region: string;
  readonly rows: readonly AttachmentRow[];
  readonly pathOf: (nr: number) => string;
  /** The directory that `sokvag` is relative to. */
  readonly directory: string | undefined;
}

/**
 * Writes contents in key order, as they are (R28). Those in the database come in one binary COPY: a text COPY ends at 600 MB and a query holds
 * the whole value, several times. Throws `attachment_unreadable` with `nr` and a reason, never a name (D13).
 */
export async function* copyAttachments(session: Session, copy: AttachmentCopy): AsyncGenerator<WrittenAttachment> {
  const { view, region, rows } = copy;
  if (rows.length === 0) return;
  const out = session.copy(`COPY (SELECT ${keyOf(view)}::text, innehall FROM ${qualified(view.name)} WHERE myndighet = ${literal(region)}
    ORDER BY ${keyOrder(view)}) TO STDOUT (FORMAT binary)`);
  const reader = new ByteReader(out.chunks);
  try {
    await reader.take(COPY_HEADER_BYTES);
    for (const row of rows) {
      const fields = (await reader.take(2)).readInt16BE();
      const key = fields < 0 ? '' : (await reader.take(await lengthIn(reader))).toString();
      if (key !== row.bilagaId) throw new OperatorError('rows_mismatch', { view: view.name, expected: rows.length, found: row.nr - 1 });
      const length = await lengthIn(reader);
      const content = length < 0 ? fileIn(copy.directory, row) : reader.stream(length);
      yield await writeAttachment(row, content, copy);
    }
    const trailer = (await reader.take(2)).readInt16BE();
    if (trailer !== -1) throw new OperatorError('rows_mismatch', { view: view.name, expected: rows.length, found: rows.length + 1 });
    await reader.drain();
  } finally {
    await reader.leave();
  }
}

const keyOf = (view: ContractView): string => identifier(view.columns[0]?.name ?? '');

const lengthIn = async (reader: ByteReader): Promise<number> => (await reader.take(4)).readInt32BE();

async function writeAttachment(row: AttachmentRow, content: AsyncIterable<Uint8Array>, copy: AttachmentCopy): Promise<WrittenAttachment> {
  const { nr, storlek, sha256 } = row;
  const written = await writeHashed(copy.pathOf(nr), async (write) => {
    for await (const chunk of content) {
      if (copy.signal?.aborted) throw new OperatorError('stopped', {}, copy.signal.reason);
      await write(chunk);
      copy.onBytes?.(chunk.length);
    }
  });
  if (written.bytes !== storlek) throw unreadable(nr, 'size', { expected: storlek, found: written.bytes });
  if (sha256 !== null && written.sha256 !== sha256.toLowerCase()) throw unreadable(nr, 'sha256');
  return { nr, ...written };
}

/** The content that the database only knows the path of. A path that leaves the directory is refused, by `..` or by a link. */
async function* fileIn(directory: string | undefined, { nr, sokvag }: AttachmentRow): AsyncGenerator<Uint8Array, void> {
  if (sokvag === null) throw unreadable(nr, 'no_content');
  if (directory === undefined) throw unreadable(nr, 'no_directory');
  const path = await realPathIn(directory, sokvag, nr);
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw unreadable(nr, 'unreadable', {}, error);
  });
  try {
    if (!(await handle.stat()).isFile()) throw unreadable(nr, 'unreadable');
    yield* handle.createReadStream({ highWaterMark: READ_BYTES, autoClose: false });
  } finally {
    await handle.close();
  }
}

async function realPathIn(directory: string, sokvag: string, nr: number): Promise<string> {
  const root = await realpath(directory).catch((error: unknown) => {
    throw unreadable(nr, 'no_directory', {}, error);
  });
  const path = await realpath(join(root, sokvag)).catch((error: unknown) => {
    throw unreadable(nr, 'missing', {}, error);
  });
  if (!path.startsWith(root + sep)) throw unreadable(nr, 'outside');
  return path;
}

/** The file system's own error names the file, so only its code is kept. */
function unreadable(nr: number, reason: string, facts: Record<string, number> = {}, error?: unknown): OperatorError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return new OperatorError('attachment_unreadable', { nr, reason, ...facts }, code && new Error(code));
}
