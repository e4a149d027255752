import { expect, test } from 'vitest';
import { type KnownSizes, liveEstimates } from '../../src/commands/live-estimates.ts';
import { AREAS } from '../../src/domain/areas.ts';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import type { Grade, ViewEstimate } from '../../src/domain/estimate.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import type { Source } from '../../src/source/source.ts';

const VIEWS = AREAS.flatMap(({ files }) => files.map(({ view }) => view));
const sizes = (grade: Grade): ViewEstimate[] =>
  REGIONS.flatMap(({ code: region }) => VIEWS.map((view) => ({ region, view, rows: 1, bytes: 1, grade })));

/** A source that remembers which exact sizes it was asked for. */
function sourceOf(onExact: (region: string) => void = () => {}) {
  const asked: string[] = [];
  const source: Pick<Source, 'estimate' | 'sample' | 'exactSize'> = {
    estimate: async () => sizes('plan'),
    sample: async () => sizes('sample'),
    async exactSize(view, region, _dialect, signal) {
      asked.push(region);
      onExact(region);
      if (signal?.aborted) throw new OperatorError('stopped');
      return { region, view, rows: 1, bytes: 1, grade: 'exact' };
    },
  };
  return { source: source as Source, asked };
}

const all = async (estimates: AsyncIterable<readonly ViewEstimate[]>) => {
  const seen: (readonly ViewEstimate[])[] = [];
  for await (const each of estimates) seen.push(each);
  return seen;
};

test('R32 every cell goes from planned over sampled to exact, those that are looked at first, and is not asked for twice', async () => {
  const { source, asked } = sourceOf();
  const known: KnownSizes = new Map();
  const seen = await all(
    liveEstimates(
      source,
      () => DEFAULT_DIALECT,
      () => ['12'],
      new AbortController().signal,
      known,
    ),
  );
  expect(seen[0]?.every(({ grade }) => grade === 'plan')).toBe(true);
  expect(seen[1]?.every(({ grade }) => grade === 'sample')).toBe(true);
  expect(seen.at(-1)?.every(({ grade }) => grade === 'exact')).toBe(true);
  expect(asked.slice(0, VIEWS.length)).toEqual(VIEWS.map(() => '12'));
  expect(asked).toHaveLength(REGIONS.length * VIEWS.length);

  const again = await all(
    liveEstimates(
      source,
      () => DEFAULT_DIALECT,
      () => ['12'],
      new AbortController().signal,
      known,
    ),
  );
  expect(again[0]?.every(({ grade }) => grade === 'exact')).toBe(true);
  expect(asked).toHaveLength(REGIONS.length * VIEWS.length);
});

test('R32 a changed dialect is measured anew', async () => {
  const { source, asked } = sourceOf();
  const known: KnownSizes = new Map();
  const signal = new AbortController().signal;
  await all(
    liveEstimates(
      source,
      () => DEFAULT_DIALECT,
      () => [],
      signal,
      known,
    ),
  );
  const changed = { ...DEFAULT_DIALECT, lineTerminator: '\r\n' as const };
  await all(
    liveEstimates(
      source,
      (region) => (region === '12' ? changed : DEFAULT_DIALECT),
      () => [],
      signal,
      known,
    ),
  );
  expect(asked.slice(REGIONS.length * VIEWS.length)).toEqual(VIEWS.map(() => '12'));
});

test('R32 an abort in the middle of a cell ends the refinement without an error', async () => {
  const stop = new AbortController();
  const { source, asked } = sourceOf(() => {
    if (asked.length === 3) stop.abort();
  });
  const seen = await all(
    liveEstimates(
      source,
      () => DEFAULT_DIALECT,
      () => ['12'],
      stop.signal,
      new Map(),
    ),
  );
  expect(asked).toHaveLength(3);
  expect(seen.at(-1)?.filter(({ grade }) => grade === 'exact')).toHaveLength(2);
});
