import { regionOf } from '../domain/regions.ts';
import { checkText } from '../text.ts';
import { type Check, checkDisk, checkSource, checkState, checkTarget } from './checks.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';

/** `kontrollera [REGION]`: everything that must be in place, checked for real; the exit code is that of the first failure. */
export async function run(context: CommandContext): Promise<number> {
  const { output, signal } = context;
  const asked = context.args.length > 0 ? [regionArgument(context)] : undefined;
  const house = await openHouse(context, { writes: true });
  const regions = asked ?? Object.keys(house.settings.targets).sort().map(regionOf);
  const results: { id: string; region?: string; check: Check }[] = [];
  const report = (id: string, label: string, check: Check, region?: string): void => {
    results.push({ id, region, check });
    output.line(checkText.row(check.state, label, check.detail));
    for (const finding of check.findings) output.line(checkText.finding(finding));
  };
  report('settings', checkText.labels.settings, { state: 'ok', detail: house.settings.file, findings: [], exitCode: 0 });
  report('state', checkText.labels.state, await checkState(house));
  report('source', checkText.labels.source, await checkSource(house));
  report('disk', checkText.labels.disk, await checkDisk(house));
  for (const region of regions) report('target', region.name, await checkTarget(house, region, signal), region.code);
  output.object({ checks: results.map(({ id, region, check }) => ({ id, region: region ?? null, ...check })) });
  return results.find(({ check }) => check.state === 'failed')?.check.exitCode ?? 0;
}
