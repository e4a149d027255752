import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { expectedSize } from '../../src/delivery/expected-size.ts';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import type { ViewEstimate } from '../../src/domain/estimate.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import type { Source } from '../../src/source/source.ts';

const NEVER = 1_000_000;
const views = new Set(['omrade3_diarienummer', 'omrade4_intressenter']);
const planned: ViewEstimate[] = ['12', '13'].flatMap((region) =>
  [...views, 'omrade1_fall'].map((view): ViewEstimate => ({ region, view, rows: 10, bytes: 100, grade: 'plan' })),
);
const measured = (sizes: readonly ViewEstimate[]) => sizes.map((size): ViewEstimate => ({ ...size, bytes: 170, grade: 'sample' }));

const sizeBy = (sample: Source['sample'], signal = new AbortController().signal, limitMs = NEVER) =>
  expectedSize({ estimate: async () => planned, sample }, '12', views, DEFAULT_DIALECT, signal, limitMs);
/** Measures until it is told to stop, as a session whose connection is ended. */
const endless: Source['sample'] = async (_sizes, _dialect, signal) => {
  if (signal && !signal.aborted) await once(signal, 'abort');
  throw new OperatorError('stopped');
};

describe('the size that a plan counts with', () => {
  it('R33: rows are measured, for the views of the plan and with the rows of all regions', async () => {
    const asked: (readonly ViewEstimate[])[] = [];
    const size = await sizeBy(async (sizes) => {
      asked.push(sizes);
      return measured(sizes);
    });
    expect(size).toEqual({ rows: 20, bytes: 340, grade: 'sample' });
    expect(asked).toEqual([planned.filter(({ view }) => views.has(view))]);
  });

  it('R33: a source that cannot measure in time is not waited for: the planner’s figure stands', async () => {
    expect(await sizeBy(endless, undefined, 1)).toEqual({ rows: 20, bytes: 200, grade: 'plan' });
  });

  it('a view that cannot be measured is left to the export', async () => {
    expect(await sizeBy(() => Promise.reject(new OperatorError('export_failed')))).toEqual({ rows: 20, bytes: 200, grade: 'plan' });
  });

  it('an operator’s stop ends it, and an error of ours is not hidden', async () => {
    const stop = new AbortController();
    const stopped = sizeBy(endless, stop.signal);
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'stopped' });
    await expect(sizeBy(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  });
});
