import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AREAS } from '../../src/domain/areas.ts';
import type { ResultEvent } from '../../src/domain/delivery-events.ts';
import type { Receipt } from '../../src/domain/delivery-record.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import { run as sql } from '../support/postgres.ts';
import { decisions, makeProgram, type Program } from '../support/program.ts';
import { type ProgramServers, startProgramServers } from '../support/program-servers.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';

const VIEWS = AREAS.flatMap(({ files }) => files).map(({ view }) => view);
/** Deliveries at a time: each is a process of its own. */
const LANES = 2;

interface Arrived {
  readonly bag: string;
  readonly folder: string;
  readonly receipt: Receipt;
  /** What each table holds of its key column: the first one, but the attachments' own id. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

describe.skipIf(!SSHD_PATH)(`all 21 regions, each to a folder of its own${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  let owner: string;
  let program: Program;
  const arrived = new Map<string, Arrived>();

  async function deliver(code: string, name: string, folder: string): Promise<void> {
    await program.decide(code, decisions('BBBBBBB'));
    const ran = await program.run(['leverera', code, '--bekrafta', name, '--forgrund', '--json']);
    expect(ran, name).toMatchObject({ code: 0, stderr: '' });
    const { bag, delivery } = ran.json.at(-1) as ResultEvent;
    const data = join(folder, bag, 'data');
    const keys = new Map<string, readonly string[]>();
    for (const file of (await readdir(data)).filter((entry) => entry.endsWith('.csv'))) {
      const [header = [], ...rows] = parse(await readFile(join(data, file)), { delimiter: ';' }) as string[][];
      const at = file === 'omrade2_bilagor.csv' ? header.indexOf('bilaga_id') : 0;
      keys.set(
        file.replace('.csv', ''),
        rows.map((row) => row[at] ?? ''),
      );
    }
    arrived.set(code, { bag, folder, keys, receipt: await program.receipt(delivery) });
  }

  beforeAll(async () => {
    servers = await startProgramServers();
    const source = await servers.newSource();
    owner = source.owner;
    const targets: Record<string, Readonly<Record<string, unknown>>> = {};
    const folders = new Map<string, string>();
    for (const { code } of REGIONS) {
      const { target, folder } = await servers.newTarget();
      targets[code] = target;
      folders.set(code, folder);
    }
    program = await makeProgram({ source: { sminet2: source.reader }, targets });
    const waiting = [...REGIONS];
    const lane = async () => {
      for (let region = waiting.shift(); region; region = waiting.shift())
        await deliver(region.code, region.name, folders.get(region.code) ?? '');
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  });
  afterAll(async () => {
    await program?.close();
    await servers.close();
  });

  it('D16: each folder holds exactly one bag, and it is its own region’s', async () => {
    for (const { code, slug } of REGIONS) {
      const { folder, bag } = arrived.get(code) as Arrived;
      expect(await readdir(folder)).toEqual([bag]);
      expect(bag).toMatch(new RegExp(`^SMINET2_${code}_${slug}_`));
    }
  });

  it('N08: for every pair of regions no key of the one is in the bag of the other, and every region has all of its own', async () => {
    for (const view of VIEWS) {
      // Area 3 delivers the number alone, without its key.
      const column = view === 'omrade3_diarienummer' ? 'diarienummer' : await firstColumn(view);
      const rows = await sql<{ key: string; region: string | null }>(
        owner,
        `SELECT ${column}::text AS key, myndighet AS region FROM leverans.${view}`,
      );
      const regionsOf = new Map<string, Set<string | null>>();
      for (const row of rows) regionsOf.set(row.key, (regionsOf.get(row.key) ?? new Set()).add(row.region));
      for (const { code } of REGIONS) {
        const keys = arrived.get(code)?.keys.get(view) ?? [];
        const foreign = keys.filter((each) => !regionsOf.get(each)?.has(code));
        expect(foreign, `${view} in the bag of ${code}`).toEqual([]);
        expect([...keys].sort(), `${view} of ${code}`).toEqual(rows.flatMap((row) => (row.region === code ? [row.key] : [])).sort());
      }
    }
  });

  it('D6: rows of no region are in no bag, and every receipt counts them', async () => {
    const codes = REGIONS.map(({ code }) => `'${code}'`).join(', ');
    let all = 0;
    for (const view of VIEWS) {
      const [counted] = await sql<{ rows: number }>(
        owner,
        `SELECT count(*)::int AS rows FROM leverans.${view} WHERE myndighet IS NULL OR myndighet NOT IN (${codes})`,
      );
      all += counted?.rows ?? 0;
      for (const { receipt } of arrived.values())
        expect(receipt.undistributed.find((each) => each.view === view)?.rows, view).toBe(counted?.rows);
    }
    expect(all).toBeGreaterThan(0);
  });

  const firstColumn = async (view: string): Promise<string> => {
    const [row] = await sql<{ name: string }>(
      owner,
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'leverans.${view}'::regclass AND attnum = 1`,
    );
    return row?.name ?? '';
  };
});
