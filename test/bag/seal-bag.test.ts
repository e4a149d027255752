import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { type SealedBag, sealBag } from '../../src/bag/seal-bag.ts';
import { validateBag } from '../../src/bag/validate-bag.ts';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import type { BagFacts } from '../../src/domain/package.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import { areas } from '../../src/text.ts';
import { contentsOf, DECISIONS, decision, exportSample, PLANTED_NAME, sealedSample, sha256, tempFolder, WRITER } from './sample-bag.ts';

const TAG_FILES = [
  'bagit.txt',
  'bag-info.txt',
  'datapackage.json',
  'LASMIG.txt',
  'leveransreversal.txt',
  'beslut.csv',
  'manifest-sha256.txt',
];

let dir: string;
let facts: BagFacts;
let sealed: SealedBag;
let files: Map<string, Buffer>;
const textOf = (path: string): string => files.get(path)?.toString('utf8') ?? '';
/** A manifest as the simplest of readers reads it. */
const listed = (path: string): [string, string][] =>
  textOf(path)
    .trimEnd()
    .split('\n')
    .map((line) => [line.slice(66), line.slice(0, 64)]);
/** One paragraph without its line breaks, to look for sentences in. */
const flowing = (path: string): string => textOf(path).replace(/\s+/g, ' ');

beforeAll(async () => {
  ({ dir, facts, sealed } = await sealedSample());
  files = await contentsOf(dir);
});

describe('a sealed bag', () => {
  test('D9 an independent reading of both manifests agrees byte for byte, and nothing is unlisted', () => {
    const payload = listed('manifest-sha256.txt');
    const tags = listed('tagmanifest-sha256.txt');
    for (const [path, hash] of [...payload, ...tags]) expect(sha256(files.get(path) ?? Buffer.of())).toBe(hash);
    expect(payload.map(([path]) => path).sort()).toEqual([...files.keys()].filter((path) => path.startsWith('data/')).sort());
    expect(tags.map(([path]) => path)).toEqual(TAG_FILES);
    expect(textOf('manifest-sha256.txt')).toMatch(/^(?:[0-9a-f]{64} {2}data\/.+\n)+$/);
  });

  test('is valid, and the validator counts what was sealed', async () => {
    const read: number[] = [];
    const report = await validateBag(dir, { onBytes: (bytes) => read.push(bytes) });
    expect(report).toEqual({
      valid: true,
      complete: true,
      problems: [],
      ...sealed.totals,
      payload: { files: sealed.payload.files, bytes: sealed.payload.bytes },
      hasDatapackage: true,
    });
    expect(read.reduce((sum, bytes) => sum + bytes)).toBe(report.bytes);
  });

  test('the list is the whole bag as it is on disk, payload first and the tag manifest last', () => {
    expect(sealed.files.map(({ path }) => path).sort()).toEqual([...files.keys()].sort());
    for (const { path, bytes, sha256: hash } of sealed.files) {
      expect([files.get(path)?.length, sha256(files.get(path) ?? Buffer.of())]).toEqual([bytes, hash]);
    }
    expect(sealed.files.slice(-8).map(({ path }) => path)).toEqual([...TAG_FILES, 'tagmanifest-sha256.txt']);
    expect(sealed.manifestSha256).toBe(sha256(files.get('manifest-sha256.txt') ?? Buffer.of()));
    expect(sealed.tagManifestSha256).toBe(sha256(files.get('tagmanifest-sha256.txt') ?? Buffer.of()));
  });

  test('N12 sealing again gives the same bytes, over what a killed run left', async () => {
    await writeFile(join(dir, 'LASMIG.txt.part'), 'half');
    await writeFile(join(dir, 'bag-info.txt'), 'damaged');
    expect(await sealBag(dir, facts, WRITER)).toEqual(sealed);
    expect(await contentsOf(dir)).toEqual(files);
  });

  test('payload hashes are those of the export, never computed again from a copy', async () => {
    const other = await tempFolder();
    const exported = await exportSample(other);
    await writeFile(join(other, 'data/omrade3_diarienummer.csv'), 'changed');
    const resealed = await sealBag(other, exported, WRITER);
    expect(resealed.manifestSha256).toBe(sealed.manifestSha256);
    expect((await validateBag(other)).problems).toContainEqual(
      expect.objectContaining({ code: 'checksum_mismatch', path: 'data/omrade3_diarienummer.csv' }),
    );
  });

  test('D12 every file is readable and writable by the group, whatever the umask', async () => {
    for (const path of [...TAG_FILES, 'tagmanifest-sha256.txt', 'data/omrade3_diarienummer.csv']) {
      expect((await stat(join(dir, path))).mode & 0o777).toBe(0o660);
    }
  });

  test('bagit.txt and Payload-Oxum are BagIt 1.0', () => {
    expect(textOf('bagit.txt')).toBe('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
    const payload = [...files].filter(([path]) => path.startsWith('data/'));
    const bytes = payload.reduce((sum, [, content]) => sum + content.length, 0);
    expect(textOf('bag-info.txt')).toContain(`Payload-Oxum: ${bytes}.${payload.length}\n`);
    expect(textOf('bag-info.txt')).toContain('Bagging-Date: 2026-11-22\n');
    expect(textOf('bag-info.txt')).toContain('Bag-Software-Agent: sminet-leverans 0.1.0\n');
  });

  test.each(REGIONS.map(({ code, name }) => [code, name]))(
    'R72 T6 the arkivbildare of %s is the smittskyddsenhet of %s',
    async (region, name) => {
      const { dir: own } = await sealedSample({
        region,
        decisions: DECISIONS.map((each) => (each.area === 3 ? each : decision(each.area, { answer: 'gallra' }))),
      });
      const texts = await contentsOf(own);
      for (const path of ['bag-info.txt', 'leveransreversal.txt', 'LASMIG.txt', 'datapackage.json']) {
        const text = texts.get(path)?.toString().replace(/\s+/g, ' ') ?? '';
        expect(text).toContain(`smittskyddsenheten i ${name}`);
        expect(text).not.toMatch(/arkivbildare\W+(?:är\W+)?(?:Folkhälsomyndigheten|Fohm)/i);
      }
    },
  );

  test('a region is named as a party by its legal name', async () => {
    const { dir: gotland } = await sealedSample({ region: '09' });
    expect(await readFile(join(gotland, 'leveransreversal.txt'), 'utf8')).toContain('Mottar           Gotlands kommun (Region Gotland)\n');
  });

  test('N10 D13 no attachment name is outside the manifest and omrade2_bilagor.csv', () => {
    const holders = [...files].filter(([, content]) => content.includes(PLANTED_NAME)).map(([path]) => path);
    expect(holders.sort()).toEqual(['data/omrade2_bilagor.csv', 'manifest-sha256.txt']);
  });
});

describe('leveransreversal.txt', () => {
  const number = (digits: string | undefined): number => Number(digits?.replace(/\s/g, ''));

  test('N14 totals equal the manifest, and so do the sums of the areas', () => {
    const text = textOf('leveransreversal.txt');
    const payload = listed('manifest-sha256.txt');
    const bytes = payload.reduce((sum, [path]) => sum + (files.get(path)?.length ?? 0), 0);
    expect(number(/Filer {4}([\d\s]+),/.exec(text)?.[1])).toBe(payload.length);
    expect(number(/Byte {5}([\d\s]+)\n/.exec(text)?.[1])).toBe(bytes);
    expect(number(/Poster {3}([\d\s]+)\n/.exec(text)?.[1])).toBe(sealed.payload.rows);
    const sums = [...text.matchAll(/Summa ([\d\s]+) file?r?, ([\d\s]+) poster?, ([\d\s]+) byte/g)];
    const total = (at: number) => sums.reduce((sum, match) => sum + number(match[at]), 0);
    expect([total(1), total(2), total(3)]).toEqual([payload.length, sealed.payload.rows, bytes]);
    expect(text).toContain(`${sha256(files.get('manifest-sha256.txt') ?? Buffer.of())}\n`);
  });

  test('R17 R39 says who stores it now, the decisions, their diarienummer and the plan', () => {
    const text = flowing('leveransreversal.txt');
    expect(text).toContain('Region Skåne ansvarar för den fortsatta förvaringen');
    for (const { area, dnr } of DECISIONS) {
      expect(text).toContain(areas[area].name);
      if (dnr) expect(text).toContain(dnr);
    }
    expect(text).toContain('Dokumenthanteringsplan 2024, avsnitt 7');
  });

  test('names every table with its hash and attachments only as a count', () => {
    const text = textOf('leveransreversal.txt');
    for (const { path, sha256: hash } of facts.tables) expect(text).toMatch(new RegExp(`${path}\n.*\n *SHA-256 ${hash}\n`));
    expect(text).toMatch(/3 bilagor till daganteckningar, 22 byte/);
    expect(text).not.toContain('omrade2_bilagor/');
  });

  test('N16 looks like this at 79 columns', async () => {
    expect(
      Math.max(
        ...textOf('leveransreversal.txt')
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(79);
    await expect(textOf('leveransreversal.txt')).toMatchFileSnapshot('golden/leveransreversal.txt');
  });
});

describe('LASMIG.txt', () => {
  test('R21 R52 R53 T15 T22 T20 R71 has the cautions of the areas that are delivered', () => {
    const text = flowing('LASMIG.txt');
    for (const sentence of [
      'arkiv@folkhalsomyndigheten.se',
      'Listan är inte en fullständig postlista.',
      'Nej var förvalt i Sminet 2',
      'Sminet 3 har en korrekt postlista',
      'omrade6_loggar_anvandare.csv. Ändringslogg saknas för denna typ',
      'omrade6_loggar_vardenheter.csv. Inga rader',
      'som skapades vid migreringen. De ingår inte här.',
      'kopior ur EpiArk',
      'Fohms bedömning är att ”Gallringen medför ingen betydande informationsförlust”.',
      'Område 4: regionen har godkänt gallring',
      'omrade5_anvandarloggar.csv: 1 rad i källan hör inte till någon av de 21 regionerna (ej fördelade rader)',
      '[] eller [null] är alla NULL',
    ]) {
      expect(text).toContain(sentence);
    }
    expect(text).not.toContain(areas[4].cautions[0]);
  });

  test('R23 T30 states records and lines of every table', () => {
    for (const { view, rows, lines } of facts.tables) {
      expect(textOf('LASMIG.txt')).toMatch(new RegExp(`^ {2}${view}\\.csv +${rows} +${lines}$`, 'm'));
    }
  });

  test('D3 cards that may be disposed of are said to be missing, and no attachments are 0', async () => {
    const decisions = [decision(2, { cards: { choice: 'gallras', reportTaken: 'ja' } })];
    const folder = await tempFolder();
    const exported = await exportSample(folder, { decisions });
    await sealBag(folder, { ...exported, attachments: [] }, WRITER);
    const text = await readFile(join(folder, 'LASMIG.txt'), 'utf8');
    expect(text).toContain('Patientkorten levereras inte');
    expect(text).toContain('Bilagor: 0.');
    expect(text).not.toContain('omrade2_patientkort.csv');
  });

  test('D10 tells the dialect that the files are in', async () => {
    const dialect = { delimiter: '\t', encoding: 'iso-8859-1', bom: false, lineTerminator: '\r\n', nullToken: 'NULL' } as const;
    const { dir: folder } = await sealedSample({ dialect });
    const text = await readFile(join(folder, 'LASMIG.txt'), 'utf8');
    for (const words of ['ISO 8859-1', 'tabb', 'CRLF', 'NULL utan citattecken']) expect(text).toContain(words);
    expect((await validateBag(folder)).problems).toEqual([]);
    expect((await readFile(join(folder, 'beslut.csv'))).toString('utf8')).toContain('svar – per brev');
  });

  test('N16 looks like this at 79 columns', async () => {
    expect(
      Math.max(
        ...textOf('LASMIG.txt')
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(79);
    await expect(textOf('LASMIG.txt')).toMatchFileSnapshot('golden/LASMIG.txt');
  });
});

describe('datapackage.json and beslut.csv', () => {
  test('every table is a resource that a reader without this program can use', () => {
    const { resources, attachments } = JSON.parse(textOf('datapackage.json'));
    expect(resources.map(({ path }: { path: string }) => path)).toEqual(facts.tables.map(({ path }) => path));
    for (const resource of resources) {
      const content = files.get(resource.path) ?? Buffer.of();
      expect([resource.bytes, resource.hash]).toEqual([content.length, `sha256:${sha256(content)}`]);
      const [header, ...records] = parse(content, { delimiter: resource.dialect.delimiter, bom: resource.dialect.bom }) as string[][];
      expect(header).toEqual(resource.schema.fields.map(({ name }: { name: string }) => name));
      expect(records).toHaveLength(resource.rows);
      expect(resource.lines).toBe(content.toString().split('\n').length - 1);
    }
    expect(attachments).toMatchObject({ files: 3, bytes: 22 });
  });

  test('R41 T24 D6 carries types, sources, notes and the rows of no region', () => {
    const { resources } = JSON.parse(textOf('datapackage.json'));
    const resource = (name: string) => resources.find((each: { name: string }) => each.name === name);
    const [key, , time, , phone] = resource('omrade1_anmalningar').schema.fields;
    expect(key).toMatchObject({ type: 'integer', postgresType: 'bigint', description: 'Om nr', source: { column: 'nr' } });
    expect(time).toMatchObject({ type: 'datetime' });
    expect(phone).toMatchObject({ name: 'Telefon (2)', type: 'string', source: { column: 'egna_falt', key: 'Telefon', item: 2 } });
    expect(resource('omrade1_anmalningar').notes.join()).toContain('Toxoplasmainfektion och toxoplasmos är samma diagnos');
    expect(resource('omrade5_anvandarloggar').notes.join()).toContain('vars myndighet användaren tillhör');
    expect(resource('omrade5_anvandarloggar').distribution).toMatchObject({ total: 64, region: 3, undistributed: 1 });
    expect(resources.filter(({ schema }: { schema: object }) => 'primaryKey' in schema)).toEqual([]);
    expect(resource('omrade1_anmalningar').notes.join()).toContain('Kolumnen nr är radens nyckel enligt källan');
    expect(resource('omrade3_diarienummer').notes.join()).not.toContain('nyckel');
    expect(resource('omrade7_kliniska_anmalningar')).toMatchObject({ sourceDatabase: 'epiark', snapshotTime: facts.snapshotAt });
  });

  test('beslut.csv has the seven decisions as recorded', () => {
    const rows = parse(files.get('beslut.csv') ?? '', { delimiter: DEFAULT_DIALECT.delimiter, columns: true }) as Record<string, string>[];
    expect(rows.map(({ omrade, beslut, diarienummer }) => [omrade, beslut, diarienummer])).toEqual(
      DECISIONS.map(({ area, answer, dnr }) => [String(area), answer, dnr ?? '']),
    );
    expect(rows[1]).toMatchObject({ patientkort: 'levereras', patientkort_rapport_uttagen: 'nej' });
    expect(rows[4]).toMatchObject({ ny_frist: '2036-12-31' });
  });
});
