import { AREAS, type AreaFile } from '../domain/areas.ts';
import type { Session } from './session.ts';

export interface ContractColumn {
  readonly name: string;
  /** As `format_type` says it. */
  readonly type: string;
  /** The same without length, and of a domain the type below it. */
  readonly baseType: string;
  readonly isText: boolean;
  readonly comment: string | null;
}

export interface ContractView {
  readonly name: string;
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
  readonly is_readable: boolean;
  readonly name: string;
  readonly type: string;
  readonly base_type: string;
  readonly is_text: boolean;
  readonly comment: string | null;
}

/** Reads the views, their columns and comments from the catalogue. */
export async function readContract(session: Session): Promise<Contract> {
  const rows = await session.query<CatalogRow>(`
    SELECT c.relname AS view, has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS is_readable,
           a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
           format_type(CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END, NULL) AS base_type,
           a.attcollation <> 0 AS is_text, col_description(c.oid, a.attnum) AS comment
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE n.nspname = 'leverans' AND c.relkind IN ('v', 'm', 'r', 'p', 'f')
    ORDER BY c.relname, a.attnum`);
  const [meta] = await session.query<{ exists: boolean }>(`
    SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = 'leverans_meta' AND c.relname = 'egna_falt') AS exists`);

  const views = new Map<string, { name: string; isReadable: boolean; columns: ContractColumn[] }>();
  for (const row of rows) {
    const view = views.get(row.view) ?? { name: row.view, isReadable: row.is_readable, columns: [] };
    views.set(row.view, view);
    view.columns.push({ name: row.name, type: row.type, baseType: row.base_type, isText: row.is_text, comment: row.comment });
  }
  return { views, namesOwnFields: meta?.exists ?? false };
}
