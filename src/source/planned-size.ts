import { type AreaFile, areaOfView } from '../domain/areas.ts';
import { csvHeaderBytes, separatorBytes } from '../domain/csv-size.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { ViewEstimate } from '../domain/estimate.ts';
import { REGIONS } from '../domain/regions.ts';
import { type Contract, type ContractColumn, type ContractView, OWN_FIELDS } from './contract.ts';
import { attachmentBytes, attachmentSizes } from './exact-size.ts';
import { identifier, literal, qualified } from './identifiers.ts';
import type { Session } from './session.ts';

/** Usual length as text of types whose stored width says nothing about it. */
const TEXT_LENGTH: Readonly<Record<string, number>> = {
  smallint: 3,
  integer: 4,
  bigint: 8,
  oid: 6,
  boolean: 1,
  real: 7,
  'double precision': 9,
  date: 10,
  'time without time zone': 8,
  'timestamp without time zone': 19,
  'timestamp with time zone': 22,
  uuid: 36,
  inet: 12,
  cidr: 12,
};

/** Values up to this width are stored behind one byte, longer ones behind four. */
const SHORT_VALUE = 127;

interface Plan {
  readonly rows: number;
  readonly width: number;
}

/** A column's share of a record: how often it has a value, and how long that is. */
interface ColumnWidth {
  readonly filled: number;
  readonly length: number;
}

/**
 * Rows and bytes of every region and file, all of one database and with views in order, by the planner's statistics, in one round trip. Per column
 * the planner is asked for the rows with a value and their width; per region for the rows. Attachments are summed by `storlek`.
 */
export async function plannedSizes(
  session: Session,
  contract: Contract,
  files: readonly AreaFile[],
  dialectOf: (region: string) => Dialect,
): Promise<ViewEstimate[]> {
  const tables = files.filter(({ attachments }) => !attachments).map(({ view }) => deliveredColumns(contract, view));
  const statements = tables.flatMap(({ view, columns }) => [
    explain('1', view.name, 'true'),
    ...columns.map(({ name }) => explain(identifier(name), view.name, `${identifier(name)} IS NOT NULL`)),
    ...REGIONS.map(({ code }) => explain('1', view.name, `myndighet = ${literal(code)}`)),
  ]);
  const hasAttachments = files.some(({ attachments }) => attachments);
  if (contract.namesOwnFields) statements.push('SELECT vy, myndighet, namn FROM leverans_meta.egna_falt');
  if (hasAttachments) statements.push(attachmentSizes());

  const answers = (await session.queries(statements)).values();
  const next = () => answers.next().value ?? [];
  const plan = () => planOf(next());

  const perView = tables.map(({ view, columns }) => {
    const total = plan().rows;
    const widths = columns.map((column): ColumnWidth => {
      const { rows, width } = plan();
      return { filled: Math.min(1, rows / total), length: textLength(column, width) };
    });
    return { view, columns, widths, rows: new Map(REGIONS.map(({ code }) => [code, plan().rows])) };
  });
  const ownFields = contract.namesOwnFields ? (next() as { vy: string; myndighet: string; namn: string }[]) : [];
  const attachments = hasAttachments ? (next() as { myndighet: string | null; rows: string; bytes: string }[]) : [];

  return REGIONS.flatMap(({ code: region }) => {
    const dialect = dialectOf(region);
    const estimates: ViewEstimate[] = perView.map(({ view, columns, widths, rows: rowsOf }) => {
      const names = [
        ...columns.map(({ name }) => name).filter((name) => name !== OWN_FIELDS),
        ...ownFields.filter(({ vy, myndighet }) => vy === view.name && myndighet === region).map(({ namn }) => namn),
      ];
      const rows = rowsOf.get(region) ?? 0;
      const bytes = csvHeaderBytes(names, dialect) + rows * (separatorBytes(names.length, dialect) + valueBytes(widths, dialect));
      return { region, view: view.name, rows, bytes: Math.round(bytes), grade: 'plan' };
    });
    if (hasAttachments) {
      const sum = attachments.find(({ myndighet }) => myndighet === region);
      const rows = Number(sum?.rows ?? 0);
      estimates.push({
        region,
        view: 'omrade2_bilagor',
        rows,
        bytes: attachmentBytes(rows, Number(sum?.bytes ?? 0), dialect),
        grade: 'plan',
      });
    }
    return estimates;
  });
}

function deliveredColumns(contract: Contract, name: string): { view: ContractView; columns: readonly ContractColumn[] } {
  const view = contract.views.get(name);
  if (!view) throw new Error(`${name} was not verified`);
  const only = areaOfView(name).files.find((file) => file.view === name)?.onlyColumn;
  return { view, columns: view.columns.filter((column) => only === undefined || column.name === only) };
}

const explain = (what: string, view: string, where: string): string =>
  `EXPLAIN (FORMAT JSON) SELECT ${what} FROM ${qualified(view)} WHERE ${where}`;

function planOf(rows: readonly Record<string, unknown>[]): Plan {
  const [explained] = rows as [{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number; 'Plan Width': number } }] }];
  const { Plan: plan } = explained['QUERY PLAN'][0];
  return { rows: plan['Plan Rows'], width: plan['Plan Width'] };
}

/** Length of a value as text. Own fields count as they are stored: their names weigh about as much as the quotes they become. */
function textLength({ baseType, name }: ContractColumn, width: number): number {
  if (name === OWN_FIELDS) return width;
  return TEXT_LENGTH[baseType] ?? Math.max(0, width - (width < SHORT_VALUE ? 1 : 4));
}

const valueBytes = (widths: readonly ColumnWidth[], dialect: Dialect): number =>
  widths.reduce((sum, { filled, length }) => sum + filled * (length + 2) + (1 - filled) * dialect.nullToken.length, 0);
