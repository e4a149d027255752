import { AREAS } from '../domain/areas.ts';
import { disposesCards } from '../domain/decision.ts';
import { currentDecision } from '../domain/region-record.ts';
import { regionOf } from '../domain/regions.ts';
import { readRegion } from '../store/regions.ts';
import { answerNames, areas, commandText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionsAsked } from './region-argument.ts';

/** `beslut visa [REGION]`: the decisions that rule, and those before them under `--json`. */
export async function run(context: CommandContext): Promise<number> {
  const { output } = context;
  const house = await openHouse(context, { writes: false });
  const records = await Promise.all(regionsAsked(context).map(({ code }) => readRegion(house.state, code)));
  output.object({
    regions: records.map((record) => ({
      code: record.region,
      revision: record.revision,
      areas: AREAS.map(({ id }) => ({ area: id, decision: currentDecision(record, id) ?? null })),
      history: record.decisions,
    })),
  });
  for (const record of records) {
    output.line(`${regionOf(record.region).name} (${record.region})`);
    for (const { id } of AREAS) {
      const decision = currentDecision(record, id);
      const facts = decision
        ? [
            answerNames[decision.answer],
            disposesCards(decision) ? commandText.withoutCards : undefined,
            ...[decision.newEnd, decision.date, decision.decidedBy, decision.dnr],
          ].filter((fact) => fact !== undefined)
        : [commandText.missingDecision];
      output.row(`  ${id}  ${areas[id].short.padEnd(22)}  ${facts.join(' · ')}`);
    }
  }
  return 0;
}
