import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryEvent, ResultEvent } from '../../src/domain/delivery-events.ts';
import { killIfAlive } from '../support/kill-if-alive.ts';
import { decisions, type Ran, type Running } from '../support/program.ts';
import { type ProgramServers, type RegionProgram, startProgramServers } from '../support/program-servers.ts';
import { atTerminal, SCRIPT_SKIP } from '../support/script.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { steadyDay } from '../support/steady-day.ts';
import { stopProcess } from '../support/stopped.ts';
import { SOCKETS_SKIP, tcpSockets } from '../support/tcp-sockets.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const LEVERERA = ['leverera', '12', '--bekrafta', 'Region Skåne', '--json'];
/** Slow enough to be met while some 2.7 MB are sent, and then that an operator has time to act, also on a busy machine. */
const [SLOW, SLOWER] = [150_000, 40_000];

const isUploading = (event: DeliveryEvent): boolean => event.type === 'status' && event.stage === 'upload' && event.bytes > 0;
const resultOf = ({ json }: Ran): ResultEvent => json.at(-1) as ResultEvent;

describe.skipIf(!SSHD_PATH)(`a delivery under way, in the operator's hands${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  let source: { owner: string; reader: string };
  let program: RegionProgram;
  /** A worker that a test has stopped; one that is not woken could not be ended with its program. */
  let stopped: number | undefined;

  beforeAll(async () => {
    servers = await startProgramServers();
    source = await servers.newSource({ scale: 0.2 });
  });
  afterAll(() => servers.close());
  beforeEach(() => steadyDay(3));
  afterEach(async () => {
    await servers.letGo();
    if (stopped !== undefined) killIfAlive(stopped, 'SIGCONT');
    stopped = undefined;
    servers.there.proxy.throttle(null);
    await program?.close();
  });

  /** A delivery of areas 2 and 5 whose export is done and that is being sent, slowly. */
  const beginUpload = async (flags: readonly string[] = []): Promise<Running> => {
    program = await servers.newProgram(source.reader);
    await program.decide('12', decisions('GBGGBGG'));
    servers.there.proxy.throttle(SLOW);
    const running = program.start([...LEVERERA, ...flags]);
    await running.until(isUploading);
    servers.there.proxy.throttle(SLOWER);
    await expect.poll(async () => (await statusOf()).stage).toBe('upload');
    return running;
  };
  const atFullSpeed = () => servers.there.proxy.throttle(null);
  const published = async (): Promise<string[]> => (await readdir(program.remote)).filter((name) => !name.startsWith('.'));
  const statusOf = async (): Promise<{ stage?: string; areas: { state: string }[] }> => {
    const [status] = (await program.run(['status', '12', '--json'])).json as { regions: { stage: string; areas: { state: string }[] }[] }[];
    return status?.regions[0] ?? { areas: [] };
  };
  const states = async (): Promise<string[]> => (await statusOf()).areas.map(({ state }) => state);
  const expectPublished = async (ran: Ran): Promise<void> => {
    expect(ran).toMatchObject({ code: 0 });
    expect(await published()).toEqual([resultOf(ran).bag]);
    expect((await program.run(['verifiera', join(program.remote, resultOf(ran).bag)])).code).toBe(0);
  };

  it('pausa keeps what the server has, status says pausad; fortsatt finishes the same delivery', async () => {
    const watching = await beginUpload();
    expect(await states()).toEqual(['beslutad', 'skickas', 'beslutad', 'beslutad', 'skickas', 'beslutad', 'beslutad']);
    const paused = await program.run(['pausa', '12', '--json']);
    expect(paused).toMatchObject({ code: 0, json: [{ region: '12', outcome: 'paused' }] });
    const watched = await watching.ended;
    expect(watched.code).toBe(3);
    expect(watched.json.at(-1)).toMatchObject({ type: 'error', code: 3, error: 'paused', message: 'Leveransen är pausad.' });
    expect(await program.workerPid('12')).toBeUndefined();
    for (const command of ['pausa', 'folj']) {
      const again = await program.run([command, '12']);
      expect(again).toMatchObject({
        code: 5,
        stderr: expect.stringMatching(/är pausad sedan .*\n.*\n.*\n.*sminet-leverans fortsatt 12\n/),
      });
    }
    expect(await states()).toEqual(['beslutad', 'pausad', 'beslutad', 'beslutad', 'pausad', 'beslutad', 'beslutad']);
    expect(await published()).toEqual([]);

    atFullSpeed();
    const resumed = await program.run(['fortsatt', '12', '--json']);
    await expectPublished(resumed);
    expect(resumed.json[0]).toEqual(watched.json[0]);
    expect(resumed.json).toContainEqual(expect.objectContaining({ type: 'file', stage: 'upload', resumed: true }));
    expect(resumed.json).not.toContainEqual(expect.objectContaining({ stage: 'export' }));
    expect(resultOf(resumed).bytesResent).toBeLessThan(resultOf(resumed).bytes);
  });

  it('D15: pausa during the export lets it finish first, and fortsatt exports nothing again', async () => {
    program = await servers.newProgram(source.reader);
    await program.decide('12', decisions('GBGGBGG'));
    await servers.holdExport(source.owner, '12');
    const watching = program.start(LEVERERA);
    await watching.until(({ type }) => type === 'plan');
    const pausing = program.start(['pausa', '12']);
    await pausing.said('Paus begärd.');
    await servers.letGo();
    expect(await pausing.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Leveransen är pausad.') });
    const watched = await watching.ended;
    expect(watched.code).toBe(3);
    expect(watched.json).toContainEqual(
      expect.objectContaining({ type: 'file', stage: 'export', file: 'data/omrade5_anvandarloggar.csv' }),
    );
    expect(watched.json).not.toContainEqual(expect.objectContaining({ type: 'file', stage: 'upload' }));
    expect(await published()).toEqual([]);
    const resumed = await program.run(['fortsatt', '12', '--json']);
    await expectPublished(resumed);
    expect(resumed.json).not.toContainEqual(expect.objectContaining({ stage: 'export' }));
  });

  it('stoppa gives it up: the next leverera is a new bag, and rensa removes what was left, here and there', async () => {
    const watching = await beginUpload();
    expect(await program.run(['stoppa', '12', '--json'])).toMatchObject({ code: 0, json: [{ region: '12', outcome: 'stopped' }] });
    expect(await watching.ended).toMatchObject({ code: 3 });
    expect(await program.run(['fortsatt', '12'])).toMatchObject({ code: 5, stderr: expect.stringContaining('och är övergiven.') });
    const [part = ''] = await readdir(program.remote);
    expect(part).toMatch(/^\.SMINET2_12_skane_.*-1\./);
    atFullSpeed();
    const next = await program.run(LEVERERA);
    expect(resultOf(next).bag).toMatch(/-2$/);
    await expectPublished(next);
    const [stopped = '', done = ''] = (await readdir(program.staging)).sort();
    expect(done).toBe(resultOf(next).bag);

    expect((await program.run(['rensa', '12'])).code).toBe(2);
    expect((await readdir(program.staging)).sort()).toEqual([stopped, done]);
    const cleaned = await program.run(['rensa', '12', '--ja', '--json']);
    expect(cleaned).toMatchObject({ code: 0, json: [{ region: '12', removed: [{ staging: true, parts: 1 }] }] });
    // D17: what was sent stays until the region has acknowledged it; what was published always stays.
    expect(await readdir(program.staging)).toEqual([done]);
    expect(await readdir(program.remote)).toEqual([done]);
  });

  it('stoppa of a worker says, as of a delivery that nobody works on, what comes next and how what was left goes', async () => {
    const said = /är stoppad och övergiven\. Nästa leverera gör en ny\. .*sminet-leverans rensa 12\n/;
    const watching = await beginUpload();
    expect(await program.run(['stoppa', '12'])).toMatchObject({ code: 0, stdout: expect.stringMatching(said) });
    await watching.ended;
    const next = program.start([...LEVERERA, '--forgrund']);
    await next.until(isUploading);
    next.process.kill('SIGINT');
    await next.ended;
    expect(await program.run(['stoppa', '12'])).toMatchObject({ code: 0, stdout: expect.stringMatching(said) });
  });

  it('stoppa gives up a delivery that nobody works on, at a terminal only when a question is answered, and a finished one never; rensa does with a damaged journal what it can', async () => {
    const watching = await beginUpload();
    expect((await program.run(['pausa', '12'])).code).toBe(0);
    await watching.ended;
    atFullSpeed();
    if (SCRIPT_SKIP === '') {
      const asked = await atTerminal([MAIN, 'stoppa', '12', '--config', program.config], program.home, 'n');
      expect([asked.code, asked.screen]).toEqual([0, expect.stringMatching(/Region Skåne\s+överges\?[\s\S]*Inget är stoppat\./)]);
      expect((await states())[1]).toBe('pausad');
    }
    expect(await program.run(['stoppa', '12', '--json'])).toMatchObject({ code: 0, json: [{ region: '12', outcome: 'stopped' }] });
    const ran = await program.run(LEVERERA);
    expect(resultOf(ran).bag).toMatch(/-2$/);
    expect((await program.run(['stoppa', '12'])).code).toBe(5);
    expect(await published()).toEqual([resultOf(ran).bag]);

    // D17: a damaged transfer journal does not keep rensa from what its whole lines name, and the damage is said.
    const [stopped = ''] = (await readdir(join(program.state, 'deliveries'))).sort();
    const journal = join(program.state, 'deliveries', stopped, 'transfer.jsonl');
    await writeFile(journal, (await readFile(journal, 'utf8')).replace('"staged-none"', '"staged-n0ne"'));
    const cleaned = await program.run(['rensa', '12', '--ja', '--json']);
    expect(cleaned).toMatchObject({ code: 0, json: [{ removed: [{ delivery: stopped, parts: 1, firstBadLine: 1 }] }] });
    expect(await readdir(program.remote)).toEqual([resultOf(ran).bag]);
  });

  it('D17: rensa removes the local files of a bag once it is acknowledged, and touches nothing on the server', async () => {
    program = await servers.newProgram(source.reader);
    await program.decide('12', decisions('GGBGGGG'));
    const { bag } = resultOf(await program.run(LEVERERA));
    const nothing = await program.run(['rensa', '12', '--ja', '--json']);
    expect(nothing).toMatchObject({ code: 0, json: [{ region: '12', removed: [] }] });
    const day = (await program.receipt(bag.replace('SMINET2_', ''))).publishedAt.slice(0, 10);
    expect((await program.run(['kvittera', '12', '--mottaget', day, '--av', 'Regionarkivet'])).code).toBe(0);
    expect((await program.run(['rensa', '12', '--ja'])).code).toBe(0);
    expect(await readdir(program.staging)).toEqual([]);
    expect((await program.run(['verifiera', join(program.remote, bag)])).code).toBe(0);
  });

  it('a second leverera follows the worker that a colleague started; both get the same result, and there is one bag', async () => {
    const first = await beginUpload();
    const pid = await program.workerPid('12');
    const dry = await program.run(['leverera', '12', '-n', '--json']);
    expect(dry).toMatchObject({ code: 0, json: [{ type: 'plan', does: 'follow', bag: (first.events[0] as { bag: string }).bag }] });
    const second = program.start(LEVERERA);
    await second.until(isUploading);
    expect(await program.workerPid('12')).toBe(pid);
    const foreground = await program.run([...LEVERERA, '--forgrund']);
    expect(foreground.code).toBe(11);
    expect(foreground.json.at(-1)).toMatchObject({ error: 'locked', message: expect.stringMatching(new RegExp(`pid ${pid}`)) });
    atFullSpeed();
    const [one, two] = [await first.ended, await second.ended];
    expect(resultOf(two)).toEqual(resultOf(one));
    expect(two.json[0]).toEqual(one.json[0]);
    await expectPublished(one);
  });

  it('two operators who start at the same instant get one worker, one delivery and the same result', async () => {
    program = await servers.newProgram(source.reader);
    await program.decide('12', decisions('GGBGGGG'));
    const both = await Promise.all([program.run(LEVERERA), program.run(LEVERERA)]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(resultOf(both[0])).toEqual(resultOf(both[1]));
    expect(await published()).toEqual([resultOf(both[0]).bag]);
    expect(await readdir(join(program.state, 'deliveries'))).toHaveLength(1);
  });

  it.skipIf(SOCKETS_SKIP !== '')(
    `R30 R35 R37: a worker speaks with the database and the SFTP server, with nothing else, and listens for nobody${SOCKETS_SKIP}`,
    async () => {
      program = await servers.newProgram(source.reader);
      await program.decide('12', decisions('GBGGBGG'));
      servers.there.proxy.throttle(SLOW);
      await servers.holdExport(source.owner, '12');
      const running = program.start(LEVERERA);
      await running.until(({ type }) => type === 'plan');
      const worker = (await program.workerPid('12')) ?? 0;
      const database = Number(new URL(source.reader).port);
      const receiver = servers.there.proxy.port;
      const others: number[] = [];
      /** Looks until it is connected to this port, and keeps in mind what else it has meanwhile. */
      const connectedTo = async (port: number): Promise<void> => {
        const look = async () => {
          const { listening, peers } = await tcpSockets(worker);
          others.push(...listening, ...peers.filter((peer) => peer !== database && peer !== receiver));
          return peers;
        };
        await expect.poll(look).toContain(port);
      };
      await connectedTo(database);
      await servers.letGo();
      await running.until(isUploading);
      await connectedTo(receiver);
      expect(others).toEqual([]);
      atFullSpeed();
      await expectPublished(await running.ended);
    },
  );

  it('D12: a worker that the system has stopped keeps nobody waiting: what asks says that it runs, what wants to speak with it that it does not answer, and woken it goes on', async () => {
    const watching = await beginUpload();
    const pid = (await program.workerPid('12')) ?? 0;
    stopped = pid;
    await stopProcess(pid);
    const all = await program.run(['status', '--json']);
    const { regions } = all.json[0] as { regions: { code: string; worker: object | null; areas: { state: string }[] }[] };
    expect([all.code, regions.length]).toEqual([0, 21]);
    const skane = regions.find(({ code }) => code === '12');
    expect(skane).toMatchObject({ worker: { pid: null } });
    expect(skane?.areas.map(({ state }) => state)).toContain('skickas');
    expect(await program.run(['status'])).toMatchObject({ code: 0, stdout: expect.stringContaining('svarar inte') });
    expect((await program.run(['gallringsunderlag', '12'])).code).toBe(0);
    const acknowledged = await program.run(['kvittera', '12', '--mottaget', '2026-01-01', '--av', 'Regionarkivet']);
    expect(acknowledged).toMatchObject({ code: 5, stderr: expect.stringContaining('pågår.') });
    for (const command of [
      ['pausa', '12'],
      ['stoppa', '12'],
      ['folj', '12'],
      ['fortsatt', '12'],
      LEVERERA.slice(0, -1),
      [...LEVERERA.slice(0, -1), '--forgrund'],
    ]) {
      const ran = await program.run(command);
      expect([ran.code, ran.stderr], command.join(' ')).toEqual([
        11,
        expect.stringMatching(/Region Skåne används av en process som\sinte\ssvarar\./),
      ]);
    }
    process.kill(pid, 'SIGCONT');
    atFullSpeed();
    await expectPublished(await watching.ended);
  });

  it('SIGINT, SIGTERM and SIGHUP end their watcher (130, 143, 129), which says that the worker goes on, and folj finds it', async () => {
    const starter = await beginUpload();
    const pid = await program.workerPid('12');
    const watchers = [starter, program.start(LEVERERA), program.start(['folj', '12', '--json'])];
    for (const [index, signal] of (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).entries()) {
      await watchers[index]?.until(isUploading);
      watchers[index]?.process.kill(signal);
    }
    const ended = await Promise.all(watchers.map((watcher) => watcher.ended));
    expect(ended.map(({ code }) => code)).toEqual([130, 143, 129]);
    for (const { stderr } of ended) {
      expect(stderr).toMatch(
        /^Leveransen går vidare i en egen process\. .*: sminet-leverans folj skane\n.*: sminet-leverans pausa skane\n$/,
      );
    }
    expect(await program.workerPid('12')).toBe(pid);
    const following = program.start(['folj', '12', '--json']);
    await following.until(isUploading);
    atFullSpeed();
    await expectPublished(await following.ended);
    expect(await program.run(['folj', '12'])).toMatchObject({ code: 5, stderr: expect.stringContaining('är klar sedan') });
  });

  it('--forgrund: SIGINT, SIGTERM and SIGHUP stop the work safely (130, 143, 129), and the next run goes on with the same delivery', async () => {
    let running = await beginUpload(['--forgrund']);
    const plan = running.events[0];
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      expect(await program.workerPid('12')).toBe(running.process.pid);
      running.process.kill(signal);
      const ended = await running.ended;
      expect(ended.code).toBe(code);
      expect(ended.stderr).toMatch(
        /^Leveransen SMINET2_\S+ är avbruten\. Inget ofullständigt är publicerat\. Det som servern har kvitterat behålls\. /m,
      );
      expect(ended.stderr).toMatch(/Fortsätt med: sminet-leverans leverera 12 --forgrund --bekrafta "Region Skåne"\n$/);
      expect(await published()).toEqual([]);
      running = program.start([...LEVERERA, '--forgrund']);
      await running.until(({ type }) => type === 'status');
    }
    atFullSpeed();
    const resumed = await running.ended;
    await expectPublished(resumed);
    expect(resumed.json[0]).toEqual(plan);
    expect(resumed.json).not.toContainEqual(expect.objectContaining({ stage: 'export' }));
  });

  it('--forgrund: stopped in the export, the next run exports in full from a new snapshot (D15)', async () => {
    program = await servers.newProgram(source.reader);
    await program.decide('12', decisions('GBGGBGG'));
    await servers.holdExport(source.owner, '12');
    const running = program.start([...LEVERERA, '--forgrund']);
    await running.until(({ type }) => type === 'plan');
    running.process.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('Exporten görs om från början.') });
    expect(await states()).toEqual(['beslutad', 'pausad', 'beslutad', 'beslutad', 'pausad', 'beslutad', 'beslutad']);
    expect((await program.run(['status', '12'])).stdout.match(/ avbruten$/gm)).toHaveLength(2);
    expect(await program.run(['folj', '12'])).toMatchObject({ code: 5, stderr: expect.stringContaining('är avbruten: ingen process') });
    await servers.letGo();
    const resumed = await program.run([...LEVERERA, '--forgrund']);
    await expectPublished(resumed);
    expect(resultOf(resumed).bag).toMatch(/-1$/);
  });

  it('the worker writes its log to the delivery, and what it did is there when nobody watches', async () => {
    const watching = await beginUpload();
    watching.process.kill('SIGKILL');
    await watching.ended;
    atFullSpeed();
    await expect.poll(published).toHaveLength(1);
    await expect.poll(() => program.workerPid('12')).toBeUndefined();
    const [delivery = ''] = await readdir(join(program.state, 'deliveries'));
    const log = (await readFile(join(program.state, 'deliveries', delivery, 'worker.log'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(log[0]).toMatchObject({ type: 'plan', delivery });
    expect(log.at(-1)).toMatchObject({ type: 'result', delivery });
    const again = await program.run(LEVERERA);
    expect(again.json).toHaveLength(1);
    expect(resultOf(again)).toMatchObject({ type: 'result', delivery });
  });
});
