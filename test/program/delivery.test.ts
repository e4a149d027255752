import { createHash } from 'node:crypto';
import { cp, lstat, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryEvent, ResultEvent } from '../../src/domain/delivery-events.ts';
import type { Receipt } from '../../src/domain/delivery-record.ts';
import { run as sql } from '../support/postgres.ts';
import { listing, type Ran } from '../support/program.ts';
import { type ProgramServers, type RegionProgram, startProgramServers } from '../support/program-servers.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { steadyDay } from '../support/steady-day.ts';

const REGION = '12';
const FACTS = ['--datum', '2025-11-12', '--beslutsfattare', 'Regionarkivnämnden', '--inkom', '2025-11-20', '--dnr', 'RS 2025-1141'];
const ANSWERS = [
  ['1', '--val', 'bevara'],
  ['2', '--val', 'bevara', '--patientkort', 'levereras', '--rapport-uttagen', 'nej'],
  ['3', '--val', 'bevara'],
  ['4', '--val', 'gallra'],
  ['5', '--val', 'langre_frist', '--ny-frist', '2041-12-31'],
  ['6', '--val', 'bevara'],
  ['7', '--val', 'bevara'],
];
const DELIVERED = [1, 2, 3, 5, 6, 7];
const LEVERERA = ['leverera', REGION, '--bekrafta', 'Region Skåne', '--json'];

const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

/** A delivered table, read by a CSV parser that is not ours. */
async function readTable(bag: string, view: string): Promise<{ header: string[]; rows: string[][] }> {
  const [header = [], ...rows] = parse(await readFile(join(bag, 'data', `${view}.csv`)), { delimiter: ';' }) as string[][];
  return { header, rows };
}

const total = <K extends string>(rows: readonly Readonly<Record<K, number>>[], key: K): number =>
  rows.reduce((sum, row) => sum + row[key], 0);

const column = ({ header, rows }: { header: string[]; rows: string[][] }, name: string): string[] => {
  const index = header.indexOf(name);
  if (index < 0) throw new Error(`no column ${name}`);
  return rows.map((row) => row[index] ?? '');
};

/** A manifest read by the rules of RFC 8493, not by our reader. */
const readManifest = async (file: string): Promise<Map<string, string>> =>
  new Map(
    (await readFile(file, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [decodeURIComponent(line.slice(66).replace(/%(?!0A|0D|25)/gi, '%25')), line.slice(0, 64)]),
  );

const filesBelow = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();

describe.skipIf(!SSHD_PATH)(`one region's delivery from the command line, on PostgreSQL and OpenSSH${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  let program: RegionProgram;
  let owner: string;
  let sources: { sminet2: string; epiark: string; bilagor: string };
  let serverLog: string;
  let satt: Ran[];
  let delivered: Ran;
  let events: DeliveryEvent[];
  let result: ResultEvent;
  let receipt: Receipt;
  /** The published bag on the server. */
  let bag: string;

  beforeAll(async () => {
    await steadyDay(9);
    servers = await startProgramServers();
    const { postgres } = servers;
    const bilagor = await mkdtemp(join(tmpdir(), 'bilagor-'));
    const [source, epiark] = [await servers.newSource({ bilagorDir: bilagor }), await servers.newSource({ bilagorDir: bilagor })];
    owner = source.owner;
    sources = { sminet2: source.reader, epiark: epiark.reader, bilagor };
    // Area 7 is read from the other database only.
    await sql(owner, "UPDATE epiark.klinisk_anmalan SET smittland = 'CANARY' WHERE anmalan_id = 7900001");
    await sql(postgres.url, "ALTER SYSTEM SET log_statement = 'all'");
    await sql(postgres.url, "ALTER SYSTEM SET log_line_prefix = '<%u> '");
    await sql(postgres.url, 'SELECT pg_reload_conf()');
    const [data] = await sql<{ data_directory: string }>(postgres.url, 'SHOW data_directory');
    serverLog = join(data?.data_directory ?? '', '..', 'log');

    program = await servers.newProgram(source.reader, { source: sources });
    satt = [];
    for (const answer of ANSWERS) satt.push(await program.run(['beslut', 'satt', REGION, ...answer, ...FACTS, '--json']));
    delivered = await program.run(LEVERERA);
    events = delivered.json as DeliveryEvent[];
    result = events.at(-1) as ResultEvent;
    receipt = await program.receipt(result.delivery);
    bag = join(program.remote, result.bag);
  });
  afterAll(async () => {
    await program?.close();
    await servers.close();
    await rm(sources.bilagor, { recursive: true });
  });

  it('beslut satt registers each of the seven, and says how many are decided', () => {
    expect(satt.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(satt.map(({ json }) => json[0])).toEqual(
      ANSWERS.map(([area], index) => ({ region: REGION, area: Number(area), revision: index + 1, decided: index + 1 })),
    );
  });

  it('leverera --json: plan, export, upload, verification, result, with these keys and no others', () => {
    expect(delivered).toMatchObject({ code: 0, stderr: '' });
    expect(events[0]).toEqual({
      type: 'plan',
      delivery: result.delivery,
      region: REGION,
      areas: DELIVERED,
      bag: result.bag,
      estimate: { bytes: expect.any(Number), rows: expect.any(Number) },
    });
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['plan', 'status', 'file', 'result']));
    const stages = events.flatMap((event) => (event.type === 'status' || event.type === 'file' ? [event.stage] : []));
    expect([...new Set(stages)]).toEqual(['export', 'upload', 'verify', 'publish']);
    for (const event of events) {
      if (event.type === 'status') expect(Object.keys(event)).toEqual(['type', 'stage', 'bytes', 'totalBytes', 'rows', 'rate']);
      if (event.type === 'file') expect(Object.keys(event)).toEqual(['type', 'stage', 'file', 'bytes', 'rows', 'sha256']);
    }
    expect(result).toEqual({
      type: 'result',
      delivery: expect.stringMatching(/^12_skane_\d{4}-\d\d-\d\d-1$/),
      bag: `SMINET2_${result.delivery}`,
      remotePath: bag,
      files: expect.any(Number),
      bytes: expect.any(Number),
      rows: expect.any(Number),
      bytesSent: result.bytes,
      bytesResent: 0,
      contentVerified: true,
      verification: 'server',
      receipt: join(program.state, 'deliveries', result.delivery, 'receipt.json'),
    });
  });

  it('every file is told once per stage, with the hash and size that it has on the server (N02)', async () => {
    const names = new Map<string, string>();
    for (const [index, path] of column(await readTable(bag, 'omrade2_bilagor'), 'levererad_sokvag').entries()) {
      names.set(`omrade2_bilagor/#${index + 1}`, path);
    }
    const tagFiles = (await filesBelow(bag)).filter((path) => !path.startsWith('data/'));
    for (const stage of ['export', 'upload', 'verify']) {
      const told = events.filter((event) => event.type === 'file').filter((event) => event.stage === stage);
      const paths = told.map(({ file }) => names.get(file) ?? file);
      expect([...paths].sort()).toEqual((await filesBelow(bag)).filter((path) => stage !== 'export' || !tagFiles.includes(path)));
      for (const [index, event] of told.entries()) {
        const content = await readFile(join(bag, paths[index] ?? ''));
        expect([event.sha256, event.bytes], event.file).toEqual([sha256(content), content.length]);
      }
    }
  });

  it('D9: the published directory is the bag, alone in the folder; its manifests agree byte for byte, read independently', async () => {
    expect(await readdir(program.remote)).toEqual([result.bag]);
    const files = await filesBelow(bag);
    const payload = await readManifest(join(bag, 'manifest-sha256.txt'));
    const tags = await readManifest(join(bag, 'tagmanifest-sha256.txt'));
    expect([...payload.keys()].sort()).toEqual(files.filter((path) => path.startsWith('data/')));
    expect([...tags.keys(), 'tagmanifest-sha256.txt'].sort()).toEqual(files.filter((path) => !path.startsWith('data/')));
    expect([...tags.keys()].sort()).toEqual(
      ['LASMIG.txt', 'bag-info.txt', 'bagit.txt', 'beslut.csv', 'datapackage.json', 'leveransreversal.txt', 'manifest-sha256.txt'].sort(),
    );
    for (const [path, hash] of [...payload, ...tags]) expect(sha256(await readFile(join(bag, path))), path).toBe(hash);
    const sizes = await Promise.all(files.map(async (path) => (await stat(join(bag, path))).size));
    expect([result.files, result.bytes]).toEqual([files.length, sizes.reduce((sum, size) => sum + size, 0)]);
    expect(receipt.manifestSha256).toBe(sha256(await readFile(join(bag, 'manifest-sha256.txt'))));
    expect(receipt.tagManifestSha256).toBe(sha256(await readFile(join(bag, 'tagmanifest-sha256.txt'))));
  });

  it('R23: parsed records equal count(*) per view for the region, and the result has their sum', async () => {
    const views = await deliveredViews();
    expect(views).toHaveLength(17);
    let sum = 0;
    for (const view of views) {
      const [counted] = await sql<{ n: number }>(owner, `SELECT count(*)::int AS n FROM leverans.${view} WHERE myndighet = '12'`);
      const { rows } = await readTable(bag, view);
      expect(rows.length, view).toBe(counted?.n);
      expect(receipt.tables.find((table) => table.view === view)?.rows, view).toBe(counted?.n);
      sum += rows.length;
    }
    expect(result.rows).toBe(sum);
    expect(sum).toBeGreaterThan(2_000);
  });

  it('N08: no row and no key of another region, and every key of this one', async () => {
    for (const view of await deliveredViews()) {
      if (view === 'omrade3_diarienummer') continue;
      const table = await readTable(bag, view);
      const [key = ''] = view === 'omrade2_bilagor' ? ['bilaga_id'] : table.header;
      if (view !== 'omrade2_bilagor') expect(new Set(column(table, 'myndighet')), view).toEqual(new Set([REGION]));
      const keys = await sql<{ key: string; ours: boolean }>(
        owner,
        `SELECT ${key}::text AS key, myndighet IS NOT DISTINCT FROM '12' AS ours FROM leverans.${view}`,
      );
      expect(column(table, key).sort(), view).toEqual(keys.flatMap((row) => (row.ours ? [row.key] : [])).sort());
    }
  });

  it('R54 R55 T12: area 3 is one column, with exactly the numbers that are Ja here', async () => {
    const { header, rows } = await readTable(bag, 'omrade3_diarienummer');
    expect(header).toEqual(['diarienummer']);
    const expected = await sql<{ diarienummer: string }>(
      owner,
      "SELECT diarienummer FROM lan.postlista WHERE visa = 'ja' AND myndighet_kod = '12'",
    );
    expect(rows.flat().sort()).toEqual(expected.map(({ diarienummer }) => diarienummer).sort());
    expect(rows.flat()).toContain('SYNT 2010/777');
    expect(await readFile(join(bag, 'data', 'omrade3_diarienummer.csv'), 'utf8')).not.toMatch(/\d{6}[-+]\d{4}/);
  });

  it('R67 R68 R70 T7: area 7 says Spanien, and no canary from OrgArk is anywhere', async () => {
    const table = await readTable(bag, 'omrade7_kliniska_anmalningar');
    const planted = column(table, 'anmalan_id').indexOf('7900001');
    expect(column(table, 'smittland')[planted]).toBe('Spanien');
    const [original] = await sql<{ innehall: string; smittland: string }>(
      owner,
      'SELECT innehall, smittland FROM orgark.anmalan WHERE anmalan_id = 9900001',
    );
    expect(original).toMatchObject({ innehall: expect.stringContaining('CANARY'), smittland: 'Okänt' });
    for (const path of await filesBelow(bag)) expect((await readFile(join(bag, path))).includes('CANARY'), path).toBe(false);
  });

  it("R26 R28 R29: every attachment is there, with the bytes of the source and its note's number first in its name", async () => {
    const rows = await sql<{ id: string; innehall: Buffer | null; sokvag: string | null; filnamn: string }>(
      owner,
      "SELECT bilaga_id::text AS id, innehall, sokvag, filnamn FROM leverans.omrade2_bilagor WHERE myndighet = '12' ORDER BY bilaga_id",
    );
    // Some are in the database, some in the folder beside it.
    expect(new Set(rows.map(({ innehall }) => innehall === null))).toEqual(new Set([true, false]));
    const blobs = await Promise.all(
      rows.map(async ({ innehall, sokvag, ...row }) => ({
        ...row,
        innehall: innehall ?? (await readFile(join(sources.bilagor, sokvag ?? ''))),
      })),
    );
    const table = await readTable(bag, 'omrade2_bilagor');
    expect(column(table, 'bilaga_id')).toEqual(blobs.map(({ id }) => id));
    expect(column(table, 'filnamn')).toEqual(blobs.map(({ filnamn }) => filnamn));
    const paths = column(table, 'levererad_sokvag');
    for (const [index, { innehall }] of blobs.entries()) {
      expect(paths[index]).toMatch(/^data\/omrade2_bilagor\/(SYNT 12-2012-45|12-\d{4}-D\d+)_/);
      expect((await readFile(join(bag, paths[index] ?? ''))).equals(innehall)).toBe(true);
    }
    expect((await filesBelow(join(bag, 'data', 'omrade2_bilagor'))).length).toBe(blobs.length);
    expect(receipt.attachments).toEqual({ count: blobs.length, bytes: blobs.reduce((sum, { innehall }) => sum + innehall.length, 0) });
  });

  it('N14: the totals of the reversal are those of the manifest', async () => {
    const text = await readFile(join(bag, 'leveransreversal.txt'), 'utf8');
    const payload = [...(await readManifest(join(bag, 'manifest-sha256.txt'))).keys()];
    const sizes = await Promise.all(payload.map(async (path) => (await stat(join(bag, path))).size));
    const numbers = (label: string): number[] => {
      const line =
        text
          .slice(text.indexOf('SUMMA FÖR PAKETETS DATA'))
          .split('\n')
          .find((one) => one.trim().startsWith(label)) ?? '';
      return line.split(',').map((part) => Number(part.replace(/\D/g, '')));
    };
    expect(numbers('Filer')).toEqual([payload.length, receipt.attachments.count]);
    expect(numbers('Poster')).toEqual([result.rows]);
    expect(numbers('Byte')).toEqual([sizes.reduce((sum, size) => sum + size, 0)]);
    expect(text).toContain(receipt.manifestSha256);
  });

  it('receipt.json, kvitto.txt and the audit line say the same; kvitton prints it, and with leverera says where the paper to sign lies', async () => {
    const audit = (await readFile(join(program.state, 'audit.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(audit.at(-1)).toMatchObject({
      act: 'published',
      region: REGION,
      delivery: result.delivery,
      sha256: receipt.auditHead,
      facts: { bag: result.bag, manifestSha256: receipt.manifestSha256, verification: 'server' },
    });
    expect(receipt).toMatchObject({
      bag: result.bag,
      remotePath: bag,
      files: result.files,
      bytes: result.bytes,
      rows: result.rows,
      areas: DELIVERED,
    });
    const kvitto = await readFile(join(program.state, 'deliveries', result.delivery, 'kvitto.txt'), 'utf8');
    for (const fact of [result.bag, bag, receipt.manifestSha256, receipt.tagManifestSha256, receipt.auditHead])
      expect(kvitto).toContain(fact);
    const { stdout, code } = await program.run(['kvitton', REGION]);
    const paper = join(program.staging, result.bag, 'leveransreversal.txt');
    const toSend = `Leveransreversal, att skriva ut och skicka till regionen för underskrift: ${paper}`;
    expect([code, stdout.trimEnd()]).toEqual([0, `${kvitto.trimEnd()}\n\nKvittens: ingen är registrerad.\n${toSend}`]);
    expect(await readFile(paper, 'utf8')).toBe(await readFile(join(bag, 'leveransreversal.txt'), 'utf8'));
    const again = await program.run(LEVERERA.filter((word) => word !== '--json'));
    expect([again.code, again.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, toSend]);
  });

  it('R33: the estimate in the plan is within ten percent; uppskatta --exakt is exact to the byte, but for attachments', async () => {
    const plan = events[0] as Extract<DeliveryEvent, { type: 'plan' }>;
    const exported = receipt.tables.reduce((sum, { bytes }) => sum + bytes, receipt.attachments.bytes);
    expect(Math.abs(plan.estimate.bytes / exported - 1)).toBeLessThan(0.1);
    const ran = await program.run(['uppskatta', REGION, '--exakt', '--json']);
    const [estimate] = ran.json as { regions: { areas: { area: number; rows: number; bytes: number; grade: string }[] }[] }[];
    for (const { area, rows, bytes, grade } of estimate?.regions[0]?.areas ?? []) {
      const tables = receipt.tables.filter((table) => table.area === area);
      if (area === 2) expect(grade).toBe('sample');
      else if (area !== 4) expect([area, grade, rows, bytes]).toEqual([area, 'exact', total(tables, 'rows'), total(tables, 'bytes')]);
    }
  });

  it("D12: the whole state is the group's and nobody else's", async () => {
    const entries = await readdir(program.state, { recursive: true });
    const modes = await Promise.all(entries.map(async (name) => [name, (await lstat(join(program.state, name))).mode] as const));
    expect(modes.filter(([, mode]) => (mode & 0o007) !== 0)).toEqual([]);
    expect(modes.filter(([, mode]) => (mode & 0o060) !== 0o060)).toEqual([]);
    expect((await stat(program.state)).mode & 0o7777).toBe(0o2770);
  });

  it('status: what was delivered is verifierad, what may be disposed of is beslutad', async () => {
    const [status] = (await program.run(['status', REGION, '--json'])).json;
    expect(status).toMatchObject({
      planning: false,
      regions: [{ code: REGION, name: 'Region Skåne', delivery: result.delivery, stage: null, worker: null }],
    });
    const [region] = (status as { regions: { areas: { area: number; decision: string; state: string }[] }[] }).regions;
    expect(region?.areas.map(({ state }) => state)).toEqual([
      'verifierad',
      'verifierad',
      'verifierad',
      'beslutad',
      'verifierad',
      'verifierad',
      'verifierad',
    ]);
  });

  it('verifiera: the published bag is valid without any settings (0); with one flipped byte it is not (19)', async () => {
    const whole = await program.run(['verifiera', bag, '--json'], { withoutConfig: true });
    expect(whole.code).toBe(0);
    expect(whole.json).toEqual([
      { valid: true, complete: true, problems: [], files: result.files, bytes: result.bytes, rows: result.rows },
    ]);

    const flipped = join(program.home, 'flipped');
    await cp(bag, flipped, { recursive: true });
    const file = join(flipped, 'data', 'omrade5_anvandarloggar.csv');
    const content = await readFile(file);
    content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 1;
    await writeFile(file, content);
    const broken = await program.run(['verifiera', flipped, '--json'], { withoutConfig: true });
    expect(broken.code).toBe(19);
    expect(broken.json[0]).toMatchObject({
      valid: false,
      problems: expect.arrayContaining([expect.objectContaining({ code: 'checksum_mismatch', path: 'data/omrade5_anvandarloggar.csv' })]),
    });
  });

  it('R36 N18: the role las is enough, may not write, and nothing that changes data was ever asked for', async () => {
    const reader = new URL(owner);
    reader.username = 'las';
    await expect(sql(reader.href, 'INSERT INTO lan.patientkort VALUES (1)')).rejects.toThrow(/permission denied/);
    await expect(sql(reader.href, 'SELECT * FROM lan.patientkort')).rejects.toThrow(/permission denied/);
    const log = await readFile(serverLog, 'utf8');
    // A statement of several lines goes on in lines that begin with a tab.
    const asked = [...log.matchAll(/^<las> LOG: {2}(?:statement|execute [^:]*): (.*(?:\n\t.*)*)/gm)].map(([, statement = '']) => statement);
    const ours = asked.filter(
      (statement) => !/^(INSERT INTO lan\.patientkort VALUES \(1\)|SELECT \* FROM lan\.patientkort)$/.test(statement),
    );
    expect(ours.filter((statement) => statement.startsWith('COPY ('))).not.toHaveLength(0);
    expect(ours.filter((statement) => /\b(INSERT|UPDATE|DELETE|TRUNCATE|DROP|CREATE|ALTER|GRANT|MERGE)\b/i.test(statement))).toEqual([]);
    expect(ours.filter((statement) => /^BEGIN/.test(statement)).every((statement) => statement.includes('REPEATABLE READ READ ONLY'))).toBe(
      true,
    );
  });

  // From here on the tests build on each other.

  it('D14: leverera again prints the same result and exits 0, and connects to nothing', async () => {
    await program.set({
      source: { sminet2: 'postgresql://las@127.0.0.1:1/borta' },
      targets: { '12': { ...program.target, port: 1 } },
    });
    const again = await program.run(LEVERERA);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.json).toEqual([result]);
    await program.set({ source: sources, targets: { '12': program.target } });
  });

  it('D14: an area decided anew is exit 4, naming --ny; --ny makes number 2 with it and leaves the first bag alone', async () => {
    expect((await program.run(['beslut', 'satt', REGION, '4', '--val', 'bevara', ...FACTS])).code).toBe(0);
    const refused = await program.run(['leverera', REGION, '--bekrafta', 'Region Skåne']);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('Regionens beslut har ändrats sedan den senaste leveransen blev klar.');
    expect(refused.stderr).toContain('leverera 12 --ny');
    expect(refused.stderr).toContain('Felkod 4.');

    const first = await listing(bag);
    const ran = await program.run([...LEVERERA, '--ny']);
    expect(ran.code).toBe(0);
    const second = ran.json.at(-1) as ResultEvent;
    expect(second.bag).toBe(result.bag.replace(/-1$/, '-2'));
    expect((await readdir(program.remote)).sort()).toEqual([result.bag, second.bag]);
    expect(await listing(bag)).toEqual(first);
    expect(await filesBelow(join(program.remote, second.bag))).toContain('data/omrade4_intressenter.csv');
    expect(await filesBelow(bag)).not.toContain('data/omrade4_intressenter.csv');
    const { json } = await program.run(['kvitton', REGION, '--json']);
    expect((json[0] as { receipts: Receipt[] }).receipts.map(({ bag: name }) => name)).toEqual([result.bag, second.bag]);
  });

  it('a chosen area without rows is a file with only its header: absent and empty differ', async () => {
    const { target, folder } = await servers.newTarget();
    await program.set({ targets: { '09': target } });
    for (const [area = '', ...rest] of ANSWERS) {
      const answer = area === '4' ? ['--val', 'bevara'] : ['--val', 'gallra'];
      expect((await program.run(['beslut', 'satt', 'gotland', area, ...answer, ...FACTS])).code, rest.join(' ')).toBe(0);
    }
    const ran = await program.run(['leverera', 'gotland', '--bekrafta', '09 gotland', '--json']);
    expect(ran.code).toBe(0);
    const last = ran.json.at(-1) as ResultEvent;
    expect(last.rows).toBe(0);
    const gotland = join(folder, last.bag);
    expect((await filesBelow(gotland)).filter((path) => path.startsWith('data/'))).toEqual(['data/omrade4_intressenter.csv']);
    const { header, rows } = await readTable(gotland, 'omrade4_intressenter');
    expect(rows).toEqual([]);
    // R57: contact types that nobody used are columns all the same.
    expect(header).toEqual(expect.arrayContaining(['intressent_id', 'myndighet', 'E-post arbete', 'Faxnummer', 'Aldrig använd']));
  });

  const deliveredViews = async (): Promise<string[]> =>
    (await filesBelow(join(bag, 'data'))).flatMap((path) =>
      path.endsWith('.csv') && !path.includes('/') ? [path.replace('.csv', '')] : [],
    );
});
