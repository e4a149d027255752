import { readdirSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryEvent, ResultEvent, Stage } from '../../src/domain/delivery-events.ts';
import { readJournal } from '../../src/store/journal.ts';
import type { TransferRecord } from '../../src/transfer/transfer.ts';
import { hashesBelow, MiB } from '../support/bag-to-send.ts';
import { run as sql } from '../support/postgres.ts';
import { decisions, type Running } from '../support/program.ts';
import { type ProgramServers, type RegionProgram, startProgramServers } from '../support/program-servers.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';

const LEVERERA = ['leverera', '12', '--bekrafta', 'Region Skåne', '--json'];
const SEED = 20_260_906;
const SPEED = 10 * MiB;

/** Repeatable chance (mulberry32): numbers from 0 up to 1. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What to wait for before the kill; the numbers are where chance put it. */
type Instant = { readonly stage: 'export'; readonly events: number } | { readonly stage: 'upload' | 'verify'; readonly part: number };

/** Ten instants: four in the export, in any order, and six that follow the bytes, since a run goes on from where the one before was cut. */
function tenInstants(): Instant[] {
  const random = chance(SEED);
  const parts = (count: number) => Array.from({ length: count }, () => 0.02 + 0.9 * random()).sort((a, b) => a - b);
  return [
    ...Array.from({ length: 4 }, () => ({ stage: 'export', events: 1 + Math.floor(40 * random()) }) as const),
    ...parts(4).map((part) => ({ stage: 'upload', part }) as const),
    ...parts(2).map((part) => ({ stage: 'verify', part }) as const),
  ];
}

const STAGES: readonly Stage[] = ['export', 'bag', 'upload', 'verify', 'publish'];

/** A status that is as far as the instant, or further. */
const isReached =
  (instant: Exclude<Instant, { stage: 'export' }>) =>
  (event: DeliveryEvent): boolean =>
    event.type === 'status' &&
    (event.stage === instant.stage
      ? event.bytes >= instant.part * event.totalBytes
      : STAGES.indexOf(event.stage) > STAGES.indexOf(instant.stage));

/** Looks at the server's folder all the time; a bag under its own name must be whole at the first sight of it. */
function watchFolder(folder: string, staged: () => string) {
  const halves: string[] = [];
  const names = new Set<string>();
  const filesBelow = (dir: string) =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => `${file.slice(dir.length)} ${statSync(file).size}`)
      .sort();
  const timer = setInterval(() => {
    for (const name of readdirSync(folder)) {
      if (names.has(name)) continue;
      names.add(name);
      if (!name.startsWith('.') && filesBelow(join(folder, name)).join() !== filesBelow(staged()).join()) halves.push(name);
    }
  }, 2);
  return { halves, names, stop: () => clearInterval(timer) };
}

describe.skipIf(!SSHD_PATH)(`F1 R34: kill -9 of whoever works, through the whole program${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  let source: { owner: string; reader: string };
  let program: RegionProgram;

  beforeAll(async () => {
    servers = await startProgramServers();
    source = await servers.newSource({ scale: 0.1 });
    // A large file, so that the upload has a middle.
    await sql(
      source.owner,
      `INSERT INTO lan.bilaga SELECT 3990001, 2900002, 'SYNTETISK stor.bin', 'application/octet-stream', octet_length(b.innehall), b.innehall, NULL, NULL
       FROM (SELECT string_agg(sha512(int8send(k)), ''::bytea ORDER BY k) AS innehall FROM generate_series(1, ${(8 * MiB) / 64}) AS k) AS b`,
    );
  });
  afterAll(() => servers.close());
  afterEach(async () => {
    servers.there.proxy.throttle(null);
    servers.there.proxy.delay(0);
    await program?.close();
  });

  const begin = async (): Promise<void> => {
    program = await servers.newProgram(source.reader);
    await program.set({ targets: { '12': { ...program.target, verify: 'full' } } });
    await program.decide('12', decisions('BBBBLBB'));
    servers.there.proxy.throttle(SPEED);
  };
  const delivery = async (): Promise<string> => {
    const [only = '', ...others] = await readdir(join(program.state, 'deliveries'));
    expect(others).toEqual([]);
    return only;
  };
  const expectWhole = async (result: ResultEvent): Promise<void> => {
    expect(await readdir(program.remote)).toEqual([result.bag]);
    expect(await hashesBelow(join(program.remote, result.bag))).toEqual(await hashesBelow(join(program.staging, result.bag)));
    expect((await program.run(['verifiera', join(program.remote, result.bag)])).code).toBe(0);
  };

  const nthEvent = (running: Running, n: number): Promise<DeliveryEvent> => running.until(() => running.events.length >= n);

  it('the worker, at ten random instants: the bag that was sealed is published, nothing half of it is ever seen, at most 64 MiB is sent again each time', async () => {
    await begin();
    const folder = watchFolder(program.remote, () => join(program.staging, readdirSync(program.staging)[0] ?? ''));
    const stagesKilled: Stage[] = [];
    for (const instant of tenInstants()) {
      // From the proof to the published name is some round trips: time enough to be killed in, also when the one who kills is slow.
      if (instant.stage === 'verify') servers.there.proxy.delay(200);
      const running = program.start(LEVERERA);
      await running.until(({ type }) => type === 'plan');
      const pid = await program.workerPid('12');
      if (pid === undefined) throw new Error('nobody works');
      await (instant.stage === 'export' ? nthEvent(running, instant.events) : running.until(isReached(instant)));
      process.kill(pid, 'SIGKILL');
      const killed = await running.ended;
      expect(killed.json.at(-1)).toMatchObject({ type: 'error', code: 3, error: 'worker_died' });
      expect(killed.code).toBe(3);
      stagesKilled.push(
        (killed.json as DeliveryEvent[]).flatMap((event) => (event.type === 'status' ? [event.stage] : [])).at(-1) ?? 'export',
      );
      expect([...folder.names].filter((name) => !name.startsWith('.'))).toEqual([]);
    }
    servers.there.proxy.delay(0);
    // The instants were what they were meant to be.
    expect(new Set(stagesKilled)).toEqual(new Set(['export', 'upload', 'verify']));

    const sealed = (
      await readJournal<{ type: string; manifestSha256?: string }>(join(program.state, 'deliveries', await delivery(), 'journal.jsonl'))
    )
      .filter(({ type }) => type === 'sealed')
      .map(({ manifestSha256 }) => manifestSha256);
    const last = await program.run(LEVERERA);
    folder.stop();
    expect(last.code).toBe(0);
    const result = last.json.at(-1) as ResultEvent;
    expect(folder.halves).toEqual([]);
    expect(folder.names).toContain(result.bag);
    await expectWhole(result);
    const receipt = await program.receipt(result.delivery);
    expect(receipt.manifestSha256).toBe(sealed.at(-1));
    const resent = (await readJournal<TransferRecord>(join(program.state, 'deliveries', result.delivery, 'transfer.jsonl'))).flatMap(
      (record) => (record.type === 'resumed' ? [record.resent] : []),
    );
    expect(result.bytesResent).toBe(resent.reduce((sum, bytes) => sum + bytes, 0));
    for (const bytes of resent) expect(bytes).toBeLessThanOrEqual(64 * MiB);
    // What was acknowledged before a kill was not all sent again: six kills in and after the upload cost less than six bags.
    expect(result.bytesResent).toBeGreaterThan(0);
    expect(result.bytesResent).toBeLessThan(4 * result.bytes);
  });

  it('the watcher: the worker goes on, folj finds it, and nothing is sent twice', async () => {
    await begin();
    const watching = program.start(LEVERERA);
    await watching.until(isReached({ stage: 'upload', part: 0.1 }));
    const pid = await program.workerPid('12');
    watching.process.kill('SIGKILL');
    expect((await watching.ended).code).toBe('SIGKILL');
    const following = program.start(['folj', '12', '--json']);
    await following.until(({ type }) => type === 'plan');
    expect(await program.workerPid('12')).toBe(pid);
    const followed = await following.ended;
    expect(followed.code).toBe(0);
    const result = followed.json.at(-1) as ResultEvent;
    expect(result.bytesResent).toBe(0);
    await expectWhole(result);
  });
});
