import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ATTACHMENT_FOLDER, attachmentRow, attachmentTable } from '../../src/bag/attachment-table.ts';
import type { Row } from '../../src/bag/csv-writer.ts';
import { attachmentNames } from '../../src/bag/file-names.ts';
import { type SealedBag, sealBag } from '../../src/bag/seal-bag.ts';
import { AREAS, type AreaId } from '../../src/domain/areas.ts';
import { type Decision, deliversPart } from '../../src/domain/decision.ts';
import { DEFAULT_DIALECT, type Dialect } from '../../src/domain/dialect.ts';
import type { BagFacts, Column, ExportedAttachment, ExportedTable } from '../../src/domain/package.ts';
import { regionOf } from '../../src/domain/regions.ts';
import { writeCsv } from '../support/csv-table.ts';

export const WRITER = { program: 'sminet-leverans', version: '0.1.0' };
export const PLANTED_NAME = 'Anna Provsson 19121212-1212.pdf';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A folder that is gone when the test file has run. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sminet-bag-'));
  folders.push(folder);
  return folder;
}

/** A decision for an area, `bevara` unless said otherwise. */
export const decision = (area: AreaId, changes: Partial<Decision> = {}): Decision => ({
  area,
  answer: 'bevara',
  date: '2025-11-12',
  decidedBy: 'Regionarkivnämnden',
  dnr: `RS 2025-114${area}`,
  registeredBy: 'eva',
  registeredAt: '2025-11-20T09:00:00+01:00',
  ...changes,
});

export const DECISIONS: readonly Decision[] = [
  decision(1),
  decision(2, { cards: { choice: 'levereras', reportTaken: 'nej' }, plan: 'Dokumenthanteringsplan 2024, avsnitt 7' }),
  decision(3),
  decision(4, { answer: 'gallra' }),
  decision(5, { answer: 'langre_frist', newEnd: '2036-12-31' }),
  decision(6, { dnr: undefined, comment: 'svar – per brev' }),
  decision(7),
];

const text = (name: string, source: Column['source'] = { column: name }): Column => ({
  name,
  type: 'text',
  description: `Om ${name}`,
  source,
});
const KEYED = [{ ...text('nr'), type: 'bigint' }, text('myndighet'), { ...text('tid'), type: 'timestamp with time zone' }, text('fritext')];
const LINE_BREAKS: Row[] = [
  ['1', '12', '2011-03-01 12:00:00+01', 'rad 1\nrad 2\r\n"rad" 3;'],
  ['2', '12', '2011-03-02 12:00:00+01', null],
  ['3', '12', null, ''],
];

export interface SampleOptions {
  readonly region?: string;
  readonly dialect?: Dialect;
  readonly decisions?: readonly Decision[];
}

/** Writes the payload of a small delivery and returns the facts of its export. */
export async function exportSample(dir: string, options: SampleOptions = {}): Promise<BagFacts> {
  const { region = '12', dialect = DEFAULT_DIALECT, decisions = DECISIONS } = options;
  await mkdir(join(dir, ATTACHMENT_FOLDER), { recursive: true });
  const tables: ExportedTable[] = [];
  let attachments: ExportedAttachment[] = [];
  for (const { area, file } of AREAS.flatMap((each) => each.files.map((one) => ({ area: each.id, file: one })))) {
    if (
      !deliversPart(
        decisions.find((each) => each.area === area),
        file.part,
      )
    )
      continue;
    const path = `data/${file.view}.csv`;
    if (file.attachments) {
      const registered = [PLANTED_NAME, 'svar.pdf', 'SVAR.pdf'].map((filnamn, index) => ({
        nr: index + 1,
        bilagaId: `b${index + 1}`,
        anteckningId: 'a1',
        diarienummer: '2011/831',
        filnamn,
      }));
      const nameOf = attachmentNames();
      attachments = await Promise.all(
        registered.map(async ({ nr, diarienummer, filnamn }) => {
          const content = Buffer.from(nr === 2 ? '' : `innehåll ${nr}`);
          const attachmentPath = `${ATTACHMENT_FOLDER}/${nameOf(diarienummer, filnamn)}`;
          await writeFile(join(dir, attachmentPath), content);
          return { nr, path: attachmentPath, bytes: content.length, sha256: sha256(content) };
        }),
      );
      const written = await writeCsv(
        join(dir, path),
        attachmentTable,
        registered.map((row, at) => attachmentRow(row, attachments[at] as ExportedAttachment)),
        dialect,
      );
      tables.push({ ...attachmentTable, ...written, path });
      continue;
    }
    const columns = file.onlyColumn
      ? [text(file.onlyColumn)]
      : [...KEYED, text('Telefon (2)', { column: 'egna_falt', key: 'Telefon', item: 2 })];
    const head = { view: file.view, columns };
    const rows = file.onlyColumn
      ? [['2011/831'], ['2011/832']]
      : file.view.endsWith('_vardenheter')
        ? []
        : LINE_BREAKS.map((row) => [...row, null]);
    const written = await writeCsv(join(dir, path), head, rows, dialect);
    tables.push({ view: file.view, area, columns, path, ...written });
  }
  return {
    bag: `SMINET2_${region}_${regionOf(region).slug}_2026-11-22-1`,
    region: regionOf(region),
    createdAt: '2026-11-22T10:05:00+01:00',
    day: '2026-11-22',
    operator: 'eva',
    snapshotAt: '2026-11-22T10:00:00+01:00',
    decisions,
    dialect,
    tables,
    attachments,
    distribution: tables.map(({ view, rows }) => ({
      view,
      total: rows * 21 + 1,
      region: rows,
      undistributed: view.startsWith('omrade5') ? 1 : 0,
    })),
    withoutChangeLog: ['omrade6_loggar_anvandare'],
  };
}

/** A whole bag in a folder of its own. */
export async function sealedSample(options: SampleOptions = {}): Promise<{ dir: string; facts: BagFacts; sealed: SealedBag }> {
  const dir = await tempFolder();
  const facts = await exportSample(dir, options);
  return { dir, facts, sealed: await sealBag(dir, facts, WRITER) };
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Every file under a folder with its bytes, by path with `/`. */
export async function contentsOf(dir: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file.slice(dir.length + 1), await readFile(file)] as const)));
}
