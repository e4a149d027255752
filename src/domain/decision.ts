import type { AreaId } from './areas.ts';
import type { Day } from './calendar.ts';

/** The three answers a region can give (D1). "Saknas" is the absence of a decision, never a value, and never consent. */
export const ANSWERS = ['gallra', 'bevara', 'langre_frist'] as const;
export type Answer = (typeof ANSWERS)[number];

export const REPORT_TAKEN = ['ja', 'nej', 'vet_ej'] as const;

/** Area 2's cards: delivered unless the region says that they may be disposed of (D3). */
export interface CardsChoice {
  readonly choice: 'levereras' | 'gallras';
  /** "Har rapport över patientkort redan tagits ut?" (R47) */
  readonly reportTaken: (typeof REPORT_TAKEN)[number];
}

/** What a region decided for one area, as recorded (D2). */
export interface Decision {
  readonly area: AreaId;
  readonly answer: Answer;
  readonly date: Day;
  readonly decidedBy: string;
  /** The decision's own diarienummer. Required for gallra; may come later where the answer leads to delivery. */
  readonly dnr?: string;
  /** The day it came in; lateness is judged on it (R74). */
  readonly received?: Day;
  /** langre_frist only: the region's own end date, later than the proposed one (R17). */
  readonly newEnd?: Day;
  readonly cards?: CardsChoice;
  /** Reference to the region's dokumenthanteringsplan (R39). */
  readonly plan?: string;
  /** sha256 of the decision letter. */
  readonly letterSha256?: string;
  /** "inga personuppgifter" */
  readonly comment?: string;
  readonly registeredBy: string;
  readonly registeredAt: string;
}

/** A decision as the operator types it: everything may still be missing or wrong. */
export interface DecisionDraft {
  readonly area: AreaId;
  readonly answer?: Answer;
  readonly date?: string;
  readonly decidedBy?: string;
  readonly dnr?: string;
  readonly received?: string;
  readonly newEnd?: string;
  readonly cards?: { readonly choice?: CardsChoice['choice']; readonly reportTaken?: CardsChoice['reportTaken'] };
  readonly plan?: string;
  readonly letterSha256?: string;
  readonly comment?: string;
}

/** The files' parts that a decision leads to: none for gallra; area 2 without its cards when they may be disposed of. */
export function deliversPart(decision: Decision | undefined, part: 'patientkort' | 'anteckningar' | undefined): boolean {
  if (!decision || decision.answer === 'gallra') return false;
  return part !== 'patientkort' || decision.cards?.choice !== 'gallras';
}

/** Whether area 2 is delivered without its cards, which may be disposed of (D3). */
export const disposesCards = (decision: Decision): boolean => deliversPart(decision, undefined) && !deliversPart(decision, 'patientkort');
