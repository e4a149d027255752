import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AREAS } from '../../src/domain/areas.ts';
import { ANSWERS, type DecisionDraft } from '../../src/domain/decision.ts';
import { decisionProblems, decisionWarnings, toDecision } from '../../src/domain/decision-problems.ts';
import { daysLate } from '../../src/domain/lateness.ts';
import { decisionProblemText } from '../../src/text.ts';

const TODAY = '2026-11-22';
const STAMP = { operator: 'åsa', at: '2026-11-22T10:00:00+01:00' };

const GALLRA: DecisionDraft = { area: 3, answer: 'gallra', date: '2025-11-12', decidedBy: 'Regionarkivnämnden', dnr: 'RS 2025-1141' };
const BEVARA: DecisionDraft = { area: 3, answer: 'bevara', date: '2025-11-12', decidedBy: 'Regionarkivnämnden' };
const CARDS = { choice: 'levereras', reportTaken: 'nej' } as const;

const found = (draft: DecisionDraft) => decisionProblems(draft, TODAY).map(({ field, code }) => `${field} ${code}`);

describe('problems of a decision', () => {
  it('R38, D1: an empty form decides nothing: every answer must be given', () => {
    for (const { id } of AREAS) expect(found({ area: id })).toEqual(['answer not_chosen', 'date missing', 'decidedBy missing']);
  });

  it('R05: gallra without date, decision maker or diarienummer is refused, in Swedish', () => {
    expect(found(GALLRA)).toEqual([]);
    for (const field of ['date', 'decidedBy', 'dnr'] as const) {
      for (const value of [undefined, '', ' \u00a0']) {
        const problems = decisionProblems({ ...GALLRA, [field]: value }, TODAY);
        expect(problems.map(({ field, code }) => [field, code])).toEqual([[field, 'missing_for_gallring']]);
        expect(problems.map(decisionProblemText)[0]).toContain('För gallring krävs beslutsdatum, beslutsfattare och diarienummer.');
      }
    }
  });

  it('D2: what leads to delivery may get its diarienummer later', () => {
    expect(found(BEVARA)).toEqual([]);
    expect(found({ ...BEVARA, answer: 'langre_frist', newEnd: '2036-12-31' })).toEqual([]);
  });

  it('R17: längre frist, and only that, has an end later than the proposed one', () => {
    const langre = (newEnd: string | undefined, area: DecisionDraft['area'] = 3) =>
      found({ ...BEVARA, area, answer: 'langre_frist', newEnd });
    expect(langre(undefined)).toEqual(['newEnd missing']);
    expect(langre('2026-09-06')).toEqual(['newEnd not_later_than_proposed']);
    expect(langre('2026-09-07')).toEqual([]);
    expect(langre('2031-09-06', 5)).toEqual(['newEnd not_later_than_proposed']);
    expect(langre('2031-09-07', 6)).toEqual([]);
    expect(langre('2036')).toEqual(['newEnd not_a_day']);
    expect(found({ ...BEVARA, newEnd: '2036-12-31' })).toEqual(['newEnd only_langre_frist']);
    expect(found({ ...GALLRA, newEnd: '2036-12-31' })).toEqual(['newEnd only_langre_frist']);
  });

  it('refuses days that are not, and days after today; today is fine', () => {
    expect(found({ ...BEVARA, date: '2026-02-30' })).toEqual(['date not_a_day']);
    expect(found({ ...BEVARA, date: '12/11 2025' })).toEqual(['date not_a_day']);
    expect(found({ ...BEVARA, date: 'i går', received: '2025-11-20' })).toEqual(['date not_a_day']);
    expect(found({ ...BEVARA, date: '2026-11-23' })).toEqual(['date future']);
    expect(found({ ...BEVARA, date: TODAY })).toEqual([]);
    const [problem] = decisionProblems({ ...BEVARA, date: '2026-12-01' }, TODAY);
    expect(problem && decisionProblemText(problem)).toBe('Beslutsdatum ligger efter i dag (2026-11-22). Ändra datumet och spara igen.');
  });

  it('R74: a decision cannot come in before it was made', () => {
    expect(found({ ...BEVARA, received: '2025-11-11' })).toEqual(['received before_decision']);
    expect(found({ ...BEVARA, received: '2025-11-12' })).toEqual([]);
    expect(found({ ...BEVARA, received: '2026-11-23' })).toEqual(['received future']);
    expect(found({ ...BEVARA, received: 'i går' })).toEqual(['received not_a_day']);
  });

  it('D3: delivering area 2 asks about the cards; cards that are disposed of need the three facts', () => {
    const area2: DecisionDraft = { ...BEVARA, area: 2 };
    expect(found(area2)).toEqual(['cards.choice not_chosen']);
    expect(found({ ...area2, cards: { reportTaken: 'nej' } })).toEqual(['cards.choice not_chosen']);
    expect(found({ ...area2, cards: CARDS })).toEqual([]);
    expect(found({ ...area2, cards: { choice: 'gallras' } })).toEqual(['dnr missing_for_gallring']);
    expect(found({ ...area2, dnr: 'RS 1', cards: { choice: 'gallras' } })).toEqual([]);
    expect(found({ ...GALLRA, area: 2 })).toEqual([]);
    expect(found({ ...GALLRA, area: 2, cards: CARDS })).toEqual(['cards.choice only_delivered_cards']);
    expect(found({ ...BEVARA, cards: CARDS })).toEqual(['cards.choice only_delivered_cards']);
  });

  it('refuses what cannot be printed, and what is far too long', () => {
    expect(found({ ...BEVARA, decidedBy: 'Nämnden\u202eneX' })).toEqual(['decidedBy control_characters']);
    expect(found({ ...BEVARA, comment: 'rad\nrad' })).toEqual(['comment control_characters']);
    expect(found({ ...BEVARA, plan: 'x'.repeat(201) })).toEqual(['plan too_long']);
    expect(found({ ...BEVARA, comment: 'å'.repeat(1000) })).toEqual([]);
    expect(found({ ...BEVARA, letterSha256: 'abc' })).toEqual(['letterSha256 not_sha256']);
  });

  it('T10, T11, R49: a report that was taken out is a warning, never a refusal', () => {
    expect(decisionWarnings({ ...BEVARA, area: 2, cards: { choice: 'levereras', reportTaken: 'ja' } })).toEqual(['report_already_taken']);
    expect(decisionWarnings({ ...BEVARA, area: 2, cards: { choice: 'gallras', reportTaken: 'ja' } })).toEqual([
      'report_may_lack_patient_id',
    ]);
    expect(decisionWarnings({ ...BEVARA, area: 2, cards: { choice: 'levereras', reportTaken: 'vet_ej' } })).toEqual([]);
    expect(decisionWarnings(GALLRA)).toEqual([]);
  });
});

describe('a draft as a decision', () => {
  it('D2: trims, composes and leaves out what was not given', () => {
    expect(toDecision({ ...BEVARA, decidedBy: ' Na\u0308mnden ', dnr: ' ', comment: '' }, STAMP)).toEqual({
      area: 3,
      answer: 'bevara',
      date: '2025-11-12',
      decidedBy: 'Nämnden',
      registeredBy: 'åsa',
      registeredAt: STAMP.at,
    });
  });

  it('R47: the answer about the report is kept, and vet_ej when nobody answered', () => {
    expect(toDecision({ ...BEVARA, area: 2, cards: CARDS }, STAMP).cards).toEqual(CARDS);
    expect(toDecision({ ...BEVARA, area: 2, cards: { choice: 'gallras' } }, STAMP).cards).toEqual({
      choice: 'gallras',
      reportTaken: 'vet_ej',
    });
  });

  it('a draft without problems always becomes a decision, and one without an answer never does (property)', () => {
    const text = fc.option(fc.constantFrom('', 'RS 2025-1', 'x\ny', '2025-11-12', '2036-12-31', '2027-01-01'), { nil: undefined });
    const draft = fc.record({
      area: fc.constantFrom(...AREAS.map(({ id }) => id)),
      answer: fc.option(fc.constantFrom(...ANSWERS), { nil: undefined }),
      date: text,
      decidedBy: text,
      dnr: text,
      newEnd: text,
      received: text,
    });
    fc.assert(
      fc.property(draft, (candidate) => {
        if (decisionProblems(candidate, TODAY).length > 0) return;
        expect(candidate.answer).toBeDefined();
        expect(toDecision(candidate, STAMP)).toMatchObject({ area: candidate.area, answer: candidate.answer });
      }),
      { numRuns: 2000 },
    );
    expect(() => toDecision({ area: 3 }, STAMP)).toThrow();
  });
});

describe('lateness', () => {
  it.each([
    ['2026-01-31', 0],
    ['2026-02-01', 1],
    ['2026-11-22', 295],
  ])('R04: an undecided cell is late on %s by %i days', (today, days) => {
    expect(daysLate(undefined, today)).toBe(days);
  });

  it('R74: a decision is judged on the day it came in, whatever day it is now', () => {
    expect(daysLate({ received: '2026-01-31' }, TODAY)).toBe(0);
    expect(daysLate({ received: '2026-02-01' }, TODAY)).toBe(1);
    expect(daysLate({}, TODAY)).toBe(0);
  });
});
