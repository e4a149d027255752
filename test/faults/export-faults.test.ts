import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import { decisions } from '../support/program.ts';
import { type ProgramServers, type RegionProgram, startProgramServers } from '../support/program-servers.ts';
import { change } from '../support/source-export.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';

const LEVERERA = ['leverera', '12', '--bekrafta', 'Region Skåne', '--json'];
describe.skipIf(!SSHD_PATH)(`the export and what can happen to its source, through the whole program${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  let source: { owner: string; reader: string };
  let program: RegionProgram;

  beforeAll(async () => {
    servers = await startProgramServers();
  });
  afterAll(() => servers.close());
  afterEach(() => program?.close());

  const begin = async (letters: string, sourceChange = 'SELECT', dialect = DEFAULT_DIALECT): Promise<void> => {
    source = await servers.newSource();
    await change(source.owner, sourceChange);
    program = await servers.newProgram(source.reader);
    await program.set({ targets: { '12': { ...program.target, dialect } } });
    await program.decide('12', decisions(letters));
  };
  const staged = async (): Promise<string[]> => {
    const [bag] = await readdir(program.staging);
    return bag === undefined ? [] : (await readdir(join(program.staging, bag, 'data'))).sort();
  };
  const expectDelivered = async () => {
    const ran = await program.run(LEVERERA);
    expect(ran.json.at(-1)).toMatchObject({ type: 'result' });
    const [bag = '', ...others] = await readdir(program.remote);
    expect(others).toEqual([]);
    expect((await program.run(['verifiera', join(program.remote, bag)])).code).toBe(0);
    return join(program.remote, bag, 'data');
  };
  const IN_ONE_VIEW: readonly (readonly [string, string, string, RegExp])[] = [
    [
      'permission denied',
      'REVOKE SELECT ON leverans.omrade4_intressenter FROM las',
      'GRANT SELECT ON leverans.omrade4_intressenter TO las',
      /Rollen får inte läsa vyn leverans\.omrade4_intressenter/,
    ],
    [
      'the view is gone',
      'ALTER VIEW leverans.omrade4_intressenter RENAME TO borta',
      'ALTER VIEW leverans.borta RENAME TO omrade4_intressenter',
      /Vyn leverans\.omrade4_intressenter finns inte/,
    ],
    [
      'a column changed its type',
      `ALTER VIEW leverans.omrade4_intressenter RENAME TO borta;
       CREATE VIEW leverans.omrade4_intressenter AS SELECT intressent_id, myndighet, egna_falt::text AS egna_falt FROM leverans.borta;
       GRANT SELECT ON leverans.omrade4_intressenter TO las`,
      'DROP VIEW leverans.omrade4_intressenter; ALTER VIEW leverans.borta RENAME TO omrade4_intressenter',
      /Kolumnen egna_falt i omrade4_intressenter har typen text/,
    ],
    [
      'a value that the view cannot make',
      `ALTER VIEW leverans.omrade4_intressenter RENAME TO borta;
       CREATE VIEW leverans.omrade4_intressenter AS SELECT intressent_id, myndighet, ('SYNTETISK ' || namn)::int AS namn FROM leverans.borta;
       GRANT SELECT ON leverans.omrade4_intressenter TO las`,
      'DROP VIEW leverans.omrade4_intressenter; ALTER VIEW leverans.borta RENAME TO omrade4_intressenter',
      /felkod 22P02/,
    ],
  ];

  it.each(IN_ONE_VIEW)(
    'N06 D9: %s in one view: the other areas’ files are made, it is named, nothing is published (3), and the next run is whole',
    async (_, breakIt, mendIt, what) => {
      await begin('BGGBGGB', breakIt);
      const ran = await program.run(LEVERERA);
      expect(ran.code).toBe(3);
      const error = ran.json.at(-1) as { message: string };
      expect(error).toMatchObject({ type: 'error', code: 3, error: 'export_incomplete' });
      expect(error.message).toContain('omrade4_intressenter');
      expect(error.message).toMatch(what);
      expect(ran.stdout).not.toContain('SYNTETISK');
      expect(await staged()).toEqual([
        'omrade1_anmalningar.csv',
        'omrade1_fall.csv',
        'omrade7_kliniska_anmalningar.csv',
        'omrade7_laboratorieanmalningar.csv',
      ]);
      expect(await readdir(program.remote)).toEqual([]);
      await change(source.owner, mendIt);
      const data = await expectDelivered();
      expect(await readdir(data)).toContain('omrade4_intressenter.csv');
    },
  );

  it('D10: a character that does not fit stops its file alone and is named by view, key and column', async () => {
    await begin('BGGGGGB', 'SELECT', { ...DEFAULT_DIALECT, encoding: 'iso-8859-1' });
    const ran = await program.run(LEVERERA);
    expect(ran.json.at(-1)).toMatchObject({
      error: 'export_incomplete',
      message: expect.stringMatching(/omrade7_kliniska_anmalningar.*nyckel 7900001, kolumnen fornamn/),
    });
    expect(await staged()).toEqual(['omrade1_anmalningar.csv', 'omrade1_fall.csv', 'omrade7_laboratorieanmalningar.csv']);
    expect(await readdir(program.remote)).toEqual([]);
  });
});
