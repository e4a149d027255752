import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeHashed } from '../../src/source/hashed-file.ts';
import { sha256 } from '../support/source-export.ts';

const CHUNK = Buffer.alloc(1024 * 1024, 'SYNTETISK');
const CHUNKS = 70;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sminet-hashed-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(dir, { recursive: true });
});

/** The disk's own answer to a flush is replaced: there is no disk here that can be made to fail on demand. */
async function onFlush(answer: () => Promise<void>) {
  const handle = await open(join(dir, 'annan'), 'w');
  const spy = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'datasync').mockImplementation(answer);
  await handle.close();
  return spy;
}

const write = (file: string) =>
  writeHashed(file, async (chunk) => {
    for (let n = 0; n < CHUNKS; n += 1) await chunk(CHUNK);
  });

test('P1 flushes while it writes, so that the end has little to wait for, and hashes what it wrote', async () => {
  const flushes = await onFlush(() => Promise.resolve());
  const file = join(dir, 'hel');
  expect(await write(file)).toEqual({ bytes: CHUNKS * CHUNK.length, sha256: sha256(await readFile(file)) });
  expect(flushes).toHaveBeenCalledTimes(2);
});

test.each([1, 2])('N06 a disk that fails in flush %i and not in the next fails the file, which is gone', async (failing) => {
  let flushes = 0;
  await onFlush(async () => {
    flushes += 1;
    if (flushes === failing) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  });
  const file = join(dir, 'halv');
  await expect(write(file)).rejects.toMatchObject({ code: 'local_disk_full' });
  expect(existsSync(file)).toBe(false);
});
