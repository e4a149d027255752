import { draftPlan, takenNames } from '../delivery/make-plan.ts';
import { readDeliveries } from '../delivery/read-deliveries.ts';
import { undecided } from '../domain/checklist.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { currentDecisions } from '../domain/region-record.ts';
import type { Region } from '../domain/regions.ts';
import { openSource } from '../source/open-source.ts';
import { readRegion } from '../store/regions.ts';
import { sourceSettings } from '../store/source-settings.ts';
import { areas, dryRunText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';

/** `leverera --torrkorning`: the whole plan with sizes, names and target; nothing is written anywhere and nothing is connected but the source (N15). */
export async function dryRun(context: CommandContext, region: Region): Promise<number> {
  const { output, clock } = context;
  const house = await openHouse(context, { writes: false });
  const record = await readRegion(house.state, region.code);
  const missing = undecided(record);
  if (missing.length > 0) throw new OperatorError('decisions_incomplete', { region: region.name, areas: missing.join(', ') });
  const taken = takenNames(await readDeliveries(house.state.dir, record.deliveries, false));
  const source = openSource(sourceSettings(house.settings));
  try {
    const plan = await draftPlan(house, region, currentDecisions(record), taken, source, context.signal);
    const target = house.settings.targets[region.code];
    const to = target ? { host: target.host, port: target.port, username: target.username, path: target.path } : null;
    output.object({ type: 'plan', dryRun: true, planning: clock.planning, ...plan, target: to });
    output.line(dryRunText.heading(plan.bag, clock.planning ? clock.today() : undefined));
    output.line(dryRunText.target(to && `${to.username}@${to.host}:${to.port}${to.path}`));
    output.line(dryRunText.total(plan.estimate.rows, plan.estimate.bytes));
    for (const { area, path } of plan.files) output.line(`  ${area}  ${areas[area].short.padEnd(22)}  ${path}`);
    output.line(dryRunText.nothingWritten);
    return 0;
  } finally {
    await source.close();
  }
}
