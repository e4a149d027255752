/** What was measured of one piece of work, ours and one peer's, alternated in the same run. Seconds. */
export interface Comparison {
  readonly goal: string;
  readonly work: string;
  readonly peer: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  /** Ours divided by theirs must be at most this; undefined where no goal is set for this peer. */
  readonly limit?: number;
}

/** Something counted that has a bound of its own. */
export interface Finding {
  readonly goal: string;
  readonly work: string;
  readonly values: readonly number[];
  readonly unit: string;
  readonly limit: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

/** The ratio of each pair: what is quoted is their median, and the least and the greatest beside it. */
export const ratios = ({ ours, theirs }: Comparison): number[] => ours.map((each, i) => each / (theirs[i] ?? Number.NaN));

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

const spread = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;

const verdict = (value: number, limit: number | undefined): string => {
  if (limit === undefined) return '';
  return value <= limit ? `≤ ${limit} met` : `≤ ${limit} NOT MET`;
};

/** One Markdown table: medians with the least and the greatest, and whether each goal was met. */
export function tableOf(comparisons: readonly Comparison[], findings: readonly Finding[]): string {
  const rows = [
    ...comparisons.map((each) => [
      each.goal,
      each.work,
      spread(each.ours, 2),
      `${each.peer} ${spread(each.theirs, 2)}`,
      spread(ratios(each), 3),
      verdict(median(ratios(each)), each.limit),
    ]),
    ...findings.map(({ goal, work, values, unit, limit }) => [
      goal,
      work,
      `${spread(values, 2)} ${unit}`,
      '',
      '',
      verdict(Math.max(...values), limit),
    ]),
  ];
  const lines = [['goal', 'work', 'ours, s', 'peer, s', 'ratio', 'goal'], ['---', '---', '---', '---', '---', '---'], ...rows];
  return lines.map((row) => `| ${row.join(' | ')} |`).join('\n');
}
