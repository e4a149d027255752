import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/domain/nearest.ts';

describe('the word that was meant', () => {
  it.each([
    ['stagign', 'staging'],
    ['Staging', 'staging'],
    ['stagin', 'staging'],
    ['hots', 'host'],
    ['sate', 'state'],
    ['stat', 'state'],
    ['password', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%s: %s', (given, meant) => {
    expect(nearest(given, ['state', 'staging', 'twoPerson', 'source', 'targets', 'host', 'port', 'path'])).toBe(meant);
  });
});
