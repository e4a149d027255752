import { execFileSync } from 'node:child_process';
import { type FileHandle, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openJournal, readJournal } from '../../src/store/journal.ts';
import type { TransferJournal, TransferRecord } from '../../src/transfer/transfer.ts';
import { startChild } from '../support/child.ts';
import { compileSource } from '../support/compiled-source.ts';

interface Step {
  readonly n: number;
  readonly text: string;
}

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'));
  file = join(dir, 'journal.jsonl');
});
afterEach(() => rm(dir, { recursive: true }));

const write = async (records: readonly Step[]): Promise<Buffer> => {
  const journal = await openJournal<Step>(file);
  await Promise.all(records.map((record, index) => journal.append(record, index % 3 === 0)));
  await journal.close();
  return readFile(file);
};

async function all<T>(records: Iterable<T> | AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const record of records) read.push(record);
  return read;
}

const SAMPLE: readonly Step[] = [
  { n: 1, text: 'Återvände' },
  { n: 2, text: 'a\nb "c" \u2028 😀' },
  { n: 3, text: '' },
];

describe('journal', () => {
  it('gives back what was appended, in order, and keeps it over openings', async () => {
    await write(SAMPLE);
    const met: Step[] = [];
    const journal = await openJournal<Step>(file, (record) => met.push(record));
    expect(met).toEqual(SAMPLE);
    expect(await all(journal.records)).toEqual(SAMPLE);
    await journal.append({ n: 4, text: 'mer' }, true);
    expect(await all(journal.records)).toHaveLength(4);
    await journal.close();
    expect(await readJournal(file)).toEqual([...SAMPLE, { n: 4, text: 'mer' }]);
  });

  it('is what the transfer keeps its records in', async () => {
    const journal = await openJournal<TransferRecord>(file);
    const transfer: TransferJournal = journal;
    await transfer.append({ type: 'renamed' }, true);
    expect(await all(transfer.records)).toEqual([{ type: 'renamed' }]);
    await journal.close();
  });

  it('P5: reads lines that are longer and shorter than what is read of a file at a time', async () => {
    const steps = Array.from({ length: 400 }, (_, n) => ({ n, text: 'å'.repeat(n % 7 === 0 ? 40_000 : n % 300) }));
    const whole = await write(steps);
    expect(await readJournal(file)).toEqual(steps);
    await writeFile(file, Buffer.concat([whole, Buffer.from('{"crc":"torn')]));
    const journal = await openJournal<Step>(file);
    expect(await all(journal.records)).toEqual(steps);
    await journal.close();
    expect((await readFile(file)).equals(whole)).toBe(true);
  });

  it('reads a missing journal as no records and makes no file', async () => {
    expect(await readJournal(file)).toEqual([]);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('keeps any JSON through a round trip (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text)),
          { maxLength: 8 },
        ),
        async (records) => {
          const journal = await openJournal<unknown>(file);
          await Promise.all(records.map((record) => journal.append(record, false)));
          await journal.close();
          expect(await readJournal(file)).toEqual(records);
          await rm(file);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('cut at any byte: every whole line is kept, the torn one is ignored, and the next append is readable', async () => {
    const whole = await write(SAMPLE);
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const kept = SAMPLE.slice(0, whole.subarray(0, cut).filter((byte) => byte === 0x0a).length);
      await writeFile(file, whole.subarray(0, cut));
      expect(await readJournal(file), `cut at ${cut}`).toEqual(kept);
      const journal = await openJournal<Step>(file);
      await journal.append({ n: 9, text: 'efter' }, false);
      await journal.close();
      expect(await readJournal(file), `appended after a cut at ${cut}`).toEqual([...kept, { n: 9, text: 'efter' }]);
    }
  });

  it('a changed byte in a line that is not the last stops with its number, and nothing is appended after it', async () => {
    const whole = await write(SAMPLE);
    const second = whole.indexOf('\n') + 1;
    for (let at = 0; at < whole.lastIndexOf('\n', whole.length - 2); at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await writeFile(file, changed);
      const line = at < second ? 1 : 2;
      await expect(readJournal(file), `byte ${at}`).rejects.toMatchObject({ code: 'journal_damaged', facts: { path: file, line } });
      await expect(openJournal(file)).rejects.toMatchObject({ code: 'journal_damaged' });
    }
  });

  it('D12: is 0660 whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      await write(SAMPLE);
    } finally {
      process.umask(before);
    }
    expect((await stat(file)).mode & 0o777).toBe(0o660);
  });
});

describe('journal and a killed writer', () => {
  let source: Awaited<ReturnType<typeof compileSource>>;
  beforeAll(async () => {
    source = await compileSource('domain', 'store');
  });
  afterAll(() => source.remove());

  it('every record that was promised durable is there after kill -9', async () => {
    const child = startChild(`
      import { openJournal } from '${source.dir}/store/journal.js';
      const journal = await openJournal(${JSON.stringify(file)});
      for (let n = 1; ; n += 1) {
        for (let i = 0; i < 20; i += 1) void journal.append({ n, text: 'x'.repeat(200) }, false);
        await journal.append({ n, text: 'durable' }, true);
        console.log('durable', n);
      }`);
    await child.printed(/durable 25\n/);
    child.process.kill('SIGKILL');
    await child.ended;
    const promised = child.output().match(/durable/g)?.length ?? 0;
    const records = await readJournal<Step>(file);
    expect(
      records
        .filter(({ text }) => text === 'durable')
        .map(({ n }) => n)
        .slice(0, promised),
    ).toEqual(Array.from({ length: promised }, (_, index) => index + 1));
  });
});

const mountSmallDisk = (path: string): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('journal on a full disk', () => {
  it('N07: says so, leaves no half line, and goes on when there is room', async ({ skip }) => {
    if (!mountSmallDisk(dir)) skip('a small disk cannot be mounted here');
    try {
      const journal = await openJournal<Step>(file);
      await journal.append({ n: 1, text: 'ryms' }, true);
      await writeFile(join(dir, 'fill'), 'x'.repeat(4096));
      const large = journal.append({ n: 2, text: 'x'.repeat(20_000) }, true);
      await expect(large).rejects.toMatchObject({ code: 'local_disk_full', facts: { path: file } });
      await rm(join(dir, 'fill'));
      await journal.append({ n: 3, text: 'ryms igen' }, true);
      await journal.close();
      expect((await readJournal<Step>(file)).map(({ n }) => n)).toEqual([1, 3]);
    } finally {
      execFileSync('umount', [dir]);
    }
  });
});

describe('journal on a disk that fails', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const failure = (code: string) => Object.assign(new Error(code), { code });
  /** The disk's own answers are replaced: there is no disk here that can be made to fail on demand. */
  async function answers(): Promise<FileHandle> {
    const handle = await open(join(dir, 'annan'), 'w');
    await handle.close();
    return Object.getPrototypeOf(handle);
  }
  /** Half a line is written, and then nothing more. */
  async function breakOff(this: FileHandle, text: string | Uint8Array): Promise<void> {
    await this.write(Buffer.from(text).subarray(0, 20));
    throw failure('EIO');
  }

  it('what could not be made durable is taken back, and the next line is written', async () => {
    const journal = await openJournal<Step>(file);
    vi.spyOn(await answers(), 'datasync').mockRejectedValueOnce(failure('EIO'));
    await expect(journal.append({ n: 1, text: 'borta' }, true)).rejects.toThrow('EIO');
    await journal.append({ n: 2, text: 'kvar' }, true);
    await journal.close();
    expect(await readJournal(file)).toEqual([{ n: 2, text: 'kvar' }]);
  });

  it('half a line that cannot be taken back is the last of the file: that append and every later one says why, and the next opening cuts it off', async () => {
    const journal = await openJournal<Step>(file);
    await journal.append({ n: 1, text: 'hel' }, true);
    const disk = await answers();
    vi.spyOn(disk, 'appendFile').mockImplementationOnce(breakOff);
    const meanwhile: Promise<void>[] = [];
    vi.spyOn(disk, 'truncate').mockImplementationOnce(async () => {
      meanwhile.push(journal.append({ n: 3, text: 'under tiden' }, false));
      meanwhile[0]?.catch(() => {}); // awaited below
      throw failure('ESTALE');
    });
    await expect(journal.append({ n: 2, text: 'halv' }, true)).rejects.toThrow('ESTALE');
    await expect(meanwhile[0]).rejects.toThrow('ESTALE');
    await expect(journal.append({ n: 4, text: 'efter' }, true)).rejects.toThrow('ESTALE');
    expect((await readFile(file, 'utf8')).split('\n')).toEqual([expect.stringContaining('"hel"'), expect.stringMatching(/^.{20}$/)]);
    await journal.close();
    const next = await openJournal<Step>(file);
    await next.append({ n: 5, text: 'nästa körning' }, true);
    await next.close();
    expect((await readJournal<Step>(file)).map(({ n }) => n)).toEqual([1, 5]);
  });
});
