import type { Column } from '../domain/package.ts';
import { foldName } from '../domain/regions.ts';

/** One key of `egna_falt` in one region: `items` is the longest array, 1 when no row has one. */
export interface OwnField {
  readonly key: string;
  readonly isArray: boolean;
  readonly items: number;
}

/** A column before it has its header's name. */
type Unnamed = Omit<Column, 'name'> & { readonly wanted: string };

/** The columns that own fields become, in the order given: `Namn`, and for an array `Namn (2)`, … */
export const fanOut = (fields: readonly OwnField[], column: string, description: string): Unnamed[] =>
  fields.flatMap(({ key, isArray, items }) =>
    Array.from({ length: items }, (_, at) => ({
      wanted: (key.trim() || column) + (at > 0 ? ` (${at + 1})` : ''),
      type: 'text',
      description,
      source: { column, key, ...(isArray && { item: at + 1 }) },
    })),
  );

/**
 * Gives each column a header of its own. Names that a reader who trims or ignores case could take for one another (R57) get ` (2)`, ` (3)`, …
 * in column order, so that the same contract gives the same header every time; `source` keeps the original.
 */
export function namedColumns(columns: readonly Unnamed[]): Column[] {
  const taken = new Set<string>();
  return columns.map(({ wanted, ...column }) => {
    let name = wanted;
    for (let n = 2; taken.has(foldName(name)); n += 1) name = `${wanted} (${n})`;
    taken.add(foldName(name));
    return { name, ...column };
  });
}
