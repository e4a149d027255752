import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bound, meetTarget, verifyStillBound } from '../../src/delivery/bind-target.ts';
import { deliveryFolder } from '../../src/delivery/delivery-folder.ts';
import { writePlan } from '../../src/delivery/make-plan.ts';
import { type DeliveryPlan, deliveryId } from '../../src/delivery/plan.ts';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import type { Target } from '../../src/domain/target.ts';
import { openJournal } from '../../src/store/journal.ts';
import { houseIn } from '../support/house.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { type SshdTarget, startSshdTarget } from '../support/sshd-target.ts';

const signal = new AbortController().signal;

describe.skipIf(!SSHD_PATH)(`D16: two regions never share a folder on a server${SSHD_SKIP}`, () => {
  let there: SshdTarget;
  let home: string;
  let house: Awaited<ReturnType<typeof houseIn>>;

  beforeAll(async () => {
    there = await startSshdTarget();
    await mkdir(join(there.sshd.folder, 'skane'));
    await mkdir(join(there.sshd.folder, 'halland'));
    await symlink('skane', join(there.sshd.folder, 'lank'));
  });
  afterAll(() => there.close());
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'apart-'));
    house = await houseIn(home);
  });
  afterEach(() => rm(home, { recursive: true }));

  const at = (path: string, change: Partial<Target> = {}): Target => ({ ...there.target, path: join(there.sshd.folder, path), ...change });
  /** A first connection, and the plan that it is written down in. */
  const meet = async (region: '12' | '13', target: Target): Promise<DeliveryPlan> => {
    house.settings.targets[region] = target;
    const bag = region === '12' ? 'SMINET2_12_skane_2026-11-22-1' : 'SMINET2_13_halland_2026-11-22-1';
    const plan: DeliveryPlan = {
      ...{ version: 1, id: deliveryId(bag), region, bag, operator: 'anna', createdAt: '2026-11-22T12:00:00+01:00', day: '2026-11-22' },
      ...{ decisions: [], areas: [], files: [], dialect: DEFAULT_DIALECT, estimate: { bytes: 0, rows: 0 }, target: null },
    };
    const met = bound(plan, await meetTarget(house, region, 0, signal), []);
    await mkdir(deliveryFolder(house.state.dir, plan.id).dir, { recursive: true });
    await writePlan(house.state.dir, met);
    return met;
  };
  const refused = (region: string, other: string) => ({
    code: 'settings_invalid',
    exitCode: 10,
    facts: { key: `targets.${region}`, problem: 'same_folder', other, path: join(there.sshd.folder, 'skane') },
  });

  it.each<[string, () => Target | Promise<Target>]>([
    ['a link', () => at('lank')],
    ['dots', () => at('skane', { path: `${there.sshd.folder}/halland/../skane/.` })],
    ['another name of the server', () => at('skane', { host: 'localhost' })],
    ['another port of the server', () => at('skane', { port: there.sshd.port })],
    [
      'another name, and another of the server’s keys',
      async () => at('skane', { host: 'localhost', hostKey: (await there.sshd.fingerprints())[1] }),
    ],
  ])('by %s: the second one is stopped before anything is planned (10)', async (_, other) => {
    await meet('12', at('skane'));
    await expect(meet('13', await other())).rejects.toMatchObject(refused('13', '12'));
  });

  it('another folder of the same account is another receiver', async () => {
    await meet('12', at('skane'));
    expect((await meet('13', at('halland'))).target?.realPath).toBe(join(there.sshd.folder, 'halland'));
  });

  describe('the plan of the other region’s delivery', () => {
    const HARMS = {
      'is damaged': (plan: string) => writeFile(plan, '{"version":1,"id'),
      'is gone': (plan: string) => rm(plan),
    };
    /** Harms it, after a transfer of which the journal has these lines. */
    const harm = async (how: keyof typeof HARMS, { id, target }: DeliveryPlan, lines: readonly string[]) => {
      const { plan, transfer } = deliveryFolder(house.state.dir, id);
      const journal = await openJournal<object>(transfer);
      for (const type of lines) await journal.append({ type, ...(type === 'begin' && { binding: target }) }, false);
      await journal.close();
      await HARMS[how](plan);
    };

    it.each(['is damaged', 'is gone'] as const)(
      '%s: what its transfer began with still holds the folder, and no other is held up',
      async (how) => {
        await harm(how, await meet('12', at('skane')), ['staged-none', 'begin', 'open']);
        await expect(meet('13', at('lank'))).rejects.toMatchObject(refused('13', '12'));
        expect((await meet('13', at('halland'))).target?.realPath).toBe(join(there.sshd.folder, 'halland'));
      },
    );

    it('is damaged, and no transfer of it is known to have begun: nothing says which folder was meant, and nothing is sent (10)', async () => {
      await harm('is damaged', await meet('12', at('skane')), ['staged-none']);
      await expect(meet('13', at('halland'))).rejects.toMatchObject({ code: 'state_corrupt', exitCode: 10 });
    });

    it('is gone, and the line of its transfer that began it is damaged: the same (10)', async () => {
      const plan = await meet('12', at('skane'));
      await harm('is gone', plan, ['begin', 'open']);
      const { transfer } = deliveryFolder(house.state.dir, plan.id);
      await writeFile(transfer, (await readFile(transfer, 'utf8')).replace('begin', 'begin?'));
      await expect(meet('13', at('halland'))).rejects.toMatchObject({ code: 'state_corrupt', exitCode: 10 });
    });

    it.each([[[]], [['staged-none']]])('is gone, and no transfer of it began (%j): it has met nobody', async (lines) => {
      await harm('is gone', await meet('12', at('skane')), lines);
      expect((await meet('13', at('lank'))).target?.path).toBe(at('lank').path);
    });
  });

  it('a region whose settings have been corrected since is held to nothing', async () => {
    await meet('12', at('skane'));
    house.settings.targets['12'] = at('halland');
    await meet('13', at('lank'));
  });

  it('both met it before either had written its plan: neither sends a byte', async () => {
    const skane = await meet('12', at('skane'));
    const halland = { ...(await meet('13', at('halland'))), target: skane.target && { ...skane.target, path: at('lank').path } };
    house.settings.targets['13'] = at('lank');
    await writePlan(house.state.dir, halland);
    if (!skane.target || !halland.target) throw new Error('a plan is not bound');
    await expect(verifyStillBound(house, halland, halland.target)).rejects.toMatchObject(refused('13', '12'));
    await expect(verifyStillBound(house, skane, skane.target)).rejects.toMatchObject(refused('12', '13'));
  });

  it('D10: a target that wants another dialect since the plan is told so, not sent what it does not want (15)', async () => {
    const plan = await meet('13', at('halland'));
    if (!plan.target) throw new Error('the plan is not bound');
    house.settings.targets['13'] = at('halland', { dialect: { ...DEFAULT_DIALECT, delimiter: ',' } });
    await expect(verifyStillBound(house, plan, plan.target)).rejects.toMatchObject({ code: 'dialect_changed', exitCode: 15 });
  });

  it('a link that has been set anew since the plan is another receiver (15)', async () => {
    const plan = await meet('13', at('halland'));
    if (!plan.target) throw new Error('the plan is not bound');
    const moved = { ...plan.target, realPath: join(there.sshd.folder, 'skane') };
    await expect(verifyStillBound(house, plan, moved)).rejects.toMatchObject({ code: 'target_changed', exitCode: 15 });
  });
});
