import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addKnownHost, editKnownHosts, readKnownHosts } from '../../src/store/known-hosts-file.ts';
import { changeRegion } from '../../src/store/regions.ts';
import { openState } from '../../src/store/state-folder.ts';

let parent: string;
let dir: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'state-'));
  dir = join(parent, 'state');
});
afterEach(() => rm(parent, { recursive: true }));

const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8);

describe('state folder', () => {
  it('D12: a missing folder starts a new state, 2770 and 0660 whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      expect((await openState(dir, { create: true })).isNew).toBe(true);
    } finally {
      process.umask(before);
    }
    expect((await readdir(dir)).sort()).toEqual(['.sminet', 'deliveries', 'locks', 'regions', 'run']);
    expect(await modeOf(join(dir, '.sminet'))).toBe('660');
    for (const folder of ['', 'deliveries', 'locks', 'regions', 'run']) expect(await modeOf(join(dir, folder))).toBe('2770');
  });

  it('a command that only reads writes nothing', async () => {
    expect((await openState(dir, { create: false })).isNew).toBe(true);
    expect(await readdir(parent)).toEqual([]);
  });

  it('is new until something has been registered', async () => {
    await openState(dir, { create: true });
    const state = await openState(dir, { create: true });
    expect(state.isNew).toBe(true);
    await changeRegion(state, '12', { act: 'hold', operator: 'åsa' }, (record) => record);
    expect((await openState(dir, { create: false })).isNew).toBe(false);
  });

  it('a folder with other things in it is never taken', async () => {
    await writeFile(join(parent, 'annat.txt'), '');
    for (const create of [true, false]) {
      await expect(openState(parent, { create })).rejects.toMatchObject({ code: 'state_unmarked', facts: { path: parent } });
    }
    expect(await readdir(parent)).toEqual(['annat.txt']);
    await expect(openState(join(parent, 'annat.txt'), { create: true })).rejects.toMatchObject({ code: 'state_unmarked' });
  });

  it('two that start the same new state both succeed', async () => {
    const states = await Promise.all([openState(dir, { create: true }), openState(dir, { create: true })]);
    expect(states.map(({ isNew }) => isNew)).toEqual([true, true]);
  });

  it.each(['', '{', '{"version":2}'])('a marker that says %j stops', async (marker) => {
    await openState(dir, { create: true });
    await writeFile(join(dir, '.sminet'), marker);
    await expect(openState(dir, { create: false })).rejects.toMatchObject({ code: 'state_corrupt', facts: { problem: 'unreadable' } });
  });

  it('folders above a new state are made too', async () => {
    expect((await openState(join(dir, 'a', 'b'), { create: true })).isNew).toBe(true);
  });

  it.skipIf(!existsSync('/proc'))('a place where no folder can be made is told of, where mkdir -p of Node never ends', async () => {
    await expect(openState('/proc/sminet/state', { create: true })).rejects.toMatchObject({
      code: 'permission_local',
      facts: { path: expect.stringContaining('/proc/sminet') },
    });
  });

  it('says which folder it may not use', async () => {
    await chmod(parent, 0o500);
    // Root may use every folder, so it asks as nobody.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      await expect(openState(dir, { create: true })).rejects.toMatchObject({ code: 'permission_local', facts: { path: dir } });
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(parent, 0o700);
    }
  });
});

describe('known hosts', () => {
  it('adds and removes lines, keeps the rest, and is 0660', async () => {
    const state = await openState(dir, { create: true });
    expect(await readKnownHosts(state)).toBe('');
    await Promise.all(['a ssh-ed25519 AAAA', 'b ssh-ed25519 BBBB', 'c ssh-rsa CCCC'].map((line) => addKnownHost(state, () => line)));
    expect((await readKnownHosts(state)).split('\n').sort()).toEqual(['', 'a ssh-ed25519 AAAA', 'b ssh-ed25519 BBBB', 'c ssh-rsa CCCC']);
    await editKnownHosts(state, (line) => (line.startsWith('b ') ? undefined : line));
    expect(await readKnownHosts(state)).not.toContain('BBBB');
    expect((await readKnownHosts(state)).trim().split('\n')).toHaveLength(2);
    expect(await modeOf(state.knownHosts)).toBe('660');
  });
});
