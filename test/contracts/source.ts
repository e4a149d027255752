import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headerBytes } from '../../src/bag/csv-writer.ts';
import { AREAS, areaOf, LOG_TYPES } from '../../src/domain/areas.ts';
import { DEFAULT_DIALECT, type Dialect } from '../../src/domain/dialect.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import { openSource } from '../../src/source/open-source.ts';
import { Session } from '../../src/source/session.ts';
import type { Source } from '../../src/source/source.ts';
import {
  ALL_AREAS,
  change,
  type ExportedRegion,
  exportRegion,
  openRows,
  rawRows,
  readCsv,
  sha256,
  TABLE_VIEWS,
  type Value,
} from '../support/source-export.ts';

const CODES = REGIONS.map(({ code }) => code);
const SKANE = '12';
/** The four diagnoses of area 1, in the letter's own words (R41). */
const AREA1_DIAGNOSES = ['hepatit non A-E', 'toxoplasmainfektion', 'ulcus molle', 'återfallsfeber'];

/**
 * What every adapter of the source must do, on the SYNTETISK Sminet 2 at scale 0.02. `start` gives a server with it; attachments outside the
 * database are in the directory it is given; it converts to these encodings. The whole country is exported once, and most tests read what came out.
 */
export function sourceContract(
  name: string,
  start: (bilagorDir: string) => Promise<{ url: string; stop(): Promise<void> }>,
  { encodings }: { readonly encodings: readonly Dialect['encoding'][] },
): void {
  describe(name, () => {
    let dir: string;
    let server: { url: string; stop(): Promise<void> };
    let source: Source;
    const regions = new Map<string, ExportedRegion>();

    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'sminet-source-'));
      const bilagor = join(dir, 'bilagor');
      server = await start(bilagor);
      source = openSource({ sminet2: server.url, bilagor });
      const snapshot = await source.snapshot(ALL_AREAS);
      for (const code of CODES) regions.set(code, await exportRegion(snapshot, code, dir, DEFAULT_DIALECT));
      await snapshot.close();
    });

    afterAll(async () => {
      await source?.close();
      await server?.stop();
      await rm(dir, { recursive: true });
    });

    const region = (code: string): ExportedRegion => {
      const found = regions.get(code);
      if (!found) throw new Error(`${code} was not exported`);
      return found;
    };
    const table = (view: string, code = SKANE) => {
      const found = region(code).tables.get(view);
      if (!found) throw new Error(`${view} was not exported`);
      return found;
    };
    const read = (view: string, code = SKANE) => readCsv(table(view, code).file, DEFAULT_DIALECT);
    /** Values of one column over one or all regions. */
    const column = async (view: string, header: string, codes: readonly string[] = [SKANE]): Promise<Value[]> => {
      const values: Value[] = [];
      for (const code of codes) {
        const csv = await read(view, code);
        const at = csv.header.indexOf(header);
        if (at < 0) throw new Error(`${view} has no column ${header}`);
        values.push(...csv.records.map((record) => record[at] ?? null));
      }
      return values;
    };
    const sql = (text: string) => rawRows(server.url, text);
    const scalar = async (text: string): Promise<Value> => (await sql(text))[0]?.[0] ?? null;
    const failure = (work: Promise<unknown>): Promise<OperatorError> =>
      work.then(
        () => {
          throw new Error('nothing was thrown');
        },
        (error: unknown) => {
          if (error instanceof OperatorError) return error;
          throw error;
        },
      );

    describe('tables', () => {
      test('R22 R23 R24 R25 N08 every table of every region has the rows and values of the source, and no others', async () => {
        const oracle = await openRows(server.url);
        for (const view of TABLE_VIEWS) {
          const [[key] = []] = await oracle.rows(
            `SELECT attname FROM pg_attribute WHERE attrelid = 'leverans.${view}'::regclass AND attnum = 1`,
          );
          for (const code of CODES) {
            const { shape, written } = table(view, code);
            const { header, records } = await read(view, code);
            expect(header, view).toEqual(shape.columns.map(({ name: title }) => title));
            const own = shape.columns.flatMap(({ source: { column: from, key, item } }) =>
              key === undefined
                ? [`"${from}"`]
                : // Another way to the same value than the product's.
                  [
                    `(SELECT array_agg(x ORDER BY o) FROM jsonb_array_elements_text(CASE jsonb_typeof(egna_falt -> '${key}') WHEN 'array'
                     THEN egna_falt -> '${key}' ELSE jsonb_build_array(egna_falt -> '${key}') END) WITH ORDINALITY AS e (x, o))[${item ?? 1}]`,
                  ],
            );
            const rows = await oracle.rows(`SELECT ${own.join(', ')} FROM leverans.${view} WHERE myndighet = '${code}' ORDER BY ${key}`);
            expect(records, `${view} ${code}`).toEqual(rows);
            expect(written.rows).toBe(rows.length);
          }
        }
        await oracle.close();
      });

      test('R23 D13 counts, bytes and hash are those of the file on disk, which the group can read', async () => {
        for (const { tables } of regions.values()) {
          for (const { file, written } of tables.values()) {
            const bytes = await readFile(file);
            expect(written).toMatchObject({
              bytes: bytes.length,
              sha256: sha256(bytes),
              lines: bytes.filter((byte) => byte === 0x0a).length,
            });
            expect((await stat(file)).mode & 0o777).toBe(0o660);
          }
        }
        const { written } = table('omrade7_kliniska_anmalningar');
        expect(written.lines, 'line breaks in values').toBeGreaterThan(written.rows + 1);
      });

      test('N08 no key of one region is in a file of another, for all pairs', async () => {
        const twice: string[] = [];
        let keys = 0;
        for (const view of TABLE_VIEWS.filter((candidate) => candidate !== 'omrade3_diarienummer')) {
          const owner = new Map<Value, string>();
          for (const code of CODES) {
            for (const [key = null] of (await read(view, code)).records) {
              if (owner.has(key)) twice.push(`${view} ${key}: ${owner.get(key)}, ${code}`);
              owner.set(key, code);
            }
          }
          keys += owner.size;
        }
        expect(twice).toEqual([]);
        expect(keys).toBeGreaterThan(10_000);
      });

      test('N12 two exports of the same data are the same to the byte', async () => {
        const again = await mkdtemp(join(dir, 'again-'));
        const snapshot = await source.snapshot(ALL_AREAS);
        const second = await exportRegion(snapshot, SKANE, again, DEFAULT_DIALECT);
        await snapshot.close();
        for (const view of TABLE_VIEWS) expect(second.tables.get(view)?.written, view).toEqual(table(view).written);
        const written = ({ attachments }: ExportedRegion) => attachments.map(({ path, sha256: hash }) => [path, hash]);
        expect(written(second)).toEqual(written(region(SKANE)));
      });

      test('R25 a table without rows is a header and nothing else', async () => {
        const { header, records } = await read('omrade4_intressenter', '09');
        expect(records).toEqual([]);
        expect(header).toEqual([
          ...['intressent_id', 'myndighet', 'namn', 'organisation', 'roll', 'anteckning'],
          ...['Aldrig använd', 'E-post arbete', 'Faxnummer', 'Mobil jour', 'Telefon'],
        ]);
      });

      test('R68 R25 difficult values come out as they went in', async () => {
        const { header, records } = await read('omrade7_kliniska_anmalningar');
        const value = (id: string, title: string) => records.find(([key]) => key === id)?.[header.indexOf(title)];
        expect(value('7900002', 'epi_info')).toBe('rad ett\nrad två\r\nrad tre\ttabb');
        expect(value('7900002', 'fornamn')).toBe('Anna "Ann"');
        expect(value('7900002', 'ort')).toBe('');
        expect(value('7900002', 'smittort')).toBeNull();
        expect(value('7900002', 'personnummer')).toBe('010101+0001');
        expect(value('7900002', 'mottagen_tid')).toBe('2014-03-30 01:59:59.123456+01');
        expect(value('7900003', 'fornamn')).toBe('=1+1');
        expect(value('7900003', 'mottagen_tid')).toBe('2014-10-26 02:30:00+01');
        expect(value('7900004', 'fornamn')).toBe('A\u030angstro\u0308m');
        expect(value('7900004', 'epi_info')).toBe('före\n\\.\nefter');
        expect((await column('omrade2_daganteckningar', 'text', ['01'])).some((text) => (text?.length ?? 0) > 100_000)).toBe(true);
      });
    });

    describe('the seven areas', () => {
      test('R09 R41 area 1 has the four diagnoses and not the fifth that the source also has', async () => {
        expect(Number(await scalar("SELECT count(*) FROM epiark.klinisk_anmalan WHERE diagnos = 'fläckfeber'"))).toBe(3);
        expect(new Set(await column('omrade1_anmalningar', 'diagnos', CODES))).toEqual(new Set(AREA1_DIAGNOSES));
        expect(new Set(await column('omrade1_fall', 'diagnos', CODES))).toEqual(new Set(AREA1_DIAGNOSES));
      });

      test('R42 R43 R44 164 notifications, at least one in every region, and the cases too', async () => {
        expect(await column('omrade1_anmalningar', 'anmalan_id', CODES)).toHaveLength(164);
        for (const code of CODES) expect(table('omrade1_anmalningar', code).written.rows).toBeGreaterThan(0);
        expect(table('omrade1_fall').written.rows).toBeGreaterThan(0);
      });

      test('R45 patient cards of both origins, and the origin is a column', async () => {
        expect(new Set(await column('omrade2_patientkort', 'skapat_satt'))).toEqual(new Set(['auto', 'manuellt']));
      });

      test('R50 every note points at a card of the same delivery, but for the two that never had one', async () => {
        for (const code of CODES) {
          const cards = new Set(await column('omrade2_patientkort', 'patient_id', [code]));
          for (const card of await column('omrade2_daganteckningar', 'patient_id', [code]))
            if (card !== null) expect(cards).toContain(card);
        }
        const orphans = (await column('omrade2_daganteckningar', 'patient_id', CODES)).filter((card) => card === null);
        expect(orphans).toHaveLength(2);
      });

      test('R51 R53 R54 T13 area 3 is each authority’s own explicit Ja, of notes and of every automatic type', async () => {
        for (const code of CODES) {
          const expected = await sql(`
            SELECT diarienummer FROM lan.daganteckning WHERE myndighet_kod = '${code}' AND visa_i_postlista = 'ja'
            UNION SELECT diarienummer FROM lan.postlista WHERE myndighet_kod = '${code}' AND satt = 'automatiskt' AND visa = 'ja'`);
          const found = await column('omrade3_diarienummer', 'diarienummer', [code]);
          expect(found.toSorted(), code).toEqual(expected.flat().toSorted());
        }
        const holders = [];
        for (const code of CODES)
          if ((await column('omrade3_diarienummer', 'diarienummer', [code])).includes('SYNT 2010/777')) holders.push(code);
        expect(holders).toEqual(['12', '14']);
        expect((await column('omrade3_diarienummer', 'diarienummer', CODES)).some((number) => number?.includes('/X'))).toBe(true);
      });

      test('R55 area 3 is one column and no personal data', async () => {
        for (const code of CODES) {
          const { header, records } = await read('omrade3_diarienummer', code);
          expect(header).toEqual(['diarienummer']);
          for (const record of records) {
            expect(record).toHaveLength(1);
            expect(record[0]).not.toMatch(/\d{6}[-+]\d{4}/);
          }
        }
      });

      test('R56 R57 own contact types are columns: unused, clashing and repeated ones too', async () => {
        const { header, records } = await read('omrade4_intressenter');
        expect(header.slice(6)).toEqual([
          ...['Aldrig använd', 'E-post arbete', 'Faxnummer', 'Mobil jour', 'Telefon', 'Telefon (2)', 'Telefon (2) (2)'],
          ...['faxnummer (2)', 'namn (2)'],
        ]);
        const row = records.find(([id]) => id === '5900001') ?? [];
        const value = (title: string) => row[header.indexOf(title)];
        expect(['Telefon', 'Telefon (2)', 'Telefon (2) (2)'].map(value)).toEqual(['040-000001', '040-000002', '040-000003']);
        expect(['Faxnummer', 'faxnummer (2)', 'namn', 'namn (2)'].map(value)).toEqual([
          '040-000004',
          '040-000005',
          'Två Telefoner',
          'Smeknamn',
        ]);
        const { shape } = table('omrade4_intressenter');
        expect(shape.columns.find(({ name: title }) => title === 'faxnummer (2)')?.source).toEqual({
          column: 'egna_falt',
          key: 'faxnummer ',
        });
      });

      test('T31 a laboratory’s specifications are numbered columns, not rows', async () => {
        const { header } = await read('omrade7_laboratorieanmalningar');
        expect(header.slice(21)).toEqual(
          ['kod', 'värde'].flatMap((part) => [1, 2, 3].map((n) => `Specifikation ${part}${n > 1 ? ` (${n})` : ''}`)),
        );
      });

      test('R59 user logs have every kind of event, in the order of time', async () => {
        expect(new Set(await column('omrade5_anvandarloggar', 'handelse'))).toEqual(
          new Set(['loggat in', 'öppnat dokument', 'skrivit ut rapport']),
        );
        const times = (await column('omrade5_anvandarloggar', 'tid')).map((time) => Date.parse(String(time)));
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      });

      test('R61 R63 R64 eight document logs with actor, time, event and change; other types are not there', async () => {
        const views = areaOf(6).files.map(({ view }) => view);
        expect(views).toHaveLength(8);
        for (const view of views) {
          expect((await read(view)).header).toEqual([
            'logg_id',
            'myndighet',
            'tid',
            'dokument_id',
            'anvandar_id',
            'handelse',
            'falt',
            'fran',
            'till',
          ]);
        }
        const delivered = (await Promise.all(views.map((view) => column(view, 'logg_id')))).flat();
        const others = (await sql("SELECT logg_id FROM logg.dokumentlogg WHERE dokumenttyp IN ('klinisk_anmalan', 'fall')")).flat();
        expect(others.length).toBeGreaterThan(0);
        expect(others.filter((id) => delivered.includes(id))).toEqual([]);
      });

      test('R62 the types whose source never wrote changes are named, and pass', async () => {
        const snapshot = await source.snapshot([6]);
        expect(await snapshot.viewsWithoutChangeLog()).toEqual(['omrade6_loggar_namnardatarapporter', 'omrade6_loggar_vardenheter']);
        await snapshot.close();
        expect(table('omrade6_loggar_vardenheter').written.rows).toBeGreaterThan(0);
      });

      test('R65 log posts made up by the migration are left out', async () => {
        const madeUp = (await sql("SELECT logg_id FROM logg.dokumentlogg WHERE kalla = 'migrering'")).flat();
        expect(madeUp.length).toBeGreaterThan(1);
        for (const { type } of LOG_TYPES) {
          const delivered = new Set(await column(`omrade6_loggar_${type}`, 'logg_id', CODES));
          expect(madeUp.filter((id) => delivered.has(id))).toEqual([]);
        }
      });

      test('R12 R67 nothing of OrgArk is in any file: its canary is nowhere', async () => {
        expect(Number(await scalar("SELECT count(*) FROM orgark.anmalan WHERE innehall LIKE '%CANARY%'"))).toBeGreaterThan(1000);
        for (const { tables, attachments } of regions.values()) {
          for (const { file } of [...tables.values(), ...attachments]) expect((await readFile(file)).includes('CANARY'), file).toBe(false);
        }
      });

      test('R68 R70 T8 the edited copy is what is delivered, to the region that received it', async () => {
        expect(await sql('SELECT smittland, ursprunglig_myndighet_kod FROM orgark.anmalan WHERE anmalan_id = 9900001')).toEqual([
          ['Okänt', '01'],
        ]);
        const { header, records } = await read('omrade7_kliniska_anmalningar');
        expect(records.find(([id]) => id === '7900001')?.[header.indexOf('smittland')]).toBe('Spanien');
        expect(await column('omrade7_kliniska_anmalningar', 'anmalan_id', ['01'])).not.toContain('7900001');
      });
    });

    describe('attachments', () => {
      test('R26 R27 R28 count, names and contents are those of the source, in the database or outside it', async () => {
        for (const [code, { attachments }] of regions) {
          const rows = await sql(`
            SELECT b.bilaga_id, b.filnamn, d.diarienummer, b.storlek, encode(sha256(b.innehall), 'hex') FROM lan.bilaga b JOIN lan.daganteckning d USING (anteckning_id)
            WHERE d.myndighet_kod = '${code}' ORDER BY b.bilaga_id`);
          expect(
            attachments.map(({ row: { bilagaId, filnamn, diarienummer, storlek } }) => [bilagaId, filnamn, diarienummer, String(storlek)]),
          ).toEqual(rows.map((row) => row.slice(0, 4)));
          for (const [at, { row, file, ...written }] of attachments.entries()) {
            const bytes = await readFile(file);
            const expected = row.sokvag === null ? rows[at]?.[4] : sha256(await readFile(join(dir, 'bilagor', row.sokvag)));
            expect(row.nr).toBe(at + 1);
            expect(written).toEqual({ path: `${code}-bilaga-${row.nr}`, bytes: bytes.length, sha256: sha256(bytes) });
            expect(written.sha256).toBe(expected);
          }
        }
        expect(region(SKANE).attachments.some(({ row }) => row.sokvag !== null)).toBe(true);
        expect(region(SKANE).attachments.some(({ row }) => row.storlek === 0)).toBe(true);
        expect(region('23').attachments).toEqual([]);
      });

      test('N06 leaving the contents half-way leaves no unfinished file, and the source answers again', async () => {
        const half = await mkdtemp(join(dir, 'half-'));
        const snapshot = await source.snapshot([2]);
        for await (const { row } of snapshot.writeAttachments(SKANE, half, ({ nr }) => String(nr), {})) if (row.nr === 2) break;
        await snapshot.close();
        expect(existsSync(join(half, '3'))).toBe(false);
        await (await source.snapshot([2])).close();
      });
    });

    describe('dialects', () => {
      const dialects: readonly Dialect[] = [
        DEFAULT_DIALECT,
        { delimiter: ',', encoding: 'utf-8', bom: true, lineTerminator: '\r\n', nullToken: 'NULL' },
        { delimiter: '|', encoding: 'utf-8', bom: false, lineTerminator: '\r\n', nullToken: '' },
        { delimiter: '\t', encoding: 'iso-8859-1', bom: false, lineTerminator: '\n', nullToken: '\\N' },
        { delimiter: ';', encoding: 'iso-8859-1', bom: true, lineTerminator: '\r\n', nullToken: '' },
      ];

      test('D10 the exact size is the export’s to the byte, for every view and dialect, and readers get the same values', async () => {
        for (const [at, dialect] of dialects.filter(({ encoding }) => encodings.includes(encoding)).entries()) {
          // Region 21 has only characters that ISO 8859-1 holds.
          const code = dialect.encoding === 'utf-8' ? SKANE : '21';
          const out = await mkdtemp(join(dir, `dialect-${at}-`));
          const snapshot = await source.snapshot(ALL_AREAS);
          const { tables } = await exportRegion(snapshot, code, out, dialect);
          await snapshot.close();
          for (const [view, { file, written, shape }] of tables) {
            expect(await source.exactSize(view, code, dialect), `${view} ${at}`).toEqual({
              region: code,
              view,
              rows: written.rows,
              bytes: written.bytes,
              grade: 'exact',
            });
            expect((await stat(file)).size).toBe(written.bytes);
            const { header, records } = await readCsv(file, dialect);
            expect(header).toEqual(shape.columns.map(({ name: title }) => title));
            expect(records).toEqual((await read(view, code)).records);
          }
        }
      });

      test.skipIf(!encodings.includes('iso-8859-1'))(
        'D10 a character that does not fit stops the export and names view, key and column',
        async () => {
          const dialect: Dialect = { ...DEFAULT_DIALECT, encoding: 'iso-8859-1' };
          const snapshot = await source.snapshot([1, 7]);
          const shape = await snapshot.shape('omrade7_kliniska_anmalningar', SKANE);
          const file = join(dir, 'does-not-fit.csv');
          const error = await failure(snapshot.writeTable(shape, SKANE, file, headerBytes(shape, dialect), { dialect }));
          expect([error.code, error.facts]).toEqual([
            'value_unmappable',
            { view: 'omrade7_kliniska_anmalningar', key: '7900001', column: 'fornamn' },
          ]);
          expect(existsSync(file)).toBe(false);
          // The snapshot is still the same one.
          await snapshot.shape('omrade1_fall', SKANE);
          await snapshot.close();
        },
      );
    });

    describe('counts and estimates', () => {
      test('D6 every row is one region’s or counted as undistributed', async () => {
        const counts = await source.countRows([...TABLE_VIEWS, 'omrade2_bilagor']);
        for (const { view, total, perRegion, undistributed } of counts) {
          expect(Number(await scalar(`SELECT count(*) FROM leverans.${view}`)), view).toBe(total);
          expect(Object.values(perRegion).reduce((a, b) => a + b, undistributed)).toBe(total);
          for (const code of CODES) {
            const delivered = view === 'omrade2_bilagor' ? region(code).attachments.length : table(view, code).written.rows;
            expect(perRegion[code], `${view} ${code}`).toBe(delivered);
          }
        }
        const without = (view: string) => counts.find((count) => count.view === view)?.undistributed;
        expect(['omrade5_anvandarloggar', 'omrade6_loggar_vardenheter', 'omrade2_patientkort', 'omrade1_fall'].map(without)).toEqual([
          3, 1, 1, 0,
        ]);
        const snapshot = await source.snapshot([5]);
        expect(await snapshot.distribution('omrade5_anvandarloggar', SKANE)).toEqual({
          view: 'omrade5_anvandarloggar',
          total: counts.find(({ view }) => view === 'omrade5_anvandarloggar')?.total,
          region: table('omrade5_anvandarloggar').written.rows,
          undistributed: 3,
        });
        await snapshot.close();
      });

      test('R32 the planner’s estimate has every view of every region', async () => {
        const estimates = await source.estimate(() => DEFAULT_DIALECT);
        const cells = new Set(estimates.map((estimate) => `${estimate.region} ${estimate.view}`));
        expect(estimates).toHaveLength(cells.size);
        expect(cells.size).toBe(21 * AREAS.flatMap(({ files }) => files).length);
        expect(new Set(estimates.map(({ grade }) => grade))).toEqual(new Set(['plan']));
      });

      test('R32 the version is the same until something is committed, and none where rows may change unseen', async () => {
        // The server may have something of its own to commit now and then.
        const steady = async () => {
          for (;;) {
            const version = await source.version();
            if (version === (await source.version())) return version;
          }
        };
        const before = await steady();
        await change(server.url, 'CREATE TABLE lan.ny (id int)');
        const after = await steady();
        expect([typeof before, typeof after, before === after]).toEqual(['string', 'string', false]);
        await change(
          server.url,
          'CREATE FOREIGN DATA WRAPPER utan_svar; CREATE SERVER annan FOREIGN DATA WRAPPER utan_svar; CREATE FOREIGN TABLE lan.utom (id int) SERVER annan',
        );
        expect(await source.version()).toBeUndefined();
        await change(server.url, 'DROP FOREIGN DATA WRAPPER utan_svar CASCADE; DROP TABLE lan.ny');
      });

      test('R26 attachments count by their sizes, and their table nearly', async () => {
        const { attachments } = region(SKANE);
        const contents = attachments.reduce((sum, { bytes }) => sum + bytes, 0);
        const { rows, bytes, grade } = await source.exactSize('omrade2_bilagor', SKANE, DEFAULT_DIALECT);
        expect([rows, grade]).toEqual([attachments.length, 'sample']);
        expect(bytes - contents).toBeGreaterThan(attachments.length * 150);
        expect(bytes - contents).toBeLessThan(attachments.length * 700);
      });
    });

    describe('the connection', () => {
      test('R36 nothing can be written, whatever the role may', async () => {
        const session = await Session.open(server.url, 10_000);
        const error = await failure(session.query("INSERT INTO lan.intressent VALUES (1, '12')"));
        expect(error.facts.sqlstate).toBe('25006');
        await session.close();
      });

      test('D5 the report has all views, no problem, and a clock like ours', async () => {
        const { views, findings } = await source.check();
        expect(views).toEqual(AREAS.flatMap(({ files }) => files.map(({ view }) => view)));
        expect(findings.filter(({ code }) => code !== 'role_can_write')).toEqual([]);
        expect(Math.abs(await source.clockSkew())).toBeLessThan(60_000);
      });

      test('D12 a region can be locked', async () => {
        const snapshot = await source.snapshot([1]);
        expect(await snapshot.lockRegion(SKANE)).toBe(true);
        await snapshot.close();
      });

      test('N06 an abort ends the export at once and leaves no file; the next snapshot works', async () => {
        const snapshot = await source.snapshot([5]);
        const shape = await snapshot.shape('omrade5_anvandarloggar', SKANE);
        const file = join(dir, 'aborted.csv');
        const abort = new AbortController();
        const options = { dialect: DEFAULT_DIALECT, signal: abort.signal, onBytes: () => abort.abort() };
        const error = await failure(snapshot.writeTable(shape, SKANE, file, headerBytes(shape, DEFAULT_DIALECT), options));
        expect(error.code).toBe('stopped');
        expect(existsSync(file)).toBe(false);
        await snapshot.close();
        const next = await source.snapshot([5]);
        expect((await next.shape('omrade5_anvandarloggar', SKANE)).columns).toEqual(shape.columns);
        await next.close();
      });

      test('a file that is there already is not touched', async () => {
        const snapshot = await source.snapshot([1]);
        const shape = await snapshot.shape('omrade1_fall', SKANE);
        const file = join(dir, 'already-there.csv');
        await writeFile(file, 'mine');
        await expect(snapshot.writeTable(shape, SKANE, file, new Uint8Array(), { dialect: DEFAULT_DIALECT })).rejects.toThrow('EEXIST');
        expect(await readFile(file, 'utf8')).toBe('mine');
        await snapshot.close();
      });
    });
  });
}
