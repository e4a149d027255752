import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryRecord } from '../../src/delivery/delivery-journal.ts';
import { connectToWorker } from '../../src/delivery/follow.ts';
import { holdRegion } from '../../src/delivery/hold-region.ts';
import type { House } from '../../src/delivery/house.ts';
import { Interruption } from '../../src/delivery/interruption.ts';
import { AREAS } from '../../src/domain/areas.ts';
import { clockAt } from '../../src/domain/calendar.ts';
import { regionOf } from '../../src/domain/regions.ts';
import { openJournal } from '../../src/store/journal.ts';
import { changeRegion } from '../../src/store/regions.ts';
import { openState, type StateFolder } from '../../src/store/state-folder.ts';
import { decision, receiptOf } from '../domain/sample-delivery.ts';
import { sha256 } from '../support/bag-to-send.ts';

describe('the one who holds a region', () => {
  const decisions = AREAS.map(({ id }) => decision(id, 'bevara'));
  let home: string;
  let state: StateFolder;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'h-'));
    state = await openState(join(home, 's'), { create: true });
    const dir = join(state.deliveries, 'd1');
    await mkdir(dir);
    const receipt = JSON.stringify(receiptOf(decisions));
    await writeFile(join(dir, 'plan.json'), JSON.stringify({ id: 'd1', region: '12', areas: [], decisions }));
    await writeFile(join(dir, 'receipt.json'), receipt);
    const journal = await openJournal<DeliveryRecord>(join(dir, 'journal.jsonl'));
    await journal.append({ type: 'done', at: '2026-11-20T10:05:00+01:00', receiptSha256: sha256(Buffer.from(receipt)) }, true);
    await journal.close();
    await changeRegion(state, '12', { act: 'delivery_started', operator: 'åsa', delivery: 'd1' }, (record) => ({
      ...record,
      decisions,
      deliveries: ['d1'],
    }));
  });
  afterEach(() => rm(home, { recursive: true }));

  it('is gone when its result is heard: whoever starts again is not met by it', async () => {
    const house = { state, clock: clockAt(), operator: 'åsa' } as House;
    const wish = {
      region: regionOf('12'),
      typedName: 'Region Skåne',
      asNew: false,
      maxOfflineMs: 0,
      waitForSpace: false,
      allowsVisible: false,
    };
    const work = holdRegion(house, wish, new Interruption(), false);
    expect((await work.next()).value).toMatchObject({ type: 'result', delivery: 'd1' });
    const follower = await connectToWorker(state.dir, '12');
    const heard = follower?.events[Symbol.asyncIterator]().next();
    let isHeard = false;
    void heard?.then(() => {
      isHeard = true;
    });
    // The work has not come to its end: the source may still be open.
    (await connectToWorker(state.dir, '12'))?.close();
    expect(isHeard).toBe(false);
    const ended = work.next();
    expect((await heard)?.value).toMatchObject({ type: 'result', delivery: 'd1' });
    expect(await connectToWorker(state.dir, '12')).toBeUndefined();
    follower?.close();
    expect((await ended).done).toBe(true);
  });
});
