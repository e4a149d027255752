import { areaEstimate, type SizeTotal, totalOf, type ViewEstimate } from '../domain/estimate.ts';
import type { RegionView } from '../domain/region-view.ts';
import { countedRecords, formatBytes, screens } from '../text.ts';
import { currentDelivery } from './state.ts';

const mark = (grade: SizeTotal['grade']): string => (grade === 'exact' ? '' : '~');

/** `~1,7 GB`, without the mark when it is exact to the byte. */
export const sizeLabel = ({ bytes, grade }: SizeTotal): string => `${mark(grade)}${formatBytes(bytes)}`;

/** `~1 240 poster`, `1 post`. */
export const countLabel = ({ rows, grade }: SizeTotal): string => `${mark(grade)}${countedRecords(rows)}`;

/** Fewer records are so few of those that the statistics rest on that the ten per cent of R33 cannot be promised. */
const FEWEST_ROWS = 1000;

/** The size with the margin that a measured one keeps (R33); the planner's word and the exact size carry none. */
export const sizeWithin = (size: SizeTotal): string =>
  size.grade === 'sample' && size.rows >= FEWEST_ROWS ? screens.region.within(sizeLabel(size)) : sizeLabel(size);

/** What the region's decided areas deliver, and what they would if every undecided area were delivered too; `undefined` while unknown (R32). */
export function regionSizes(
  estimates: readonly ViewEstimate[],
  view: RegionView,
): { readonly decided: SizeTotal | undefined; readonly atMost: SizeTotal | undefined } {
  const region = view.record.region;
  const sum = (areas: RegionView['areas']): SizeTotal | undefined => {
    const sizes = areas.map(({ area, decision }) => areaEstimate(estimates, region, area, decision));
    return sizes.every((size) => size !== undefined) ? totalOf(sizes) : undefined;
  };
  return { decided: sum(view.areas.filter(({ decision }) => decision)), atMost: sum(view.areas) };
}

/** The size column of the overview: what was delivered, else what is decided or still possible. */
export function overviewSize(estimates: readonly ViewEstimate[], view: RegionView): string {
  const receipt = currentDelivery(view)?.receipt;
  if (receipt) return formatBytes(receipt.bytes);
  if (view.areas.every(({ decision }) => decision?.answer === 'gallra')) return '–';
  const { atMost } = regionSizes(estimates, view);
  if (!atMost) return '…';
  return view.areas.every(({ decision }) => decision) ? sizeLabel(atMost) : sizeLabel({ ...atMost, grade: 'plan' });
}
