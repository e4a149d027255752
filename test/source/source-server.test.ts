import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headerBytes } from '../../src/bag/csv-writer.ts';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import { openSource } from '../../src/source/open-source.ts';
import type { Snapshot, Source, SourceSettings } from '../../src/source/source.ts';
import { run, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { ALL_AREAS, change, exportRegion } from '../support/source-export.ts';

/** What only a real server can show: two sessions at once, rights, lost connections, views that break the contract. */

let server: TestPostgres;
let dir: string;
let databases = 0;
const opened: Source[] = [];

beforeAll(async () => {
  server = await startPostgres();
  dir = await mkdtemp(join(tmpdir(), 'sminet-server-'));
});

afterAll(async () => {
  for (const source of opened) await source.close();
  await server?.stop();
  await rm(dir, { recursive: true });
});

const fresh = (scale = 0.02): Promise<string> => {
  databases += 1;
  return server.createSource(`test_${databases}`, { scale });
};
const open = (settings: SourceSettings): Source => {
  const source = openSource(settings);
  opened.push(source);
  return source;
};
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
let files = 0;
const newFile = (): string => {
  files += 1;
  return join(dir, `file-${files}.csv`);
};
async function write(snapshot: Snapshot, view: string, region = '12', onBytes?: (bytes: number) => void) {
  const shape = await snapshot.shape(view, region);
  const file = newFile();
  const written = await snapshot.writeTable(shape, region, file, headerBytes(shape, DEFAULT_DIALECT), {
    dialect: DEFAULT_DIALECT,
    onBytes,
  });
  return { ...written, file };
}

describe('one snapshot', () => {
  test('N04 what is committed after it began is in none of its files', async () => {
    const url = await fresh();
    const source = open({ sminet2: url });
    const snapshot = await source.snapshot(ALL_AREAS);
    const before = await snapshot.distribution('omrade1_fall', '12');
    await change(url, "INSERT INTO lan.patientkort VALUES (1, '12', NULL, NULL, 'Sen', 'auto', now(), NULL)");
    expect((await write(snapshot, 'omrade2_patientkort')).rows).toBe((await snapshot.distribution('omrade2_patientkort', '12')).region);
    expect(await snapshot.distribution('omrade1_fall', '12')).toEqual(before);
    const next = await source.snapshot([2]);
    expect((await next.distribution('omrade2_patientkort', '12')).region).toBe(
      (await snapshot.distribution('omrade2_patientkort', '12')).region + 1,
    );
    await snapshot.close();
    await next.close();
  });

  test('D12 a second host sees that the region is taken, until the first lets go', async () => {
    const url = await fresh();
    const [here, there] = [await open({ sminet2: url }).snapshot([1]), await open({ sminet2: url }).snapshot([1])];
    expect(await here.lockRegion('12')).toBe(true);
    expect(await there.lockRegion('12')).toBe(false);
    expect(await there.lockRegion('13')).toBe(true);
    await here.close();
    await expect.poll(() => there.lockRegion('12')).toBe(true);
    await there.close();
  });

  test('R12 R36 area 7 comes from the database that epiark names, the rest from sminet2', async () => {
    const [sminet2, epiark] = [await fresh(), await fresh()];
    await change(epiark, "UPDATE epiark.klinisk_anmalan SET smittland = 'Ur EpiArk'");
    const snapshot = await open({ sminet2, epiark }).snapshot([1, 7]);
    expect(await readFile((await write(snapshot, 'omrade7_kliniska_anmalningar')).file, 'utf8')).toContain('Ur EpiArk');
    expect(await readFile((await write(snapshot, 'omrade1_anmalningar')).file, 'utf8')).not.toContain('Ur EpiArk');
    await snapshot.close();
  });

  test('one connection serves both when they are one database', async () => {
    const url = await fresh();
    const snapshot = await open({ sminet2: url, epiark: url }).snapshot(ALL_AREAS);
    const count = () =>
      run<{ count: string }>(server.url, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sminet-leverans'");
    // Those of the tests before may still be on their way out.
    await expect.poll(async () => (await count())[0]?.count).toBe('1');
    await snapshot.close();
  });
});

describe('the way to the database', () => {
  test('R36 the reading role reads everything and can write nothing', async () => {
    const url = await fresh();
    await run(url, await readFile(new URL('../../fixtures/sminet2/03_lasroll.sql', import.meta.url), 'utf8'));
    await run(url, "ALTER ROLE las PASSWORD 'las'");
    const las = url.replace(/\/\/[^@]+@/, '//las:las@');
    const source = open({ sminet2: las });
    expect((await source.check()).findings).toEqual([]);
    const snapshot = await source.snapshot(ALL_AREAS);
    await exportRegion(snapshot, '12', await mkdtemp(join(dir, 'las-')), DEFAULT_DIALECT);
    await snapshot.close();
    await expect(change(las, "INSERT INTO lan.intressent VALUES (1, '12')")).rejects.toThrow('permission denied');
    expect((await open({ sminet2: url }).check()).findings).toEqual([
      { severity: 'warning', code: 'role_can_write', facts: { role: 'postgres' } },
    ]);
  });

  test('a wrong password and a database that is not there are database_login, a closed port database_down', async () => {
    const code = async (url: string) => (await failure(open({ sminet2: url }).check())).code;
    expect(await code(server.url.replace('syntetisk', 'fel'))).toBe('database_login');
    expect(await code(server.url.replace(':syntetisk', ''))).toBe('database_login');
    expect(await code(server.url.replace(/postgres$/, 'finns_inte'))).toBe('database_login');
    expect(await code('postgresql://las@127.0.0.1:1/sminet2')).toBe('database_down');
  });

  test('N06 a backend that ends in the middle of a COPY leaves no file', async () => {
    const url = await fresh();
    await change(
      url,
      `CREATE OR REPLACE VIEW leverans.omrade5_anvandarloggar AS
       SELECT logg_id, myndighet_kod AS myndighet, tid, anvandar_id, handelse, dokumenttyp, dokument_id, ip
       FROM logg.anvandarlogg, generate_series(1, 1000)`,
    );
    const snapshot = await open({ sminet2: url }).snapshot([5]);
    let kill: Promise<unknown> | undefined;
    let calls = 0;
    const error = await failure(
      write(snapshot, 'omrade5_anvandarloggar', '12', () => {
        calls += 1;
        // The first call is the header.
        if (calls === 2)
          kill = run(server.url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sminet-leverans'");
      }),
    );
    await kill;
    expect(error.code).toBe('database_down');
    expect(existsSync(join(dir, `file-${files}.csv`))).toBe(false);
    await snapshot.close();
  });

  test('a database that falls silent is database_stalled', async () => {
    const url = await fresh();
    await change(
      url,
      `CREATE OR REPLACE VIEW leverans.omrade1_fall AS SELECT fall_id, myndighet_kod AS myndighet, diagnos, smittland, statistikdatum,
       status || CASE WHEN pg_sleep(60) IS NULL THEN '' ELSE '' END AS status FROM epiark.fall`,
    );
    const snapshot = await open({ sminet2: url, stallMs: 3_000 }).snapshot([1]);
    expect((await failure(write(snapshot, 'omrade1_fall'))).code).toBe('database_stalled');
    await snapshot.close();
  });

  test('D13 N10 what the server says of a value is in no part of the error', async () => {
    const url = await fresh();
    await change(
      url,
      `CREATE OR REPLACE VIEW leverans.omrade1_fall AS SELECT fall_id, myndighet_kod AS myndighet, diagnos, smittland, statistikdatum,
       (('hemlig ' || fall_id)::int)::text AS status FROM epiark.fall`,
    );
    const snapshot = await open({ sminet2: url }).snapshot([1]);
    const error = await failure(write(snapshot, 'omrade1_fall'));
    expect(error.facts.sqlstate).toBe('22P02');
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hemlig');
    await snapshot.close();
  });

  test('a restarted server is one failed question, not a dead source', async () => {
    const url = await fresh();
    const source = open({ sminet2: url });
    const snapshot = await source.snapshot([1]);
    await server.restart();
    expect((await failure(snapshot.distribution('omrade1_fall', '12'))).code).toBe('database_down');
    await snapshot.close();
    await (await source.snapshot([1])).close();
  });
});

describe('the contract', () => {
  const findingsAfter = async (sql: string) => {
    const url = await fresh();
    await change(url, sql);
    const source = open({ sminet2: url });
    const { findings } = await source.check();
    return { source, findings: findings.filter(({ code }) => code !== 'role_can_write') };
  };

  test('R64 a ninth log type is a stop, in the report and in a delivery', async () => {
    const { source, findings } = await findingsAfter(
      'CREATE VIEW leverans.omrade6_loggar_ovrigt AS SELECT * FROM leverans.omrade6_loggar_anvandare',
    );
    expect(findings).toEqual([{ severity: 'problem', code: 'view_unknown', facts: { view: 'omrade6_loggar_ovrigt' } }]);
    expect(await failure(source.snapshot([1]))).toMatchObject({ code: 'view_unknown', facts: { view: 'omrade6_loggar_ovrigt' } });
  });

  test('R42 R43 T25 another total than 164 and a region without notifications are warnings', async () => {
    const { findings } = await findingsAfter("UPDATE epiark.klinisk_anmalan SET diagnos = 'annan' WHERE myndighet_kod = '09'");
    expect(findings).toEqual([
      { severity: 'warning', code: 'area1_total', facts: { found: 162, expected: 164 } },
      { severity: 'warning', code: 'area1_region_empty', facts: { region: '09' } },
    ]);
  });

  test('attachments of a broken view are refused, and the snapshot still serves the others', async () => {
    const url = await fresh();
    await change(url, 'DROP VIEW leverans.omrade2_bilagor');
    const snapshot = await open({ sminet2: url }).snapshot([2]);
    const files = snapshot.writeAttachments('12', dir, ({ nr }) => String(nr), {});
    expect(await failure(files.next())).toMatchObject({ code: 'contract_broken', facts: { view: 'omrade2_bilagor' } });
    expect((await snapshot.distribution('omrade2_patientkort', '12')).total).toBeGreaterThan(0);
    await snapshot.close();
  });

  test('a view that is gone, a missing column, myndighet as a number and money are problems; a missing comment is a warning', async () => {
    const { source, findings } = await findingsAfter(`
      DROP VIEW leverans.omrade1_fall;
      DROP VIEW leverans.omrade3_diarienummer;
      CREATE VIEW leverans.omrade3_diarienummer AS SELECT postlista_id, 12 AS myndighet, 1::money AS pris FROM lan.postlista;
      COMMENT ON COLUMN leverans.omrade4_intressenter.namn IS NULL`);
    expect(findings.map(({ severity, code, facts }) => `${severity} ${code} ${facts.view} ${facts.column ?? ''}`)).toEqual([
      'problem view_missing omrade1_fall ',
      'problem column_missing omrade3_diarienummer diarienummer',
      'problem column_unsupported omrade3_diarienummer myndighet',
      'problem column_unsupported omrade3_diarienummer pris',
      'warning comment_missing omrade3_diarienummer postlista_id',
      'warning comment_missing omrade3_diarienummer myndighet',
      'warning comment_missing omrade3_diarienummer pris',
      'warning comment_missing omrade4_intressenter namn',
    ]);
    const snapshot = await source.snapshot([1, 3]);
    const reasonOf = async (view: string) => {
      const { code, facts } = await failure(snapshot.shape(view, '12'));
      return [code, facts.reason, facts.view];
    };
    expect(await reasonOf('omrade1_fall')).toEqual(['contract_broken', 'view_missing', 'omrade1_fall']);
    expect(await reasonOf('omrade3_diarienummer')).toEqual(['contract_broken', 'column_missing', 'omrade3_diarienummer']);
    expect((await write(snapshot, 'omrade1_anmalningar')).rows).toBeGreaterThan(0);
    await snapshot.close();
  });

  test('bytes outside the attachments are no text, however deep they are', async () => {
    const url = await fresh();
    await change(
      url,
      `CREATE DOMAIN public.bild AS bytea; CREATE DOMAIN public.bilder AS public.bild[]; CREATE TYPE public.album AS (namn text, bilder public.bilder);
       CREATE TYPE public.pris AS RANGE (subtype = money); CREATE DOMAIN public.vanlig AS varchar(9); CREATE DOMAIN public.ovanlig AS public.vanlig;
       DROP VIEW leverans.omrade1_fall`,
    );
    const source = open({ sminet2: url });
    const typeOf = async (column: string) => {
      await change(
        url,
        `DROP VIEW IF EXISTS leverans.omrade1_fall;
         CREATE VIEW leverans.omrade1_fall AS SELECT fall_id, myndighet_kod AS myndighet, ${column} AS x FROM epiark.fall`,
      );
      const snapshot = await source.snapshot([1]);
      try {
        return await snapshot.shape('omrade1_fall', '12').then(
          () => 'delivered',
          ({ code, facts }: OperatorError) => `${code} ${facts.column} ${facts.type}`,
        );
      } finally {
        await snapshot.close();
      }
    };
    expect(await typeOf("'x'::bytea")).toBe('value_unsupported x bytea');
    expect(await typeOf('NULL::bytea[]')).toBe('value_unsupported x bytea[]');
    expect(await typeOf('NULL::public.bild')).toBe('value_unsupported x public.bild');
    expect(await typeOf('NULL::public.album[]')).toBe('value_unsupported x public.album[]');
    expect(await typeOf('NULL::public.pris')).toBe('value_unsupported x public.pris');
    expect(await typeOf('NULL::public.pris_multirange')).toBe('value_unsupported x public.pris_multirange');
    expect(await typeOf('NULL::public.ovanlig')).toBe('delivered');
  });

  test('N04 a view that is made anew during the export is a stop for that file alone', async () => {
    const url = await fresh();
    const snapshot = await open({ sminet2: url }).snapshot([1]);
    await change(
      url,
      `DROP VIEW leverans.omrade1_fall;
       CREATE VIEW leverans.omrade1_fall AS SELECT fall_id, myndighet_kod AS myndighet, fall_id::text AS diagnos FROM epiark.fall`,
    );
    expect(await failure(write(snapshot, 'omrade1_fall'))).toMatchObject({
      code: 'contract_broken',
      facts: { view: 'omrade1_fall', reason: 'view_changed' },
    });
    expect((await write(snapshot, 'omrade1_anmalningar')).rows).toBeGreaterThan(0);
    await snapshot.close();
  });

  test('R25 rows that a policy hides from us are an error and not left out', async () => {
    const url = await fresh();
    await run(url, await readFile(new URL('../../fixtures/sminet2/03_lasroll.sql', import.meta.url), 'utf8'));
    await run(url, "ALTER ROLE las PASSWORD 'las'");
    await change(
      url,
      `CREATE ROLE forvaltare; GRANT USAGE ON SCHEMA epiark TO forvaltare; GRANT SELECT ON epiark.fall TO forvaltare;
       ALTER TABLE epiark.fall ENABLE ROW LEVEL SECURITY; CREATE POLICY nagra ON epiark.fall USING (fall_id % 2 = 0);
       ALTER VIEW leverans.omrade1_fall OWNER TO forvaltare`,
    );
    const snapshot = await open({ sminet2: url.replace(/\/\/[^@]+@/, '//las:las@') }).snapshot([1]);
    expect((await failure(write(snapshot, 'omrade1_fall'))).facts.sqlstate).toBe('42501');
    await snapshot.close();
  });

  test('egna_falt that is no object stops, and NULL in the only column too', async () => {
    const url = await fresh();
    await change(
      url,
      `CREATE OR REPLACE VIEW leverans.omrade4_intressenter AS
       SELECT intressent_id, myndighet_kod AS myndighet, namn, organisation, roll, anteckning, '[1]'::jsonb AS egna_falt FROM lan.intressent;
       CREATE OR REPLACE VIEW leverans.omrade3_diarienummer AS
       SELECT postlista_id, myndighet_kod AS myndighet, nullif(diarienummer, 'SYNT 2010/777') AS diarienummer FROM lan.postlista WHERE visa = 'ja'`,
    );
    const source = open({ sminet2: url });
    const first = await source.snapshot([3, 4]);
    expect(await failure(first.shape('omrade4_intressenter', '12'))).toMatchObject({
      code: 'contract_broken',
      facts: { reason: 'own_fields_not_object' },
    });
    // The failure of one view leaves the snapshot to the others.
    const second = first;
    expect(await failure(write(second, 'omrade3_diarienummer'))).toMatchObject({
      code: 'contract_broken',
      facts: { view: 'omrade3_diarienummer', reason: 'null_in_only_column', rows: 1 },
    });
    expect((await write(second, 'omrade3_diarienummer', '13')).rows).toBeGreaterThan(0);
    await second.close();
  });

  test('T16 fields that the list of names does not know are columns all the same, more than 100 of them too', async () => {
    const url = await fresh();
    await change(
      url,
      `CREATE OR REPLACE VIEW leverans.omrade4_intressenter AS
       SELECT intressent_id, myndighet_kod AS myndighet, namn, organisation, roll, anteckning,
              (SELECT jsonb_object_agg('Fält ' || k, CASE WHEN k % 3 = 0 THEN jsonb_build_array(k, 'två "citat"') WHEN k % 3 = 1 THEN to_jsonb(k % 2 = 0) END)
               FROM generate_series(1, 150) AS k) AS egna_falt
       FROM lan.intressent`,
    );
    const source = open({ sminet2: url });
    const snapshot = await source.snapshot([4]);
    const { columns } = await snapshot.shape('omrade4_intressenter', '12');
    expect(columns).toHaveLength(6 + 150 + 50 + 8);
    const { bytes } = await write(snapshot, 'omrade4_intressenter');
    await snapshot.close();
    expect((await source.exactSize('omrade4_intressenter', '12', DEFAULT_DIALECT)).bytes).toBe(bytes);
  });

  test('T16 1,600 columns are a file, one more is a clear stop', async () => {
    const url = await fresh();
    const withFields = (count: number) =>
      change(
        url,
        `CREATE OR REPLACE VIEW leverans.omrade4_intressenter AS
         SELECT intressent_id, myndighet_kod AS myndighet, namn, organisation, roll, anteckning,
                (SELECT jsonb_object_agg('Fält ' || k, k) FROM generate_series(1, ${count}) AS k) AS egna_falt
         FROM lan.intressent`,
      );
    await withFields(1594);
    await change(
      url,
      'CREATE OR REPLACE VIEW leverans_meta.egna_falt AS SELECT NULL::text AS vy, NULL::text AS myndighet, NULL::text AS namn',
    );
    const source = open({ sminet2: url });
    const widest = await source.snapshot([4]);
    expect((await widest.shape('omrade4_intressenter', '12')).columns).toHaveLength(1600);
    const { bytes } = await write(widest, 'omrade4_intressenter');
    expect((await source.exactSize('omrade4_intressenter', '12', DEFAULT_DIALECT)).bytes).toBe(bytes);
    await widest.close();
    await withFields(1595);
    const wider = await source.snapshot([4]);
    expect(await failure(wider.shape('omrade4_intressenter', '12'))).toMatchObject({
      code: 'contract_broken',
      facts: { view: 'omrade4_intressenter', reason: 'too_many_columns', found: 1601, limit: 1600 },
    });
    await wider.close();
  });
});

describe('attachments outside the database', () => {
  /** Changes what Region 12 has, and writes its attachments into a new folder. */
  const write12 = async (sql: string, bilagor?: string) => {
    const url = await fresh();
    await change(url, sql);
    const snapshot = await open({ sminet2: url, bilagor }).snapshot([2]);
    const out = await mkdtemp(join(dir, 'ut-'));
    const written: number[] = [];
    try {
      for await (const { row } of snapshot.writeAttachments('12', out, ({ nr }) => String(nr), {})) written.push(row.nr);
      const { region: rows } = await snapshot.distribution('omrade2_bilagor', '12');
      return { error: undefined, written, files: await readdir(out), rows };
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      // What is wrong with an attachment leaves the snapshot to the tables.
      await snapshot.shape('omrade2_patientkort', '12');
      return { error, written, files: await readdir(out), rows: 0 };
    } finally {
      await snapshot.close();
    }
  };
  const outside = (path: string, bytes = 3) => `INSERT INTO lan.bilaga VALUES (1, 2900002, 'bild', 'x', ${bytes}, NULL, '${path}', NULL)`;
  const factsAfter = async (sql: string, bilagor?: string) => (await write12(sql, bilagor)).error?.facts;

  test('T17 a path that leaves the directory is refused, by .. or by a link', async () => {
    const bilagor = await mkdtemp(join(dir, 'bilagor-'));
    await mkdir(join(bilagor, 'in'));
    await writeFile(join(dir, 'utanför'), 'nej');
    await writeFile(join(bilagor, 'in', 'ja'), 'ja!');
    await symlink('../utanför', join(bilagor, 'länk'));
    await symlink('in/ja', join(bilagor, 'inom'));
    execFileSync('mkfifo', [join(bilagor, 'rör')]);
    const reason = async (path: string) => (await factsAfter(outside(path), bilagor))?.reason;
    expect(await reason('../utanför')).toBe('outside');
    expect(await reason('in/../../utanför')).toBe('outside');
    expect(await reason('länk')).toBe('outside');
    expect(await reason('')).toBe('outside');
    expect(await reason('in')).toBe('unreadable');
    expect(await reason('rör')).toBe('unreadable');
    expect(await reason('saknas')).toBe('missing');
    expect(await reason(join(bilagor, 'in/ja'))).toBe('missing');
    expect(await reason('in/ja')).toBeUndefined();
    expect(await reason('inom')).toBeUndefined();
  });

  test('R28 a size or hash that is not the registered one stops, and so does a directory that is not set', async () => {
    const bilagor = await mkdtemp(join(dir, 'bilagor-'));
    await writeFile(join(bilagor, 'fil'), 'fyra');
    expect(await factsAfter(outside('fil', 5), bilagor)).toEqual({ nr: 1, reason: 'size', expected: 5, found: 4, others: 0 });
    expect(await factsAfter(outside('fil'))).toMatchObject({ nr: 1, reason: 'no_directory' });
    expect(await factsAfter(`UPDATE lan.bilaga SET sha256 = repeat('0', 64) WHERE filnamn = '../x.pdf'`)).toMatchObject({
      reason: 'sha256',
    });
    expect(
      await factsAfter('ALTER TABLE lan.bilaga DROP CONSTRAINT bilaga_check; UPDATE lan.bilaga SET innehall = NULL, sokvag = NULL'),
    ).toMatchObject({ nr: 1, reason: 'no_content' });
  });

  test('R28 keys of different lengths keep one order, by number, in the table and in the contents', async () => {
    const whole = await write12('SELECT');
    const renumbered = await write12(`UPDATE lan.bilaga AS b SET bilaga_id = n.nr + 8 FROM (
      SELECT bilaga_id, row_number() OVER (ORDER BY bilaga_id) AS nr FROM leverans.omrade2_bilagor WHERE myndighet = '12') AS n
      WHERE b.bilaga_id = n.bilaga_id`);
    expect(renumbered.error).toBeUndefined();
    expect(whole.written.length).toBeGreaterThan(2);
    expect(renumbered.written).toEqual(whole.written);
  });

  test('R28 the bad ones are counted and left out, the others are written', async () => {
    const whole = await write12('SELECT');
    const bad = await write12(`UPDATE lan.bilaga SET storlek = storlek + 1 WHERE bilaga_id IN (
      SELECT bilaga_id FROM leverans.omrade2_bilagor WHERE myndighet = '12' ORDER BY bilaga_id LIMIT 2)`);
    expect(bad.error?.facts).toMatchObject({ nr: 1, reason: 'size', others: 1 });
    expect(bad.written).toEqual(whole.written.slice(2));
    expect(bad.files.sort()).toEqual(whole.files.filter((name) => name !== '1' && name !== '2').sort());
  });

  test('R28 numbers of unlike length are in the order of the numbers, not of their texts', async () => {
    const { error, written, rows } = await write12(`INSERT INTO lan.bilaga
      SELECT nr, 2900002, 'b' || nr, 'x', 1, 'x'::bytea, NULL, NULL FROM unnest(ARRAY[9, 10, 200]) AS nr`);
    expect(error).toBeUndefined();
    expect(written).toEqual(Array.from({ length: rows }, (_, at) => at + 1));
  });

  test('R27 R28 two attachments with one key have each its own content: name and content come in one row', async () => {
    const url = await fresh();
    await change(
      url,
      `DROP VIEW leverans.omrade2_bilagor; CREATE VIEW leverans.omrade2_bilagor AS
      SELECT (nr * 7919 % 1000) / 2 AS bilaga_id, '12'::text AS myndighet, 1 AS anteckning_id, 'D' || nr AS diarienummer, 'b' || nr AS filnamn,
             5::bigint AS storlek, NULL::text AS sha256, convert_to(lpad(nr::text, 5, '0'), 'UTF8') AS innehall, NULL::text AS sokvag
      FROM generate_series(1, 1000) AS nr`,
    );
    const snapshot = await open({ sminet2: url }).snapshot([2]);
    const out = await mkdtemp(join(dir, 'ut-'));
    for await (const { path } of snapshot.writeAttachments('12', out, ({ filnamn }) => filnamn, {})) {
      expect(`b${Number(await readFile(join(out, path), 'utf8'))}`).toBe(path);
    }
    expect(await readdir(out)).toHaveLength(1000);
    await snapshot.close();
  });

  test('R27 R29 an attachment without name, diarienummer or size is named by its number, and the others are written', async () => {
    const nullable =
      'ALTER TABLE lan.bilaga ALTER filnamn DROP NOT NULL, ALTER storlek DROP NOT NULL; ALTER TABLE lan.daganteckning ALTER diarienummer DROP NOT NULL;';
    const first = "(SELECT min(bilaga_id) FROM leverans.omrade2_bilagor WHERE myndighet = '12')";
    const nameless = await write12(`${nullable} UPDATE lan.bilaga SET filnamn = NULL WHERE bilaga_id = ${first}`);
    expect(nameless.error?.facts).toEqual({ nr: 1, reason: 'no_name', others: 0 });
    expect(nameless.written).toEqual((await write12('SELECT')).written.slice(1));
    expect(await factsAfter(`${nullable} UPDATE lan.bilaga SET storlek = NULL WHERE bilaga_id = ${first}`)).toEqual({
      nr: 1,
      reason: 'no_size',
      others: 0,
    });
    expect(
      await factsAfter(
        `${nullable} UPDATE lan.daganteckning SET diarienummer = NULL WHERE anteckning_id = (SELECT anteckning_id FROM lan.bilaga WHERE bilaga_id = ${first})`,
      ),
    ).toEqual({ nr: 1, reason: 'no_diarienummer', others: 0 });
  });
});

test('R33 the estimate of every region is within ten per cent of its export', async () => {
  const source = open({ sminet2: await fresh(0.2) });
  const estimates = await source.estimate(() => DEFAULT_DIALECT);
  const snapshot = await source.snapshot(ALL_AREAS);
  for (const { code } of REGIONS) {
    const { tables, attachments } = await exportRegion(snapshot, code, await mkdtemp(join(dir, 'r33-')), DEFAULT_DIALECT);
    const contents = attachments.reduce((sum, { bytes }) => sum + bytes, 0);
    const actual = [...tables.values()].reduce((sum, { written }) => sum + written.bytes, contents);
    const estimated = estimates.filter(({ region }) => region === code).reduce((sum, { bytes }) => sum + bytes, 0);
    expect(Math.abs(estimated / actual - 1), `${code}: ${estimated} of ${actual}`).toBeLessThan(0.1);
    // Contents are known; what is estimated must be right on its own.
    expect(Math.abs((estimated - contents) / (actual - contents) - 1), `${code} without attachments`).toBeLessThan(0.1);
  }
  await snapshot.close();
});
