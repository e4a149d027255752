import { AREAS, type AreaFile } from '../domain/areas.ts';
import type { Session } from './session.ts';

export interface ContractColumn {
  readonly name: string;
  /** As `format_type` says it. */
  readonly type: string;
  /** The same without length, and of a domain the type below it. */
  readonly baseType: string;
  /** The base types of all that a value can hold: an array's elements, a range's bounds, a composite's columns, or itself. */
  readonly heldTypes: readonly string[];
  readonly isText: boolean;
  readonly comment: string | null;
}

export interface ContractView {
  readonly name: string;
  /** The relation of that name when the contract was read: a view that is made anew gets another. */
  readonly oid: string;
  readonly isReadable: boolean;
  readonly columns: readonly ContractColumn[];
}

/** What schema `leverans` of one database holds. */
export interface Contract {
  readonly views: ReadonlyMap<string, ContractView>;
  /** `leverans_meta.egna_falt` is there: the names of a region's own fields, used or not. */
  readonly namesOwnFields: boolean;
}

/** The column that fans out. */
export const OWN_FIELDS = 'egna_falt';

/** The files that a delivery takes from one of the two databases. */
export const filesOf = (database: 'sminet2' | 'epiark'): AreaFile[] =>
  AREAS.filter((area) => area.database === database).flatMap(({ files }) => files);

interface CatalogRow {
  readonly view: string;
  readonly oid: string;
  readonly is_readable: boolean;
  readonly name: string;
  readonly type: string;
  readonly base_type: string;
  readonly held_types: readonly string[];
  readonly is_text: boolean;
  readonly comment: string | null;
}

/**
 * What a type is made of, to the bottom: `base` follows domains only, `held` also elements, bounds and columns.
 * Servers before 14 have no multiranges, nor the catalogue's column for them.
 */
const TYPE_PARTS = `
  WITH RECURSIVE parts (type, part, is_base) AS (
    SELECT oid, oid, true FROM pg_type
    WHERE oid IN (SELECT atttypid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = to_regnamespace('leverans'))
    UNION
    SELECT p.type, inside.oid, p.is_base AND t.typtype = 'd'
    FROM parts p JOIN pg_type t ON t.oid = p.part CROSS JOIN LATERAL (
      SELECT t.typbasetype WHERE t.typtype = 'd'
      UNION ALL SELECT t.typelem WHERE t.typcategory = 'A' AND t.typelem <> 0
      UNION ALL SELECT r.rngsubtype FROM pg_range r WHERE t.oid IN (r.rngtypid, (to_jsonb(r) ->> 'rngmultitypid')::oid)
      UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS inside (oid)
  ), made AS (
    SELECT p.type, max(format_type(p.part, NULL)) FILTER (WHERE p.is_base AND t.typtype <> 'd') AS base,
           array_agg(DISTINCT format_type(p.part, NULL)) FILTER (WHERE t.typtype <> 'd') AS held
    FROM parts p JOIN pg_type t ON t.oid = p.part GROUP BY p.type
  )`;

/** Reads the views, their columns and comments from the catalogue. */
export async function readContract(session: Session): Promise<Contract> {
  const rows = await session.query<CatalogRow>(`${TYPE_PARTS}
    SELECT c.relname AS view, c.oid::text AS oid,
           has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS is_readable,
           a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, t.base AS base_type, t.held AS held_types,
           a.attcollation <> 0 AS is_text, col_description(c.oid, a.attnum) AS comment
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN made t ON t.type = a.atttypid
    WHERE n.nspname = 'leverans' AND c.relkind IN ('v', 'm', 'r', 'p', 'f')
    ORDER BY c.relname, a.attnum`);
  const [meta] = await session.query<{ exists: boolean }>(`
    SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = 'leverans_meta' AND c.relname = 'egna_falt') AS exists`);

  const views = new Map<string, ContractView & { readonly columns: ContractColumn[] }>();
  for (const { view: name, oid, is_readable, base_type: baseType, held_types: heldTypes, is_text: isText, ...column } of rows) {
    const view = views.get(name) ?? { name, oid, isReadable: is_readable, columns: [] };
    views.set(name, view);
    view.columns.push({ name: column.name, type: column.type, baseType, heldTypes, isText, comment: column.comment });
  }
  return { views, namesOwnFields: meta?.exists ?? false };
}
