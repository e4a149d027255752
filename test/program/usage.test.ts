import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/command-table.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import { decisions, listing, makeProgram, type Program, type ProgramSettings, type Ran } from '../support/program.ts';

/** Logs every module that the program loads, to the file that the environment names. */
const MODULE_LOG = `data:text/javascript,${encodeURIComponent(`
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(\`
import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(process.env.MODULE_LOG, url + '\\\\n');
  return next(url, context);
}\`));
`)}`;

const errorIn = (ran: Ran) => ran.json.at(-1) as { type: string; code: number; error: string; message: string };

describe('the command line without servers', () => {
  let program: Program;
  beforeAll(async () => {
    program = await makeProgram({});
  });
  afterAll(() => program.close());

  it('without a terminal and without a command: the help on stderr, nothing on stdout, exit 2', async () => {
    const ran = await program.run([]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^Sminet-leverans: .*Sminet 2/);
  });

  it('R01: --help names what the program is for and every command, --version the version, both without settings', async () => {
    const help = await program.run(['--help'], { withoutConfig: true });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/beslut.*leverans.*avvecklingen av Sminet 2/);
    for (const { name, internal } of COMMANDS) expect(help.stdout.includes(`  ${name} `), name).toBe(!internal);
    expect(help.stdout).toContain('arkiv@folkhalsomyndigheten.se');
    for (const { name, internal } of COMMANDS.filter(({ internal }) => !internal)) {
      const { code, stdout } = await program.run([...name.split(' '), '-h'], { withoutConfig: true });
      expect([code, stdout.split('\n')[0]], `${name} ${internal}`).toEqual([0, expect.stringContaining(`sminet-leverans ${name}`)]);
    }
    expect(await program.run(['--version'], { withoutConfig: true })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^sminet-leverans \d+\.\d+\.\d+\n$/),
    });
  });

  it('N11: status --json from /dev/null works, and Ink and React are never loaded', async () => {
    const log = join(program.home, 'modules');
    const env = { MODULE_LOG: log };
    const ran = await program.run(['status', '--json'], { env, nodeFlags: ['--import', MODULE_LOG] });
    expect(ran.code).toBe(0);
    const { readFile } = await import('node:fs/promises');
    const loaded = await readFile(log, 'utf8');
    expect(loaded).toMatch(/dist\/commands\/status\.js/);
    expect(loaded).not.toMatch(/node_modules\/(ink|react|yoga-layout)|dist\/(ui|terminal)\//);
  });

  it('R02 R03 R04: a fresh state shows 147 missing decisions, late by the clock that is given', async () => {
    const [status] = (await program.run(['status', '--json', '--today', '2026-11-22'])).json as {
      planning: boolean;
      regions: { code: string; areas: { area: number; decision: null; state: string }[] }[];
    }[];
    expect(status?.planning).toBe(true);
    expect(status?.regions.map(({ code }) => code)).toEqual(REGIONS.map(({ code }) => code));
    expect(status?.regions.flatMap(({ areas }) => areas.map(({ state, decision }) => [state, decision]))).toEqual(
      Array(147).fill(['saknas', null]),
    );
    const onTheDay = await program.run(['status', 'skane', '--today', '2026-01-31']);
    expect(onTheDay.stdout).not.toContain('försenat');
    expect((await program.run(['status', 'skane', '--today', '2026-02-01'])).stdout.match(/försenat 1 dag$/gm)).toHaveLength(7);
    expect((await program.run(['status', 'skane', '--today', '2026-11-22'])).stdout.match(/försenat 295 dagar/g)).toHaveLength(7);
    const [areas] = (await program.run(['omraden', '--json'])).json as { areas: { area: number }[] }[];
    expect(areas?.areas.map(({ area }) => area)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('a command that only reads writes nothing: no state folder, no file', async () => {
    const before = await listing(program.home);
    for (const args of [['status'], ['info'], ['omraden'], ['beslut', 'visa'], ['kvitton'], ['gallringsunderlag']]) {
      const ran = await program.run(args);
      expect(ran.code, args.join(' ')).toBe(0);
      if (args[0] === 'status') expect(ran.stderr).toMatch(/^OBS: .* är ett nytt, tomt läge/);
    }
    expect(await listing(program.home)).toEqual(before);
  });

  it.each([
    [['levrera', '12'], 'usage', 'levrera 12'],
    [['status', '--jsn'], 'usage', '--jsn'],
    [['leverera'], 'usage', 'leverera'],
    [['status', '12', '13'], 'usage', 'status'],
    [['status', '--today', '2026-02-30'], 'usage', '--today 2026-02-30'],
    [['leverera', '12', '--bekrafta', 'x', '--max-offline', '1dag'], 'confirmation_mismatch', 'Region Skåne'],
    [['status', '02'], 'unknown_region', '02'],
    [['status', 'Region Skaane'], 'unknown_region', 'Region Skaane'],
    [['beslut', 'satt', '12', '8', '--val', 'bevara'], 'unknown_area', '8'],
    [['beslut', 'satt', '12', '1'], 'answer_missing', '--val gallra|bevara|langre_frist'],
    [['beslut', 'satt', '12', '1', '--val', 'behall'], 'usage', '--val behall: värdet ska vara gallra, bevara eller langre_frist'],
    [['gallringsunderlag', '--per', 'igår'], 'usage', '--per igår: värdet ska vara ett datum'],
    [['kvittera', '12', '--av', 'Arkivet'], 'answer_missing', '--mottaget'],
  ])('%j is exit 2 (%s), and says what', async (args, error, fact) => {
    const ran = await program.run([...args, '--json']);
    expect(ran.code).toBe(2);
    expect(ran.json).toHaveLength(1);
    expect(errorIn(ran)).toMatchObject({ type: 'error', code: 2, error, message: expect.stringContaining(fact) });
  });

  it.each([
    [['pausa', '12'], 'no_delivery'],
    [['folj', '12'], 'no_delivery'],
    [['fortsatt', '12'], 'no_delivery'],
    [['stoppa', '12'], 'no_delivery'],
    [['kvittera', '12', '--mottaget', '2026-02-02', '--av', 'Arkivet'], 'no_delivery'],
  ])('%j without a delivery is exit 5', async (args, error) => {
    const ran = await program.run([...args, '--json']);
    expect([ran.code, errorIn(ran).error]).toEqual([5, error]);
    expect(errorIn(ran).message).toBe('Region Skåne har ingen leverans: ingen har startats.');
  });

  it('verifiera of nothing, of a file and of a folder that is no bag says which, and names the bags in it, without settings', async () => {
    const verifiera = (path: string) => program.run(['verifiera', path, '--json'], { withoutConfig: true });
    const missing = await verifiera('/finns/inte');
    expect([missing.code, errorIn(missing)]).toEqual([
      2,
      expect.objectContaining({ error: 'path_invalid', message: '/finns/inte finns inte.' }),
    ]);
    const file = await verifiera(program.config);
    expect([file.code, errorIn(file).message]).toEqual([2, `${program.config} är en fil, inte en mapp.`]);
    const noBag = await verifiera(program.home);
    expect(noBag).toMatchObject({ code: 19, json: [{ valid: false, problems: [{ code: 'bagit_missing' }], files: 0 }], stderr: '' });

    const inbox = join(program.home, 'in');
    for (const name of ['b 1', 'a', '.half.part']) {
      await mkdir(join(inbox, name), { recursive: true });
      await writeFile(join(inbox, name, 'bagit.txt'), '');
    }
    await mkdir(join(inbox, 'other'));
    expect(await verifiera(inbox)).toMatchObject({
      code: 19,
      stderr: `Mappen är inget paket. Kör verifiera på ett av de 2 paketen i den:\n  ${inbox}/a\n  ${inbox}/b 1\n`,
    });
  });

  it('beslut satt --brev: a letter that is not there is not a right that is missing', async () => {
    const satt = (letter: string) =>
      program.run([...'beslut satt 12 1 --val bevara --datum 2025-11-12 --beslutsfattare N --json --brev'.split(' '), letter]);
    const missing = await satt('brevet.pdf');
    expect([missing.code, errorIn(missing)]).toEqual([
      2,
      expect.objectContaining({ error: 'path_invalid', message: 'brevet.pdf finns inte.' }),
    ]);
    const folder = await satt(program.home);
    expect([folder.code, errorIn(folder).message]).toEqual([2, `${program.home} är en mapp, inte en fil.`]);
  });

  it('D3 R47: what beslut satt takes for granted of the cards of area 2 is said; what was given is not', async () => {
    const satt = (area: string, ...flags: string[]) =>
      program.run(['beslut', 'satt', '13', area, '--val', 'bevara', '--datum', '2025-11-12', '--beslutsfattare', 'Nämnden', ...flags]);
    expect((await satt('2')).stdout).toMatch(
      /antaget: patientkorten levereras \(--patientkort levereras\) och om en rapport .* \(--rapport-uttagen vet_ej\)\./,
    );
    const half = await satt('2', '--patientkort', 'levereras', '--json');
    expect(half.json).toEqual([expect.objectContaining({ area: 2, assumed: { reportTaken: 'vet_ej' } })]);
    for (const said of [await satt('2', '--patientkort', 'levereras', '--rapport-uttagen', 'nej'), await satt('1')])
      expect(said.stdout).not.toContain('antaget');
  });

  it('R05 R17: a decision that lacks what it must have is refused with the field, and nothing is registered', async () => {
    const satt = (area: string, ...rest: string[]) => program.run(['beslut', 'satt', '12', area, ...rest, '--json']);
    const facts = ['--datum', '2025-11-12', '--beslutsfattare', 'Nämnden'];
    const refused = await Promise.all([
      satt('1', '--val', 'gallra', ...facts),
      satt('1', '--val', 'gallra', '--dnr', 'RS 1', '--beslutsfattare', 'Nämnden'),
      satt('1', '--val', 'langre_frist', '--ny-frist', '2026-09-06', ...facts),
      satt('1', '--val', 'bevara', '--datum', '2199-01-01', '--beslutsfattare', 'Nämnden'),
    ]);
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(refused.map((ran) => errorIn(ran).message.replace('Beslutet kan inte registreras. ', ''))).toEqual([
      expect.stringMatching(/^Diarienummer saknas/),
      expect.stringMatching(/^Beslutsdatum saknas/),
      expect.stringMatching(/^Ny frist ska vara senare än det föreslagna datumet, 2026-09-06/),
      expect.stringMatching(/^Beslutsdatum ligger efter i dag/),
    ]);
    const [shown] = (await program.run(['beslut', 'visa', '12', '--json'])).json as {
      regions: { revision: number; history: unknown[] }[];
    }[];
    expect(shown?.regions[0]).toMatchObject({ revision: 0, history: [] });
  });
});

describe('settings and saved state that cannot be used (10)', () => {
  let program: Program;
  beforeAll(async () => {
    program = await makeProgram({});
  });
  afterAll(() => program.close());

  const expect10 = async (args: readonly string[], error: string, message: RegExp): Promise<void> => {
    const ran = await program.run([...args, '--json']);
    expect(ran.code).toBe(10);
    expect(errorIn(ran)).toMatchObject({ error, message: expect.stringMatching(message) });
  };
  const target = (path: string) => ({ host: 'sftp.example', port: 22, username: 'in', path });

  it('no settings at all: every place that was looked in is named', async () => {
    const ran = await program.run(['status'], { withoutConfig: true });
    expect(ran.code).toBe(10);
    expect(ran.stderr).toContain(`${program.home}/.config/sminet-leverans/config.json, /etc/sminet-leverans/config.json finns inte`);
    const named = await program.run(['status', '--json'], { withoutConfig: true, env: { SMINET_CONFIG: '/finns/inte.json' } });
    expect([named.code, errorIn(named).message]).toEqual([10, expect.stringContaining('/finns/inte.json')]);
  });

  it('broken, misspelt and contradicting settings name the file and the key; mended, the same command works', async () => {
    const settings = { state: join(program.home, 's'), staging: join(program.home, 'staging') };
    const write = (text: string) => writeFile(program.config, text);
    await write('{ "state": ');
    await expect10(['status'], 'settings_invalid', /inte giltig JSON, se rad 1/);
    await write(JSON.stringify({ ...settings, stagin: '/x' }));
    await expect10(['status'], 'settings_invalid', /stagin är inte en inställning\. Närmast är staging\./);
    await write(JSON.stringify({ state: settings.state, stagign: settings.staging }));
    await expect10(['status'], 'settings_invalid', /stagign är inte en inställning\. Närmast är staging\./);
    await write(JSON.stringify({ ...settings, targets: { '12': { ...target('/in'), losenord: 'x' } } }));
    await expect10(
      ['status'],
      'settings_invalid',
      /targets\.12\.losenord är inte en inställning\. Där kan finnas host, port, username, path/,
    );
    await write(JSON.stringify({ ...settings, targets: { '02': target('/in') } }));
    await expect10(['status'], 'settings_invalid', /targets\.02: det är inte länskoden/);
    // D16
    await write(JSON.stringify({ ...settings, targets: { '12': target('/in'), '13': target('/in/') } }));
    await expect10(
      ['leverera', '12', '--bekrafta', 'Region Skåne'],
      'settings_invalid',
      /targets\.13 har samma värd, port, användare och mapp som targets\.12/,
    );
    await program.set({});
    expect((await program.run(['status'])).code).toBe(0);
  });

  it('uppskatta and leverera without a source name the setting; decisions can be registered without it', async () => {
    await program.decide('12', decisions('GGBGGGG'));
    await expect10(['uppskatta', '12'], 'settings_invalid', /source saknas/);
    await expect10(['leverera', '12', '--bekrafta', 'Region Skåne'], 'settings_invalid', /source saknas/);
  });

  it('gallringsunderlag says that the dates rest on the host’s clock alone when the database cannot be asked', async () => {
    const ran = await program.run(['gallringsunderlag', '12']);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('bara på den här datorns klocka') });
  });

  it('a state folder that holds other things is never written in; an empty one becomes a new state, said loudly', async () => {
    const other = join(program.home, 'annat');
    await mkdir(other);
    await writeFile(join(other, 'brev.txt'), 'viktigt');
    const settings: Partial<ProgramSettings> = { state: other };
    await program.set(settings);
    const before = await listing(other);
    await expect10(['status'], 'state_unmarked', /annat är inte en tillståndsmapp/);
    await expect10(
      ['beslut', 'satt', '12', '1', '--val', 'bevara', '--datum', '2025-11-12', '--beslutsfattare', 'N'],
      'state_unmarked',
      /annat/,
    );
    expect(await listing(other)).toEqual(before);
    await program.set({ state: join(program.home, 'ny') });
    const first = await program.run([
      'beslut',
      'satt',
      '12',
      '1',
      '--val',
      'bevara',
      '--datum',
      '2025-11-12',
      '--beslutsfattare',
      'Nämnden',
    ]);
    expect(first).toMatchObject({ code: 0, stderr: expect.stringMatching(/^OBS: .*ny är ett nytt, tomt läge/) });
    const second = await program.run(['status', '12']);
    expect(second).toMatchObject({ code: 0, stderr: '' });
  });

  it('a state folder too deep for a socket, and one that was damaged', async () => {
    await program.set({ state: join(program.home, 'd'.repeat(100)) });
    await expect10(['status'], 'path_too_long', /byte för lång/);
    const state = join(program.home, 'ny');
    await program.set({ state });
    await writeFile(join(state, 'regions', '12.json'), '{}');
    await expect10(['status'], 'state_corrupt', /12\.json/);
    await expect10(['gallringsunderlag'], 'state_corrupt', /12\.json/);
    await expect10(['leverera', '12', '--bekrafta', 'Region Skåne'], 'state_corrupt', /12\.json/);
    const [shown] = (await program.run(['status', '--json'])).json as [{ regions: { code: string; error?: object }[] }];
    expect(shown.regions).toHaveLength(21);
    expect(shown.regions.filter(({ error }) => error)).toEqual([
      expect.objectContaining({ code: '12', error: { code: 10, message: expect.stringMatching(/12\.json/) } }),
    ]);
    const told = await program.run(['status']);
    expect(told).toMatchObject({ code: 10, stderr: expect.stringContaining('säkerhetskopian') });
    expect(told.stdout).toMatch(/^Region Skåne \(12\), SKADAD: .*12\.json/m);
    expect(told.stdout).toContain('Region Halland (13), 0 av 7 beslut');
    const [gate] = (await program.run(['gallringsunderlag', '--json'])).json as [
      { regions: { code: string; areas: { unmet: { code: string }[] }[] }[] },
    ];
    const closed = gate.regions.find(({ code }) => code === '12')?.areas.map(({ unmet }) => unmet.map(({ code }) => code));
    expect(closed).toEqual(Array.from({ length: 7 }, () => ['state_damaged']));
    expect((await program.run(['status', '13'])).code).toBe(0);
  });
});
