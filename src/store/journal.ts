import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { localError } from '../domain/local-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { isMissing, openFile, syncFolder } from './shared-files.ts';

/** An append-only file of records, one JSON object per line: `{"crc":"<crc32 of the record's text>","record":{…}}`. */
export interface Journal<T> {
  /** Everything in the file: what stood there when it was opened, and what was appended since. */
  readonly records: readonly T[];
  /**
   * Resolves when the line has been written, or, when `durable`, when it is on disk. Lines that wait for the same write share it.
   * Throws `local_disk_full`, and then nothing of the batch is in the file.
   */
  append(record: T, durable: boolean): Promise<void>;
  close(): Promise<void>;
}

interface Waiting<T> {
  readonly record: T;
  readonly durable: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const lineOf = (record: unknown): string => {
  const text = JSON.stringify(record);
  return `{"crc":"${checksum(text)}","record":${text}}\n`;
};

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

const LINE = /^\{"crc":"([0-9a-f]{8})","record":(.*)\}$/s;

/**
 * What a journal says, without touching it; no file is no records. A torn last line, cut by a crash, is ignored.
 * Throws `journal_damaged` with the line's number when any whole line is not as it was written.
 */
export const readJournal = async <T>(file: string): Promise<T[]> => (await read<T>(file)).records;

/** What the lines that are as they were written say, and where the first is that is not: for clearing up after a delivery that is given up. */
export async function readSoundLines<T>(file: string): Promise<{ records: T[]; firstBadLine: number | undefined }> {
  const { lines } = await linesOf(file);
  const records = lines.map(recordIn<T>);
  const bad = records.indexOf(undefined);
  return { records: records.filter((record) => record !== undefined), firstBadLine: bad === -1 ? undefined : bad + 1 };
}

async function read<T>(file: string): Promise<{ records: T[]; bytes: number }> {
  const { lines, bytes } = await linesOf(file);
  const records = lines.map((line, index) => {
    const record = recordIn<T>(line);
    if (record === undefined) throw new OperatorError('journal_damaged', { path: file, line: index + 1 });
    return record;
  });
  return { records, bytes };
}

/** The whole lines of a journal, and how many bytes they are; no file is none. */
async function linesOf(file: string): Promise<{ lines: string[]; bytes: number }> {
  let content: Buffer;
  try {
    content = await readFile(file);
  } catch (error) {
    if (isMissing(error)) return { lines: [], bytes: 0 };
    throw localError(error, file);
  }
  const bytes = content.lastIndexOf('\n') + 1;
  return { lines: content.toString('utf8', 0, bytes).split('\n').slice(0, -1), bytes };
}

/** The record of a line, or undefined when the line is not as it was written. */
function recordIn<T>(line: string): T | undefined {
  const [, crc, text] = LINE.exec(line) ?? [];
  return text === undefined || checksum(text) !== crc ? undefined : (JSON.parse(text) as T);
}

/** Opens a journal for its one writer, and cuts off a torn last line. Throws as `readJournal`, and `permission_local`. */
export async function openJournal<T>(file: string): Promise<Journal<T>> {
  const { records, bytes } = await read<T>(file);
  const handle = await openFile(file, 'a');
  await handle.truncate(bytes);
  await syncFolder(dirname(file));

  let size = bytes;
  let waiting: Waiting<T>[] = [];
  let writing: Promise<void> | undefined;

  async function writeBatch(batch: readonly Waiting<T>[]): Promise<void> {
    const text = Buffer.from(batch.map(({ record }) => lineOf(record)).join(''));
    try {
      await handle.appendFile(text);
      if (batch.some(({ durable }) => durable)) await handle.datasync();
      size += text.length;
    } catch (error) {
      for (const { reject } of batch) reject(localError(error, file));
      // Half a batch would make the next line a damaged middle line.
      await handle.truncate(size);
      return;
    }
    for (const { record, resolve } of batch) {
      records.push(record);
      resolve();
    }
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await writeBatch(batch);
    }
    writing = undefined;
  }

  return {
    records,
    append: (record, durable) =>
      new Promise((resolve, reject) => {
        waiting.push({ record, durable, resolve, reject });
        writing ??= Promise.resolve().then(writeAll);
      }),
    async close() {
      await writing;
      await handle.close();
    },
  };
}
