import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ResultEvent } from '../../src/domain/delivery-events.ts';
import { run as sql, startPostgres } from '../support/postgres.ts';
import { decisions, makeProgram } from '../support/program.ts';
import { fillTable, NARROW, REGION, rowsFor, WIDE } from './export-source.ts';
import type { Line } from './line.ts';
import { openLine } from './line.ts';
import type { Comparison, Finding } from './measure.ts';
import { seconds } from './measure.ts';
import { run, sshOptions } from './peers.ts';

const ROUND_TRIP = 20;
const READ_ONLY_ROLE = resolve(import.meta.dirname, '../../fixtures/sminet2/03_lasroll.sql');
/** What is no attachment is four fifths notifications and one fifth logs. */
const WIDE_SHARE = 0.8;
const COPY_OPTIONS = "WITH (FORMAT csv, HEADER, FORCE_QUOTE *, DELIMITER ';', NULL '', ENCODING 'UTF8')";

export interface DeliveryOptions {
  readonly pairs: number;
  /** Of everything together, in bytes. */
  readonly size: number;
  readonly attachments: number;
  /** Of each of them. */
  readonly attachmentBytes: number;
}

interface Source {
  readonly url: string;
  /** Where the attachments are that the database only has a path to. */
  readonly folder: string;
}

/** P4: one region's delivery, by the built program and by the script that an operator would write, on a line of 20 ms. */
export async function wholeDelivery(options: DeliveryOptions): Promise<Comparison> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  await withSource(options, ROUND_TRIP, async (source, line, home) => {
    for (let pair = 0; pair < options.pairs; pair++) {
      const mine = await mkdtemp(join(line.sshd.folder, 'in-'));
      ours.push((await deliver(source, line, mine)).time);
      const [bag = ''] = await readdir(mine);
      const tablesOfBag = (await readdir(join(mine, bag, 'data'))).filter((name) => name.endsWith('.csv'));
      theirs.push(await script(source, line, join(home, 'skript'), tablesOfBag));
      for (const { view } of [WIDE, NARROW])
        await verifySameRows(join(mine, bag, 'data', `${view}.csv`), join(home, 'skript', 'data', `${view}.csv`));
      await rm(join(home, 'skript'), { recursive: true });
      await rm(mine, { recursive: true });
      console.error(`delivery: ${ours.at(-1)?.toFixed(1)} s, script ${theirs.at(-1)?.toFixed(1)} s`);
    }
  });
  return {
    goal: 'P4',
    work: `a delivery of ${workOf(options)}, ${ROUND_TRIP} ms`,
    peer: 'psql, sha256sum, sftp',
    ours,
    theirs,
    limit: 0.6,
  };
}

/** P5: the memory of the process that makes a whole delivery, looked at while it works. The values are what was seen, in order. */
export async function deliveryMemory(options: DeliveryOptions): Promise<Finding> {
  let values: readonly number[] = [];
  await withSource(options, 0, async (source, line) => {
    const { time, rss } = await deliver(source, line, await mkdtemp(join(line.sshd.folder, 'in-')));
    values = rss.map((bytes) => bytes / 1e6);
    const seen = values.filter((_, at) => at % Math.ceil(values.length / 20) === 0).map((each) => each.toFixed(0));
    console.error(`delivery: ${time.toFixed(1)} s, ${values.length} looks, MB: ${seen.join(' ')}`);
  });
  return { goal: 'P5', work: `memory during a delivery of ${workOf(options)}`, values, unit: 'MB', limit: 220 };
}

const workOf = ({ size, attachments, attachmentBytes }: DeliveryOptions): string =>
  `${Math.round(size / 1e6)} MB with ${attachments} attachments of ${attachmentBytes / 1e3} kB`;

/** A source of that size and a server at the end of a line, for as long as the work lasts. */
async function withSource(
  { size, attachments, attachmentBytes }: DeliveryOptions,
  roundTripMs: number,
  work: (source: Source, line: Line, home: string) => Promise<void>,
): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'bench-'));
  const [server, line] = [await startPostgres(), await openLine(roundTripMs)];
  try {
    const owner = await server.createSource('bench', { scale: 0.02 });
    const tables = size - attachments * attachmentBytes;
    await fillTable(owner, WIDE, rowsFor(WIDE, tables * WIDE_SHARE));
    await fillTable(owner, NARROW, rowsFor(NARROW, tables * (1 - WIDE_SHARE)));
    const folder = join(home, 'bilagor');
    await plantAttachments(owner, folder, attachments, attachmentBytes);
    await work({ url: await readerOf(owner), folder }, line, home);
  } finally {
    await Promise.all([server.stop(), line.close(), rm(home, { recursive: true })]);
  }
}

const LOOK_EVERY_MS = 250;

/** The program, with nothing known of the server; its bag is checked by `sha256sum`. Returns how long it took, in s, and its memory at each look, in bytes. */
async function deliver(
  { url, folder }: Source,
  line: Line,
  remote: string,
): Promise<{ readonly time: number; readonly rss: readonly number[] }> {
  const { host, port, username, privateKey, hostKey } = line.target;
  const target = { host, port, username, privateKey, hostKey, path: remote, verify: 'full' };
  const program = await makeProgram({ source: { sminet2: url, bilagor: folder }, targets: { [REGION]: target } });
  try {
    await mkdir(program.staging, { recursive: true });
    await program.decide(REGION, decisions('BBBBBBB'));
    let result: ResultEvent | undefined;
    const rss: number[] = [];
    const time = await seconds(async () => {
      const running = program.start(['leverera', REGION, '--bekrafta', 'Region Skåne', '--forgrund', '--json']);
      const looking = setInterval(() => rss.push(memoryOf(running.process.pid)), LOOK_EVERY_MS);
      const ran = await running.ended;
      clearInterval(looking);
      if (ran.code !== 0) throw new Error(`leverera ended with ${ran.code}: ${ran.stdout.slice(-2000)} ${ran.stderr}`);
      result = ran.json.at(-1) as ResultEvent;
    });
    const [bag = ''] = await readdir(remote);
    execFileSync('sha256sum', ['--quiet', '-c', 'manifest-sha256.txt'], { cwd: join(remote, bag) });
    const receipt = await program.receipt(result?.delivery ?? '');
    if (receipt.verification !== 'full') throw new Error(`the delivery was verified by ${receipt.verification}`);
    return { time, rss: rss.filter((bytes) => bytes > 0) };
  } finally {
    await program.close();
  }
}

/** What a process has in memory now, in bytes; 0 when it is gone. */
function memoryOf(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** What an operator would write, step by step; each must succeed. Returns how long it took, in s. */
async function script({ url, folder }: Source, line: Line, dir: string, tables: readonly string[]): Promise<number> {
  const steps: string[] = [];
  const took = async (step: string, work: () => Promise<unknown>) => steps.push(`${step} ${(await seconds(work)).toFixed(1)}`);
  const login = `${line.target.username}@127.0.0.1:${line.sshd.folder}`;
  const sftp = async (command: string) => {
    await writeFile(join(dir, 'sftp.batch'), command);
    await run('sftp', ['-q', '-b', join(dir, 'sftp.batch'), '-P', String(line.port), ...sshOptions(line), login]);
  };
  const sums = `cd '${dir}' && find data -type f -print0 | xargs -0 sha256sum > sums.txt`;
  const commands = await copyCommands(url, join(dir, 'data'), tables);
  await mkdir(join(dir, 'hem'), { recursive: true });
  await mkdir(join(dir, 'data'));
  const time = await seconds(async () => {
    await took('psql', async () => {
      for (const command of commands) await run('env', ['PGTZ=Europe/Stockholm', 'psql', '-X', '-q', '-c', command, url]);
    });
    await took('cp', () => cp(folder, join(dir, 'data', 'bilagor'), { recursive: true }));
    await took('sha256sum', () => run('sh', ['-c', sums]));
    await took('put', () => sftp(`mkdir skript\nput -r ${join(dir, 'data')} skript\n`));
    await took('get', () => sftp(`get -r skript/data ${join(dir, 'hem')}\n`));
    await took('sha256sum -c', () => run('sh', ['-c', `cd '${dir}/hem' && sha256sum --quiet -c ../sums.txt`]));
  });
  console.error(steps.join(', '));
  await rm(join(line.sshd.folder, 'skript'), { recursive: true });
  return time;
}

/** One `\copy` for each table; the bytes of an attachment are no column of a table. */
async function copyCommands(url: string, dir: string, tables: readonly string[]): Promise<string[]> {
  const commands: string[] = [];
  for (const table of tables) {
    const view = table.slice(0, -'.csv'.length);
    const columns = await sql<{ name: string }>(
      url,
      `SELECT quote_ident(attname) AS name FROM pg_attribute
       WHERE attrelid = 'leverans.${view}'::regclass AND attnum > 0 AND atttypid <> 'bytea'::regtype ORDER BY attnum`,
    );
    const query = `SELECT ${columns.map(({ name }) => name).join(', ')} FROM leverans.${view} WHERE myndighet = '${REGION}' ORDER BY 1`;
    commands.push(`\\copy (${query}) TO '${join(dir, table)}' ${COPY_OPTIONS}`);
  }
  return commands;
}

async function plantAttachments(owner: string, folder: string, count: number, bytes: number): Promise<void> {
  await mkdir(folder);
  for (let nr = 1; nr <= count; nr++) await writeFile(join(folder, `${nr}.pdf`), randomFillSync(Buffer.allocUnsafe(bytes)));
  await sql(
    owner,
    `DELETE FROM lan.bilaga;
     INSERT INTO lan.bilaga SELECT nr, 2900002, 'bilaga ' || nr || '.pdf', 'application/pdf', ${bytes}, NULL, nr || '.pdf', NULL
     FROM generate_series(1, ${count}) AS nr`,
  );
}

/** The URL of the role that may only read. */
async function readerOf(owner: string): Promise<string> {
  await sql(owner, `${await readFile(READ_ONLY_ROLE, 'utf8')}; ALTER ROLE las PASSWORD 'syntetisk'`);
  const reader = new URL(owner);
  reader.username = 'las';
  return reader.href;
}

/** Our header row is quoted and psql's is not; the rows must be the same to the byte. */
async function verifySameRows(ours: string, theirs: string): Promise<void> {
  const headerOf = (file: string) => execFileSync('head', ['-n', '1', file]).length;
  execFileSync('cmp', ['-i', `${headerOf(ours)}:${headerOf(theirs)}`, ours, theirs]);
}
