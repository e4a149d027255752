import { areaOf } from './areas.ts';
import { type Day, isDay } from './calendar.ts';
import type { Decision, DecisionDraft } from './decision.ts';

/** A field of the form; the two questions about area 2's cards are fields of their own. */
export type DecisionField = Exclude<keyof DecisionDraft, 'area' | 'cards'> | 'cards.choice' | 'cards.reportTaken';

export type DecisionProblemCode =
  | 'not_chosen'
  | 'missing'
  /** Required because something is to be disposed of (R05, D3). */
  | 'missing_for_gallring'
  | 'not_a_day'
  | 'future'
  | 'before_decision'
  | 'not_later_than_proposed'
  | 'only_langre_frist'
  | 'only_delivered_cards'
  | 'control_characters'
  | 'too_long'
  | 'not_sha256';

/** One thing that keeps a draft from being registered, at the field where it can be mended. */
export interface DecisionProblem {
  readonly field: DecisionField;
  readonly code: DecisionProblemCode;
  /** What the sentence mentions: `today`, `proposed` (days), `longest` (characters). */
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Something to think twice about; it never stops a registration. */
export type DecisionWarning =
  /** The cards are wanted though a report was already taken out (T10, R49). */
  | 'report_already_taken'
  /** The cards are left out, and a report from 2019 may lack the patient-id that the notes refer to (T11). */
  | 'report_may_lack_patient_id';

const LONGEST = { decidedBy: 200, dnr: 100, plan: 200, comment: 1000 } as const;

/** Control characters, line separators and the marks that turn text around: a decision is printed on papers that people sign. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

const given = (text: string | undefined): string | undefined => text?.normalize('NFC').trim() || undefined;

/** Whether something is disposed of by this draft: the whole area, or area 2's cards (D3). */
const disposes = ({ answer, cards }: DecisionDraft): boolean => answer === 'gallra' || cards?.choice === 'gallras';

/** Everything that keeps the draft from being registered on `today`; empty when it can be (D2, D3, R05, R17). */
export function decisionProblems(draft: DecisionDraft, today: Day): readonly DecisionProblem[] {
  return [
    ...answerProblems(draft),
    ...requiredProblems(draft),
    ...dayProblems(draft, today),
    ...newEndProblems(draft),
    ...cardProblems(draft),
    ...textProblems(draft),
  ];
}

const problem = (field: DecisionField, code: DecisionProblemCode, facts: DecisionProblem['facts'] = {}): DecisionProblem => ({
  field,
  code,
  facts,
});

const answerProblems = ({ answer }: DecisionDraft): DecisionProblem[] => (answer ? [] : [problem('answer', 'not_chosen')]);

function requiredProblems(draft: DecisionDraft): DecisionProblem[] {
  const required = disposes(draft) ? (['date', 'decidedBy', 'dnr'] as const) : (['date', 'decidedBy'] as const);
  const code = disposes(draft) ? 'missing_for_gallring' : 'missing';
  return required.filter((field) => !given(draft[field])).map((field) => problem(field, code));
}

function dayProblems(draft: DecisionDraft, today: Day): DecisionProblem[] {
  const date = given(draft.date);
  return (['date', 'received'] as const).flatMap((field) => {
    const day = given(draft[field]);
    if (!day) return [];
    if (!isDay(day)) return [problem(field, 'not_a_day')];
    if (day > today) return [problem(field, 'future', { today })];
    return date && isDay(date) && day < date ? [problem(field, 'before_decision')] : [];
  });
}

function newEndProblems({ area, answer, newEnd }: DecisionDraft): DecisionProblem[] {
  const day = given(newEnd);
  if (answer !== 'langre_frist') return day ? [problem('newEnd', 'only_langre_frist')] : [];
  if (!day) return [problem('newEnd', 'missing')];
  if (!isDay(day)) return [problem('newEnd', 'not_a_day')];
  const proposed = areaOf(area).proposedDisposal;
  return day > proposed ? [] : [problem('newEnd', 'not_later_than_proposed', { proposed })];
}

function cardProblems({ area, answer, cards }: DecisionDraft): DecisionProblem[] {
  if (!answer) return [];
  if (area === 2 && answer !== 'gallra') return cards?.choice ? [] : [problem('cards.choice', 'not_chosen')];
  return cards ? [problem('cards.choice', 'only_delivered_cards')] : [];
}

function textProblems(draft: DecisionDraft): DecisionProblem[] {
  const problems = (['decidedBy', 'dnr', 'plan', 'comment'] as const).flatMap((field) => {
    const text = given(draft[field]) ?? '';
    if (UNPRINTABLE.test(text)) return [problem(field, 'control_characters')];
    return text.length > LONGEST[field] ? [problem(field, 'too_long', { longest: LONGEST[field] })] : [];
  });
  const hash = given(draft.letterSha256);
  return hash && !/^[0-9a-f]{64}$/.test(hash) ? [...problems, problem('letterSha256', 'not_sha256')] : problems;
}

/** What the operator should see before registering area 2. */
export function decisionWarnings({ cards }: DecisionDraft): readonly DecisionWarning[] {
  if (cards?.reportTaken !== 'ja') return [];
  return [cards.choice === 'gallras' ? 'report_may_lack_patient_id' : 'report_already_taken'];
}

/**
 * A draft without problems as the decision that is registered: texts trimmed and NFC, empty ones left out;
 * a question about the card report that nobody answered is `vet_ej`. A draft with problems is our bug.
 */
export function toDecision(draft: DecisionDraft, { operator, at }: { readonly operator: string; readonly at: string }): Decision {
  const { area, answer, cards } = draft;
  const [date, decidedBy] = [given(draft.date), given(draft.decidedBy)];
  if (!answer || !date || !decidedBy) throw new Error('a draft with problems cannot become a decision');
  const optional = {
    dnr: given(draft.dnr),
    received: given(draft.received),
    newEnd: given(draft.newEnd),
    cards: cards?.choice && { choice: cards.choice, reportTaken: cards.reportTaken ?? 'vet_ej' },
    plan: given(draft.plan),
    letterSha256: given(draft.letterSha256),
    comment: given(draft.comment),
  };
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<typeof optional>;
  return { area, answer, date, decidedBy, ...known, registeredBy: operator, registeredAt: at };
}
