import { type AreaId, areaOf } from '../domain/areas.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { BagFacts, ExportedTable } from '../domain/package.ts';
import { archiveCreator, areas, bagText, CONTACT, nullRule, ownerRule, packageText, tableTitles } from '../text.ts';
import { ATTACHMENT_FOLDER } from './attachment-table.ts';
import { schemaField } from './table-schema.ts';
import { totalsOf } from './totals.ts';

/**
 * datapackage.json (Frictionless Data Package 1): every table with its columns, dialect, NULL rule, counts and hash, so that the files can
 * be read without this program. Attachments are a folder with counts; their names are in the table and the manifest only (D13).
 */
export function datapackage(facts: BagFacts): string {
  const description = {
    profile: 'data-package',
    name: facts.bag.toLowerCase(),
    title: bagText.description(facts.region),
    created: facts.createdAt,
    contributors: [{ title: bagText.sender, email: CONTACT, role: 'publisher' }],
    archiveCreator: archiveCreator(facts.region),
    snapshotTime: facts.snapshotAt,
    resources: facts.tables.map((table) => resource(table, facts)),
    ...(facts.tables.some(({ view }) => view === 'omrade2_bilagor') && {
      attachments: {
        path: ATTACHMENT_FOLDER,
        table: 'omrade2_bilagor',
        description: bagText.attachments,
        files: facts.attachments.length,
        bytes: totalsOf(facts.attachments, []).bytes,
      },
    }),
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}

function resource(table: ExportedTable, { dialect, snapshotAt, distribution, withoutChangeLog }: BagFacts): object {
  const { view, area, path, bytes, sha256, rows, lines, columns } = table;
  const shared = distribution.find((each) => each.view === view);
  return {
    profile: 'tabular-data-resource',
    name: view,
    path,
    title: tableTitles[view] ?? view,
    description: areas[area].name,
    format: 'csv',
    mediatype: 'text/csv',
    encoding: dialect.encoding,
    bytes,
    hash: `sha256:${sha256}`,
    dialect: csvDialect(dialect),
    schema: {
      fields: columns.map(schemaField),
      missingValues: [dialect.nullToken],
    },
    nullRule: nullRule(dialect),
    rows,
    lines,
    area,
    sourceView: `leverans.${view}`,
    sourceDatabase: areaOf(area).database,
    snapshotTime: snapshotAt,
    ...(shared && {
      distribution: {
        total: shared.total,
        region: shared.region,
        undistributed: shared.undistributed,
        description: bagText.undistributed,
      },
    }),
    notes: [
      ...(hasKey(view, area) && columns[0] ? [packageText.key(columns[0].name)] : []),
      ...(area === 1 ? [bagText.spelling] : []),
      ...(area === 5 || area === 6 ? [ownerRule] : []),
      ...(withoutChangeLog.includes(view) ? [packageText.noChangeLog] : []),
      ...(rows === 0 ? [packageText.noRows] : []),
    ],
  };
}

/**
 * The first column is the row's key by contract, but for area 3. Nothing counts that each value is there once, so that no `primaryKey` is claimed,
 * which a reader would take for proven.
 */
const hasKey = (view: string, area: AreaId): boolean => !areaOf(area).files.some((file) => file.view === view && file.onlyColumn);

const csvDialect = ({ delimiter, lineTerminator, nullToken, bom }: Dialect): object => ({
  csvddfVersion: 1.2,
  delimiter,
  lineTerminator,
  quoteChar: '"',
  doubleQuote: true,
  nullSequence: nullToken,
  skipInitialSpace: false,
  header: true,
  bom,
});
