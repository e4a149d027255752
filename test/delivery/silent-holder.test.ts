import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runFolder } from '../../src/delivery/delivery-folder.ts';
import type { DeliveryWish } from '../../src/delivery/delivery-wish.ts';
import { connectToWorker, runningWorker } from '../../src/delivery/follow.ts';
import { holdRegion } from '../../src/delivery/hold-region.ts';
import type { House } from '../../src/delivery/house.ts';
import { Interruption } from '../../src/delivery/interruption.ts';
import { viewRegions } from '../../src/delivery/region-views.ts';
import { clockAt } from '../../src/domain/calendar.ts';
import { REGIONS, regionOf } from '../../src/domain/regions.ts';
import { changeRegion } from '../../src/store/regions.ts';
import { openState, type StateFolder } from '../../src/store/state-folder.ts';
import { errorText } from '../../src/text.ts';
import { type Child, startChild } from '../support/child.ts';
import { compileSource } from '../support/compiled-source.ts';
import { stopProcess } from '../support/stopped.ts';

const HELLO = { type: 'hello', operator: 'anna', host: 'h', since: '2026-01-01T00:00:00+01:00' };
const SILENT = { code: 'locked', exitCode: 11, facts: { region: '12', silent: 'ja' } };

const holder = (module: string, dir: string) => `
import { takeRegionLock } from ${JSON.stringify(module)};
const hello = JSON.stringify({ ...${JSON.stringify(HELLO)}, pid: process.pid }) + '\\n';
const lock = await takeRegionLock(${JSON.stringify(dir)}, (socket) => {
  socket.on('error', () => {});
  socket.resume();
  socket.write(hello);
});
console.log(lock ? 'holds;' : 'locked;');
`;

describe('D12: a region whose holder the system has stopped', () => {
  let compiled: Awaited<ReturnType<typeof compileSource>>;
  let dir: string;
  let state: StateFolder;
  let child: Child;
  let pid: number;

  beforeAll(async () => {
    compiled = await compileSource('delivery');
  });
  afterAll(() => compiled.remove());
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sh-'));
    state = await openState(dir, { create: true });
    const id = '12-2026-11-22-1';
    await mkdir(join(state.deliveries, id));
    await writeFile(join(state.deliveries, id, 'plan.json'), JSON.stringify({ id, region: '12', bag: id, areas: [3], decisions: [] }));
    await changeRegion(state, '12', { act: 'delivery_started', operator: 'anna', delivery: id }, (record) => ({
      ...record,
      deliveries: [id],
    }));
    await mkdir(runFolder(dir, '12'), { recursive: true });
    child = startChild(holder(join(compiled.dir, 'delivery', 'region-lock.js'), runFolder(dir, '12')));
    await child.printed(/holds;/);
    pid = child.process.pid ?? 0;
    expect(await runningWorker(dir, '12')).toMatchObject({ pid });
    await stopProcess(pid);
  });
  afterEach(async () => {
    child.process.kill('SIGKILL');
    await child.ended;
    await rm(dir, { recursive: true });
  });

  it('hides no other region, and its delivery runs, by somebody unknown, until that one is woken or dies', async () => {
    const views = await viewRegions(
      state,
      REGIONS.map(({ code }) => code),
    );
    expect(views).toHaveLength(REGIONS.length);
    for (const { record, worker } of views) expect(worker).toEqual(record.region === '12' ? { pid: null } : null);
    expect(views.find(({ record }) => record.region === '12')?.deliveries).toMatchObject([{ outcome: 'running' }]);
    child.process.kill('SIGCONT');
    expect(await runningWorker(dir, '12')).toMatchObject({ pid, operator: 'anna' });
    child.process.kill('SIGKILL');
    await child.ended;
    expect(await runningWorker(dir, '12')).toBeNull();
  });

  it('is locked, without a name, for whoever wants to speak with the holder or to work on the region', async () => {
    await expect(connectToWorker(dir, '12')).rejects.toMatchObject(SILENT);
    const house = { state, clock: clockAt(), operator: 'bo' } as House;
    const work = holdRegion(house, { region: regionOf('12') } as DeliveryWish, new Interruption(), false);
    const error = await work.next().catch((thrown) => thrown);
    expect(error).toMatchObject(SILENT);
    expect(errorText(error).what).toMatch(/^Region Skåne används av en process som inte svarar\./);
  });

  it('is so also when the kernel lets nobody wait for it any more', async () => {
    const file = join(runFolder(dir, '12'), 'w.1.sock');
    let refused: NodeJS.ErrnoException | undefined;
    while (!refused) {
      const socket = connect(file);
      await once(socket, 'connect').catch((error) => {
        refused = error;
      });
      socket.destroy();
    }
    expect(refused.code).toBe('EAGAIN');
    expect(await runningWorker(dir, '12')).toBe('silent');
    await expect(connectToWorker(dir, '12')).rejects.toMatchObject(SILENT);
  });
});
