import { describe, expect, it } from 'vitest';
import { countSource, gateCaveats } from '../../src/commands/count-source.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import type { Source } from '../../src/source/source.ts';
import { gateText } from '../../src/text.ts';

const SKEW_MS = -400 * 86_400_000;
const COUNTS = [{ view: 'omrade3_diarienummer', total: 5, perRegion: { '12': 4 }, undistributed: 1 }];
const down = () => Promise.reject(new OperatorError('database_down', { database: 'epiark' }));

const sourceOf = (answers: Partial<Source>): Source =>
  ({ clockSkew: async () => SKEW_MS, countRows: async () => COUNTS, ...answers }) as unknown as Source;

describe('D8: the clock and the rows of a source are two questions', () => {
  it.each([
    ['both are told', {}, SKEW_MS, true, []],
    ['the rows cannot be counted', { countRows: down }, SKEW_MS, false, [gateText.notCounted]],
    ['the clock cannot be read', { clockSkew: down }, undefined, true, [gateText.noClock]],
    ['nothing is told', { clockSkew: down, countRows: down }, undefined, false, [gateText.noClock, gateText.notCounted]],
  ])('%s', async (_, answers, clockSkewMs, isCounted, caveats) => {
    const counted = await countSource(sourceOf(answers));
    expect(counted).toMatchObject({ clockSkewMs, isCounted });
    expect(counted.rowsOf('12')).toEqual(isCounted ? new Map([['omrade3_diarienummer', 4]]) : 'unreachable');
    expect(counted.undistributed(3)).toBe(isCounted ? 1 : null);
    expect(gateCaveats(counted)).toEqual(caveats);
  });

  it('of a source that is not in the settings neither is known, and a bug is no answer', async () => {
    expect(gateCaveats(await countSource(undefined))).toEqual([gateText.noClock, gateText.notCounted]);
    const bug = new TypeError('bug');
    await expect(countSource(sourceOf({ countRows: () => Promise.reject(bug) }))).rejects.toBe(bug);
  });
});
