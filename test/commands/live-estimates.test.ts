import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type KnownSizes, liveEstimates } from '../../src/commands/live-estimates.ts';
import { AREAS } from '../../src/domain/areas.ts';
import { DEFAULT_DIALECT, type Dialect } from '../../src/domain/dialect.ts';
import type { Grade, ViewEstimate } from '../../src/domain/estimate.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { REGIONS } from '../../src/domain/regions.ts';

const VIEWS = AREAS.flatMap(({ files }) => files.map(({ view }) => view));
const sizes = (grade: Grade): ViewEstimate[] =>
  REGIONS.flatMap(({ code: region }) => VIEWS.map((view) => ({ region, view, rows: 1, bytes: 1, grade })));

/** One operator with a source: what is looked at, what the source was asked to count, and what the screen was told last. */
class Scene {
  region: string | undefined = '12';
  dialectOf: (region: string) => Dialect = () => DEFAULT_DIALECT;
  version: () => Promise<string | undefined> = async () => 'v1';
  /** Called in the middle of a count. */
  onCount: () => unknown = () => {};
  checks = 0;
  readonly counted: string[] = [];
  readonly known: KnownSizes = new Map();
  readonly seen: (readonly ViewEstimate[])[] = [];

  readonly #source: Parameters<typeof liveEstimates>[0] = {
    estimate: async () => sizes('plan'),
    sample: async () => sizes('sample'),
    version: () => {
      this.checks += 1;
      return this.version();
    },
    exactSize: async (view, region, _dialect, signal) => {
      this.counted.push(region);
      await this.onCount();
      if (signal?.aborted) throw new OperatorError('stopped');
      return { region, view, rows: 1, bytes: 1, grade: 'exact' };
    },
  };

  leave: () => void = () => {};

  /** Looks until this is so, and leaves. */
  async until(isEnough: () => boolean): Promise<void> {
    const leaving = new AbortController();
    this.leave = () => leaving.abort();
    const visible = () => (this.region === undefined ? [] : [this.region]);
    const pause = () => setImmediate();
    for await (const each of liveEstimates(this.#source, this.dialectOf, visible, leaving.signal, this.known, pause)) {
      this.seen.push(each);
      if (isEnough()) this.leave();
    }
  }

  /** The regions with sizes that are shown as exact now. */
  get exact(): string[] {
    return [...new Set((this.seen.at(-1) ?? []).filter(({ grade }) => grade === 'exact').map(({ region }) => region))];
  }

  /** Whether all of the open region is. */
  isExact = (): boolean =>
    this.seen.at(-1)?.filter(({ region, grade }) => region === this.region && grade === 'exact').length === VIEWS.length;
}

describe('R32 sizes in the wizard', () => {
  test('go from planned over sampled to exact, but for nobody’s region but the one that is looked at', async () => {
    const scene = new Scene();
    await scene.until(scene.isExact);
    expect(scene.seen[0]?.every(({ grade }) => grade === 'plan')).toBe(true);
    expect(scene.seen[1]?.every(({ grade }) => grade === 'sample')).toBe(true);
    expect(scene.exact).toEqual(['12']);
    expect(scene.counted).toEqual(VIEWS.map(() => '12'));
  });

  test('nothing is counted while no region is open', async () => {
    const scene = new Scene();
    scene.region = undefined;
    await scene.until(() => scene.checks === 3);
    expect(scene.counted).toEqual([]);
  });

  test('what is exact is remembered, by dialect', async () => {
    const scene = new Scene();
    await scene.until(scene.isExact);
    await scene.until(scene.isExact);
    expect(scene.counted).toHaveLength(VIEWS.length);
    scene.dialectOf = () => ({ ...DEFAULT_DIALECT, lineTerminator: '\r\n' });
    await scene.until(scene.isExact);
    expect(scene.counted).toHaveLength(2 * VIEWS.length);
  });

  test('what was exact is not once the source has changed, until the region is opened anew', async () => {
    const scene = new Scene();
    await scene.until(() => {
      if (scene.isExact()) scene.version = async () => 'v2';
      return scene.checks === 4;
    });
    expect([scene.exact, scene.counted.length]).toEqual([[], VIEWS.length]);
    await scene.until(scene.isExact);
    expect(scene.counted).toHaveLength(2 * VIEWS.length);
  });

  test.each([
    ['cannot tell whether it changed', async () => undefined],
    ['does not answer', () => Promise.reject(new OperatorError('database_down', { database: 'db' }))],
  ])('a source that %s has no exact sizes, also none that were', async (_, version) => {
    const scene = new Scene();
    await scene.until(() => {
      if (scene.isExact()) scene.version = version;
      return scene.checks === 3;
    });
    expect(scene.exact).toEqual([]);
    const fresh = new Scene();
    fresh.version = version;
    await fresh.until(() => fresh.checks === 3);
    expect(fresh.counted).toEqual([]);
  });

  test('a region that is left is counted no further, and the next one is', async () => {
    const scene = new Scene();
    scene.onCount = async () => {
      if (scene.counted.length !== 3) return;
      scene.region = '13';
      for (let looks = 0; looks < 3; looks += 1) await setImmediate();
    };
    await scene.until(scene.isExact);
    expect(scene.counted).toEqual(['12', '12', '12', ...VIEWS.map(() => '13')]);
  });

  test('leaving in the middle of a count ends it without an error', async () => {
    const scene = new Scene();
    scene.onCount = () => {
      if (scene.counted.length === 3) scene.leave();
    };
    await scene.until(() => false);
    expect(scene.counted).toHaveLength(3);
    expect(scene.seen.at(-1)?.filter(({ grade }) => grade === 'exact')).toHaveLength(2);
  });

  test('a count that fails is told, and leaves nothing that is called exact', async () => {
    const scene = new Scene();
    scene.onCount = () => {
      if (scene.counted.length === 3) throw new OperatorError('contract_broken', { view: 'v' });
    };
    await expect(scene.until(() => false)).rejects.toMatchObject({ code: 'contract_broken' });
    expect(scene.seen.at(-2)?.filter(({ grade }) => grade === 'exact')).toHaveLength(2);
    expect(scene.exact).toEqual([]);
  });
});
