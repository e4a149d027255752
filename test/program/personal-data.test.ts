import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachmentNames } from '../../src/bag/file-names.ts';
import { dayOf } from '../../src/domain/calendar.ts';
import { run as sql } from '../support/postgres.ts';
import { decisions, type Ran } from '../support/program.ts';
import { type ProgramServers, type RegionProgram, startProgramServers } from '../support/program-servers.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';

const LEVERERA = ['leverera', '12', '--bekrafta', 'Region Skåne'];

/** Where personal data belongs: the payload, the bag's own manifest, the local transfer journal. */
const isAllowed = (path: string): boolean => /(^|\/)(data\/.*|manifest-sha256\.txt|transfer\.jsonl)$/.test(path);

describe.skipIf(!SSHD_PATH)(`N10 D13: no personal data outside the payload${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  let source: { owner: string; reader: string };
  let program: RegionProgram;
  /** What must be nowhere: numbers, names, names of attachments as registered and as delivered. */
  let secrets: string[];
  const words: string[] = [];

  beforeAll(async () => {
    servers = await startProgramServers();
    source = await servers.newSource();
    program = await servers.newProgram(source.reader);
    await program.decide('12', decisions('BBBBLBB'));
    secrets = await plantedSecrets();
  });
  afterAll(async () => {
    await program?.close();
    await servers.close();
  });

  const say = async (...args: string[]): Promise<Ran> => {
    const ran = await program.run(args);
    words.push(ran.stdout, ran.stderr);
    return ran;
  };
  const deliver = (...flags: string[]) => say(...LEVERERA, ...flags);

  async function plantedSecrets(): Promise<string[]> {
    const people = await sql<{ value: string }>(
      source.owner,
      `SELECT personnummer AS value FROM epiark.klinisk_anmalan UNION SELECT personnummer FROM epiark.lab_anmalan UNION SELECT personnummer FROM lan.patientkort
       UNION SELECT namn FROM lan.patientkort UNION SELECT namn FROM lan.intressent
       UNION SELECT efternamn FROM epiark.klinisk_anmalan WHERE anmalan_id >= 7900000 UNION SELECT fornamn FROM epiark.klinisk_anmalan WHERE anmalan_id >= 7900000`,
    );
    const attachments = await sql<{ diarienummer: string; filnamn: string }>(
      source.owner,
      "SELECT diarienummer, filnamn FROM leverans.omrade2_bilagor WHERE myndighet = '12' ORDER BY bilaga_id",
    );
    const safeName = attachmentNames();
    const names = attachments.flatMap(({ diarienummer, filnamn }) => [filnamn, safeName(diarienummer, filnamn)]);
    return [...new Set([...people.map(({ value }) => value), ...names])].filter((value) => value !== null && value.trim().length > 2);
  }

  /** Every secret in a text, also as JSON would write it. */
  const found = (text: string): string[] =>
    secrets.filter((secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)));

  it('the planted secrets are many, and are found where they belong', async () => {
    expect(secrets.length).toBeGreaterThan(500);
    expect(secrets).toEqual(expect.arrayContaining(['050230-1234', 'Łukaszewski', 'remiss.pdf', 'SYNT 12-2012-45_CON.txt']));
  });

  it('exports that fail on a row, on an attachment, in a view and on a changed staged file name no value (3, 15)', async () => {
    const latin1 = { delimiter: ';', encoding: 'iso-8859-1', bom: false, lineTerminator: '\n', nullToken: '' };
    await program.set({ targets: { '12': { ...program.target, dialect: latin1 } } });
    const unmappable = await deliver();
    expect(unmappable.code).toBe(3);
    expect(unmappable.stderr).toMatch(
      /Ett tecken ryms inte i ISO 8859-1: omrade7_kliniska_anmalningar, raden med nyckel 7900001, kolumnen fornamn/,
    );
    expect((await say('stoppa', '12')).code).toBe(0);
    await program.set({ targets: { '12': program.target } });

    await sql(source.owner, 'UPDATE lan.bilaga SET storlek = storlek + 1 WHERE bilaga_id = 3900004');
    const unreadable = await deliver();
    expect(unreadable.code).toBe(3);
    expect(unreadable.stderr).toMatch(/Bilaga nr \d+ går inte att läsa rätt\. Storleken är 25 byte, men vyn säger 26\./);
    await sql(source.owner, 'UPDATE lan.bilaga SET storlek = storlek - 1 WHERE bilaga_id = 3900004');

    // A view of the administrator's that raises an error with a value in its message.
    await sql(
      source.owner,
      "CREATE FUNCTION leverans.tal(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (t || '')::int::text; END $$",
    );
    const [view] = await sql<{ body: string }>(source.owner, "SELECT pg_get_viewdef('leverans.omrade2_patientkort') AS body");
    await sql(
      source.owner,
      `CREATE OR REPLACE VIEW leverans.omrade2_patientkort AS ${(view?.body ?? '').replace(/\bpersonnummer\b/, 'leverans.tal(personnummer) AS personnummer')}`,
    );
    const raised = await deliver();
    expect(raised.code).toBe(3);
    expect(raised.stderr).toMatch(/felkod 22P02/);
    await sql(source.owner, `CREATE OR REPLACE VIEW leverans.omrade2_patientkort AS ${view?.body}`);

    await program.set({ targets: {} });
    expect((await deliver()).code).toBe(10);
    const [bag = ''] = (await readdir(program.staging)).sort().slice(-1);
    const folder = join(program.staging, bag, 'data', 'omrade2_bilagor');
    const [attachment = ''] = (await readdir(folder)).filter((name) => name.endsWith('remiss.pdf'));
    await writeFile(join(folder, attachment), 'SYNTETISK men utbytt bilaga');
    await program.set({ targets: { '12': program.target } });
    const changed = await deliver();
    expect(changed.code).toBe(15);
    expect(changed.stderr).toContain('är ändrad efter exporten');
  });

  it('a delivery that goes well, and every command that speaks of it', async () => {
    await servers.holdExport(source.owner, '12');
    const running = program.start([...LEVERERA, '-v']);
    await running.said('Leverans SMINET2_12_skane');
    const following = program.start(['folj', '12', '--json']);
    await following.until(({ type }) => type === 'plan');
    await servers.letGo();
    for (const ran of [await running.ended, await following.ended]) {
      expect(ran.code).toBe(0);
      words.push(ran.stdout, ran.stderr);
    }
    const [bag = ''] = (await readdir(program.remote)).filter((name) => !name.startsWith('.'));
    await deliver('--json');
    const commands = [
      ['status', '--json'],
      ['kvitton', '--json'],
      ['beslut', 'visa', '12'],
      ['uppskatta', '12'],
      ['info', '--json'],
      ['kontrollera'],
      ['kvittera', '12', '--mottaget', dayOf(new Date()), '--av', 'Regionarkivet'],
      ['gallringsunderlag', '12'],
      ['rensa', '12', '--ja'],
    ];
    for (const args of commands) expect((await say(...args)).code, args.join(' ')).toBe(0);
    const verified = await say('verifiera', join(program.remote, bag), '--json');
    expect(verified.code).toBe(0);
  });

  it('nothing of it is in any word the program said', () => {
    expect(words.join('').length).toBeGreaterThan(20_000);
    expect(words.flatMap(found)).toEqual([]);
  });

  it.each(['home', 'remote'] as const)(
    'nothing of it is in any file under %s but the payload, the manifest and the transfer journal',
    async (place) => {
      const files = (await readdir(program[place], { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const open = files.filter((file) => !isAllowed(file));
      const contents = await Promise.all(open.map((file) => readFile(file, 'utf8')));
      expect(contents.flatMap((text, index) => found(text).map((secret) => `${open[index]}: ${secret}`))).toEqual([]);
      expect(open.flatMap((file) => found(file))).toEqual([]);
      const kinds = open.map((file) => file.replace(/.*\//, ''));
      const expected =
        place === 'home'
          ? ['journal.jsonl', 'worker.log', 'receipt.json', 'kvitto.txt', 'audit.jsonl', 'plan.json']
          : ['leveransreversal.txt', 'LASMIG.txt', 'datapackage.json'];
      expect(kinds).toEqual(expect.arrayContaining(expected));
      // The same search finds them where they belong, so an empty answer above says something.
      const rest = await Promise.all(files.filter(isAllowed).map((file) => readFile(file, 'utf8')));
      expect(rest.flatMap(found)).toEqual(
        expect.arrayContaining(place === 'home' ? ['SYNT 12-2012-45_CON.txt'] : ['050230-1234', 'SYNT 12-2012-45_CON.txt']),
      );
    },
  );
});
