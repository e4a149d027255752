import { type Day, DECISION_DEADLINE, daysBetween } from './calendar.ts';
import type { Decision } from './decision.ts';

/**
 * Whole days after the deadline; 0 when in time (R04, R74). Without a decision it is counted to `today`,
 * with one to the day it came in; a decision whose day of arrival is not known is not called late.
 */
export function daysLate(decision: Pick<Decision, 'received'> | undefined, today: Day): number {
  const until = decision ? decision.received : today;
  return until === undefined ? 0 : Math.max(0, daysBetween(DECISION_DEADLINE, until));
}
