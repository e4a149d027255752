import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { regionView } from '../../src/domain/checklist.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { emptyRecord, type RegionRecord } from '../../src/domain/region-record.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import { appendAudit, verifyAudit } from '../../src/store/audit.ts';
import { changeRegion, readRegion, reconcile, regionReader } from '../../src/store/regions.ts';
import { openState, type StateFolder } from '../../src/store/state-folder.ts';
import { startChild } from '../support/child.ts';
import { compileSource } from '../support/compiled-source.ts';

let dir: string;
let state: StateFolder;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'regions-'));
  state = await openState(dir, { create: true });
});
afterEach(() => rm(dir, { recursive: true }));

const decision = (area: Decision['area'], comment: string): Decision => ({
  area,
  answer: 'bevara',
  date: '2025-11-12',
  decidedBy: 'Regionarkivnämnden',
  comment,
  registeredBy: 'åsa',
  registeredAt: '2026-01-20T10:00:00+01:00',
});

const decide = (comment: string, { by = 'åsa', revision, area = 3 }: { by?: string; revision?: number; area?: Decision['area'] } = {}) =>
  changeRegion(state, '12', { act: 'decision', operator: by, area, expectedRevision: revision }, (record) => ({
    ...record,
    decisions: [...record.decisions, decision(area, comment)],
  }));

const fileOf = (name: string) => join(state.regions, name);
const comments = ({ decisions }: RegionRecord) => decisions.map(({ comment }) => comment);
const readRegions = async () => Promise.all(REGIONS.map(({ code }) => code).map(await regionReader(state)));
const corrupt = (problem: string) => ({ code: 'state_corrupt', facts: { problem } });

describe('regions', () => {
  it('R03: a fresh state shows 21 × 7 undecided cells, and reading it writes nothing', async () => {
    const before = await readdir(dir, { recursive: true });
    const cells = (await readRegions()).flatMap((record) => regionView(record, [], null).areas);
    expect(cells).toHaveLength(147);
    expect(new Set(cells.map((cell) => cell.state))).toEqual(new Set(['saknas']));
    expect(await readdir(dir, { recursive: true })).toEqual(before);
  });

  it('remembers a change with its history, one revision up', async () => {
    expect(await decide('första')).toMatchObject({ region: '12', revision: 1 });
    await decide('andra');
    const record = await readRegion(state, '12');
    expect(record.revision).toBe(2);
    expect(comments(record)).toEqual(['första', 'andra']);
    expect(await readRegion(state, '13')).toEqual(emptyRecord('13'));
  });

  it('D12: files are 0660 whatever the umask, and nothing but the record is left beside it', async () => {
    const before = process.umask(0o077);
    try {
      await decide('första');
    } finally {
      process.umask(before);
    }
    expect(await readdir(state.regions)).toEqual(['12.json']);
    expect((await stat(fileOf('12.json'))).mode & 0o777).toBe(0o660);
  });

  it('N09: every change stands in the audit log with who, when, what and the hash of the record', async () => {
    await decide('första', { by: 'björn' });
    const { intact, entries } = await verifyAudit(state);
    expect(intact).toBe(true);
    expect(entries).toEqual([
      expect.objectContaining({
        operator: 'björn',
        act: 'decision',
        region: '12',
        area: 3,
        revision: 1,
        record: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
    ]);
    expect(JSON.stringify(entries)).not.toContain('första');
  });

  it('D12: the second of two who edited the same revision is refused, and told who changed what', async () => {
    await decide('första');
    await decide('kollegans', { by: 'björn', revision: 1, area: 7 });
    await decide('kollegans andra', { by: 'björn', revision: 2, area: 1 });
    await expect(decide('min', { revision: 1 })).rejects.toMatchObject({
      code: 'revision_conflict',
      facts: { region: 'Region Skåne', by: 'björn', areas: '1, 7' },
    });
    expect(comments(await readRegion(state, '12'))).toEqual(['första', 'kollegans', 'kollegans andra']);
  });

  it('a change that throws changes nothing', async () => {
    const failing = changeRegion(state, '12', { act: 'decision', operator: 'åsa' }, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await readRegion(state, '12')).toEqual(emptyRecord('12'));
    expect((await verifyAudit(state)).lines).toBe(0);
  });

  it('a record that is not one is refused before anything is written', async () => {
    const wrong = changeRegion(state, '12', { act: 'decision', operator: 'åsa' }, (record) => ({
      ...record,
      decisions: [{ area: 9 }] as never,
    }));
    await expect(wrong).rejects.toThrow();
    expect((await verifyAudit(state)).lines).toBe(0);
    expect(await readRegion(state, '12')).toEqual(emptyRecord('12'));
  });

  it('D12: other acts of a region in the audit log are not changes of its record', async () => {
    await decide('första');
    await appendAudit(state, { at: 't', operator: 'åsa', host: 'h', act: 'published', region: '12', delivery: 'd' });
    expect((await readRegion(state, '12')).revision).toBe(1);
  });
});

describe('a state that the audit log contradicts', () => {
  beforeEach(async () => {
    await decide('första');
    await copyFile(fileOf('12.json'), join(dir, 'older.json'));
    await decide('andra');
  });

  it.each([
    ['a file that is gone is never empty', () => rm(fileOf('12.json')), 'missing'],
    ['N19: a file restored from an older copy', () => copyFile(join(dir, 'older.json'), fileOf('12.json')), 'older'],
    ['a file cut in half', async () => writeFile(fileOf('12.json'), (await readFile(fileOf('12.json'))).subarray(0, 200)), 'unreadable'],
    ['an empty file', () => writeFile(fileOf('12.json'), ''), 'unreadable'],
    [
      'another region’s file',
      async () => writeFile(fileOf('12.json'), (await readFile(fileOf('12.json'), 'utf8')).replace('"region": "12"', '"region": "13"')),
      'unreadable',
    ],
    [
      'an unknown key',
      async () => writeFile(fileOf('12.json'), (await readFile(fileOf('12.json'), 'utf8')).replace('{', '{"godkänd": true,')),
      'unreadable',
    ],
    [
      'an answer changed by hand',
      async () => writeFile(fileOf('12.json'), (await readFile(fileOf('12.json'), 'utf8')).replace('bevara', 'gallra')),
      'changed',
    ],
    [
      'N19: an audit log restored from an older copy',
      async () => writeFile(state.audit, `${(await readFile(state.audit, 'utf8')).split('\n')[0]}\n`),
      'newer',
    ],
    ['an audit log that is gone', () => rm(state.audit), 'newer'],
  ])('%s stops, for readers and writers', async (_, damage, problem) => {
    await damage();
    await expect(readRegion(state, '12')).rejects.toMatchObject(corrupt(problem));
    await expect(readRegions()).rejects.toMatchObject(corrupt(problem));
    const before = await readdir(state.regions);
    await expect(decide('tredje')).rejects.toMatchObject({ code: 'state_corrupt' });
    expect(await readdir(state.regions)).toEqual(before);
  });

  it('N09: with a broken log what is there can be read, and nothing can be changed', async () => {
    await writeFile(state.audit, (await readFile(state.audit, 'utf8')).replace('åsa', 'eva'));
    expect(comments(await readRegion(state, '12'))).toEqual(['första', 'andra']);
    await expect(decide('tredje')).rejects.toMatchObject(corrupt('audit'));
    await rm(fileOf('12.json'));
    await expect(readRegion(state, '12')).rejects.toMatchObject(corrupt('audit'));
  });
});

describe('regions and several processes', () => {
  let source: Awaited<ReturnType<typeof compileSource>>;
  beforeAll(async () => {
    source = await compileSource('domain', 'store');
  });
  afterAll(() => source.remove());

  const writer = (operator: string, loop: string) =>
    startChild(`
      import { changeRegion, readRegion } from '${source.dir}/store/regions.js';
      const state = ${JSON.stringify(state)};
      const decision = (comment) => ({ area: 3, answer: 'bevara', date: '2025-11-12', decidedBy: 'n', comment, registeredBy: '${operator}', registeredAt: 't' });
      const decide = (comment, expectedRevision) =>
        changeRegion(state, '12', { act: 'decision', operator: '${operator}', area: 3, expectedRevision },
          (record) => ({ ...record, decisions: [...record.decisions, decision(comment)] }));
      ${loop}`);

  it('D12: of two processes that save the same revision exactly one wins, every time', async () => {
    const loop = (operator: string) => `
      let wins = 0;
      for (let revision = 0; revision < 20; revision += 1) {
        try { await decide('${operator}' + revision, revision); wins += 1; } catch (error) { if (error.code !== 'revision_conflict') throw error; }
        while ((await readRegion(state, '12')).revision === revision);
      }
      console.log('wins', wins);`;
    const children = [writer('a', loop('a')), writer('b', loop('b'))];
    await Promise.all(children.map(({ ended }) => ended));
    const wins = children.map(({ output }) => Number(/^wins (\d+)\n$/.exec(output())?.[1]));
    expect((wins[0] ?? 0) + (wins[1] ?? 0), children.map(({ output }) => output()).join('')).toBe(20);
    const record = await readRegion(state, '12');
    expect(record.revision).toBe(20);
    expect(comments(record).map((comment) => comment?.slice(1))).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
  });

  it('D12, N19: a writer that is killed at any instant leaves each change wholly there or not at all', async () => {
    let told = 0;
    for (let round = 0; round < 15; round += 1) {
      const child = writer('a', `for (let n = 1; ; n += 1) { await decide('a' + n); console.log('saved', n); }`);
      await child.printed(new RegExp(`saved ${1 + (round % 4)}\\n`));
      // A read in the middle of a change sees the record before it or after it.
      await readRegion(state, '12');
      child.process.kill('SIGKILL');
      await child.ended;
      told += child.output().match(/saved/g)?.length ?? 0;
      const seen = await readRegion(state, '12');
      await reconcile(state);
      const record = await readRegion(state, '12');
      expect(record.revision).toBeGreaterThanOrEqual(told);
      expect(record.revision - seen.revision).toBeLessThanOrEqual(1);
      expect(record.decisions).toHaveLength(record.revision);
      expect((await readdir(state.regions)).filter((name) => name.endsWith('.next.json'))).toEqual([]);
      told = record.revision;
    }
    expect((await verifyAudit(state)).intact).toBe(true);
  });

  it('the store leaves signals alone: whoever listens hears each of them once', async () => {
    const child = startChild(`
      for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT']) process.on(name, () => console.log('heard', name));
      const { readRegion } = await import('${source.dir}/store/regions.js');
      await readRegion(${JSON.stringify(state)}, '12');
      process.kill(process.pid, 'SIGTERM');
      setTimeout(() => {}, 1e6);
      process.on('SIGUSR2', () => process.exit(0));
      console.log('ready');`);
    await child.printed(/heard SIGTERM/);
    child.process.kill('SIGHUP');
    await child.printed(/heard SIGHUP/);
    child.process.kill('SIGINT');
    await child.printed(/heard SIGINT/);
    child.process.kill('SIGUSR2');
    await child.ended;
    expect(child.output().match(/heard \w+/g)).toEqual(['heard SIGTERM', 'heard SIGHUP', 'heard SIGINT']);
  });

  it('reconcile finishes a change that was registered, and forgets one that was not', async () => {
    await decide('första');
    const registered = await readFile(fileOf('12.json'), 'utf8');
    await decide('andra');
    const second = await readFile(fileOf('12.json'), 'utf8');
    await writeFile(fileOf('12.json'), registered);
    await writeFile(fileOf('12.next.json'), second);
    expect(comments(await readRegion(state, '12'))).toEqual(['första']);
    await reconcile(state);
    expect(comments(await readRegion(state, '12'))).toEqual(['första', 'andra']);

    await writeFile(fileOf('12.next.json'), second.replace('andra', 'oregistrerad'));
    await reconcile(state);
    expect(comments(await readRegion(state, '12'))).toEqual(['första', 'andra']);
    expect(await readdir(state.regions)).toEqual(['12.json']);
  });
});
