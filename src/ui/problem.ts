import type { DeliverySummary } from '../domain/delivery-record.ts';
import { type ErrorCode, EXIT_CODES, OperatorError } from '../domain/operator-error.ts';
import { errorText, ourBug, screens } from '../text.ts';

/** Why something asked of the core failed: an operator error's four parts, or one line about our own bug. */
export interface Problem {
  readonly what: string;
  readonly affects?: string;
  readonly safe?: string;
  readonly todo: readonly string[];
  readonly code: number;
  readonly isConflict?: true;
}

/** An operator error as the screens tell it. */
export const problemOf = (error: OperatorError): Problem => ({
  ...errorText(error),
  code: error.exitCode,
  ...(error.code === 'revision_conflict' ? { isConflict: true } : {}),
});

/** An error of our own: one line, and the file that holds the rest. */
export const bugProblem = (file: string): Problem => ({ what: ourBug(file), todo: [], code: 1 });

/** Why a delivery failed, as its journal says. A code or facts of another version of the program are told as they stand. */
export function deliveryProblem({ error }: DeliverySummary): Problem {
  const unknown: Problem = { what: screens.failure.unknown(error?.code), todo: [], code: 1 };
  if (!error || !(error.code in EXIT_CODES)) return unknown;
  try {
    return problemOf(new OperatorError(error.code as ErrorCode, error.facts));
  } catch {
    return unknown;
  }
}
