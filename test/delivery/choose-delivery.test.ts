import { describe, expect, it } from 'vitest';
import { chooseDelivery } from '../../src/delivery/choose-delivery.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { DeliverySummary } from '../../src/domain/delivery-record.ts';
import { decision } from '../domain/sample-delivery.ts';

const decisions: readonly Decision[] = ([1, 2, 3, 4, 5, 6, 7] as const).map((area) => decision(area, 'bevara'));
const changed = decisions.with(2, decision(3, 'gallra'));

const delivery = (outcome: DeliverySummary['outcome']): DeliverySummary => ({
  id: '12_skane_2026-11-22-1',
  region: '12',
  bag: 'SMINET2_12_skane_2026-11-22-1',
  areas: [1, 2, 3, 4, 5, 6, 7],
  decisions,
  startedAt: '2026-11-22T12:00:00+01:00',
  stage: 'upload',
  outcome,
});

describe('D14: what a new run of leverera means', () => {
  it('the first one, and the one after a stopped one, is new', () => {
    expect(chooseDelivery(undefined, decisions, false, false)).toEqual({ kind: 'new' });
    expect(chooseDelivery(delivery('stopped'), changed, false, false)).toEqual({ kind: 'new' });
  });

  it.each(['cut', 'paused', 'failed', 'running'] as const)('one that is %s is resumed, also with --ny', (outcome) => {
    expect(chooseDelivery(delivery(outcome), decisions, false, false)).toMatchObject({ kind: 'resume' });
    expect(chooseDelivery(delivery(outcome), decisions, true, false)).toMatchObject({ kind: 'resume' });
  });

  it('a finished one is the answer again; with --ny there is a new one', () => {
    expect(chooseDelivery(delivery('done'), decisions, false, false)).toMatchObject({ kind: 'finished' });
    expect(chooseDelivery(delivery('done'), decisions, true, false)).toEqual({ kind: 'new' });
    expect(chooseDelivery(delivery('done'), changed, true, false)).toEqual({ kind: 'new' });
  });

  it('D16: other decisions than those it was planned on stop it, and say whether it was finished', () => {
    const refusal = (outcome: DeliverySummary['outcome'], asNew: boolean) => () => chooseDelivery(delivery(outcome), changed, asNew, false);
    expect(refusal('done', false)).toThrow(
      expect.objectContaining({ code: 'decisions_changed', facts: expect.objectContaining({ finished: 'ja' }) }),
    );
    expect(refusal('cut', false)).toThrow(
      expect.objectContaining({ code: 'decisions_changed', facts: expect.objectContaining({ finished: 'nej' }) }),
    );
    expect(refusal('cut', true)).toThrow(expect.objectContaining({ code: 'decisions_changed' }));
    expect(() => chooseDelivery(delivery('cut'), changed, false, true)).toThrow(
      expect.objectContaining({ code: 'decisions_changed', facts: expect.objectContaining({ finished: 'kanske' }) }),
    );
  });

  it('the same decisions registered once more change nothing', () => {
    const again = decisions.map((one) => ({ ...one, registeredAt: '2026-12-01T10:00:00+01:00', registeredBy: 'bo' }));
    expect(chooseDelivery(delivery('done'), again, false, false)).toMatchObject({ kind: 'finished' });
  });
});
