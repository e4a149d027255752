import { type Clock, timestamp } from '../domain/calendar.ts';
import type { DecisionDraft } from '../domain/decision.ts';
import { decisionProblems, toDecision } from '../domain/decision-problems.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { RegionRecord } from '../domain/region-record.ts';
import { changeRegion } from './regions.ts';
import type { StateFolder } from './state-folder.ts';

/** Who saves, when, and what they saw. */
export interface Saving {
  readonly state: StateFolder;
  readonly clock: Clock;
  readonly operator: string;
  /** The revision on the operator's screen; left out, the decision is added to whatever is there (D12). */
  readonly expectedRevision?: number;
}

/**
 * Registers one decision after those before it. Throws `planning_clock` under a set clock (D5), `decision_invalid` with the draft's first problem, and what `changeRegion` throws.
 */
export async function saveDecision(
  { state, clock, operator, expectedRevision }: Saving,
  region: string,
  draft: DecisionDraft,
): Promise<RegionRecord> {
  if (clock.planning) throw new OperatorError('planning_clock');
  const [problem, ...more] = decisionProblems(draft, clock.today());
  if (problem)
    throw new OperatorError('decision_invalid', { ...problem.facts, field: problem.field, problem: problem.code, more: more.length });
  const at = timestamp(clock.now());
  const decision = toDecision(draft, { operator, at });
  return changeRegion(state, region, { act: 'decision', operator, at, area: draft.area, expectedRevision }, (record) => ({
    ...record,
    decisions: [...record.decisions, decision],
  }));
}
