import pg from 'pg';
import { type ErrorCode, type ErrorFacts, OperatorError } from '../domain/operator-error.ts';

/** Classes whose messages can quote a value: data exceptions, constraint violations, messages that a view's function raises. */
const QUOTES_VALUES = /^(22|23|P0)/;

const CODES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^(28|3D000)/, 'database_login'],
  [/^(08|57P|53300)/, 'database_down'],
  [/^(42|3F)/, 'contract_broken'],
];

/**
 * What an operator can do about an error from the database or the way to it. The cause keeps SQLSTATE and, where it can hold no value,
 * the message; `detail`, `where` and `hint` are gone (D13).
 */
export function operatorError(error: unknown, facts: ErrorFacts): OperatorError {
  if (error instanceof OperatorError) return error;
  if (error instanceof pg.DatabaseError) {
    const sqlstate = error.code ?? '';
    const code = CODES.find(([pattern]) => pattern.test(sqlstate))?.[1] ?? 'export_failed';
    return new OperatorError(code, { ...facts, sqlstate }, scrubbed(error));
  }
  // A login that fails on our side has no code of its own in pg, only this word.
  const isLogin = error instanceof Error && error.message.startsWith('SASL');
  return new OperatorError(isLogin ? 'database_login' : 'database_down', facts, error);
}

function scrubbed(error: pg.DatabaseError): Error {
  const what = QUOTES_VALUES.test(error.code ?? '') ? (error.routine ?? 'message withheld') : error.message;
  return new Error(`${error.severity} ${error.code}: ${what}`);
}
