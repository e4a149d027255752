/** How many letters are wrong, missing, too many or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let [before, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const differs = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? (before?.[j - 2] ?? Number.POSITIVE_INFINITY) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min((last?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last?.[j - 1] ?? 0) + differs, swapped));
    }
    [before, last] = [last, row];
  }
  return last?.at(-1) ?? 0;
}

/** The one of `words` that a misspelt word most likely is; undefined where it is like none of them. Case does not count. */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const near = words
    .map((word) => ({ word, faults: distance(given.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, faults }) => faults <= 2 && faults * 2 < word.length)
    .sort((a, b) => a.faults - b.faults);
  return near[0]?.word;
}
