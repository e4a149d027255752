import { isDeepStrictEqual } from 'node:util';
import type { AreaId } from '../../../domain/areas.ts';
import { ANSWERS, type Answer, type CardsChoice, type Decision, type DecisionDraft, REPORT_TAKEN } from '../../../domain/decision.ts';
import type { RegionView } from '../../../domain/region-view.ts';
import { type Form, filled, openForm, type Stop, textOf } from '../../parts/form.ts';

/** S3: one area's decision while it is being filled in. */
export interface DecisionForm extends Form {
  readonly area: AreaId;
  /** The region's revision when the form was opened: a save on another one is refused (D12). */
  readonly revision: number;
  /** The decision as it stands, to tell a change from an Enter out of habit. */
  readonly saved: DecisionDraft | undefined;
  /** The decision that stood when the form was opened, or that the operator has been shown since. */
  readonly standing: Decision | undefined;
  /** What a colleague saved meanwhile, to choose from beside what was typed (D12). */
  readonly theirs: Decision | undefined;
}

export const CARDS: readonly CardsChoice['choice'][] = ['levereras', 'gallras'];
/** The questions that are answered by typing, in order. */
export const TEXTS = ['date', 'decidedBy', 'newEnd', 'received', 'dnr', 'plan', 'comment'] as const;

/** Opens the form with what is decided, else with what is copied, else with nothing at all (R38). */
export function openDecision(view: RegionView, area: AreaId, copied?: Decision): DecisionForm {
  const current = view.areas.find((each) => each.area === area)?.decision;
  const from = copied ?? current;
  const texts = from ? filled(Object.fromEntries(TEXTS.map((name) => [name, from[name]]))) : {};
  const choices = from ? { answer: from.answer, cards: from.cards?.choice, report: from.cards?.reportTaken } : {};
  const opened = { ...openForm({ texts, choices }), area, revision: view.record.revision };
  const form: DecisionForm = { ...opened, saved: undefined, standing: current, theirs: undefined };
  return copied ? form : { ...form, saved: current && draftOf(form) };
}

/** The form after a conflict, on what is saved now: what was typed stays, and what a colleague decided for the same area comes beside it. */
export function besideSaved(form: DecisionForm, view: RegionView): DecisionForm {
  const { revision, saved, standing } = openDecision(view, form.area);
  const isSame = isDeepStrictEqual(standing, form.standing);
  return { ...form, revision, isStale: false, ...(isSame ? {} : { saved, standing, theirs: standing }) };
}

const answerOf = (form: DecisionForm): Answer | undefined => ANSWERS.find((answer) => answer === form.choices.answer);

/** Whether area 2's two questions belong to the answer (D3). */
export const asksCards = (form: DecisionForm): boolean => form.area === 2 && answerOf(form) !== 'gallra';

export const asksNewEnd = (form: DecisionForm): boolean => answerOf(form) === 'langre_frist';

/** Every place the focus can be, in order. */
export function stopsOf(form: DecisionForm): readonly Stop[] {
  const options = (group: string, values: readonly string[]): Stop[] => values.map((value) => ({ kind: 'option', group, value }));
  return [
    ...options('answer', ANSWERS),
    ...(asksCards(form) ? [...options('cards', CARDS), ...options('report', REPORT_TAKEN)] : []),
    ...TEXTS.filter((name) => name !== 'newEnd' || asksNewEnd(form)).map((group): Stop => ({ kind: 'text', group })),
  ];
}

/** The decision as typed so far. */
export function draftOf(form: DecisionForm): DecisionDraft {
  const answer = answerOf(form);
  const choice = CARDS.find((each) => each === form.choices.cards);
  const reportTaken = REPORT_TAKEN.find((each) => each === form.choices.report);
  return {
    area: form.area,
    answer,
    date: textOf(form, 'date'),
    decidedBy: textOf(form, 'decidedBy'),
    dnr: textOf(form, 'dnr'),
    received: textOf(form, 'received'),
    plan: textOf(form, 'plan'),
    comment: textOf(form, 'comment'),
    ...(asksNewEnd(form) ? { newEnd: textOf(form, 'newEnd') } : {}),
    ...(asksCards(form) && answer !== undefined ? { cards: { choice, reportTaken } } : {}),
  };
}
