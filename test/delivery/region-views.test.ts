import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { throwDamage, viewRegion, viewRegions } from '../../src/delivery/region-views.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import { changeRegion } from '../../src/store/regions.ts';
import { openState, type StateFolder } from '../../src/store/state-folder.ts';

const ALL = REGIONS.map(({ code }) => code);
const CORRUPT = { code: 'state_corrupt', exitCode: 10 };

describe('what is saved of one region and damaged', () => {
  let dir: string;
  let state: StateFolder;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'views-'));
    state = await openState(dir, { create: true });
    for (const code of ['12', '13']) {
      const id = `${code}-2026-11-22-1`;
      await mkdir(join(state.deliveries, id));
      await writeFile(join(state.deliveries, id, 'plan.json'), JSON.stringify({ id, region: code, bag: id, areas: [3], decisions: [] }));
      await changeRegion(state, code, { act: 'delivery_started', operator: 'åsa', delivery: id }, (record) => ({
        ...record,
        deliveries: [id],
        decisions: [
          {
            area: 3,
            answer: 'bevara',
            date: '2025-11-12',
            decidedBy: 'Nämnden',
            registeredBy: 'åsa',
            registeredAt: '2026-01-20T10:00:00+01:00',
          },
        ],
      }));
    }
  });
  afterEach(() => rm(dir, { recursive: true }));

  it.each([
    ['a delivery’s plan', () => writeFile(join(state.deliveries, '12-2026-11-22-1', 'plan.json'), 'x'), 1],
    ['the region’s own file', () => writeFile(join(state.regions, '12.json'), '{}'), 0],
  ])('N19: %s: the other 20 are shown, that one is a fault, and its own commands stop', async (_, harm, decided) => {
    expect((await viewRegions(state, ALL)).filter(({ damage }) => damage)).toEqual([]);
    await harm();
    const views = await viewRegions(state, ALL);
    expect(views.map(({ record }) => record.region)).toEqual(ALL);
    const [damaged, ...more] = views.filter(({ damage }) => damage);
    expect(more).toEqual([]);
    expect(damaged).toMatchObject({ record: { region: '12' }, damage: CORRUPT, deliveries: [] });
    expect(damaged?.areas.filter(({ decision }) => decision)).toHaveLength(decided);
    expect(new Set(damaged?.areas.map((area) => area.state))).toEqual(new Set(['fel']));
    expect(views.find(({ record }) => record.region === '13')?.deliveries).toHaveLength(1);
    expect(() => throwDamage(views)).toThrow(expect.objectContaining(CORRUPT));
    await expect(viewRegion(state, '12')).rejects.toMatchObject(CORRUPT);
  });

  it('N09: a broken audit log is no single region’s: nothing is shown', async () => {
    await writeFile(state.audit, 'x\n');
    await expect(viewRegions(state, ALL)).rejects.toMatchObject({ ...CORRUPT, facts: { problem: 'audit' } });
  });
});
