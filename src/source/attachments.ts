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

/** A row as it was registered: what it may not lack may be missing. */
type RegisteredRow = { readonly [column in keyof Omit<AttachmentRow, 'nr'>]: string | null };

/** What an attachment cannot be delivered without, and why its row cannot be read when it is not there. */
const NEEDED = [
  ['bilagaId', 'no_key'],
  ['diarienummer', 'no_diarienummer'],
  ['filnamn', 'no_name'],
  ['storlek', 'no_size'],
] as const;

export interface AttachmentCopy extends Omit<ExportOptions, 'dialect'> {
  readonly view: ContractView;
  readonly region: string;
  /** The folder that files are written below, and where below it. */
  readonly dir: string;
  readonly pathOf: (row: AttachmentRow) => string;
  /** The directory that `sokvag` is relative to. */
  readonly directory: string | undefined;
  /** The view's `count(*)` for the region in the same snapshot. */
  readonly expectedRows: number;
}

/**
 * Writes contents in key order, as they are (R28), see `Snapshot.writeAttachments`. What is registered comes with the content in one binary COPY, so
 * that no list of it is ever held: a text COPY ends at 600 MB and a query holds the whole value, several times. One that cannot be read as
 * it was registered does not hide the others: they are written, and then `attachment_unreadable` is thrown with `nr` and reason of the
 * first and how many `others` there are, never a name (D13). Throws `rows_mismatch` when there are not `expectedRows`.
 */
export async function* copyAttachments(session: Session, copy: AttachmentCopy): AsyncGenerator<WrittenAttachment> {
  const { view, region, expectedRows } = copy;
  const out = session.copy(`COPY (SELECT ${registered(view)}, innehall FROM ${qualified(view.name)} WHERE myndighet = ${literal(region)}
    ORDER BY ${keyOrder(view)}) TO STDOUT (FORMAT binary)`);
  const reader = new ByteReader(out.chunks);
  const failures: OperatorError[] = [];
  let nr = 0;
  try {
    await reader.take(COPY_HEADER_BYTES);
    // The trailer is -1 where a row says how many fields it has.
    while ((await reader.take(2)).readInt16BE() >= 0) {
      nr += 1;
      const row = JSON.parse((await reader.take(await lengthIn(reader))).toString()) as RegisteredRow;
      const written = await writeAttachment(nr, row, reader, await lengthIn(reader), copy).catch((error: unknown) => {
        if (!(error instanceof OperatorError && error.code === 'attachment_unreadable')) throw error;
        failures.push(error);
      });
      if (written) yield written;
    }
    await reader.drain();
  } finally {
    await reader.leave();
  }
  for (const found of [nr, out.taggedRows()]) {
    if (found !== expectedRows) throw new OperatorError('rows_mismatch', { view: view.name, expected: expectedRows, found });
  }
  const [first] = failures;
  if (first) throw new OperatorError(first.code, { ...first.facts, others: failures.length - 1 }, first.cause);
}

/** A `RegisteredRow` as one text. */
function registered(view: ContractView): string {
  const columns: { readonly [column in keyof RegisteredRow]: string } = {
    bilagaId: identifier(view.columns[0]?.name ?? ''),
    anteckningId: 'anteckning_id',
    diarienummer: 'diarienummer',
    filnamn: 'filnamn',
    storlek: 'storlek',
    sha256: 'sha256',
    sokvag: 'sokvag',
  };
  const pairs = Object.entries(columns).map(([name, column]) => `${literal(name)}, ${column}::text`);
  return `json_build_object(${pairs.join(', ')})::text`;
}

const lengthIn = async (reader: ByteReader): Promise<number> => (await reader.take(4)).readInt32BE();

/** Writes the content of one attachment, which is the next `length` bytes, or a file where that is negative. */
async function writeAttachment(
  nr: number,
  registered: RegisteredRow,
  reader: ByteReader,
  length: number,
  copy: AttachmentCopy,
): Promise<WrittenAttachment> {
  const missing = NEEDED.find(([column]) => registered[column] === null);
  if (missing) {
    await reader.skip(length);
    throw unreadable(nr, missing[1]);
  }
  const row: AttachmentRow = { ...(registered as Omit<AttachmentRow, 'nr' | 'storlek'>), nr, storlek: Number(registered.storlek) };
  const content = length < 0 ? fileIn(copy.directory, row) : reader.stream(length);
  const path = copy.pathOf(row);
  const file = join(copy.dir, path);
  const { bytes, sha256 } = await writeHashed(file, async (write) => {
    for await (const chunk of content) {
      if (copy.signal?.aborted) throw new OperatorError('stopped', {}, copy.signal.reason);
      await write(chunk);
      copy.onBytes?.(chunk.length);
    }
  });
  const isSize = bytes === row.storlek;
  if (isSize && (row.sha256 === null || sha256 === row.sha256.toLowerCase())) return { row, path, bytes, sha256 };
  await rm(file);
  throw isSize ? unreadable(nr, 'sha256') : unreadable(nr, 'size', { expected: row.storlek, found: bytes });
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
    const found = await handle.stat();
    if (!found.isFile()) throw unreadable(nr, 'unreadable');
    // Not more than there is: a page of 1 MiB for each of 100,000 small files is garbage that outruns its collector.
    yield* handle.createReadStream({ highWaterMark: Math.min(READ_BYTES, found.size + 1), autoClose: false });
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
