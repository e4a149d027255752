import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectToHolder, takeRegionLock } from '../../src/delivery/region-lock.ts';
import { type Child, startChild } from '../support/child.ts';
import { compileSource } from '../support/compiled-source.ts';

const ACQUISITIONS = 300;
const isRoot = process.getuid?.() === 0;

/** Takes the lock again and again, holds it for an instant, and now and then dies with it in its hand. */
const greedy = (module: string, dir: string) => `
import { openSync, readFileSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { takeRegionLock } from ${JSON.stringify(module)};
const held = ${JSON.stringify(join(dir, '..', 'held'))};
// A killed process closes its sockets while it still shows as running; the kernel's flag PF_EXITING says that it runs no more.
const isAlive = (pid) => {
  try {
    const fields = readFileSync('/proc/' + pid + '/stat', 'utf8').replace(/^.*\\) /, '').split(' ');
    return !'ZX'.includes(fields[0]) && (Number(fields[6]) & 4) === 0;
  } catch { return false; }
};
const mark = () => {
  try { writeFileSync(openSync(held, 'wx'), String(process.pid)); return; } catch (error) { if (error.code !== 'EEXIST') throw error; }
  const other = readFileSync(held, 'utf8');
  if (other !== String(process.pid) && isAlive(other)) { writeSync(1, 'TWO ' + other + ' ' + process.pid + '\\n'); process.exit(2); }
  writeFileSync(held, String(process.pid));
};
for (;;) {
  const lock = await takeRegionLock(${JSON.stringify(dir)}, (socket) => socket.destroy());
  if (!lock) { await wait(Math.random() * 2); continue; }
  mark();
  writeSync(1, 'got\\n');
  await wait(Math.random() * 3);
  if (Math.random() < 0.15) process.kill(process.pid, 'SIGKILL');
  unlinkSync(held);
  await lock.release();
}
`;

const holder = (module: string, dir: string) => `
import { takeRegionLock } from ${JSON.stringify(module)};
const lock = await takeRegionLock(${JSON.stringify(dir)}, (socket) => socket.on('error', () => {}));
console.log(lock ? 'holds;' : 'locked;');
`;

describe("a region's lock", () => {
  let module: string;
  let compiled: Awaited<ReturnType<typeof compileSource>>;
  let home: string;
  let dir: string;
  const children: Child[] = [];

  beforeAll(async () => {
    compiled = await compileSource('delivery');
    module = join(compiled.dir, 'delivery', 'region-lock.js');
  });
  afterAll(() => compiled.remove());
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'lock-'));
    dir = join(home, '12');
    await mkdir(dir);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.process.kill('SIGKILL');
      await child.ended;
    }
    await rm(home, { recursive: true });
  });
  const start = (code: string): Child => {
    const child = startChild(code);
    children.push(child);
    return child;
  };
  const take = (onConnection: (socket: Socket) => void = (socket) => socket.destroy()) => takeRegionLock(dir, onConnection);

  it(`${ACQUISITIONS} times over four processes that die with it in their hands: never two at once`, async () => {
    let acquired = 0;
    let killed = 0;
    const runUntilEnough = async () => {
      while (acquired < ACQUISITIONS) {
        const child = start(greedy(module, dir));
        const seen = () => child.output().match(/got/g)?.length ?? 0;
        child.process.stdout?.on('data', () => {
          if (acquired + seen() >= ACQUISITIONS) child.process.kill('SIGKILL');
        });
        const end = await child.ended;
        expect(child.output()).not.toContain('TWO');
        expect(end, child.output()).toBe('SIGKILL');
        acquired += seen();
        killed += 1;
      }
    };
    await Promise.all([runUntilEnough(), runUntilEnough(), runUntilEnough(), runUntilEnough()]);
    expect(killed).toBeGreaterThan(10);
    expect(await readdir(dir)).toContain(`w.${acquired}.sock`);
  });

  it('a living holder is found, and a dead one is passed', async () => {
    expect(await connectToHolder(dir)).toBeUndefined();
    const child = start(holder(module, dir));
    await child.printed(/holds;/);
    expect(await take()).toBeUndefined();
    const socket = await connectToHolder(dir);
    expect(socket).toBeDefined();
    socket?.destroy();

    child.process.kill('SIGKILL');
    await child.ended;
    expect(await connectToHolder(dir)).toBeUndefined();
    const lock = await take();
    expect(lock).toBeDefined();
    expect((await readdir(dir)).sort()).toEqual(['w.1.sock', 'w.2.sock']);
    await lock?.release();
    expect(await connectToHolder(dir)).toBeUndefined();
  });

  it('whoever connects is served from the first instant, also one that hangs up at once', async () => {
    const heard: string[] = [];
    const lock = await take((socket) => socket.setEncoding('utf8').on('data', (text: string) => heard.push(text)));
    const [one, two] = [await connectToHolder(dir), await connectToHolder(dir)];
    one?.destroy();
    two?.write('hej');
    await expect.poll(() => heard).toEqual(['hej']);
    two?.destroy();
    await lock?.release();
  });

  it('a folder that is not there has no holder; a lock in it is an error, not a wait', async () => {
    expect(await connectToHolder(join(dir, 'borta'))).toBeUndefined();
    await expect(takeRegionLock(join(dir, 'borta'), () => {})).rejects.toMatchObject({ code: expect.stringMatching(/ENOENT|EACCES/) });
  });

  it.skipIf(!isRoot)(
    `D12: a holder of another group is an error, never dead (EACCES)${isRoot ? '' : ' (SKIPPED: only root may be somebody else)'}`,
    async () => {
      const copy = join(home, 'region-lock.mjs');
      await copyFile(module, copy);
      const before = process.umask(0o077);
      const lock = await take();
      process.umask(before);
      const { chmod } = await import('node:fs/promises');
      for (const [folder, mode] of [
        [home, 0o755],
        [dir, 0o777],
      ] as const) {
        await chmod(folder, mode);
      }
      await chmod(copy, 0o644);
      const child = start(
        `process.setgid(65534); process.setuid(65534);
       const { takeRegionLock, connectToHolder } = await import(${JSON.stringify(copy)});
       for (const ask of [() => takeRegionLock(${JSON.stringify(dir)}, () => {}), () => connectToHolder(${JSON.stringify(dir)})])
         console.log(await ask().then((found) => 'found ' + found, (error) => error.code));`,
      );
      expect(await child.ended).toBe(0);
      expect(child.output()).toBe('EACCES\nEACCES\n');
      expect((await readdir(dir)).filter((name) => name.startsWith('w.'))).toEqual(['w.1.sock']);
      await lock?.release();
    },
  );
});
