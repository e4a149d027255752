import type { Column, TableShape } from '../domain/package.ts';
import { type ContractView, OWN_FIELDS } from './contract.ts';
import { identifier, literal, qualified } from './identifiers.ts';

/** A region's rows of a view: one expression per delivered column, where they come from, and that in no order. */
export interface RowQuery {
  readonly expressions: readonly string[];
  readonly from: string;
  readonly unordered: string;
}

/**
 * The file's order: the view's first column, text by its bytes so that no server's locale changes it. With the view's name before it, since the
 * bare name is the output's where that has one: a number that is cast to text for us would be sorted as text.
 */
export function keyOrder(view: ContractView): string {
  const [key] = view.columns;
  if (!key) throw new Error(`${view.name} has no columns`);
  return `${identifier(view.name)}.${identifier(key.name)}${key.isText ? ' COLLATE "C"' : ''}`;
}

/**
 * Rows in key order. `egna_falt || '{}'` in an inner query is decompressed once per row and not once per column; `OFFSET 0` keeps it inner.
 */
export function rowQuery(view: ContractView, shape: TableShape, region: string): RowQuery {
  const rows = `WHERE myndighet = ${literal(region)}`;
  const inOrder = `${rows} ORDER BY ${keyOrder(view)}`;
  const expressions = shape.columns.map(expression);
  const plain = [...new Set(shape.columns.filter(({ source }) => source.key === undefined).map(({ source }) => identifier(source.column)))];
  const name = qualified(view.name);
  if (plain.length === shape.columns.length) return { expressions, from: `${name} ${inOrder}`, unordered: `${name} ${rows}` };
  const inner = `SELECT ${[...plain, `${OWN_FIELDS} || '{}' AS ${OWN_FIELDS}`].join(', ')} FROM ${name}`;
  return { expressions, from: `(${inner} ${inOrder} OFFSET 0) AS v`, unordered: `(${inner} ${rows} OFFSET 0) AS v` };
}

function expression({ source: { column, key, item } }: Column): string {
  if (key === undefined) return identifier(column);
  const value = `${identifier(column)} -> ${literal(key)}`;
  const scalar = `${identifier(column)} ->> ${literal(key)}`;
  if (item === undefined) return scalar;
  const element = `${value} ->> ${item - 1}`;
  // The same key can be an array in one row and a single value in the next.
  return item > 1 ? element : `CASE jsonb_typeof(${value}) WHEN 'array' THEN ${element} ELSE ${scalar} END`;
}
