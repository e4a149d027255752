import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../src/store/short-lock.ts';
import { startChild } from '../support/child.ts';
import { compileSource } from '../support/compiled-source.ts';

let source: Awaited<ReturnType<typeof compileSource>>;
beforeAll(async () => {
  source = await compileSource('domain', 'store');
});
afterAll(() => source.remove());

let dir: string;
let lock: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
  lock = join(dir, 'lock');
});
afterEach(() => rm(dir, { recursive: true }));

/** Takes the lock over and over, and notes in one file, a line each, when it comes in and when it is about to leave. */
const contender = (times: number) =>
  startChild(`
    import { appendFileSync } from 'node:fs';
    import { withLock } from '${source.dir}/store/short-lock.js';
    const note = (what) => appendFileSync(${JSON.stringify(join(dir, 'log'))}, what + ' ' + process.pid + '\\n');
    for (let n = 0; n < ${times}; n += 1) {
      await withLock(${JSON.stringify(lock)}, async () => {
        note('in');
        await new Promise(setImmediate);
        note('out');
      });
      console.log('held');
    }`);

/** The notes, oldest first. */
const notes = async () =>
  (await readFile(join(dir, 'log'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(' '));

const holder = () =>
  startChild(`
    import { withLock } from '${source.dir}/store/short-lock.js';
    setInterval(() => {}, 1000);
    await withLock(${JSON.stringify(lock)}, () => { console.log('held'); return new Promise(() => {}); });`);

describe('short lock', () => {
  it('lets one in at a time, in this process too, and returns what the work returned', async () => {
    let inside = 0;
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        withLock(lock, async () => {
          inside += 1;
          expect(inside).toBe(1);
          await new Promise(setImmediate);
          inside -= 1;
          return index;
        }),
      ),
    );
    expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(await readdir(lock)).toEqual(['20']);
  });

  it('is let go when the work throws', async () => {
    await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(lock, async () => 'free')).toBe('free');
  });

  it('D12: lets one of four processes in at a time', async () => {
    const children = [contender(50), contender(50), contender(50), contender(50)];
    expect(await Promise.all(children.map(({ ended }) => ended)), children.map(({ output }) => output()).join('')).toEqual([0, 0, 0, 0]);
    const seen = await notes();
    expect(seen).toHaveLength(400);
    for (let at = 0; at < seen.length; at += 2) expect(seen[at + 1]).toEqual(['out', seen[at]?.[1]]);
  });

  it('D12: lets one in at a time while processes are killed at any instant', async () => {
    const running = [contender(1e6), contender(1e6), contender(1e6)];
    const killed = [];
    for (let round = 0; round < 20; round += 1) {
      const child = running.shift();
      await child?.printed(/(held\n){2}/);
      child?.process.kill('SIGKILL');
      killed.push(child);
      running.push(contender(1e6));
    }
    for (const child of [...running, ...killed]) child?.process.kill('SIGKILL');
    await Promise.all([...running, ...killed].map((child) => child?.ended));

    const seen = await notes();
    for (const [at, [what, pid]] of seen.entries()) {
      const [next, other] = seen[at + 1] ?? [];
      // Who came in is the next to leave, or was killed inside and is never heard of again.
      if (what !== 'in' || (next === 'out' && other === pid)) continue;
      expect(
        seen.slice(at + 1).some(([, later]) => later === pid),
        `two held the lock: line ${at + 2}`,
      ).toBe(false);
    }
  });

  it('a lock that goes from hand to hand is waited for, however long: nobody stands still', async () => {
    const turns = Array.from({ length: 12 }, (_, index) => withLock(lock, () => wait(200).then(() => index), 1_500));
    expect(await Promise.all(turns)).toHaveLength(12);
  });

  it('a holder that was killed stops nobody', async () => {
    for (let round = 0; round < 5; round += 1) {
      const child = holder();
      await child.printed(/held/);
      child.process.kill('SIGKILL');
      expect(await withLock(lock, async () => 'free', 60_000)).toBe('free');
      await child.ended;
    }
  });

  it('a holder that is alive but stands still is named, and gets no company', async () => {
    const child = holder();
    await child.printed(/held/);
    child.process.kill('SIGSTOP');
    const facts = { path: lock, pid: child.process.pid };
    await expect(withLock(lock, async () => 'free', 200)).rejects.toMatchObject({ code: 'state_busy', facts });
    child.process.kill('SIGKILL');
    await child.ended;
  });

  it('a process number that was used again is not taken for the holder', async () => {
    await mkdir(lock);
    await writeFile(join(lock, '7'), JSON.stringify({ pid: process.pid, start: '1', host: hostname() }));
    expect(await withLock(lock, async () => 'free', 200)).toBe('free');
    expect(await readdir(lock)).toEqual(['8']);
  });

  it('a holder on another host counts as alive', async () => {
    await mkdir(lock);
    await writeFile(join(lock, '1'), JSON.stringify({ pid: 1, start: '1', host: 'another-host' }));
    await expect(withLock(lock, async () => 'free', 100)).rejects.toMatchObject({ code: 'state_busy', facts: { host: 'another-host' } });
  });
});
