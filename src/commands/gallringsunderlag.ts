import { stringify } from 'csv-stringify/sync';
import type { House } from '../delivery/house.ts';
import { throwDamage, viewRegions } from '../delivery/region-views.ts';
import { AREAS, type AreaId } from '../domain/areas.ts';
import type { Day } from '../domain/calendar.ts';
import { DAMAGED_GATE, type Gate, gateFor, undistributedGate } from '../domain/gate.ts';
import type { RegionView } from '../domain/region-view.ts';
import { type Region, regionOf } from '../domain/regions.ts';
import { openSource } from '../source/open-source.ts';
import { verifyAudit } from '../store/audit.ts';
import { areas, gateConditions, gateText } from '../text.ts';
import { type CommandContext, textOption } from './command.ts';
import { type CountedRows, countSource, gateCaveats } from './count-source.ts';
import { openHouse } from './open-house.ts';
import { regionsAsked } from './region-argument.ts';
import { verifyDay } from './usage.ts';

export interface GateReport {
  readonly regions: readonly { readonly code: string; readonly gates: readonly Gate[] }[];
  /** The 22nd line of each area: rows of no region (D7). */
  readonly undistributed: readonly { readonly area: AreaId; readonly rows: number | null; readonly gate: Gate }[];
}

/** Everything the gate looks at, gathered now; a source that does not answer is an unmet condition, not an error (D8). */
export async function gateReport(house: House, views: readonly RegionView[], counted: CountedRows, today: Day): Promise<GateReport> {
  const audit = await verifyAudit(house.state);
  return {
    regions: views.map(({ record, deliveries, damage }) => ({
      code: record.region,
      gates: AREAS.map(({ id }) =>
        damage
          ? DAMAGED_GATE
          : gateFor(id, { record, deliveries, today, audit, clockSkewMs: counted.clockSkewMs, sourceRows: counted.rowsOf(record.region) }),
      ),
    })),
    undistributed: AREAS.map(({ id }) => {
      const rows = counted.undistributed(id);
      return { area: id, rows, gate: undistributedGate(rows) };
    }),
  };
}

const sentences = ({ unmet }: Gate): string[] => unmet.map(({ code, facts }) => gateConditions[code](facts));

/** `gallringsunderlag [REGION]`: what may be disposed of, and every condition that is not met. Nothing is disposed of (D7). */
export async function run(context: CommandContext): Promise<number> {
  const { output, clock } = context;
  const setDay = textOption(context, 'per');
  if (setDay !== undefined) verifyDay('--per', setDay, 'gallringsunderlag');
  const today = setDay ?? clock.today();
  const planning = clock.planning || setDay !== undefined;
  const regions: readonly Region[] = regionsAsked(context);
  const house = await openHouse(context, { writes: false });
  const views = await viewRegions(
    house.state,
    regions.map(({ code }) => code),
  );
  const source = house.settings.source && openSource(house.settings.source);
  try {
    const counted = await countSource(source);
    const report = await gateReport(house, views, counted, today);
    output.object({
      planning,
      day: today,
      clockSkewMs: counted.clockSkewMs ?? null,
      rowsCounted: counted.isCounted,
      regions: report.regions.map(({ code, gates }) => ({
        code,
        areas: gates.map(({ allowed, unmet }, index) => ({ area: index + 1, allowed, unmet })),
      })),
      undistributed: report.undistributed.map(({ area, rows, gate }) => ({ area, rows, allowed: gate.allowed, unmet: gate.unmet })),
    });
    if (context.options.csv) {
      // Beside the table, whose columns are promised, and also under -q: without it a verdict says more than is known.
      for (const caveat of gateCaveats(counted)) output.fault(caveat);
      printTable(context, report);
    } else {
      for (const line of gateText.heading(today, planning)) output.line(line);
      for (const caveat of gateCaveats(counted)) output.line(caveat);
      printText(context, report);
    }
    throwDamage(views);
    return 0;
  } finally {
    await source?.close();
  }
}

function printTable({ output }: CommandContext, report: GateReport): void {
  const rows = [
    ...report.regions.flatMap(({ code, gates }) =>
      gates.map((gate, index) => [code, String(index + 1), gateText.verdict(gate.allowed), sentences(gate).join(' ')]),
    ),
    ...report.undistributed.map(({ area, gate }) => ['', String(area), gateText.verdict(gate.allowed), sentences(gate).join(' ')]),
  ];
  output.row(stringify([gateText.csvHeader, ...rows], { delimiter: ';', quoted: true }).trimEnd());
}

function printText({ output }: CommandContext, report: GateReport): void {
  for (const { code, gates } of report.regions) {
    output.line();
    output.line(`${regionOf(code).name} (${code})`);
    for (const [index, gate] of gates.entries()) {
      const area = AREAS[index]?.id ?? 1;
      output.row(`  ${area}  ${areas[area].short.padEnd(22)}  ${gateText.verdict(gate.allowed)}`);
      for (const sentence of sentences(gate)) output.line(`       ${sentence}`);
    }
  }
  output.line();
  output.line(gateText.undistributed);
  for (const { area, rows, gate } of report.undistributed) output.row(gateText.undistributedArea(area, rows, gate.allowed));
  for (const line of gateText.footer) output.line(line);
}
