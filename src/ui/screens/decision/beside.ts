import type { Answer } from '../../../domain/decision.ts';
import { screens } from '../../../text.ts';
import { besideAt, textOf } from '../../parts/form.ts';
import { left } from '../../parts/rows.ts';
import { asksCards, asksNewEnd, type DecisionForm, TEXTS } from './form.ts';

const text = screens.decision;

/** What a colleague saved, by question: where it is what is typed here too there is nothing to choose between. */
export function theirsBeside(form: DecisionForm): Readonly<Record<string, string | undefined>> {
  const { theirs } = form;
  if (!theirs) return {};
  const texts = TEXTS.flatMap((name) =>
    (theirs[name] ?? '') === (textOf(form, name) ?? '') ? [] : [[name, theirs[name] ?? text.nothingTheirs]],
  );
  const { cards } = theirs;
  return {
    ...Object.fromEntries(texts),
    ...(cards && cards.choice !== form.choices.cards && { cards: text.theirAnswer(theirs.registeredBy, text.cardChoices[cards.choice]) }),
    ...(cards &&
      cards.reportTaken !== form.choices.report && {
        report: text.theirAnswer(theirs.registeredBy, text.reportAnswers[cards.reportTaken]),
      }),
  };
}

/** The note beside an answer that a colleague chose and that is not chosen here; with what belongs to it and has no row of its own here. */
export function theirAnswer(form: DecisionForm, answer: Answer): string | undefined {
  const { theirs } = form;
  if (theirs?.answer !== answer || form.choices.answer === answer) return undefined;
  const { registeredBy, newEnd, cards } = theirs;
  const extra = [
    ...(newEnd && !asksNewEnd(form) ? [text.theirEnd(newEnd)] : []),
    ...(cards && !asksCards(form) ? [text.theirCards(text.cardChoices[cards.choice])] : []),
  ];
  return text.theirAnswer(registeredBy, extra.join(', ') || undefined);
}

/** Whose the two columns are, and when a colleague saved the second. */
export const besideHeading = ({ theirs }: DecisionForm, width: number): string | undefined =>
  theirs && `${left(text.yours, besideAt(width))}${text.theirs(theirs.registeredBy, theirs.registeredAt)}`;
