import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serverMemory } from '../../src/store/server-memory.ts';
import { openState } from '../../src/store/state-folder.ts';

describe('what is remembered of servers', () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'servers-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  const open = async () => serverMemory<{ readonly channels: number }>(await openState(join(home, 'state'), { create: true }));

  it('comes back by host key, in another process as well', async () => {
    await Promise.all([(await open()).write('SHA256:a', { channels: 4 }), (await open()).write('SHA256:b', { channels: 1 })]);
    expect(await (await open()).read('SHA256:a')).toEqual({ channels: 4 });
    expect(await (await open()).read('SHA256:b')).toEqual({ channels: 1 });
    expect(await (await open()).read('SHA256:c')).toBeNull();
  });

  it('is nothing when its file is damaged, and is learnt again', async () => {
    const memory = await open();
    const file = join(home, 'state', 'servers.json');
    await writeFile(file, '{"SHA256:a":');
    expect(await memory.read('SHA256:a')).toBeNull();
    await memory.write('SHA256:a', { channels: 2 });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ 'SHA256:a': { channels: 2 } });
  });
});
