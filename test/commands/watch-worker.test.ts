import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../src/commands/command.ts';
import { watchWorker } from '../../src/commands/watch-worker.ts';
import { runFolder } from '../../src/delivery/delivery-folder.ts';
import { connectToWorker } from '../../src/delivery/follow.ts';
import { Followers } from '../../src/delivery/followers.ts';
import type { House } from '../../src/delivery/house.ts';
import { takeRegionLock } from '../../src/delivery/region-lock.ts';
import { regionOf } from '../../src/domain/regions.ts';

const SKANE = regionOf('12');
const HELLO = { type: 'hello', pid: process.pid, operator: 'anna', host: 'h', since: '2026-01-01T00:00:00+01:00' } as const;

describe('who leaves a worker that goes on', () => {
  it('is let go of also when the worker answers nobody any more, as one that the system has stopped', async () => {
    const state = await mkdtemp(join(tmpdir(), 'ww-'));
    const run = runFolder(state, SKANE.code);
    await mkdir(run, { recursive: true });
    const followers = new Followers(HELLO, () => {});
    const unanswered: Socket[] = [];
    let isFrozen = false;
    const lock = await takeRegionLock(run, (socket) => void (isFrozen ? unanswered.push(socket) : followers.add(socket)));
    const connection = await connectToWorker(state, SKANE.code);
    if (!connection) throw new Error('nobody holds the region');
    const leaving = new AbortController();
    const notes: string[] = [];
    const output = { note: (text: string) => notes.push(text), line: () => {}, object: () => {} };
    const context = { operator: 'anna', output, globals: {}, signal: leaving.signal } as unknown as CommandContext;
    const house = { state: { dir: state }, settings: { staging: '/nowhere' } } as unknown as House;
    const watching = watchWorker(context, house, SKANE, connection);
    isFrozen = true;
    leaving.abort();
    await expect(watching).rejects.toMatchObject({ code: 'stopped' });
    expect(notes).toEqual([expect.stringContaining('sminet-leverans folj skane')]);
    for (const socket of unanswered) socket.destroy();
    await lock?.release();
    await followers.close();
    await rm(state, { recursive: true });
  }, 60_000);
});
