import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import type pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import { csvBytes } from '../../src/bag/csv-writer.ts';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import { CopyOut } from '../../src/source/copy-out.ts';

const LINE_ENDS = ['\n', '\r\n'] as const;

/** One message of the protocol. */
function message(code: string, content: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.from(`${code}....`);
  head.writeUInt32BE(4 + content.length, 1);
  return Buffer.concat([head, content]);
}

/** Sends bytes to a COPY in pieces of these sizes, and gives what it made of them and what it left to pg. */
async function receive(copy: CopyOut, bytes: Buffer, sizes: readonly number[]) {
  const stream = new PassThrough();
  const toPg: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    toPg.push(chunk);
    if (Buffer.concat(toPg).includes('Z')) copy.handleReadyForQuery();
  });
  copy.submit({ stream, query: () => {} } as unknown as pg.Connection);
  const sent = (async () => {
    for (let at = 0, n = 0; at < bytes.length; n += 1) {
      const size = sizes[n % sizes.length] ?? 1;
      // A chunk is the reader's own, as one from a socket is.
      if (!stream.write(Buffer.from(bytes.subarray(at, at + size)))) await once(stream, 'drain');
      at += size;
    }
  })();
  const pages: Buffer[] = [];
  const memory = new Set<ArrayBufferLike>();
  for (let page = await copy.next(); page; page = await copy.next()) {
    memory.add(page.buffer);
    pages.push(Buffer.from(page));
  }
  await sent;
  return { pages, memory, out: Buffer.concat(pages), toPg: Buffer.concat(toPg) };
}

const OPENING = Buffer.concat([message('N', Buffer.from('notice')), message('H', Buffer.alloc(7))]);
const CLOSING = Buffer.concat([message('c'), message('C', Buffer.from('COPY 1\0')), message('Z', Buffer.from('I'))]);

describe('CopyOut', () => {
  const cell = fc.option(fc.string({ unit: fc.constantFrom('a', '"', '\n', '\r', ';', 'å') }), { nil: null });
  const rows = fc.array(fc.tuple(cell, cell), { maxLength: 8 });
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
  const head = { view: 'v', columns: [{ name: 'a' }, { name: 'b' }] };

  test('T30 D10 counts records and ends them as asked, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(rows, sizes, fc.constantFrom(...LINE_ENDS), fc.boolean(), async (records, cuts, lineTerminator, isNoisy) => {
        const record = (row: (typeof records)[number], dialect = DEFAULT_DIALECT) => {
          const headerLength = csvBytes([], dialect, head).length;
          return csvBytes([row], dialect, head).subarray(headerLength);
        };
        const noise = isNoisy ? message('S', Buffer.from('setting\0value\0')) : Buffer.alloc(0);
        const data = records.flatMap((row) => [message('d', record(row)), noise]);
        const copy = new CopyOut('', lineTerminator);
        const { out, toPg } = await receive(copy, Buffer.concat([OPENING, ...data, CLOSING]), cuts);
        const wanted = Buffer.concat(records.map((row) => record(row, { ...DEFAULT_DIALECT, lineTerminator })));
        expect(out.equals(wanted)).toBe(true);
        expect(copy.messages).toBe(records.length);
        expect(toPg.equals(CLOSING)).toBe(true);
      }),
    );
  });

  test.each(LINE_ENDS)('P5 pages are few and of one size, and filled again, with line ends %j', async (lineTerminator) => {
    const row = Buffer.from(`"${'x'.repeat(997)}"\n`);
    const data = Buffer.concat(Array.from({ length: 12_000 }, () => message('d', row)));
    const copy = new CopyOut('', lineTerminator);
    const { pages, memory, out } = await receive(copy, Buffer.concat([OPENING, data, CLOSING]), [65_536]);
    // Two ahead and one that the last chunk ended, one being filled, one being read.
    expect(memory.size).toBeLessThanOrEqual(5);
    expect(out.length).toBe(12_000 * (row.length + lineTerminator.length - 1));
    for (const page of pages.slice(0, -1)) expect(page.length).toBe(1024 * 1024);
  });

  test('P1 rests after each round of reading, so that what the server sends gathers, and is not woken for each piece', async () => {
    const stream = new PassThrough();
    const copy = new CopyOut('');
    stream.on('data', () => copy.handleReadyForQuery());
    copy.submit({ stream, query: () => {} } as unknown as pg.Connection);
    let rounds = 0;
    stream.on('pause', () => {
      rounds += 1;
    });
    // The clock is ours: that of a busy machine would go on at every piece.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      stream.write(OPENING);
      for (let piece = 0; piece < 2000; piece += 1) {
        stream.write(message('d', Buffer.alloc(1100, 'x')));
        if (piece % 10 === 0) await setImmediate();
        if (piece % 500 === 499) vi.advanceTimersByTime(10);
      }
      expect(rounds).toBeGreaterThan(0);
      // 200 pieces of work were done by the other side, in four times ten milliseconds.
      expect(rounds).toBeLessThan(10);
      stream.write(CLOSING);
      let isOver = false;
      const reading = (async () => {
        while (await copy.next());
        isOver = true;
      })();
      while (!isOver) {
        vi.advanceTimersByTime(10);
        await setImmediate();
      }
      await reading;
      expect(copy.messages).toBe(2000);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a message longer than a page comes in pages', async () => {
    const value = Buffer.alloc(3_000_000, 'å');
    const copy = new CopyOut('');
    const { pages, out } = await receive(copy, Buffer.concat([OPENING, message('d', value), CLOSING]), [65_536, 3]);
    expect(out.equals(value)).toBe(true);
    expect(pages).toHaveLength(3);
    expect(copy.messages).toBe(1);
  });

  test('an error of the server goes to pg, and what was not a whole page before it is not given as data', async () => {
    const copy = new CopyOut('');
    const failed = new Error('failed');
    const stream = new PassThrough();
    stream.on('data', () => copy.handleError(failed));
    copy.submit({ stream, query: () => {} } as unknown as pg.Connection);
    stream.write(Buffer.concat([OPENING, message('d', Buffer.from('"a"\n')), message('E', Buffer.from('M...\0\0'))]));
    await expect(copy.next()).rejects.toBe(failed);
  });
});
