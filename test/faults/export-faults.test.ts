import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { headerBytes } from '../../src/bag/csv-writer.ts';
import type { DeliveryEvent } from '../../src/domain/delivery-events.ts';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import { openSource } from '../../src/source/open-source.ts';
import { atTheGate, closeGate, GATED_VIEW, inTheMiddle } from '../support/export-gate.ts';
import { run as sql } from '../support/postgres.ts';
import { decisions, type Running } from '../support/program.ts';
import { type ProgramServers, type RegionProgram, startProgramServers } from '../support/program-servers.ts';
import { change, rawRows, readCsv } from '../support/source-export.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const LEVERERA = ['leverera', '12', '--bekrafta', 'Region Skåne', '--json'];

/** A file system of its own, so that it can be made read-only; only root may mount one. */
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0;
const NO_MOUNT = canMount ? '' : ' (SKIPPED: only root may mount a file system to make it read-only)';

describe.skipIf(!SSHD_PATH)(`the export and what can happen to its source, through the whole program${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  let source: { owner: string; reader: string };
  let program: RegionProgram;

  beforeAll(async () => {
    servers = await startProgramServers();
  });
  afterAll(() => servers.close());
  afterEach(() => program?.close());

  const begin = async (letters: string, sourceChange = 'SELECT', dialect = DEFAULT_DIALECT, staging?: string): Promise<void> => {
    source = await servers.newSource();
    await change(source.owner, sourceChange);
    program = await servers.newProgram(source.reader, staging === undefined ? {} : { staging });
    await program.set({ targets: { '12': { ...program.target, dialect } } });
    await program.decide('12', decisions(letters));
  };
  const published = async (): Promise<string[]> => (await readdir(program.remote)).filter((name) => !name.startsWith('.'));
  const staged = async (): Promise<string[]> => {
    const [bag] = await readdir(program.staging);
    return bag === undefined ? [] : (await readdir(join(program.staging, bag, 'data'))).sort();
  };
  const expectDelivered = async () => {
    const ran = await program.run(LEVERERA);
    expect(ran.json.at(-1)).toMatchObject({ type: 'result' });
    const [bag = '', ...others] = await readdir(program.remote);
    expect(others).toEqual([]);
    expect((await program.run(['verifiera', join(program.remote, bag)])).code).toBe(0);
    return { ran, data: join(program.remote, bag, 'data') };
  };
  const gated = (act: (pid: number, running: Running) => Promise<unknown>) =>
    inTheMiddle(servers, source.owner, () => program.start(LEVERERA), act);

  const IN_ONE_VIEW: readonly (readonly [string, string, string, RegExp, string])[] = [
    [
      'permission denied',
      'REVOKE SELECT ON leverans.omrade4_intressenter FROM las',
      'GRANT SELECT ON leverans.omrade4_intressenter TO las',
      /Rollen får inte läsa vyn leverans\.omrade4_intressenter/,
      'contract_broken',
    ],
    [
      'permission denied to the view itself, which the catalogue does not show',
      'CREATE ROLE vyagare; ALTER VIEW leverans.omrade4_intressenter OWNER TO vyagare',
      'ALTER VIEW leverans.omrade4_intressenter OWNER TO postgres; DROP ROLE vyagare',
      /felkod 42501/,
      'contract_broken',
    ],
    [
      'the view is gone',
      'ALTER VIEW leverans.omrade4_intressenter RENAME TO borta',
      'ALTER VIEW leverans.borta RENAME TO omrade4_intressenter',
      /Vyn leverans\.omrade4_intressenter finns inte/,
      'contract_broken',
    ],
    [
      'a column changed its type',
      `ALTER VIEW leverans.omrade4_intressenter RENAME TO borta;
       CREATE VIEW leverans.omrade4_intressenter AS SELECT intressent_id, myndighet, egna_falt::text AS egna_falt FROM leverans.borta;
       GRANT SELECT ON leverans.omrade4_intressenter TO las`,
      'DROP VIEW leverans.omrade4_intressenter; ALTER VIEW leverans.borta RENAME TO omrade4_intressenter',
      /Kolumnen egna_falt i omrade4_intressenter har typen text/,
      'value_unsupported',
    ],
    [
      'a value that the view cannot make',
      `ALTER VIEW leverans.omrade4_intressenter RENAME TO borta;
       CREATE VIEW leverans.omrade4_intressenter AS SELECT intressent_id, myndighet, ('SYNTETISK ' || namn)::int AS namn FROM leverans.borta;
       GRANT SELECT ON leverans.omrade4_intressenter TO las`,
      'DROP VIEW leverans.omrade4_intressenter; ALTER VIEW leverans.borta RENAME TO omrade4_intressenter',
      /felkod 22P02/,
      'export_failed',
    ],
  ];

  it.each(IN_ONE_VIEW)(
    'N06 D9: %s in one view: the other areas’ files are made, it is named, nothing is published (3), and the next run is whole',
    async (_, breakIt, mendIt, what, code) => {
      await begin('BGGBGGB', breakIt);
      const ran = await program.run(LEVERERA);
      expect(ran.code).toBe(3);
      const error = ran.json.at(-1) as { message: string };
      expect(error).toMatchObject({ type: 'error', code: 3, error: 'export_incomplete', facts: { views: 'omrade4_intressenter', code } });
      expect(error.message).toContain('omrade4_intressenter');
      expect(error.message).toMatch(what);
      expect(ran.stdout).not.toContain('SYNTETISK');
      expect(await staged()).toEqual([
        'omrade1_anmalningar.csv',
        'omrade1_fall.csv',
        'omrade7_kliniska_anmalningar.csv',
        'omrade7_laboratorieanmalningar.csv',
      ]);
      expect(await published()).toEqual([]);
      await change(source.owner, mendIt);
      const { data } = await expectDelivered();
      expect(await readdir(data)).toContain('omrade4_intressenter.csv');
    },
  );

  it.skipIf(!canMount)(
    `N06: a staging folder that cannot be written to is told of in Swedish (17), and the next run is whole${NO_MOUNT}`,
    async () => {
      const staging = await mkdtemp(join(tmpdir(), 'sminet-ro-'));
      const mount = (...options: string[]) => execFileSync('mount', [...options, staging]);
      mount('-t', 'tmpfs', '-o', 'size=512m,mode=0777', 'tmpfs');
      try {
        await begin('BGGGGGB', 'SELECT', DEFAULT_DIALECT, staging);
        mount('-o', 'remount,ro');
        const ran = await program.run(LEVERERA);
        expect(ran.json.at(-1)).toMatchObject({
          type: 'error',
          code: 17,
          error: 'permission_local',
          message: expect.stringContaining(`Rättighet saknas på den här datorn: ${staging}`),
        });
        expect(await readdir(program.remote)).toEqual([]);
        mount('-o', 'remount,rw');
        await expectDelivered();
      } finally {
        execFileSync('umount', ['-l', staging]);
        await rm(staging, { recursive: true });
      }
    },
  );

  it('N06: an attachment that the COPY does not have is a mismatch of its view alone (3), never a stop that nobody asked for', async () => {
    await begin(
      'GBGGBGG',
      `ALTER VIEW leverans.omrade2_bilagor RENAME TO borta;
       CREATE VIEW leverans.omrade2_bilagor AS SELECT * FROM leverans.borta
         WHERE current_query() NOT LIKE 'COPY%' OR bilaga_id NOT IN (SELECT min(bilaga_id) FROM leverans.borta WHERE myndighet = '12');
       GRANT SELECT ON leverans.omrade2_bilagor TO las`,
    );
    const ran = await program.run(LEVERERA);
    expect(ran.code).toBe(3);
    expect(ran.json.at(-1)).toMatchObject({ error: 'export_incomplete', facts: { views: 'omrade2_bilagor', code: 'rows_mismatch' } });
    expect(await staged()).toContain('omrade5_anvandarloggar.csv');
    expect(await published()).toEqual([]);
    await change(source.owner, 'DROP VIEW leverans.omrade2_bilagor; ALTER VIEW leverans.borta RENAME TO omrade2_bilagor');
    await expectDelivered();
  });

  it('D10: a character that does not fit stops its file alone and is named by view, key and column', async () => {
    await begin('BGGGGGB', 'SELECT', { ...DEFAULT_DIALECT, encoding: 'iso-8859-1' });
    const ran = await program.run(LEVERERA);
    expect(ran.json.at(-1)).toMatchObject({
      error: 'export_incomplete',
      message: expect.stringMatching(/omrade7_kliniska_anmalningar.*nyckel 7900001, kolumnen fornamn/),
    });
    expect(await staged()).toEqual(['omrade1_anmalningar.csv', 'omrade1_fall.csv', 'omrade7_laboratorieanmalningar.csv']);
    expect(await published()).toEqual([]);
  });

  it('D10: an attachment whose name does not fit stops their table alone, of which nothing is left; they are whole, and so are later tables', async () => {
    await begin(
      'GBGGBGG',
      "UPDATE lan.bilaga SET filnamn = '€.pdf' WHERE bilaga_id = (SELECT min(bilaga_id) FROM leverans.omrade2_bilagor WHERE myndighet = '12')",
      { ...DEFAULT_DIALECT, encoding: 'iso-8859-1' },
    );
    const ran = await program.run(LEVERERA);
    expect(ran.code).toBe(3);
    expect((ran.json.at(-1) as { facts: { views: string } }).facts.views).toContain('omrade2_bilagor');
    const files = await staged();
    expect(files).toContain('omrade5_anvandarloggar.csv');
    expect(files).not.toContainEqual(expect.stringContaining('omrade2_bilagor.csv'));
    const [bag = ''] = await readdir(program.staging);
    const keys = await rawRows(source.owner, "SELECT bilaga_id FROM leverans.omrade2_bilagor WHERE myndighet = '12'");
    expect(await readdir(join(program.staging, bag, 'data', 'omrade2_bilagor'))).toHaveLength(keys.length);
  });

  it('N04: what is committed in the middle of the export is in none of its files', async () => {
    await begin('GGGGBGB', GATED_VIEW);
    const keys = () =>
      rawRows(source.owner, "SELECT anmalan_id FROM leverans.omrade7_laboratorieanmalningar WHERE myndighet = '12' ORDER BY 1");
    const before = await keys();
    const ended = await gated(() =>
      change(source.owner, "DELETE FROM epiark.lab_specifikation; DELETE FROM epiark.lab_anmalan WHERE myndighet_kod = '12'"),
    );
    expect(ended.code).toBe(0);
    expect(await keys()).toEqual([]);
    const [bag = ''] = await readdir(program.remote);
    const { records } = await readCsv(join(program.remote, bag, 'data', 'omrade7_laboratorieanmalningar.csv'), DEFAULT_DIALECT);
    expect(records.map(([key]) => [key])).toEqual(before);
  });

  it('files that are finished are sent and proven while a later one is exported, and nothing is visible', async () => {
    await begin('BGGGBGG', GATED_VIEW);
    const isOf = (stage: string) => (event: DeliveryEvent) =>
      event.type === 'file' && event.stage === stage && event.file === 'data/omrade1_fall.csv';
    const ended = await gated(async (_, running) => {
      await running.until(isOf('verify'));
      expect(await published()).toEqual([]);
    });
    expect(ended.code).toBe(0);
    const stages = (ended.json as DeliveryEvent[]).map((event) => (event.type === 'file' ? `${event.stage} ${event.file}` : ''));
    expect(stages.indexOf('verify data/omrade1_fall.csv')).toBeLessThan(stages.indexOf('export data/omrade5_anvandarloggar.csv'));
    const [bag = ''] = await published();
    expect((await program.run(['verifiera', join(program.remote, bag)])).code).toBe(0);
  });

  it('D15: a receiver that is lost in the middle of the export ends it only when it is whole; the next run exports nothing again', async () => {
    await begin('BGGGBGG', GATED_VIEW);
    await servers.holdExport(source.owner, '12');
    const running = program.start([...LEVERERA, '--forgrund', '--max-offline', '1s']);
    await running.until(({ type }) => type === 'plan');
    const open = await closeGate(source.owner);
    await servers.letGo();
    await atTheGate(servers.postgres.url);
    servers.there.proxy.pointAt(1);
    servers.there.proxy.cut();
    await open();
    const ended = await running.ended;
    servers.there.proxy.pointAt(servers.there.sshd.port);
    expect(ended.json.at(-1)).toMatchObject({ type: 'error', code: 13 });
    const { ran } = await expectDelivered();
    expect(ran.json).not.toContainEqual(expect.objectContaining({ stage: 'export' }));
  });

  it.each([
    ['the server process is ended', (pid: number) => sql(servers.postgres.url, `SELECT pg_terminate_backend(${pid})`)],
    ['the server restarts', () => servers.postgres.restart()],
  ])(
    'N06 D15: %s in the middle of a COPY: nothing half is left or published (12), and the next run exports all of it again',
    async (_, act) => {
      await begin('BGGGBGG', GATED_VIEW);
      const ended = await gated(act);
      expect(ended.json.at(-1)).toMatchObject({ type: 'error', code: 12, error: 'database_down' });
      expect(await staged()).toEqual(['omrade1_anmalningar.csv', 'omrade1_fall.csv']);
      expect(await published()).toEqual([]);
      const { ran } = await expectDelivered();
      const again = (ran.json as { stage?: string; file?: string }[]).flatMap(({ stage, file }) =>
        stage === 'export' && file ? [file] : [],
      );
      expect(again).toEqual(['data/omrade1_anmalningar.csv', 'data/omrade1_fall.csv', 'data/omrade5_anvandarloggar.csv']);
    },
  );

  it('R36: time-outs and output settings of the role do not reach the export', async () => {
    await begin('BGGGBGG', GATED_VIEW);
    await sql(
      source.owner,
      `ALTER ROLE las SET statement_timeout = '200ms'; ALTER ROLE las SET idle_in_transaction_session_timeout = '200ms';
       ALTER ROLE las SET transaction_timeout = '1s'; ALTER ROLE las SET datestyle = 'SQL, DMY'; ALTER ROLE las SET timezone = 'Asia/Kolkata'`,
    );
    const isLong = async (pid: number) => {
      const age = () =>
        sql<{ long: boolean }>(servers.postgres.url, `SELECT now() - xact_start > '2 s' AS long FROM pg_stat_activity WHERE pid = ${pid}`);
      await expect.poll(async () => (await age())[0]?.long).toBe(true);
    };
    try {
      expect((await gated(isLong)).code).toBe(0);
    } finally {
      await sql(source.owner, 'ALTER ROLE las RESET ALL');
    }
    const [bag = ''] = await readdir(program.remote);
    const file = await readFile(join(program.remote, bag, 'data', 'omrade5_anvandarloggar.csv'), 'utf8');
    expect(file.split('\n')[1]).toMatch(/;"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+0[12]";/);
  });

  it('N06: a network that falls silent in the middle of a COPY is database_stalled, and leaves no file', async () => {
    await begin('GGGGBGG', GATED_VIEW);
    const proxy = await startTcpProxy(Number(new URL(source.reader).port));
    const through = new URL(source.reader);
    through.port = String(proxy.port);
    const silent = openSource({ sminet2: through.href, stallMs: 3_000 });
    const dir = await mkdtemp(join(tmpdir(), 'sminet-stall-'));
    try {
      const snapshot = await silent.snapshot([5]);
      const shape = await snapshot.shape('omrade5_anvandarloggar', '12');
      const file = join(dir, 'loggar.csv');
      const open = await closeGate(source.owner);
      const writing = snapshot
        .writeTable(shape, '12', file, headerBytes(shape, DEFAULT_DIALECT), { dialect: DEFAULT_DIALECT })
        .catch((error) => error);
      await atTheGate(servers.postgres.url);
      proxy.stall();
      await open();
      expect(await writing).toMatchObject({ code: 'database_stalled' });
      expect(existsSync(file)).toBe(false);
      await snapshot.close();
      proxy.flow();
      const next = await silent.snapshot([5]);
      const written = await next.writeTable(shape, '12', file, headerBytes(shape, DEFAULT_DIALECT), { dialect: DEFAULT_DIALECT });
      expect(written.rows).toBe((await next.distribution('omrade5_anvandarloggar', '12')).region);
      await next.close();
    } finally {
      await silent.close();
      await proxy.close();
      await rm(dir, { recursive: true });
    }
  });
});
