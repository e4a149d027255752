import { describe, expect, it } from 'vitest';
import { AREAS } from '../../src/domain/areas.ts';
import { areasToDeliver, decisionsKey, isDecided, regionView, undecided } from '../../src/domain/checklist.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { DeliverySummary } from '../../src/domain/delivery-record.ts';
import { emptyRecord, type RegionRecord } from '../../src/domain/region-record.ts';
import { decision, deliveryOf, kvittensOf, receiptOf, recordOf } from './sample-delivery.ts';

const stateOf = (record: RegionRecord, deliveries: readonly DeliverySummary[] = [], area: Decision['area'] = 3) =>
  regionView(record, deliveries, null).areas[area - 1]?.state;

const KEPT = [decision(3, 'bevara')];

describe('checklist', () => {
  it('R03, D1: nothing is decided in an empty record', () => {
    expect(undecided(emptyRecord('12'))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(isDecided(emptyRecord('12'))).toBe(false);
    expect(areasToDeliver(emptyRecord('12'))).toEqual([]);
  });

  it('R07, R73: a spring form of areas 1-6 leaves area 7 undecided and the region not complete', () => {
    const spring = recordOf(AREAS.filter(({ id }) => id < 7).map(({ id }) => decision(id, 'gallra')));
    expect(undecided(spring)).toEqual([7]);
    expect(isDecided(spring)).toBe(false);
    expect(isDecided(recordOf([...spring.decisions, decision(7, 'bevara')]))).toBe(true);
  });

  it('R06, R18: bevara and längre frist are delivered, gallra never is', () => {
    expect(areasToDeliver(recordOf([decision(1, 'gallra'), decision(2, 'bevara'), decision(5, 'langre_frist')]))).toEqual([2, 5]);
  });

  it('T35: the last decision of an area rules', () => {
    expect(areasToDeliver(recordOf([decision(3, 'bevara'), decision(3, 'gallra')]))).toEqual([]);
  });

  it('D14, D16: equal decisions have equal keys, whoever registered them and in whatever order', () => {
    const [a, b] = [decision(1, 'gallra'), decision(3, 'bevara')];
    expect(decisionsKey([a, b])).toBe(decisionsKey([{ ...b, registeredBy: 'björn', registeredAt: 'senare' }, a]));
    for (const more of [{ dnr: 'annat' }, { answer: 'gallra' }, { date: '2026-01-01' }, { comment: 'x' }, { plan: 'x' }] as const) {
      expect(decisionsKey([a, { ...b, ...more }]), JSON.stringify(more)).not.toBe(decisionsKey([a, b]));
    }
    const cards = (choice: 'levereras' | 'gallras') => [decision(2, 'bevara', { cards: { choice, reportTaken: 'nej' } })];
    expect(decisionsKey(cards('levereras'))).not.toBe(decisionsKey(cards('gallras')));
  });
});

describe('state of an area', () => {
  it('is saknas without a decision, and beslutad until something is delivered', () => {
    expect(stateOf(emptyRecord('12'))).toBe('saknas');
    expect(stateOf(recordOf(KEPT))).toBe('beslutad');
    expect(stateOf(recordOf([decision(3, 'gallra')]))).toBe('beslutad');
  });

  it.each([
    ['running', 'export', 'exporteras'],
    ['running', 'bag', 'exporteras'],
    ['running', 'upload', 'skickas'],
    ['running', 'verify', 'skickas'],
    ['running', 'publish', 'skickas'],
    ['paused', 'upload', 'pausad'],
    ['cut', 'export', 'avbruten'],
    ['failed', 'upload', 'fel'],
    ['stopped', 'upload', 'beslutad'],
  ] as const)('a delivery that is %s in %s is %s', (outcome, stage, state) => {
    expect(stateOf(recordOf(KEPT), [deliveryOf(KEPT, { outcome, stage, receipt: undefined })])).toBe(state);
  });

  it('N14: overford, verifierad and kvitterad, by what is proven', () => {
    const unverified = deliveryOf(KEPT, { receipt: receiptOf(KEPT, { contentVerified: false, verification: 'ack' }) });
    expect(stateOf(recordOf(KEPT), [unverified])).toBe('overford');
    expect(stateOf(recordOf(KEPT), [deliveryOf(KEPT)])).toBe('verifierad');
    expect(stateOf(recordOf(KEPT, { receipts: [kvittensOf()] }), [deliveryOf(KEPT)])).toBe('kvitterad');
    expect(stateOf(recordOf(KEPT, { receipts: [kvittensOf({ deviation: 'x' })] }), [deliveryOf(KEPT)])).toBe('avvikelse');
    expect(stateOf(recordOf(KEPT, { receipts: [kvittensOf({ delivery: 'annan' })] }), [deliveryOf(KEPT)])).toBe('verifierad');
  });

  it('T35: an area that is decided anew waits for a new delivery', () => {
    const record = recordOf([...KEPT, decision(3, 'langre_frist')], { receipts: [kvittensOf()] });
    expect(stateOf(record, [deliveryOf(KEPT)])).toBe('beslutad');
    expect(stateOf(recordOf([...KEPT, decision(3, 'gallra')]), [deliveryOf(KEPT)])).toBe('beslutad');
  });

  it('a second delivery that was stopped leaves the first as it was', () => {
    const stopped = deliveryOf(KEPT, { id: 'd2', outcome: 'stopped', receipt: undefined });
    expect(stateOf(recordOf(KEPT), [deliveryOf(KEPT), stopped])).toBe('verifierad');
  });

  it('an area that the delivery does not hold is not moved by it', () => {
    const decisions = [...KEPT, decision(4, 'gallra'), decision(5, 'bevara')];
    const delivery = deliveryOf(decisions);
    expect(stateOf(recordOf(decisions), [delivery], 4)).toBe('beslutad');
    expect(stateOf(recordOf([...decisions, decision(6, 'bevara')]), [delivery], 6)).toBe('beslutad');
    expect(stateOf(recordOf(decisions), [delivery], 5)).toBe('verifierad');
  });
});
