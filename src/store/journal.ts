import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { localError } from '../domain/local-error.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { isMissing, openFile, syncFolder } from './shared-files.ts';

/**
 * An append-only file of records, one JSON object per line: `{"crc":"<crc32 of the record's text>","record":{…}}`. It keeps none of them in
 * memory: a delivery of 100,000 files writes 400,000.
 */
export interface Journal<T> {
  /** Everything in the file, read from it each time: what stood there when it was opened, and what was appended since. */
  readonly records: AsyncIterable<T>;
  /**
   * Resolves when the line has been written, or, when `durable`, when it is on disk. Lines that wait for the same write share it.
   * Throws `local_disk_full`, and then nothing of the batch is in the file. Where what was half written could not be taken back, this and every
   * later one throw why.
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
export async function readJournal<T>(file: string): Promise<T[]> {
  const records: T[] = [];
  for await (const { record } of entriesOf<T>(file)) records.push(record);
  return records;
}

/**
 * The wanted of what the lines that are as they were written say, and where the first line is that is not: for clearing up after a delivery that
 * is given up.
 */
export async function readSoundLines<T, Wanted extends T>(
  file: string,
  isWanted: (record: T) => record is Wanted,
): Promise<{ records: Wanted[]; firstBadLine: number | undefined }> {
  const records: Wanted[] = [];
  let firstBadLine: number | undefined;
  let line = 0;
  for await (const text of linesOf(file)) {
    line += 1;
    const record = recordIn<T>(text.toString());
    if (record === undefined) firstBadLine ??= line;
    else if (isWanted(record)) records.push(record);
  }
  return { records, firstBadLine };
}

/** The records of the first `length` bytes with the number of bytes of each line. Throws `journal_damaged`. */
async function* entriesOf<T>(file: string, length?: number): AsyncGenerator<{ readonly record: T; readonly bytes: number }, void> {
  let line = 0;
  for await (const text of linesOf(file, length)) {
    line += 1;
    const record = recordIn<T>(text.toString());
    if (record === undefined) throw new OperatorError('journal_damaged', { path: file, line });
    yield { record, bytes: text.length + 1 };
  }
}

/** The whole lines of a journal, or of its first `length` bytes; no file is none. */
async function* linesOf(file: string, length = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer, void> {
  if (length === 0) return;
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file, { end: length - 1 })) {
      const read = Buffer.concat([rest, chunk as Buffer]);
      let from = 0;
      for (let at = read.indexOf('\n'); at >= 0; at = read.indexOf('\n', from)) {
        yield read.subarray(from, at);
        from = at + 1;
      }
      rest = read.subarray(from);
    }
  } catch (error) {
    if (!isMissing(error)) throw localError(error, file);
  }
}

/** The record of a line, or undefined when the line is not as it was written. */
function recordIn<T>(line: string): T | undefined {
  const [, crc, text] = LINE.exec(line) ?? [];
  return text === undefined || checksum(text) !== crc ? undefined : (JSON.parse(text) as T);
}

/**
 * Opens a journal for its one writer, and cuts off a torn last line. `onRecord` gets what stands there already, which is read for its checksums in any
 * case. Throws as `readJournal`, and `permission_local`.
 */
export async function openJournal<T>(file: string, onRecord: (record: T) => void = () => {}): Promise<Journal<T>> {
  let size = 0;
  for await (const { record, bytes } of entriesOf<T>(file)) {
    onRecord(record);
    size += bytes;
  }
  const handle = await openFile(file, 'a');
  await handle.truncate(size);
  await syncFolder(dirname(file));

  let waiting: Waiting<T>[] = [];
  let writing: Promise<void> | undefined;

  /** Why the file may end with half a line: whatever followed it would make it a damaged middle line. */
  let broken: { readonly cause: unknown } | undefined;

  /** Writes all of a batch or nothing of it. */
  async function write(batch: readonly Waiting<T>[]): Promise<void> {
    if (broken) throw broken.cause;
    const text = Buffer.from(batch.map(({ record }) => lineOf(record)).join(''));
    try {
      await handle.appendFile(text);
      if (batch.some(({ durable }) => durable)) await handle.datasync();
      size += text.length;
    } catch (error) {
      await takeBack();
      throw error;
    }
  }

  async function takeBack(): Promise<void> {
    try {
      await handle.truncate(size);
    } catch (cause) {
      broken = { cause };
      throw cause;
    }
  }

  async function settle(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      await write(batch);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(localError(error, file));
    }
  }

  async function writeAll(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        await settle(batch);
      }
    } finally {
      writing = undefined;
    }
  }

  return {
    records: {
      async *[Symbol.asyncIterator]() {
        for await (const { record } of entriesOf<T>(file, size)) yield record;
      },
    },
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
