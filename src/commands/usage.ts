import { isDay } from '../domain/calendar.ts';
import { type ErrorFacts, OperatorError } from '../domain/operator-error.ts';
import type { usageProblems } from '../text.ts';

/** What is wrong with a command line: the keys of the sentences about it. */
export type UsageProblem = keyof typeof usageProblems;

/** `usage` for a line as it was typed; `given` is the word or the flag that is wrong. */
export const usage = (problem: UsageProblem, facts: ErrorFacts & { readonly given: string }, cause?: unknown): OperatorError =>
  new OperatorError('usage', { problem, ...facts }, cause);

/** Throws `usage`, which names the flag, for a value that is no day. */
export function verifyDay(flag: string, value: string, command?: string): void {
  if (!isDay(value)) throw usage('not_a_day', { given: `${flag} ${value}`, ...(command && { command }) });
}
