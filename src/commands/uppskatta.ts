import { AREAS } from '../domain/areas.ts';
import { DEFAULT_DIALECT, type Dialect } from '../domain/dialect.ts';
import { areaEstimate, totalOf, type ViewEstimate } from '../domain/estimate.ts';
import { type Region, regionOf } from '../domain/regions.ts';
import { openSource } from '../source/open-source.ts';
import type { Source } from '../source/source.ts';
import { sourceSettings } from '../store/source-settings.ts';
import { areas, estimateText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionsAsked } from './region-argument.ts';

/** Exact sizes one view at a time; a view whose exact size cannot be known in SQL keeps its own, lower grade. */
async function exactly(source: Source, regions: readonly Region[], dialectOf: (region: string) => Dialect, signal: AbortSignal) {
  const found: ViewEstimate[] = [];
  for (const { code } of regions) {
    for (const { view } of AREAS.flatMap(({ files }) => files)) found.push(await source.exactSize(view, code, dialectOf(code), signal));
  }
  return found;
}

/** `uppskatta [REGION] [--exakt]`: the size of every area, always with its grade (R32, R33). */
export async function run(context: CommandContext): Promise<number> {
  const { output } = context;
  const regions = regionsAsked(context);
  const { settings } = await openHouse(context, { writes: false });
  const dialectOf = (code: string) => settings.targets[code]?.dialect ?? DEFAULT_DIALECT;
  const source = openSource(sourceSettings(settings));
  try {
    const estimates = context.options.exakt
      ? await exactly(source, regions, dialectOf, context.signal)
      : await source.sample(await source.estimate(dialectOf), dialectOf, context.signal);
    const report = regions.map(({ code }) => {
      const perArea = AREAS.flatMap(({ id }) => {
        const size = areaEstimate(estimates, code, id);
        return size ? [{ area: id, ...size }] : [];
      });
      const { bytes, grade } = totalOf(perArea);
      return { code, areas: perArea, bytes, grade };
    });
    output.object({ regions: report });
    for (const { code, areas: perArea, bytes, grade } of report) {
      output.line(estimateText.region(regionOf(code).name, code, bytes, grade));
      for (const { area, rows, bytes: size, grade: sizeGrade } of perArea) {
        output.row(estimateText.area(area, areas[area].short, rows, size, sizeGrade));
      }
    }
    return 0;
  } finally {
    await source.close();
  }
}
