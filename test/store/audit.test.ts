import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/domain/audit-entry.ts';
import { appendAudit, verifyAudit } from '../../src/store/audit.ts';
import { openState, type StateFolder } from '../../src/store/state-folder.ts';
import { startChild } from '../support/child.ts';
import { compileSource } from '../support/compiled-source.ts';

let dir: string;
let state: StateFolder;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'audit-'));
  state = await openState(dir, { create: true });
});
afterEach(() => rm(dir, { recursive: true }));

const entry = (n: number): AuditEntry => ({
  at: '2026-11-22T14:30:00+01:00',
  operator: 'åsa',
  host: 'värd',
  act: 'decision',
  region: '12',
  area: 3,
  facts: { n, text: '"}\n😀' },
});

const fill = async (lines: number): Promise<Buffer> => {
  for (let n = 1; n <= lines; n += 1) await appendAudit(state, entry(n));
  return readFile(state.audit);
};

describe('audit log', () => {
  it('is empty and intact before the first act', async () => {
    expect(await verifyAudit(state)).toEqual({ intact: true, lines: 0, head: '0'.repeat(64), entries: [] });
  });

  it('N09: gives back every act in order, and the head that the last append returned', async () => {
    await fill(2);
    const head = await appendAudit(state, entry(3));
    const report = await verifyAudit(state);
    expect(report).toMatchObject({ intact: true, lines: 3, head });
    expect(report.entries).toEqual([entry(1), entry(2), entry(3)]);
  });

  it('N09: a change of any byte is detected, with the line it is in or the one after', async () => {
    const whole = await fill(3);
    const ends = [...whole.keys()].filter((at) => whole[at] === 0x0a);
    for (let at = 0; at < whole.length; at += 1) {
      for (const bit of [1, 0x2a, 0x80]) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ bit;
        await writeFile(state.audit, changed);
        const { intact, firstBadLine = 0 } = await verifyAudit(state);
        expect(intact, `byte ${at} ^ ${bit}`).toBe(false);
        expect(firstBadLine).toBe(ends.findIndex((end) => at <= end) + 1);
      }
    }
  });

  it('N09: a line that is taken away, doubled or moved is detected', async () => {
    const [a, b, c] = (await fill(3)).toString().trimEnd().split('\n');
    for (const lines of [
      [b, c],
      [a, c],
      [a, a, b, c],
      [b, a, c],
      [a, c, b],
    ]) {
      await writeFile(state.audit, `${lines.join('\n')}\n`);
      expect((await verifyAudit(state)).intact, String(lines.map((line) => [a, b, c].indexOf(line)))).toBe(false);
    }
  });

  it('N09: nothing is added after a broken line', async () => {
    const whole = await fill(2);
    await writeFile(state.audit, whole.toString().replace('"n":1', '"n":7'));
    await expect(appendAudit(state, entry(3))).rejects.toMatchObject({ code: 'state_corrupt', facts: { problem: 'audit', line: 1 } });
  });

  it('cut at any byte: the torn line is ignored, the rest is intact, and the next act can be added', async () => {
    const whole = await fill(3);
    const last = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let cut = last; cut <= whole.length; cut += 1) {
      await writeFile(state.audit, whole.subarray(0, cut));
      // A line that lacks nothing but its line feed is whole.
      const lines = cut >= whole.length - 1 ? 3 : 2;
      expect(await verifyAudit(state), `cut at ${cut}`).toMatchObject({ intact: true, lines });
      await appendAudit(state, entry(4));
      expect(await verifyAudit(state), `added after a cut at ${cut}`).toMatchObject({ intact: true, lines: lines + 1 });
    }
  });

  it('a first line that was cut is a torn line', async () => {
    await writeFile(state.audit, '{');
    await appendAudit(state, entry(1));
    expect(await verifyAudit(state)).toMatchObject({ intact: true, lines: 1 });
  });

  it('a tail of zeros, as a power cut leaves, is a torn line', async () => {
    await fill(1);
    await appendFile(state.audit, Buffer.alloc(100));
    expect(await verifyAudit(state)).toMatchObject({ intact: true, lines: 1 });
    await appendAudit(state, entry(2));
    expect(await verifyAudit(state)).toMatchObject({ intact: true, lines: 2 });
  });

  it('D12: is 0660 whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      await fill(1);
    } finally {
      process.umask(before);
    }
    expect((await stat(state.audit)).mode & 0o777).toBe(0o660);
  });
});

describe('audit log and several processes', () => {
  let source: Awaited<ReturnType<typeof compileSource>>;
  beforeAll(async () => {
    source = await compileSource('domain', 'store');
  });
  afterAll(() => source.remove());

  const writer = (lines: number, operator: string) =>
    startChild(`
      import { appendAudit } from '${source.dir}/store/audit.js';
      const state = ${JSON.stringify(state)};
      for (let n = 1; n <= ${lines}; n += 1) {
        await appendAudit(state, { at: 't', host: 'h', act: 'decision', operator: '${operator}', facts: { n } });
        console.log('added', n);
      }`);

  it('N09, D12: four processes with fifty acts each neither lose nor fork a line', async () => {
    const children = ['a', 'b', 'c', 'd'].map((operator) => writer(50, operator));
    expect(await Promise.all(children.map(({ ended }) => ended)), children.map(({ output }) => output()).join('')).toEqual([0, 0, 0, 0]);
    const { intact, entries } = await verifyAudit(state);
    expect(intact).toBe(true);
    for (const operator of ['a', 'b', 'c', 'd']) {
      const own = entries.filter((line) => line.operator === operator).map(({ facts }) => facts?.n);
      expect(own).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    }
  });

  it('N09: processes that are killed in the middle break nothing, and lose nothing that they were told is done', async () => {
    for (let round = 0; round < 6; round += 1) {
      const children = [writer(10_000, `a${round}`), writer(10_000, `b${round}`)];
      await Promise.all(children.map((child, index) => child.printed(new RegExp(`added ${3 + index * 2 + round}\\n`))));
      for (const child of children) child.process.kill('SIGKILL');
      await Promise.all(children.map(({ ended }) => ended));
      await appendAudit(state, entry(round));
      const { intact, entries } = await verifyAudit(state);
      expect(intact, `round ${round}`).toBe(true);
      for (const [child, operator] of [
        [children[0], `a${round}`],
        [children[1], `b${round}`],
      ] as const) {
        const told = child?.output().match(/added/g)?.length ?? 0;
        expect(entries.filter((line) => line.operator === operator).length).toBeGreaterThanOrEqual(told);
      }
    }
  });
});
