import { areaOfView } from '../domain/areas.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { TableShape } from '../domain/package.ts';
import { type Contract, type ContractView, OWN_FIELDS } from './contract.ts';
import { fanOut, namedColumns, type OwnField } from './fan-out.ts';
import { literal, qualified } from './identifiers.ts';
import type { Session } from './session.ts';

/** The server selects 1,664 columns and no table of it has more than 1,600: what is wider can be read back into none. */
const MAX_COLUMNS = 1600;

/**
 * The delivered columns of a view for one region, own fields fanned out in the order of their keys' bytes.
 * Own fields are those of `leverans_meta.egna_falt` and those that a row has: a stale list loses nothing.
 * Throws `contract_broken` when they are too many for one table or a row's `egna_falt` is no object.
 */
export async function tableShape(session: Session, contract: Contract, view: ContractView, region: string): Promise<TableShape> {
  const area = areaOfView(view.name);
  const only = area.files.find((file) => file.view === view.name)?.onlyColumn;
  const columns = view.columns.filter(({ name }) => only === undefined || name === only);
  const fields = columns.some(({ name }) => name === OWN_FIELDS) ? await ownFields(session, contract, view, region) : [];
  const unnamed = columns.flatMap(({ name, type, comment }) =>
    name === OWN_FIELDS
      ? fanOut(fields, name, comment ?? '')
      : [{ wanted: name, type, description: comment ?? '', source: { column: name } }],
  );
  if (unnamed.length > MAX_COLUMNS) {
    throw new OperatorError('contract_broken', { view: view.name, reason: 'too_many_columns', found: unnamed.length, limit: MAX_COLUMNS });
  }
  return { view: view.name, area: area.id, columns: namedColumns(unnamed) };
}

/** One pass over the region's rows, of which a column may be called `key` or `value` too. Throws `contract_broken` when a row's `egna_falt` is no object. */
async function ownFields(session: Session, contract: Contract, view: ContractView, region: string): Promise<OwnField[]> {
  const named = `
    UNION ALL
    SELECT namn, 1, false FROM leverans_meta.egna_falt WHERE vy = ${literal(view.name)} AND myndighet = ${literal(region)} AND namn IS NOT NULL`;
  const rows = await session
    .query<{ key: string; items: number; is_array: boolean }>(`
    SELECT key, greatest(1, max(items)) AS items, bool_or(is_array) AS is_array
    FROM (
      SELECT own.key, CASE jsonb_typeof(own.value) WHEN 'array' THEN jsonb_array_length(own.value) ELSE 1 END AS items,
             jsonb_typeof(own.value) = 'array' AS is_array
      FROM ${qualified(view.name)}, jsonb_each(egna_falt) AS own
      WHERE myndighet = ${literal(region)}
      ${contract.namesOwnFields ? named : ''}
    ) AS f
    GROUP BY key
    ORDER BY key COLLATE "C"`)
    .catch((error: unknown) => {
      throw isNotAnObject(error)
        ? new OperatorError('contract_broken', { view: view.name, column: OWN_FIELDS, reason: 'own_fields_not_object' }, error)
        : error;
    });
  return rows.map(({ key, items, is_array }) => ({ key, items, isArray: is_array }));
}

/** `cannot call jsonb_each on a non-object` */
const isNotAnObject = (error: unknown): boolean => error instanceof OperatorError && error.facts.sqlstate === '22023';
