import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkerLog } from '../../src/commands/worker-log.ts';
import { deliveryFolder } from '../../src/delivery/delivery-folder.ts';

const ID = '12_skane_2026-11-22-1';

describe('the log of a worker', () => {
  let state: string;
  let file: string;
  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'log-'));
    file = deliveryFolder(state, ID).log;
  });
  afterEach(() => rm(state, { recursive: true }));

  const messages = async (): Promise<readonly string[]> =>
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);

  it('has one object per line, also after another worker of the delivery', async () => {
    openWorkerLog(state, ID).info('ett');
    openWorkerLog(state, ID).warn('två');
    expect(await messages()).toEqual(['ett', 'två']);
    expect((await stat(file)).mode & 0o007).toBe(0);
  });

  it.skipIf(!existsSync('/dev/full'))('F14: a disk that takes nothing is no concern of who writes', async () => {
    await mkdir(deliveryFolder(state, ID).dir, { recursive: true });
    await symlink('/dev/full', file);
    const log = openWorkerLog(state, ID);
    for (let line = 0; line < 3; line += 1) log.info('inget');
    log.error('inget');
  });

  it('F14: nor is a log that cannot be opened', async () => {
    await mkdir(file, { recursive: true });
    openWorkerLog(state, ID).info('inget');
    await rm(deliveryFolder(state, ID).dir, { recursive: true });
    await writeFile(deliveryFolder(state, ID).dir, 'en fil');
    openWorkerLog(state, ID).info('inget');
  });

  it('F14: when there is room again the log goes on, on a line of its own', async ({ skip }) => {
    if (!mountSmallDisk(state)) skip('a small disk cannot be mounted here');
    try {
      const log = openWorkerLog(state, ID);
      log.info('före');
      await writeFile(join(state, 'fill'), 'x'.repeat(64 * 1024)).catch(() => {});
      for (let line = 0; line < 100; line += 1) log.info(`fullt ${'x'.repeat(100)}`);
      const half = (await readFile(file, 'utf8')).split('\n').at(-1);
      expect(half).not.toBe('');
      await rm(join(state, 'fill'));
      log.info('efter');
      log.info('sist');
      const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== half && line !== '');
      const said = lines.map((line) => JSON.parse(line).msg);
      expect(said[0]).toBe('före');
      expect(said.slice(-2)).toEqual(['efter', 'sist']);
      expect(said.length).toBeLessThan(100);
    } finally {
      execFileSync('umount', ['-l', state]);
    }
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
