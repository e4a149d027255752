import { stringify } from 'csv-stringify/sync';
import { throwDamage, viewRegions } from '../delivery/region-views.ts';
import { daysLate } from '../domain/lateness.ts';
import type { AreaState, RegionView } from '../domain/region-view.ts';
import { regionOf } from '../domain/regions.ts';
import { areas, errorText, statusText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionsAsked } from './region-argument.ts';

/** The states that scripts are promised: a delivery that was cut is one that pauses, an answer with a deviation a fault. */
const REPORTED: Partial<Record<AreaState, AreaState>> = { avbruten: 'pausad', avvikelse: 'fel' };

const reported = (state: AreaState): AreaState => REPORTED[state] ?? state;

const asJson = ({ record, areas: cells, deliveries, worker, damage }: RegionView) => {
  const latest = deliveries.at(-1);
  return {
    code: record.region,
    name: regionOf(record.region).name,
    areas: cells.map(({ area, decision, state }) => ({ area, decision: decision?.answer ?? null, state: reported(state) })),
    delivery: latest?.id ?? null,
    stage: latest && latest.outcome !== 'done' && latest.outcome !== 'stopped' ? latest.stage : null,
    worker,
    ...(damage && { error: { code: damage.exitCode, message: errorText(damage).what } }),
  };
};

/**
 * `status [REGION]`: every area's state, derived anew from decisions and deliveries; lateness at the clock's day (R04, R74). A region whose
 * saved state is damaged is shown as such among the others, and is the error that the command ends with.
 */
export async function run(context: CommandContext): Promise<number> {
  const { output, clock } = context;
  const { state } = await openHouse(context, { writes: false });
  const views = await viewRegions(
    state,
    regionsAsked(context).map(({ code }) => code),
  );
  const today = clock.today();
  output.object({ planning: clock.planning, regions: views.map(asJson) });
  if (clock.planning) output.line(statusText.planning(today));
  if (context.options.csv) {
    const rows = views.flatMap((view) =>
      view.areas.map(({ area, decision, state: cell }) => [view.record.region, String(area), decision?.answer ?? '', reported(cell)]),
    );
    output.row(stringify([statusText.csvHeader, ...rows], { delimiter: ';', quoted: true }).trimEnd());
    throwDamage(views);
    return 0;
  }
  for (const view of views) {
    if (view.damage) {
      const { name, code } = regionOf(view.record.region);
      output.line(statusText.damaged(name, code, errorText(view.damage).what));
      continue;
    }
    output.line(
      statusText.region(regionOf(view.record.region).name, view.record.region, view.areas.filter(({ decision }) => decision).length),
    );
    if (view.worker?.pid === null) output.line(statusText.silent(view.record.region));
    for (const { area, decision, state: cell } of view.areas) {
      output.row(statusText.area(area, areas[area].short, decision, cell, daysLate(decision, today)));
    }
  }
  throwDamage(views);
  return 0;
}
