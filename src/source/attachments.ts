import { constants } from 'node:fs';
import { open, realpath, rm } from 'node:fs/promises';
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

type RegisteredRow = { readonly [column in keyof Omit<AttachmentRow, 'nr'>]: string | null };

/** What an attachment cannot be delivered without, and why its row cannot be read when it is not there. */
const NEEDED = [
  ['bilagaId', 'no_key'],
  ['diarienummer', 'no_diarienummer'],
  ['filnamn', 'no_name'],
  ['storlek', 'no_size'],
] as const;

/**
 * Metadata of a region's attachments in key order. Throws `attachment_unreadable` for a row without key, diarienummer, name or size, and for one
 * with another's key: contents come by a second query, in which either of the two could be first.
 */
export async function attachmentRows(session: Session, view: ContractView, region: string): Promise<AttachmentRow[]> {
  const rows = await session.query<RegisteredRow>(`
    SELECT ${keyOf(view)}::text AS "bilagaId", anteckning_id::text AS "anteckningId", diarienummer::text, filnamn::text, storlek::text,
           sha256::text, sokvag::text
    FROM ${qualified(view.name)} WHERE myndighet = ${literal(region)} ORDER BY ${keyOrder(view)}`);
  return rows.map((row, at) => {
    const nr = at + 1;
    const missing = NEEDED.find(([column]) => row[column] === null);
    if (missing) throw unreadable(nr, missing[1]);
    if (row.bilagaId === rows[at - 1]?.bilagaId) throw unreadable(nr, 'key_taken');
    return { ...(row as Omit<AttachmentRow, 'nr' | 'storlek'>), nr, storlek: Number(row.storlek) };
  });
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
 * the whole value, several times. One that cannot be read as it was registered does not hide the others: they are written, and then
 * `attachment_unreadable` is thrown with `nr` and reason of the first and how many `others` there are, never a name (D13).
 */
export async function* copyAttachments(session: Session, copy: AttachmentCopy): AsyncGenerator<WrittenAttachment> {
  const { view, region, rows } = copy;
  if (rows.length === 0) return;
  const out =
    session.copy(`COPY (SELECT ${keyOf(view)}::text AS nyckel, innehall FROM ${qualified(view.name)} WHERE myndighet = ${literal(region)}
    ORDER BY ${keyOrder(view)}) TO STDOUT (FORMAT binary)`);
  const reader = new ByteReader(out.chunks);
  const failures: OperatorError[] = [];
  // The rest is read first: leaving in the middle would end the connection, and with it the files of the other views.
  const mismatch = async (found: number): Promise<OperatorError> => {
    await reader.drain();
    return new OperatorError('rows_mismatch', { view: view.name, expected: rows.length, found });
  };
  try {
    await reader.take(COPY_HEADER_BYTES);
    for (const row of rows) {
      const fields = (await reader.take(2)).readInt16BE();
      const key = fields < 0 ? '' : (await reader.take(await lengthIn(reader))).toString();
      if (key !== row.bilagaId) throw await mismatch(row.nr - 1);
      const length = await lengthIn(reader);
      const content = length < 0 ? fileIn(copy.directory, row) : reader.stream(length);
      const written = await writeAttachment(row, content, copy).catch((error: unknown) => {
        if (!(error instanceof OperatorError && error.code === 'attachment_unreadable')) throw error;
        failures.push(error);
      });
      if (written) yield written;
    }
    const trailer = (await reader.take(2)).readInt16BE();
    if (trailer !== -1) throw await mismatch(rows.length + 1);
    await reader.drain();
  } finally {
    await reader.leave();
  }
  const [first] = failures;
  if (first) throw new OperatorError(first.code, { ...first.facts, others: failures.length - 1 }, first.cause);
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
  const isSize = written.bytes === storlek;
  if (isSize && (sha256 === null || written.sha256 === sha256.toLowerCase())) return { nr, ...written };
  await rm(copy.pathOf(nr));
  throw isSize ? unreadable(nr, 'sha256') : unreadable(nr, 'size', { expected: storlek, found: written.bytes });
}

/** The content that the database only knows the path of. A path that leaves the directory is refused, by `..` or by a link. */
async function* fileIn(directory: string | undefined, { nr, sokvag }: AttachmentRow): AsyncGenerator<Uint8Array, void> {
  if (sokvag === null) throw unreadable(nr, 'no_content');
  if (directory === undefined) throw unreadable(nr, 'no_directory');
  const path = await realPathIn(directory, sokvag, nr);
  // A named pipe would else keep us waiting for somebody to write to it.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error: unknown) => {
    throw unreadable(nr, 'unreadable', {}, error);
  });
  try {
    if (!(await handle.stat()).isFile()) throw unreadable(nr, 'unreadable');
    yield* handle.createReadStream({ highWaterMark: READ_BYTES, autoClose: false });
  } catch (error) {
    throw error instanceof OperatorError ? error : unreadable(nr, 'unreadable', {}, error);
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
