import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import pg from 'pg';
import { compileSource } from '../support/compiled-source.ts';
import { startPostgres } from '../support/postgres.ts';
import { type ExportTable, fillTable, NARROW, REGION, rowsFor, WIDE } from './export-source.ts';
import { type Comparison, type Finding, seconds, tableOf } from './measure.ts';

// npm run bench -- export [--pairs 5] [--size 500 (MB)] [--growth 10000,100000,1000000,10000000 (rows)] [--only P1,P5,P6,P9]
const { values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '5' },
    size: { type: 'string', default: '500' },
    growth: { type: 'string', default: '10000,100000,1000000,10000000' },
    only: { type: 'string', default: 'P1,P5,P6,P9' },
  },
});
const pairs = Number(flags.pairs);
const bytes = Number(flags.size) * 1e6;
const isWanted = (goal: string) => flags.only.split(',').includes(goal);

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRss: number;
  readonly rss: readonly number[];
  readonly bytes: number;
  readonly rows: number;
  readonly sha256: string;
}

const server = await startPostgres();
const compiled = await compileSource('source', 'domain', 'bag');
const dir = await mkdtemp(join(tmpdir(), 'sminet-bench-'));
const file = join(dir, 'file.csv');
const url = await server.createSource('bench', { scale: 0.02 });
const child = join(import.meta.dirname, 'export-child.mjs');

async function inChild(work: 'ours' | 'cursor' | 'exact' | 'plan', view: string): Promise<Measured> {
  await rm(file, { force: true });
  const { stdout } = await promisify(execFile)(process.execPath, [child, compiled.dir, work, url, view, file]);
  return JSON.parse(stdout) as Measured;
}

const query = ({ view }: ExportTable) => `SELECT * FROM leverans.${view} WHERE myndighet = '${REGION}' ORDER BY rad_id`;
const COPY_OPTIONS = "WITH (FORMAT csv, FORCE_QUOTE *, DELIMITER ';', NULL '', ENCODING 'UTF8')";

/** Rows without the header, which psql is not asked for: its header is cut and not quoted. */
async function hashOfRows(skip: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { start: skip })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function headerLength(): Promise<number> {
  for await (const chunk of createReadStream(file, { end: 65_535 })) return (chunk as Buffer).indexOf('\n') + 1;
  return 0;
}

function verify(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what} is wrong: ${String(found)}, not ${String(expected)}`);
}

async function psql(table: ExportTable): Promise<number> {
  await rm(file, { force: true });
  const command = `\\copy (${query(table)}) TO '${file}' ${COPY_OPTIONS}`;
  const env = { ...process.env, PGTZ: 'Europe/Stockholm', PGCLIENTENCODING: 'UTF8' };
  return seconds(() => promisify(execFile)('psql', ['-X', '-q', '-c', command, url], { env }));
}

async function serverLimit(table: ExportTable): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // As the other two have it: a time of day in Stockholm costs more to write than one in UTC.
  await client.query("SET timezone = 'Europe/Stockholm'");
  const time = await seconds(() => client.query(`COPY (${query(table)}) TO '/dev/null' ${COPY_OPTIONS}`));
  await client.end();
  return time;
}

const psqlVersion = spawnSync('psql', ['--version'], { encoding: 'utf8' }).stdout?.trim();
const comparisons: Comparison[] = [];
const findings: Finding[] = [];
const runs: (Measured & { readonly table: string })[] = [];

/** P1 and P6: the export beside its peers and its own exact estimate, in turn; every result is checked. */
async function beside(table: ExportTable): Promise<void> {
  const size = `${flags.size} MB, ${table.columns} columns`;
  const pair = (goal: string, work: string, peer: string, limit: number) => {
    const made = { goal, work, peer, limit, ours: [] as number[], theirs: [] as number[] };
    comparisons.push(made);
    return (ours: number, theirs: number) => {
      made.ours.push(ours);
      made.theirs.push(theirs);
    };
  };
  const toPsql = psqlVersion ? pair('P1', `export ${size}`, 'psql \\copy', 0.85) : () => {};
  const toLimit = pair('P1', `export ${size}`, 'server COPY to /dev/null', 1.25);
  const toCursor = pair('P1', `export ${size}`, 'cursor + csv-stringify', 0.15);
  const toExport = pair('P6', `exact size ${size}`, 'the export', 0.7);
  for (let at = 0; at < pairs; at += 1) {
    const limit = await serverLimit(table);
    const ours = await inChild('ours', table.view);
    const rows = await hashOfRows(await headerLength());
    runs.push({ ...ours, table: table.kind });
    toLimit(ours.seconds, limit);
    if (psqlVersion) {
      toPsql(ours.seconds, await psql(table));
      verify('the file of psql', await hashOfRows(0), rows);
    }
    const exact = await inChild('exact', table.view);
    verify('the exact size', exact.bytes, ours.bytes);
    toExport(exact.seconds, ours.seconds);
    // Ten times slower than everything else together: once is enough.
    if (at === 0) {
      const cursor = await inChild('cursor', table.view);
      verify('the file of the cursor', cursor.sha256, ours.sha256);
      toCursor(ours.seconds, cursor.seconds);
    }
  }
}

try {
  if (isWanted('P1') || isWanted('P6')) {
    for (const table of [WIDE, NARROW]) {
      await fillTable(url, table, rowsFor(table, bytes));
      await beside(table);
    }
    const plans = [];
    for (let at = 0; at < pairs; at += 1) plans.push((await inChild('plan', WIDE.view)).seconds * 1000);
    findings.push({ goal: 'P6', work: '147 cells, connections included', values: plans, unit: 'ms', limit: 300 });
  }
  if (isWanted('P9')) {
    const sizes = flags.growth.split(',').map(Number);
    /** Seconds of every run, by size. */
    const times: number[][] = [];
    for (const rows of sizes) {
      await fillTable(url, NARROW, rows);
      const taken: number[] = [];
      for (let at = 0; at < pairs; at += 1) {
        const measured = await inChild('ours', NARROW.view);
        verify('the row count', measured.rows, rows);
        runs.push({ ...measured, table: `${NARROW.kind}, ${rows} rows` });
        taken.push(measured.seconds);
      }
      times.push(taken);
    }
    // What a million further rows cost, so that the connection's fixed share is left out, by size and run.
    const further = sizes
      .slice(1)
      .map((rows, i) => (times[i + 1] ?? []).map((time, at) => ((time - (times[i]?.[at] ?? 0)) / (rows - (sizes[i] ?? 0))) * 1e6));
    for (const [i, ours] of further.slice(1).entries())
      comparisons.push({
        goal: 'P9',
        work: `a million further rows, up to ${sizes[i + 2]}`,
        peer: 'ten times fewer',
        limit: 1.25,
        ours,
        theirs: further[i] ?? [],
      });
  }
  if (isWanted('P5'))
    findings.push({
      goal: 'P5',
      work: 'peak memory of the process',
      values: runs.map(({ peakRss }) => peakRss / 1e6),
      unit: 'MB',
      limit: 220,
    });
  const results = {
    at: new Date().toISOString(),
    node: process.version,
    psql: psqlVersion ?? 'SKIPPED',
    pairs,
    comparisons,
    findings,
    runs,
  };
  await writeFile(join(import.meta.dirname, 'results-export.json'), `${JSON.stringify(results, null, 2)}\n`);
  if (!psqlVersion) console.log('SKIPPED: psql is not installed');
  console.log(tableOf(comparisons, findings));
} finally {
  await server.stop();
  await compiled.remove();
  await rm(dir, { recursive: true });
}
