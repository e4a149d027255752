import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/commands/duration.ts';

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['24h', 86_400_000],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text, '--max-offline')).toBe(ms));

  it.each(['', '10', 'm', '1,5h', '-1m', '1d', '10 m', '9999999s'])('%j is usage, and names the flag', (text) => {
    expect(() => parseDuration(text, '--max-offline')).toThrow(
      expect.objectContaining({ code: 'usage', facts: { given: `--max-offline ${text}`, problem: 'not_a_duration' } }),
    );
  });
});
