import { describe, expect, it } from 'vitest';
import { answeredDelivery } from '../../src/domain/answered-delivery.ts';
import { decision, deliveryOf, kvittensOf, MANIFEST, receiptOf, recordOf } from './sample-delivery.ts';

const KEPT = [decision(3, 'bevara')];
const OTHER = 'f'.repeat(64);
const first = deliveryOf(KEPT);
const second = deliveryOf(KEPT, { id: 'd2', receipt: receiptOf(KEPT, { delivery: 'd2', manifestSha256: OTHER }) });
const unanswered = recordOf(KEPT);
const firstAnswered = recordOf(KEPT, { receipts: [kvittensOf()] });

describe('N14 D8: which delivery a kvittens is about', () => {
  it('the only finished one, or none', () => {
    expect(answeredDelivery([], unanswered, undefined)).toBeUndefined();
    expect(answeredDelivery([{ ...first, outcome: 'cut' }], unanswered, undefined)).toBeUndefined();
    expect(answeredDelivery([first, { ...second, outcome: 'running' }], unanswered, undefined)).toBe(first);
  });

  it('of two that wait, the one whose manifest the paper names, and without a name neither', () => {
    expect(answeredDelivery([first, second], unanswered, undefined)).toBe('ambiguous');
    expect(answeredDelivery([first, second], unanswered, MANIFEST.toUpperCase())).toBe(first);
    expect(answeredDelivery([first, second], unanswered, OTHER)).toBe(second);
  });

  it('neither without a name, when the later one has its answer and the earlier one waits', () => {
    const secondAnswered = recordOf(KEPT, { receipts: [kvittensOf({ delivery: 'd2', deviation: 'En fil gick inte att läsa' })] });
    expect(answeredDelivery([first, second], secondAnswered, undefined)).toBe('ambiguous');
    expect(answeredDelivery([first, second], secondAnswered, MANIFEST)).toBe(first);
  });

  it('the latest, when the earlier one has its answer or the manifest is of none', () => {
    expect(answeredDelivery([first, second], firstAnswered, undefined)).toBe(second);
    expect(answeredDelivery([first, second], unanswered, 'e'.repeat(64))).toBe(second);
  });
});
