import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type AreaId, parseArea } from '../domain/areas.ts';
import { ANSWERS, type Answer, type CardsChoice, type DecisionDraft, REPORT_TAKEN } from '../domain/decision.ts';
import { decisionWarnings } from '../domain/decision-problems.ts';
import { givenPathError } from '../domain/given-path.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { currentDecision, currentDecisions } from '../domain/region-record.ts';
import { saveDecision } from '../store/save-decision.ts';
import { commandText, oneOf, decisionWarnings as warningTexts } from '../text.ts';
import { type CommandContext, textOption } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { usage } from './usage.ts';

/** One of the words an option may have; another one is `usage`. */
function choice<T extends string>(context: CommandContext, name: string, allowed: readonly T[]): T | undefined {
  const value = textOption(context, name);
  if (value === undefined) return undefined;
  const found = allowed.find((word) => word === value);
  if (!found) throw usage('not_a_choice', { given: `--${name} ${value}`, command: 'beslut satt', expected: oneOf(allowed) });
  return found;
}

async function letterHash(context: CommandContext): Promise<string | undefined> {
  const file = textOption(context, 'brev');
  if (file === undefined) return undefined;
  const content = await readFile(file).catch((error) => {
    throw givenPathError(error, file);
  });
  return createHash('sha256').update(content).digest('hex');
}

function areaArgument(context: CommandContext): AreaId {
  const given = context.args[1] ?? '';
  const area = parseArea(given);
  if (!area) throw new OperatorError('unknown_area', { given });
  return area;
}

async function draftOf(context: CommandContext, area: AreaId): Promise<DecisionDraft> {
  const answer: Answer | undefined = choice(context, 'val', ANSWERS);
  if (!answer) throw new OperatorError('answer_missing', { flag: '--val gallra|bevara|langre_frist' });
  // Cards are delivered unless the region says that they may be disposed of (D3).
  const cards =
    choice(context, 'patientkort', ['levereras', 'gallras'] as const) ?? (area === 2 && answer !== 'gallra' ? 'levereras' : undefined);
  const reportTaken = choice(context, 'rapport-uttagen', REPORT_TAKEN);
  const letterSha256 = await letterHash(context);
  return {
    area,
    answer,
    date: textOption(context, 'datum'),
    decidedBy: textOption(context, 'beslutsfattare'),
    dnr: textOption(context, 'dnr'),
    received: textOption(context, 'inkom'),
    newEnd: textOption(context, 'ny-frist'),
    plan: textOption(context, 'plan'),
    comment: textOption(context, 'kommentar'),
    ...(letterSha256 && { letterSha256 }),
    ...((cards || reportTaken) && { cards: { choice: cards, reportTaken } }),
  };
}

/** What was registered of area 2's cards without having been given (D3). */
function assumedCards(context: CommandContext, cards: CardsChoice | undefined): Partial<CardsChoice> {
  if (!cards) return {};
  return {
    ...(textOption(context, 'patientkort') === undefined && { choice: cards.choice }),
    ...(textOption(context, 'rapport-uttagen') === undefined && { reportTaken: cards.reportTaken }),
  };
}

/**
 * `beslut satt REGION OMRÅDE …`: registers one decision (D2), and says what it took for granted. Refuses what R05 and R17 refuse, with every
 * problem named.
 */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  const draft = await draftOf(context, areaArgument(context));
  const house = await openHouse(context, { writes: true });
  const record = await saveDecision(house, region.code, draft);
  for (const warning of decisionWarnings(draft)) context.output.note(warningTexts[warning]);
  const decided = currentDecisions(record).length;
  const assumed = assumedCards(context, currentDecision(record, draft.area)?.cards);
  const hasAssumed = Object.keys(assumed).length > 0;
  context.output.object({ region: region.code, area: draft.area, revision: record.revision, decided, ...(hasAssumed && { assumed }) });
  context.output.line(commandText.decisionSaved(region.name, draft.area, decided));
  if (hasAssumed) context.output.line(commandText.assumedCards(assumed));
  return 0;
}
