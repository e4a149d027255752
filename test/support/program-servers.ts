import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { SyntheticOptions } from '../../src/demo/synthetic/load.ts';
import { run, startPostgres, type TestPostgres } from './postgres.ts';
import { makeProgram, type Program, type ProgramSettings } from './program.ts';
import type { SshdOptions } from './sshd.ts';
import { type SshdTarget, startSshdTarget } from './sshd-target.ts';

const READ_ONLY_ROLE = resolve(import.meta.dirname, '../../fixtures/sminet2/03_lasroll.sql');

/** A program with one target, Region Skåne's, and the folder that it is. */
export interface RegionProgram extends Program {
  readonly target: Readonly<Record<string, unknown>>;
  readonly remote: string;
}

/** A real PostgreSQL and a real OpenSSH server, shared by one test file; every program gets a database role and a folder of its own. */
export interface ProgramServers {
  readonly postgres: TestPostgres;
  readonly there: SshdTarget;
  /** A source that nobody else changes: its owner's URL, and the one of the role `las`, which may only read (R36). */
  newSource(options?: Partial<SyntheticOptions>): Promise<{ readonly owner: string; readonly reader: string }>;
  /** The target as the settings write it, in a new folder; the second is that folder. */
  newTarget(): Promise<{ readonly target: Readonly<Record<string, unknown>>; readonly folder: string }>;
  newProgram(source: string, change?: Partial<ProgramSettings>): Promise<RegionProgram>;
  /** Keeps every export of the region waiting at its beginning, right after the plan; one that has waited for half a minute gives up. */
  holdExport(url: string, region: string): Promise<void>;
  /** Lets every export go on. */
  letGo(): Promise<void>;
  close(): Promise<void>;
}

/** Our advisory lock class, as another host that delivers the region would hold it. */
const LOCK_CLASS = 0x534d4e32;

export async function startProgramServers(sshd: SshdOptions = {}): Promise<ProgramServers> {
  const [postgres, there] = await Promise.all([startPostgres(), startSshdTarget(sshd)]);
  const role = await readFile(READ_ONLY_ROLE, 'utf8');
  let databases = 0;
  const holding: pg.Client[] = [];
  const letGo = async () => {
    for (const client of holding.splice(0)) await client.end();
  };
  const newTarget: ProgramServers['newTarget'] = async () => {
    const folder = await mkdtemp(join(there.sshd.folder, 'in-'));
    const { host, port, username, privateKey } = there.target;
    const [hostKey] = await there.sshd.fingerprints();
    return { target: { host, port, username, privateKey, hostKey, path: folder }, folder };
  };
  return {
    postgres,
    there,
    newTarget,
    async newSource(options) {
      databases += 1;
      const owner = await postgres.createSource(`kalla_${databases}`, options);
      await run(owner, `${role}; ALTER ROLE las PASSWORD 'syntetisk'`);
      const reader = new URL(owner);
      reader.username = 'las';
      return { owner, reader: reader.href };
    },
    async newProgram(source, change) {
      const { target, folder } = await newTarget();
      const program = await makeProgram({ source: { sminet2: source }, targets: { '12': target }, ...change });
      await mkdir(program.staging, { recursive: true });
      return { ...program, remote: folder, target };
    },
    async holdExport(url, region) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`SELECT pg_advisory_lock(${LOCK_CLASS}, ${Number(region)})`);
      holding.push(client);
    },
    letGo,
    async close() {
      await letGo();
      await Promise.all([postgres.stop(), there.close()]);
    },
  };
}
