import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decisions } from '../support/program.ts';
import { type ProgramServers, type RegionProgram, startProgramServers } from '../support/program-servers.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { openTerminal, type Terminal, TMUX_SKIP } from '../support/tmux.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
/** Bytes per second of some 2.7 MB: time to leave one wizard and open another, also on a busy machine. */
const SLOW = 30_000;

describe.skipIf(!SSHD_PATH || TMUX_SKIP !== '')(`the wizard in a real terminal of 80 × 24${SSHD_SKIP}${TMUX_SKIP}`, () => {
  let servers: ProgramServers;
  let source: { owner: string; reader: string };
  let program: RegionProgram;
  const terminals: Terminal[] = [];

  beforeAll(async () => {
    servers = await startProgramServers();
    source = await servers.newSource({ scale: 0.2 });
  });
  afterAll(() => servers.close());
  afterEach(async () => {
    servers.there.proxy.throttle(null);
    for (const terminal of terminals.splice(0)) await terminal.close();
    await program.close();
  });

  const openWizard = async (env: Readonly<Record<string, string>> = {}): Promise<Terminal> => {
    const terminal = await openTerminal(`${process.execPath} ${MAIN} --config ${program.config}`, {
      PATH: process.env.PATH ?? '',
      HOME: program.home,
      TMPDIR: program.home,
      LANG: 'C.UTF-8',
      CI: 'true',
      ...env,
    });
    terminals.push(terminal);
    return terminal;
  };
  const published = async (): Promise<string[]> => (await readdir(program.remote)).filter((name) => !name.startsWith('.'));
  const workerPid = () => program.workerPid('12');

  /** From S0 to Region Skåne's S2, by the filter. */
  const openSkane = async (terminal: Terminal): Promise<void> => {
    await terminal.shows('Klart: 7 av 7');
    await terminal.press('Enter');
    await terminal.shows('Region Stockholm');
    await terminal.press('/');
    await terminal.type('skå');
    await terminal.shows(/> Region Skåne/);
    await terminal.press('Enter');
    await terminal.shows('Region Skåne (12)');
  };
  /** Types into the name field. A dialog that has just opened takes no keys for a moment, so what did not arrive is typed again. */
  const typeName = async (terminal: Terminal, name: string): Promise<void> => {
    for (;;) {
      await terminal.type(name);
      if (await terminal.showsWithin(`> ${name}`, 1_000)) return;
      await terminal.press(...Array.from(name, () => 'BSpace'));
    }
  };
  const confirm = async (terminal: Terminal): Promise<void> => {
    await terminal.press('g');
    await terminal.shows('Skriv regionens namn');
    await typeName(terminal, 'Region Skån');
    await terminal.press('Enter');
    await terminal.shows('Namnet stämmer inte.');
    await terminal.type('e');
    await terminal.shows('> Region Skåne');
    await terminal.press('Enter');
  };

  /** A wizard that shows an upload too slow to end by itself. */
  const uploadInWizard = async (): Promise<Terminal> => {
    program = await servers.newProgram(source.reader);
    await program.decide('12', decisions('GBGGBGG'));
    servers.there.proxy.throttle(SLOW);
    const terminal = await openWizard();
    await openSkane(terminal);
    await confirm(terminal);
    await terminal.shows('Överföring › Region Skåne');
    return terminal;
  };
  /** A new wizard, past S0, that has found what the one before it left. */
  const openOnResume = async (): Promise<Terminal> => {
    const terminal = await openWizard();
    await terminal.shows('Klart: 7 av 7');
    await terminal.press('Enter');
    await terminal.shows('Återuppta');
    return terminal;
  };

  it('walks from Startkontroll over the typed name to Kvitton, and gives the terminal back', async () => {
    program = await servers.newProgram(source.reader);
    await program.decide('12', decisions('BBBGLGB'));
    const terminal = await openWizard();
    await openSkane(terminal);
    await confirm(terminal);
    await terminal.shows('Leveransen är överförd och innehållet är verifierat');
    expect(await terminal.isAlternate()).toBe(true);
    const [bag] = await published();
    expect((await program.run(['verifiera', join(program.remote, bag ?? '')])).code).toBe(0);
    await terminal.press('Escape');
    await terminal.shows('verifierad');
    await terminal.press('q');
    await terminal.shows('exit 0');
    expect(await terminal.isAlternate()).toBe(false);
  });

  it('R38 D1 Enter held through the whole wizard on a fresh state decides nothing and sends nothing', async () => {
    program = await servers.newProgram(source.reader);
    const terminal = await openWizard();
    await terminal.shows('Klart: 7 av 7');
    for (let press = 0; press < 60; press += 1) await terminal.press('Enter');
    await terminal.press('g', 'Enter', 'Enter');
    await terminal.press('Escape');
    await terminal.shows('Region Stockholm (01)');
    await terminal.press('q');
    await terminal.shows('exit 0');
    const { json } = await program.run(['status', '--json']);
    const [status] = json as { regions: { areas: { state: string }[]; delivery: string | null }[] }[];
    expect(status?.regions.flatMap(({ areas }) => areas.map(({ state }) => state)).every((state) => state === 'saknas')).toBe(true);
    expect(status?.regions.every(({ delivery }) => delivery === null)).toBe(true);
    expect(await published()).toEqual([]);
    expect(await workerPid()).toBeUndefined();
  });

  it('N10 what a library or Node prints while the wizard draws is not on the screen, in the log by its trace alone, and printed again after it', async () => {
    program = await servers.newProgram(source.reader);
    const noise = join(program.home, 'noise.mjs');
    await writeFile(
      noise,
      `setInterval(() => {
        console.warn('OVÄSEN');
        console.log('OVÄSEN');
        process.stderr.write('OVÄSEN');
        process.emitWarning('OVÄSEN', 'Bullervarning');
      }, 100).unref();
      process.on('exit', () => console.warn('TYST IGEN'));`,
    );
    const terminal = await openWizard({ NODE_OPTIONS: `--import ${noise}` });
    await terminal.shows('Klart: 7 av 7');
    const log = () => readFile(join(program.state, 'wizard.log'), 'utf8').catch(() => '');
    for (const kind of ['"stdout"', '"stderr"', '"Bullervarning"']) await expect.poll(log).toContain(kind);
    expect(await log()).toContain(noise);
    expect(await log()).not.toContain('OVÄSEN');
    await terminal.press('Enter');
    expect(await terminal.shows('Region Stockholm')).not.toContain('OVÄSEN');
    await terminal.press('q');
    expect(await terminal.shows('exit 0')).toContain('TYST IGEN');
  });

  it('F37 a terminal that is closed in the middle of the upload stops nothing: a new wizard finds and follows it', async () => {
    const terminal = await uploadInWizard();
    const worker = await workerPid();
    expect(worker).toBeDefined();
    await terminal.close();
    expect(await workerPid()).toBe(worker);
    const again = await openOnResume();
    expect(await workerPid()).toBe(worker);
    await again.press('Down');
    servers.there.proxy.throttle(null);
    await again.press('Enter');
    await again.shows('Leveransen är överförd och innehållet är verifierat');
    expect(await published()).toHaveLength(1);
  });

  it('F1 with the worker killed too, the wizard opens on Återuppta, changes nothing by Enter alone, and continues when asked', async () => {
    const terminal = await uploadInWizard();
    await terminal.close();
    const worker = await workerPid();
    if (worker === undefined) throw new Error('nobody works');
    process.kill(worker, 'SIGKILL');
    servers.there.proxy.throttle(null);
    const again = await openOnResume();
    expect(await workerPid()).toBeUndefined();
    expect(await published()).toEqual([]);
    await again.press('Down', 'Enter');
    await again.shows('Leveransen är överförd och innehållet är verifierat');
    expect(await published()).toHaveLength(1);
  });
});
