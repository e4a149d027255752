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

/** The journal is read for a refusal alone. */
const notAsked = (): Promise<boolean> => Promise.reject(new Error('asked whether it may be published'));

describe('D14: what a new run of leverera means', () => {
  it('the first one, and the one after a stopped one, is new', async () => {
    expect(await chooseDelivery(undefined, decisions, false, notAsked)).toEqual({ kind: 'new' });
    expect(await chooseDelivery(delivery('stopped'), changed, false, notAsked)).toEqual({ kind: 'new' });
  });

  it.each(['cut', 'paused', 'failed', 'running'] as const)('one that is %s is resumed, also with --ny', async (outcome) => {
    expect(await chooseDelivery(delivery(outcome), decisions, false, notAsked)).toMatchObject({ kind: 'resume' });
    expect(await chooseDelivery(delivery(outcome), decisions, true, notAsked)).toMatchObject({ kind: 'resume' });
  });

  it('a finished one is the answer again; with --ny there is a new one', async () => {
    expect(await chooseDelivery(delivery('done'), decisions, false, notAsked)).toMatchObject({ kind: 'finished' });
    expect(await chooseDelivery(delivery('done'), decisions, true, notAsked)).toEqual({ kind: 'new' });
    expect(await chooseDelivery(delivery('done'), changed, true, notAsked)).toEqual({ kind: 'new' });
  });

  it('D16: other decisions than those it was planned on stop it, and say whether it was finished', async () => {
    const refusal = (outcome: DeliverySummary['outcome'], asNew: boolean, isUncertain = false) =>
      chooseDelivery(delivery(outcome), changed, asNew, async () => isUncertain);
    await expect(refusal('done', false)).rejects.toEqual(
      expect.objectContaining({ code: 'decisions_changed', facts: expect.objectContaining({ finished: 'ja' }) }),
    );
    await expect(refusal('cut', false)).rejects.toEqual(
      expect.objectContaining({ code: 'decisions_changed', facts: expect.objectContaining({ finished: 'nej' }) }),
    );
    await expect(refusal('cut', true)).rejects.toEqual(expect.objectContaining({ code: 'decisions_changed' }));
    await expect(refusal('cut', false, true)).rejects.toEqual(
      expect.objectContaining({ code: 'decisions_changed', facts: expect.objectContaining({ finished: 'kanske' }) }),
    );
  });

  it('the same decisions registered once more change nothing', async () => {
    const again = decisions.map((one) => ({ ...one, registeredAt: '2026-12-01T10:00:00+01:00', registeredBy: 'bo' }));
    expect(await chooseDelivery(delivery('done'), again, false, notAsked)).toMatchObject({ kind: 'finished' });
  });
});
