import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, rmdir, statfs, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../src/demo/ssh-key.ts';
import { dayOf } from '../../src/domain/calendar.ts';
import type { DeliveryEvent } from '../../src/domain/delivery-events.ts';
import { openJournal } from '../../src/store/journal.ts';
import { GATED_VIEW, inTheMiddle } from '../support/export-gate.ts';
import { freePort } from '../support/free-port.ts';
import { run as sql } from '../support/postgres.ts';
import { decisions, listing, type Ran } from '../support/program.ts';
import { type ProgramServers, type RegionProgram, startProgramServers } from '../support/program-servers.ts';
import { type Line, type ScriptedSftp, startScriptedSftp } from '../support/scripted-sftp.ts';
import type { Reply, SftpRequest } from '../support/sftp-packets.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { steadyDay } from '../support/steady-day.ts';

const LEVERERA = ['leverera', '12', '--bekrafta', 'Region Skåne'];
/** Only area 3 is delivered: the smallest bag. */
const ONE_AREA = 'GGBGGGG';
const isRoot = process.getuid?.() === 0;

/** The error as an operator reads it: four parts in Swedish on stderr, the code last, nothing on stdout but what was done. */
function expectError(ran: Ran, code: number, what: RegExp): void {
  expect(ran.stderr).toMatch(what);
  expect(ran.stderr).toMatch(/Fel: \S.*\n {2}Påverkar: \S.*\n {2}Orört: {4}\S.*\n {2}Gör så här: \S/);
  expect(ran.stderr).toContain(`  Felkod ${code}.\n`);
  expect(ran.stderr).not.toMatch(/undefined|\bat .*\.js/);
  expect(ran.code).toBe(code);
}

/** A file system of its own, so that it can be full; only root may mount one. */
async function withSmallDisk(megabytes: number, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', folder]);
  try {
    await use(folder);
  } finally {
    execFileSync('umount', ['-l', folder]);
    await rmdir(folder);
  }
}

const canMount = await withSmallDisk(1, async () => {}).then(
  () => true,
  () => false,
);
const NO_MOUNT = canMount ? '' : ' (SKIPPED: only root may mount a small file system to fill)';

describe.skipIf(!SSHD_PATH)(`what an operator can meet, and how the next run after it goes${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  let source: { owner: string; reader: string };
  let program: RegionProgram;

  beforeAll(async () => {
    servers = await startProgramServers();
    source = await servers.newSource();
  });
  afterAll(() => servers.close());
  beforeEach(() => steadyDay(3));
  afterEach(async () => {
    await servers.letGo();
    servers.there.proxy.throttle(null);
    await program?.close();
  });

  const begin = async (letters: string): Promise<void> => {
    program = await servers.newProgram(source.reader);
    await program.decide('12', decisions(letters));
  };
  const expectDelivered = async (remote = program.remote, number = 1): Promise<void> => {
    const ran = await program.run(LEVERERA);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(remote)).toContain(`SMINET2_12_skane_${dayOf(new Date())}-${number}`);
  };
  const nothingSent = async (): Promise<void> => expect(await readdir(program.remote)).toEqual([]);

  it('undecided areas (4), no name and nobody to ask (2), the wrong name (2), a clock that is set (4)', async () => {
    await begin(ONE_AREA.slice(0, 5));
    expectError(await program.run(LEVERERA), 4, /Region Skåne har inte beslutat om alla sju områden\. Beslut saknas för 6, 7\./);
    await program.decide('12', decisions(ONE_AREA).slice(5));
    expectError(await program.run(['leverera', '12']), 2, /Ett svar saknas, och programmet får inte fråga: --bekrafta NAMN/);
    expectError(await program.run(['leverera', '12', '--bekrafta', 'Region Halland']), 2, /inte regionens namn, Region Skåne/);
    expectError(await program.run([...LEVERERA, '--today', '2026-02-01']), 4, /Med --today är allt PLANERING/);
    await nothingSent();
    await expectDelivered();
  });

  it('nothing to deliver (5): every area may be disposed of', async () => {
    await begin('GGGGGGG');
    expectError(await program.run(LEVERERA), 5, /Region Skåne har beslutat gallring för alla områden/);
    await nothingSent();
  });

  it('N15: --torrkorning shows the whole plan and writes nothing anywhere, also with --today (PLANERING)', async () => {
    await begin('BBBGLBB');
    const places = [program.state, program.staging, program.remote];
    const before = await Promise.all(places.map(listing));
    const sent = servers.there.proxy.sent();
    const dry = await program.run([...LEVERERA, '--torrkorning', '--json']);
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.json).toEqual([
      expect.objectContaining({
        type: 'plan',
        dryRun: true,
        planning: false,
        bag: `SMINET2_12_skane_${dayOf(new Date())}-1`,
        areas: [1, 2, 3, 5, 6, 7],
        target: { host: '127.0.0.1', port: servers.there.proxy.port, username: servers.there.sshd.username, path: program.remote },
      }),
    ]);
    expect((dry.json[0] as { files: unknown[] }).files).toHaveLength(17);
    const planning = await program.run(['leverera', '12', '-n', '--today', '2026-02-01']);
    expect(planning.code).toBe(0);
    expect(planning.stdout).toMatch(/TORRKÖRNING SMINET2_12_skane_2026-02-01-1 {2}PLANERING/);
    expect(await Promise.all(places.map(listing))).toEqual(before);
    expect(servers.there.proxy.sent()).toBe(sent);
  });

  it('D14 N15: --torrkorning of a delivery that exists says what leverera would do with it, or refuses as it would', async () => {
    const dry = async (...flags: string[]) => program.run(['leverera', '12', '-n', '--json', ...flags]);
    await begin(ONE_AREA);
    expect((await dry('--bekrafta', 'Region Halland')).code).toBe(2);
    await program.set({ targets: {} });
    expect((await program.run(LEVERERA)).code).toBe(10);
    await program.set({ targets: { '12': program.target } });
    const before = await listing(program.state);
    const bag = `SMINET2_12_skane_${dayOf(new Date())}-1`;
    expect(await dry()).toMatchObject({ code: 0, json: [{ does: 'resume', bag }] });
    expect((await program.run(['leverera', '12', '-n'])).stdout).toMatch(
      /slutade med ett fel \S+ \S+\. Exporten är gjord och görs inte om\.$/m,
    );

    await program.decide('12', decisions('GGBBGGG').slice(3, 4));
    const refused = await dry();
    expect(refused).toMatchObject({ code: 4, json: [{ error: 'decisions_changed' }] });
    await program.decide('12', decisions('GGGGGGG'));
    expect(await dry()).toMatchObject({ code: 5, json: [{ error: 'nothing_to_deliver' }] });
    await program.decide('12', decisions(ONE_AREA));
    // The worker of the run before may still be writing its log.
    const kept = (files: readonly string[]) => files.filter((file) => file.startsWith('deliveries') && !file.includes('/worker.log '));
    expect(kept(await listing(program.state))).toEqual(kept(before));

    await expectDelivered();
    expect(await dry()).toMatchObject({ code: 0, json: [{ does: 'nothing', bag }] });
    expect((await program.run(['leverera', '12', '-n'])).stdout).toContain('leverera visar resultatet igen och skickar inget.');
    expect(await dry('--ny')).toMatchObject({ code: 0, json: [{ does: 'new', bag: bag.replace(/1$/, '2') }] });
  });

  it('the database is down, or refuses the login (12)', async () => {
    await begin(ONE_AREA);
    await program.set({ source: { sminet2: `postgresql://las:syntetisk@127.0.0.1:${await freePort()}/borta` } });
    expectError(await program.run(LEVERERA), 12, /Databasen .* svarar inte/);
    await program.set({ source: { sminet2: source.reader.replace('syntetisk', 'felaktigt') } });
    const refused = await program.run(LEVERERA);
    expectError(refused, 12, /Databasen .* släpper inte in programmet/);
    expect(refused.stderr).not.toContain('felaktigt');
    await nothingSent();
    await program.set({ source: { sminet2: source.reader } });
    await expectDelivered();
  });

  it('the host key is unknown (14): shown by vardnyckel visa, trusted only by the fingerprint that the region gave', async () => {
    await begin(ONE_AREA);
    const { hostKey, ...unpinned } = program.target;
    await program.set({ targets: { '12': unpinned } });
    expectError(await program.run(LEVERERA), 14, /visade en värdnyckel som inte är godkänd: SHA256:/);
    const shown = await program.run(['vardnyckel', 'visa', '12']);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(new RegExp(`${String(hostKey).replace(/[+/]/g, '\\$&')} +OKÄND`));
    expectError(await program.run(['vardnyckel', 'lita', '12']), 2, /får inte fråga: --fingeravtryck/);
    const wrong = `SHA256:${'A'.repeat(43)}`;
    expectError(await program.run(['vardnyckel', 'lita', '12', '--fingeravtryck', wrong]), 14, /en annan värdnyckel än den godkända/);
    const saved = await program.run(['vardnyckel', 'lita', '12', '--fingeravtryck', wrong]);
    expect(saved.stderr).toContain('Kontrollera att fingeravtrycket är rätt avskrivet.');
    expectError(await program.run(LEVERERA), 14, /inte är godkänd/);
    await nothingSent();
    expect((await program.run(['vardnyckel', 'lita', '12', '--fingeravtryck', String(hostKey)])).code).toBe(0);
    await expectDelivered();
    expect((await program.run(['vardnyckel', 'ta-bort', '12'])).code).toBe(0);
    expectError(await program.run([...LEVERERA, '--ny']), 14, /inte är godkänd/);
  });

  it('N01: the host key was changed (14), and nobody tried to log in; with the new key in the settings it goes', async () => {
    await begin(ONE_AREA);
    const { sshd } = servers.there;
    await sshd.changeHostKeys();
    await sshd.kill();
    const before = await sshd.log();
    await sshd.start();
    const ran = await program.run(LEVERERA);
    const [seen = ''] = await sshd.fingerprints();
    expectError(ran, 14, /har en annan värdnyckel än den godkända\. Visad: SHA256:\S+ Godkänd: SHA256:/);
    expect(ran.stderr).toContain(`Visad: ${seen}`);
    expect(ran.stderr).toContain('skriv den nya som hostKey för målet i inställningarna');
    const logged = (await sshd.log()).slice(before.length);
    expect(logged).toMatch(/Connection (from|reset|closed)/);
    expect(logged).not.toMatch(/publickey|password|userauth|Accepted|Failed|authenticating user/i);
    await nothingSent();
    await program.set({ targets: { '12': { ...program.target, hostKey: seen } } });
    await expectDelivered();
    expect((await sshd.log()).slice(before.length)).toMatch(/Accepted publickey/);
  });

  it('the server is down, or refuses the key (13)', async () => {
    await begin(ONE_AREA);
    const { sshd } = servers.there;
    await program.set({ targets: { '12': { ...program.target, port: sshd.port } } });
    await sshd.kill();
    for (const args of [LEVERERA, ['vardnyckel', 'visa', '12']]) {
      const ran = await program.run(args);
      expectError(ran, 13, /Det går inte att nå SFTP-servern 127\.0\.0\.1, port \d+\. Ingen tar emot på den porten\./);
      expect(ran.stderr).toContain('Inget skickades, och inget har gått förlorat');
      expect(ran.stderr).not.toMatch(/överföringen|kvitterat/i);
    }
    const checked = await program.run(['kontrollera', '12']);
    expect(checked).toMatchObject({ code: 13, stdout: expect.stringContaining('Kör sedan samma kommando igen.') });
    expect(checked.stdout).not.toMatch(/överföringen/i);
    await sshd.start();
    const stranger = join(program.home, 'stranger');
    await writeFile(stranger, makeKeyPair().private, { mode: 0o600 });
    await program.set({ targets: { '12': { ...program.target, privateKey: stranger } } });
    expectError(
      await program.run(LEVERERA),
      13,
      /Inloggningen som \S+ på 127\.0\.0\.1 gick inte\. Servern godtog varken nyckel eller lösenord\./,
    );
    await nothingSent();
    await program.set({ targets: { '12': program.target } });
    await expectDelivered();
  });

  it('the account may not write in its folder (17)', async () => {
    await begin(ONE_AREA);
    // What root does is never refused: as root the server lets `nobody` in, without a shell.
    if (isRoot) {
      for (const folder of [dirname(servers.there.sshd.keyFile), servers.there.sshd.folder]) await chmod(folder, 0o755);
      await program.set({ targets: { '12': { ...program.target, username: 'nobody' } } });
    }
    await chmod(program.remote, 0o555);
    expectError(await program.run(LEVERERA), 17, /har inte rätt att göra det som behövs i \S+ på 127\.0\.0\.1/);
    await nothingSent();
    await chmod(program.remote, 0o755);
    if (isRoot) await chown(program.remote, 65534, 65534);
    await expectDelivered();
  });

  it.skipIf(!canMount)(`F11: the server's disk is full (16)${NO_MOUNT}`, async () => {
    await begin(ONE_AREA);
    await withSmallDisk(100, async (folder) => {
      await program.set({ targets: { '12': { ...program.target, path: folder } } });
      const filler = join(folder, 'annat');
      await writeFile(filler, Buffer.alloc(90 * 1024 * 1024));
      expectError(await program.run(LEVERERA), 16, /Disken är full på 127\.0\.0\.1: \S+ MB behövs i \S+, \S+ MB är ledigt\./);
      expect(await readdir(folder)).toEqual(['annat']);
      await rm(filler);
      await expectDelivered(folder);
    });
  });

  it.skipIf(!canMount)(`N07: the disk here is full, before the export and in the middle of it (16)${NO_MOUNT}`, async () => {
    await begin('GGGGBGG');
    await withSmallDisk(100, async (folder) => {
      await program.set({ staging: folder });
      const filler = join(folder, 'annat');
      await writeFile(filler, Buffer.alloc(90 * 1024 * 1024));
      expectError(await program.run(LEVERERA), 16, /Disken är full på den här datorn: /);
      await rm(filler);

      await servers.holdExport(source.owner, '12');
      const running = program.start([...LEVERERA, '--json']);
      await running.until(({ type }) => type === 'plan');
      const { bavail, bsize } = await statfs(folder);
      await writeFile(filler, Buffer.alloc(bavail * bsize - 64 * 1024));
      await servers.letGo();
      expect(await running.ended).toMatchObject({ code: 16 });
      expect((await readdir(program.remote)).filter((name) => !name.startsWith('.'))).toEqual([]);
      await rm(filler);
      await expectDelivered();
    });
  });

  it.skipIf(!canMount)(
    `F14: the disk of the state is full in the middle of a worker's upload, and has room again: it goes on${NO_MOUNT}`,
    async () => {
      await withSmallDisk(16, async (folder) => {
        program = await servers.newProgram(source.reader, { state: join(folder, 's'), targets: {} });
        await program.decide('12', decisions('BBBBBBB'));
        expect((await program.run(LEVERERA)).code).toBe(10);
        await program.set({ targets: { '12': program.target } });
        servers.there.proxy.throttle(40_000);
        const running = program.start([...LEVERERA, '--json']);
        const isSent = (event: DeliveryEvent) => event.type === 'file' && event.stage === 'upload';
        await running.until(isSent);
        const [delivery = ''] = await readdir(join(program.state, 'deliveries'));
        const log = join(program.state, 'deliveries', delivery, 'worker.log');
        const filler = join(folder, 'annat');
        // And what is left of the log's last block, so that its very next line finds no room.
        for (const file of [filler, log])
          await expect(writeFile(file, ' '.repeat(32 * 1024 * 1024), { flag: 'a' })).rejects.toMatchObject({ code: 'ENOSPC' });
        const logged = async () => (await readFile(log, 'utf8')).match(/"type":"file","stage":"upload"/g)?.length ?? 0;
        // One may have been told and not be written yet; of two the first is lost.
        await expect.poll(async () => running.events.filter(isSent).length - (await logged())).toBeGreaterThan(1);
        await rm(filler);
        servers.there.proxy.throttle(null);
        expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
        expect((await program.run(['verifiera', join(program.remote, (await readdir(program.remote))[0] ?? '')])).code).toBe(0);
        expect(await readFile(log, 'utf8')).toMatch(/"type":"result".*\n$/);
      });
    },
  );

  it('D14: a bag of that name is on the server already: the next number, and what is there is left alone', async () => {
    await begin(ONE_AREA);
    const taken = join(program.remote, `SMINET2_12_skane_${dayOf(new Date())}-1`);
    await mkdir(taken);
    await writeFile(join(taken, 'annat.txt'), 'någon annans');
    await expectDelivered(program.remote, 2);
    expect(await readdir(taken)).toEqual(['annat.txt']);
  });

  it('a bag of that name turns up after the number was taken (18)', async () => {
    await begin(ONE_AREA);
    await servers.holdExport(source.owner, '12');
    const running = program.start(LEVERERA);
    const taken = join(program.remote, `SMINET2_12_skane_${dayOf(new Date())}-1`);
    await expect.poll(() => program.workerPid('12')).toBeDefined();
    await expect.poll(() => readdir(program.staging)).toHaveLength(1);
    await mkdir(taken);
    await servers.letGo();
    expectError(await running.ended, 18, /Namnet SMINET2_12_skane_\S+-1 finns redan i/);
    await rmdir(taken);
    await expectDelivered();
  });

  it('R31: without a target the export is made and the run ends (10); with the target added it is sent, not exported again', async () => {
    await begin(ONE_AREA);
    await program.set({ targets: {} });
    const running = program.run([...LEVERERA, '--json']);
    const first = await running;
    expect(first.code).toBe(10);
    expect(first.json.at(-1)).toMatchObject({ type: 'error', code: 10, error: 'target_missing' });
    expectError(await program.run(LEVERERA), 10, /Inställningarna säger inte vart leveransen till Region Skåne ska skickas/);
    expectError(
      await program.run(['folj', '12']),
      5,
      /väntar sedan \S+ \S+: inställningarna säger inte vart den till Region Skåne ska skickas/,
    );
    await program.set({ targets: { '12': program.target } });
    const second = await program.run([...LEVERERA, '--json']);
    expect(second.code).toBe(0);
    expect(second.json).not.toContainEqual(expect.objectContaining({ type: 'file', stage: 'export' }));
    expect(await readdir(program.remote)).toEqual([`SMINET2_12_skane_${dayOf(new Date())}-1`]);
  });

  it('R31 D14: the number is frozen at the first connection, also when the target came after the export', async () => {
    await begin(ONE_AREA);
    await program.set({ targets: {} });
    expect((await program.run(LEVERERA)).code).toBe(10);
    await mkdir(join(program.remote, `SMINET2_12_skane_${dayOf(new Date())}-1`));
    await program.set({ targets: { '12': program.target } });
    await expectDelivered(program.remote, 2);
    const bag = join(program.remote, `SMINET2_12_skane_${dayOf(new Date())}-2`);
    expect((await program.run(['verifiera', bag])).code).toBe(0);
  });

  it('R31 D10: a target that came after the export wants another dialect: said, and nothing is sent (15); stoppa, and the next has it', async () => {
    await begin(ONE_AREA);
    await program.set({ targets: {} });
    expect((await program.run(LEVERERA)).code).toBe(10);
    await program.set({ targets: { '12': { ...program.target, dialect: { delimiter: ',', lineTerminator: '\r\n' } } } });
    for (const args of [LEVERERA, [...LEVERERA, '-n']])
      expectError(await program.run(args), 15, /ett annat CSV-format \(dialect\) än det som leveransen till Region Skåne planerades med/);
    await nothingSent();
    expect((await program.run(['stoppa', '12'])).code).toBe(0);
    await expectDelivered(program.remote, 2);
    const [bag = ''] = await readdir(program.remote);
    expect(await readFile(join(program.remote, bag, 'data', 'omrade3_diarienummer.csv'), 'utf8')).toMatch(/^"diarienummer"\r\n/);
  });

  /** A delivery of areas 3 and 5 whose first file is being sent while the second is exported; when it is done, so goes the rest. */
  const whileItUploads = async (act: () => Promise<unknown>): Promise<Ran> => {
    const gated = await servers.newSource();
    await sql(gated.owner, GATED_VIEW);
    await begin('GGBGBGG');
    await program.set({ source: { sminet2: gated.reader } });
    const start = () => program.start([...LEVERERA, '--json']);
    return inTheMiddle(servers, gated.owner, start, async (_, running) => {
      await running.until((event) => event.type === 'status' && event.stage === 'upload' && event.bytes > 0);
      await act();
    });
  };

  it('D16: a decision is changed while the upload runs: stopped, nothing published (4); stoppa, and the next is made by it', async () => {
    const ended = await whileItUploads(() => program.decide('12', decisions('GGBBBGG').slice(3, 4)));
    expect(ended.code).toBe(4);
    expect(ended.json.at(-1)).toMatchObject({ type: 'error', code: 4, error: 'decisions_changed' });
    expect((await readdir(program.remote)).filter((name) => !name.startsWith('.'))).toEqual([]);
    const again = await program.run(LEVERERA);
    expectError(again, 4, /Regionens beslut har ändrats sedan leveransen planerades/);
    expect(again.stderr).toContain('sminet-leverans stoppa 12');
    expect((await program.run(['stoppa', '12'])).code).toBe(0);
    await expectDelivered(program.remote, 2);
  });

  it('D16: the settings name another folder while the upload runs: stopped, nothing published (15)', async () => {
    const { target: other, folder } = await servers.newTarget();
    expect(await whileItUploads(() => program.set({ targets: { '12': other } }))).toMatchObject({ code: 15 });
    expect(await readdir(folder)).toEqual([]);
    expect((await readdir(program.remote)).filter((name) => !name.startsWith('.'))).toEqual([]);
    for (const args of [LEVERERA, [...LEVERERA, '-n']])
      expectError(await program.run(args), 15, /Mottagaren är inte den som leveransen till Region Skåne planerades för/);
    await program.set({ targets: { '12': program.target } });
    await expectDelivered();
  });

  it('N05: a staged file was changed before the upload (15); the export is made again, and nothing is spliced', async () => {
    await begin('GGGGBGG');
    await program.set({ targets: {} });
    expect((await program.run(LEVERERA)).code).toBe(10);
    const [bag = ''] = await readdir(program.staging);
    await writeFile(join(program.staging, bag, 'data', 'omrade5_anvandarloggar.csv'), '"myndighet"\n"13"\n');
    await program.set({ targets: { '12': program.target } });
    const stopped = await program.run(LEVERERA);
    expectError(stopped, 15, /omrade5_anvandarloggar\.csv är ändrad efter exporten/);
    expect((await readdir(program.remote)).filter((name) => !name.startsWith('.'))).toEqual([]);
    await expectDelivered();
    expect((await program.run(['verifiera', join(program.remote, bag)])).code).toBe(0);
  });

  it('D15: what was exported is gone when the target comes (15); the export is made again', async () => {
    await begin(ONE_AREA);
    await program.set({ targets: {} });
    expect((await program.run(LEVERERA)).code).toBe(10);
    const [bag = ''] = await readdir(program.staging);
    await rm(join(program.staging, bag), { recursive: true });
    await program.set({ targets: { '12': program.target } });
    expectError(await program.run(LEVERERA), 15, /är ändrad efter exporten/);
    await expectDelivered();
  });

  it('a journal that was damaged (15): status says fel, stoppa gives the delivery up, and the next one is new', async () => {
    await begin(ONE_AREA);
    await program.set({ targets: {} });
    expect((await program.run(LEVERERA)).code).toBe(10);
    const [delivery = ''] = await readdir(join(program.state, 'deliveries'));
    const journal = join(program.state, 'deliveries', delivery, 'journal.jsonl');
    const whole = await readFile(journal, 'utf8');
    await writeFile(journal, whole.replace('export-started', 'export-started?'));
    await program.set({ targets: { '12': program.target } });
    for (const args of [LEVERERA, [...LEVERERA, '-n']])
      expectError(await program.run(args), 15, /Journalen \S+journal\.jsonl är skadad på rad 2\./);
    expectError(await program.run(['pausa', '12']), 5, /slutade med ett fel\. Journalen \S+journal\.jsonl är skadad på rad 2\./);
    expect((await program.run(['status', '12'])).stdout).toMatch(/Diarier .* fel$/m);
    expect((await program.run(['stoppa', '12'])).code).toBe(0);
    expect(await readFile(`${journal}.skadad`, 'utf8')).toContain('export-started?');
    await expectDelivered(program.remote, 2);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'F14: a log that cannot be written is never why a delivery stops: an error is told and recorded, and then the bag is delivered',
    async () => {
      await begin(ONE_AREA);
      await program.set({ targets: {} });
      expect((await program.run(LEVERERA)).code).toBe(10);
      await expect.poll(() => program.workerPid('12')).toBeUndefined();
      const [delivery = ''] = await readdir(join(program.state, 'deliveries'));
      const folder = join(program.state, 'deliveries', delivery);
      await rm(join(folder, 'worker.log'));
      await symlink('/dev/full', join(folder, 'worker.log'));
      const recorded = async () => (await readFile(join(folder, 'journal.jsonl'), 'utf8')).match(/"type":"failed"/g)?.length;
      expect(await recorded()).toBe(1);
      expectError(await program.run(LEVERERA), 10, /säger inte vart leveransen till Region Skåne ska skickas/);
      expect(await recorded()).toBe(2);
      await program.set({ targets: { '12': program.target } });
      await expectDelivered();
    },
  );

  it('D16 F2: a decision is changed after a cut at the publishing: nobody says that nothing is published (4), nor does stoppa', async () => {
    await begin(ONE_AREA);
    await program.set({ targets: {} });
    expect((await program.run(LEVERERA)).code).toBe(10);
    const [delivery = ''] = await readdir(join(program.state, 'deliveries'));
    const journal = await openJournal<object>(join(program.state, 'deliveries', delivery, 'transfer.jsonl'));
    await journal.append({ type: 'begin' }, false);
    await journal.append({ type: 'renaming' }, true);
    await journal.close();
    await program.decide('12', decisions('GGBBGGG').slice(3, 4));
    const maybe = /paketet kan redan ligga hos mottagaren/;
    const refused = await program.run(LEVERERA);
    expectError(refused, 4, maybe);
    expect(refused.stderr).not.toContain('Inget är publicerat');
    expect((await program.run(['stoppa', '12'])).stdout).toMatch(maybe);
  });

  it('D16 F2: the line of the transfer journal that says so is damaged (15): nobody says that nothing is published', async () => {
    await begin(ONE_AREA);
    await program.set({ targets: {} });
    expect((await program.run(LEVERERA)).code).toBe(10);
    const [delivery = ''] = await readdir(join(program.state, 'deliveries'));
    const file = join(program.state, 'deliveries', delivery, 'transfer.jsonl');
    const journal = await openJournal<object>(file);
    await journal.append({ type: 'begin' }, false);
    await journal.append({ type: 'renaming' }, true);
    await journal.close();
    await writeFile(file, (await readFile(file, 'utf8')).replace('renaming', 'renaming?'));
    const maybe = /paketet kan redan ligga hos mottagaren/i;
    const refused = await program.run(LEVERERA);
    expectError(refused, 15, /Journalen \S+transfer\.jsonl är skadad på rad \d+\./);
    expect(refused.stderr).toMatch(maybe);
    expect((await program.run(['status', '12'])).stdout).toMatch(/Diarier .* fel$/m);
    expectError(await program.run(['pausa', '12']), 5, /slutade med ett fel .*transfer\.jsonl är skadad på rad \d+\./);
    expect((await program.run(['stoppa', '12'])).stdout).toMatch(maybe);
    await program.set({ targets: { '12': program.target } });
    await expectDelivered(program.remote, 2);
  });

  describe('F21 I9: the server is gone at the RENAME, whose reply nobody has heard', () => {
    let scripted: ScriptedSftp;
    beforeEach(async () => {
      scripted = await startScriptedSftp();
      await begin(ONE_AREA);
      const { host, port, username, privateKey, hostKey, path } = scripted.target;
      await program.set({ targets: { '12': { host, port, username, privateKey, hostKey, path } } });
    });
    afterEach(() => scripted.close());

    const isPublishing = ({ op, to }: SftpRequest): boolean => op === 'rename' && to.startsWith('/SMINET2_');
    /** The server renames, and nobody hears of it. */
    const renameUnheard = async (rename: () => Promise<Reply>, line: Line): Promise<null> => {
      await rename();
      scripted.isAway = true;
      line.drop();
      return null;
    };
    const expectUncertain = async (): Promise<void> => {
      const cut = await program.run([...LEVERERA, '--forgrund', '--max-offline', '1s']);
      expectError(cut, 13, /så paketet kan redan ligga hos mottagaren\. Nästa körning tar reda på det\./);
      expect(cut.stderr).not.toContain('Inget är publicerat');
    };

    it('it was done: nobody says that nothing is published (13), and the next run finds the bag', async () => {
      scripted.rule = (request, next, line) => (isPublishing(request) ? renameUnheard(next, line) : next());
      await expectUncertain();
      scripted.isAway = false;
      const written = scripted.requests.filter(({ op }) => op === 'write').length;
      await expectDelivered(scripted.folder);
      expect(scripted.requests.filter(({ op }) => op === 'write')).toHaveLength(written);
    });

    it('it is done when the next connection proves the bag anew, which is cut too: nor then, nor does stoppa', async () => {
      let late: (() => Promise<Reply>) | undefined;
      scripted.rule = async (request, next, line) => {
        if (isPublishing(request)) {
          late = next;
          line.drop();
          return null;
        }
        return request.op === 'opendir' && late ? renameUnheard(late, line) : next();
      };
      await expectUncertain();
      expect(await readdir(scripted.folder)).toEqual([`SMINET2_12_skane_${dayOf(new Date())}-1`]);
      const stopped = await program.run(['stoppa', '12']);
      expect(stopped.stdout).toMatch(/paketet kan redan ligga hos mottagaren/);
      expect(stopped.code).toBe(0);
    });
  });

  it('N19 D16: a state that an older copy was laid over: what was exported by lost decisions is never taken for a new delivery', async () => {
    await begin('GGBBGGG');
    const copied = ['audit.jsonl', 'regions'];
    const copy = join(program.home, 'kopia');
    for (const name of copied) await cp(join(program.state, name), join(copy, name), { recursive: true });
    await program.set({ targets: {} });
    expect((await program.run(LEVERERA)).code).toBe(10);
    for (const name of copied) await cp(join(copy, name), join(program.state, name), { recursive: true });
    await program.decide('12', decisions('GGBGGGG').slice(3, 4));
    await program.set({ targets: { '12': program.target } });
    const dry = await program.run([...LEVERERA, '-n', '--json']);
    const ran = await program.run(LEVERERA);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const [bag = ''] = await readdir(program.remote);
    expect(dry.json).toMatchObject([{ does: 'new', bag }]);
    expect(await readdir(join(program.remote, bag, 'data'))).toEqual(['omrade3_diarienummer.csv']);
  });
});
