import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AREAS } from '../../src/domain/areas.ts';
import { dayOf } from '../../src/domain/calendar.ts';
import type { ResultEvent } from '../../src/domain/delivery-events.ts';
import type { GateCondition } from '../../src/domain/gate.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import { gateText } from '../../src/text.ts';
import { run as sql } from '../support/postgres.ts';
import { decisions } from '../support/program.ts';
import { type ProgramServers, type RegionProgram, startProgramServers } from '../support/program-servers.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { steadyDay } from '../support/steady-day.ts';

interface Underlag {
  readonly planning: boolean;
  readonly day: string;
  readonly regions: readonly {
    readonly code: string;
    readonly areas: readonly { area: number; allowed: boolean; unmet: readonly GateCondition[] }[];
  }[];
  readonly undistributed: readonly { area: number; rows: number | null; allowed: boolean; unmet: readonly GateCondition[] }[];
}

/** Areas 1 to 4 and 7 have reached their date, areas 5 and 6 have not. */
const DAY = '2026-09-06';

describe.skipIf(!SSHD_PATH)(`gallringsunderlag, from the command line${SSHD_SKIP}`, () => {
  let servers: ProgramServers;
  let source: { owner: string; reader: string };
  let program: RegionProgram;
  let today: string;

  beforeAll(async () => {
    await steadyDay(9);
    today = dayOf(new Date());
    servers = await startProgramServers();
    source = await servers.newSource();
    program = await servers.newProgram(source.reader);
    // Area 4 may be disposed of; the others are delivered.
    await program.decide('12', decisions('BBBGBLB'));
    expect((await program.run(['leverera', '12', '--bekrafta', 'Region Skåne'])).code).toBe(0);
  });
  afterAll(async () => {
    await program?.close();
    await servers.close();
  });

  const underlag = async (day: string, ...args: string[]): Promise<Underlag> => {
    const ran = await program.run(['gallringsunderlag', ...args, '--per', day, '--json']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    return ran.json[0] as Underlag;
  };
  /** Per area of Region Skåne, the codes of what is not met. */
  const unmet = async (day = DAY): Promise<string[][]> => {
    const { regions } = await underlag(day, '12');
    expect(regions).toHaveLength(1);
    for (const { allowed, unmet } of regions[0]?.areas ?? []) expect(allowed).toBe(unmet.length === 0);
    return regions[0]?.areas.map(({ unmet: conditions }) => conditions.map(({ code }) => code)) ?? [];
  };
  const kvitteraArgs = () => ['kvittera', '12', '--mottaget', today, '--av', 'Regionarkivet'];
  const kvittera = async (...args: string[]): Promise<number | string> => (await program.run([...kvitteraArgs(), ...args])).code;

  it('D8 R19: delivered and verified, but not acknowledged: closed; what may be disposed of with its three facts is open', async () => {
    expect(await unmet()).toEqual([
      ['not_acknowledged'],
      ['not_acknowledged'],
      ['not_acknowledged'],
      [],
      ['date_not_reached', 'not_acknowledged'],
      ['date_not_reached', 'not_acknowledged'],
      ['not_acknowledged'],
    ]);
  });

  it('D6 D7: the report has 21 regions, seven areas each, and what belongs to nobody; nobody else has decided anything', async () => {
    const { planning, day, regions, undistributed } = await underlag(DAY);
    expect([planning, day]).toEqual([true, DAY]);
    expect(regions.map(({ code }) => code)).toEqual(REGIONS.map(({ code }) => code));
    for (const { code, areas } of regions) {
      expect(areas.map(({ area }) => area)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      if (code !== '12')
        for (const area of areas)
          expect([area.allowed, area.unmet.some((condition) => condition.code === 'undecided')]).toEqual([false, true]);
    }
    const codes = REGIONS.map(({ code }) => `'${code}'`).join(', ');
    for (const { area, rows, allowed, unmet: conditions } of undistributed) {
      const views = AREAS[area - 1]?.files.map(({ view }) => `SELECT myndighet FROM leverans.${view}`).join(' UNION ALL ');
      const [counted] = await sql<{ n: number }>(
        source.owner,
        `SELECT count(*)::int AS n FROM (${views}) AS v WHERE myndighet IS NULL OR myndighet NOT IN (${codes})`,
      );
      expect([rows, allowed, conditions.map(({ code }) => code)], `area ${area}`).toEqual([counted?.n, false, ['undistributed']]);
    }
    expect(undistributed.map(({ rows }) => rows)).toEqual([0, 1, 0, 1, 3, 2, 1]);
  });

  it('--csv is a table of all 147 and the seven lines of nobody', async () => {
    const { code, stdout } = await program.run(['gallringsunderlag', '--per', DAY, '--csv']);
    expect(code).toBe(0);
    const [header, ...rows] = parse(stdout, { delimiter: ';' }) as string[][];
    expect(header).toEqual(['länskod', 'område', 'får gallras', 'ouppfyllda villkor']);
    expect(rows).toHaveLength(21 * 7 + 7);
    expect(rows.filter(([, , verdict]) => verdict === 'får gallras')).toEqual([['12', '4', 'får gallras', '']]);
    expect(rows.slice(-7).map(([region, area]) => [region, area])).toEqual([1, 2, 3, 4, 5, 6, 7].map((area) => ['', String(area)]));
  });

  it('a kvittens of tomorrow, before the delivery or with another manifest is refused (2), and changes nothing', async () => {
    expect(await kvittera('--mottaget', '2199-01-01')).toBe(2);
    expect(await kvittera('--mottaget', '2020-01-01')).toBe(2);
    expect(await kvittera('--manifest', 'f'.repeat(64))).toBe(2);
    expect((await unmet())[0]).toEqual(['not_acknowledged']);
  });

  it('a kvittens with a deviation keeps it closed; a later one without opens what has reached its date', async () => {
    const first = await program.run([...kvitteraArgs(), '--avvikelse', 'En fil saknas']);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/är registrerad,\sMED\sAVVIKELSE\.\sGallringsspärren\sär\sstängd\.\s*$/);
    expect(await unmet()).toEqual([
      ['deviation'],
      ['deviation'],
      ['deviation'],
      [],
      ['date_not_reached', 'deviation'],
      ['date_not_reached', 'deviation'],
      ['deviation'],
    ]);
    const second = await program.run(kvitteraArgs());
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/utan\savvikelse\..*\sDen\sgäller\si\sstället\sför\sden\ssom\sregistrerades\stidigare\.\s*$/s);
    expect((await program.run(['kvitton', '12'])).stdout).toMatch(/avvikelse: En fil saknas\.\n.*utan avvikelse\.\n/);
    expect(await unmet()).toEqual([[], [], [], [], ['date_not_reached'], ['date_not_reached'], []]);
    const { stdout } = await program.run(['status', '12']);
    expect(stdout.match(/kvitterad$/gm)).toHaveLength(6);
  });

  it('R14 R15 R16: the boundary days; areas 5 and 6 name both dates and wait for the later one', async () => {
    expect(await unmet('2026-09-05')).toEqual(Array(7).fill(['date_not_reached']));
    expect((await unmet('2031-09-05')).slice(4, 6)).toEqual([['date_not_reached'], ['date_not_reached']]);
    expect(await unmet('2031-09-06')).toEqual(Array(7).fill([]));
    const { regions } = await underlag('2031-09-04', '12');
    expect(regions[0]?.areas[4]?.unmet).toEqual([
      { code: 'date_not_reached', facts: { date: '2031-09-06', sminet3_start: '2031-09-06', last_log: '2031-09-03' } },
    ]);
    const { stdout } = await program.run(['gallringsunderlag', '12', '--per', '2031-09-04']);
    expect(stdout.match(/Datum ej nått\. .*2031-09-06.*2031-09-03/g)).toHaveLength(2);
    expect(stdout).toContain('PLANERING');
    expect(stdout).toContain('arkiv@folkhalsomyndigheten.se');
  });

  it('without --per it is made for today, and is no planning', async () => {
    const [made] = (await program.run(['gallringsunderlag', '12', '--json'])).json as Underlag[];
    expect([made?.planning, made?.day]).toEqual([false, today]);
    const [planned] = (await program.run(['gallringsunderlag', '12', '--json', '--today', DAY])).json as Underlag[];
    expect([planned?.planning, planned?.day]).toEqual([true, DAY]);
  });

  it('D8: rows that came to the source after the delivery close their area, and no other', async () => {
    await sql(source.owner, "INSERT INTO epiark.fall SELECT 9999999, '12', 'ulcus molle', 'Sverige', '2021-01-01', 'ny'");
    const { regions } = await underlag(DAY, '12');
    const [counted] = await sql<{ n: number }>(source.owner, "SELECT count(*)::int AS n FROM leverans.omrade1_fall WHERE myndighet = '12'");
    expect(regions[0]?.areas[0]?.unmet).toEqual([
      { code: 'rows_changed', facts: { view: 'omrade1_fall', delivered: (counted?.n ?? 0) - 1, now: counted?.n } },
    ]);
    expect((await unmet()).slice(1)).toEqual([[], [], [], ['date_not_reached'], ['date_not_reached'], []]);
    await sql(source.owner, 'DELETE FROM epiark.fall WHERE fall_id = 9999999');
    expect((await unmet())[0]).toEqual([]);
  });

  it('D8: a source that does not answer keeps closed what was delivered, and is no error', async () => {
    await program.set({ source: { sminet2: 'postgresql://las@127.0.0.1:1/borta' } });
    const { regions, undistributed } = await underlag(DAY, '12');
    expect(regions[0]?.areas.map(({ unmet: conditions }) => conditions.map(({ code }) => code))).toEqual([
      ['source_unreachable'],
      ['source_unreachable'],
      ['source_unreachable'],
      [],
      ['date_not_reached', 'source_unreachable'],
      ['date_not_reached', 'source_unreachable'],
      ['source_unreachable'],
    ]);
    expect(undistributed.map(({ rows, allowed }) => [rows, allowed])).toEqual(Array(7).fill([null, false]));
    await program.set({ source: { sminet2: source.reader } });
  });

  /** The program on a host whose clock is far ahead. */
  const AHEAD = `const real = Date; globalThis.Date = class extends real {
    constructor(...given) { super(...(given.length ? given : [Date.now()])); }
    static now() { return real.now() + 400 * 86_400_000; }
  };`;
  const onWrongClock = { nodeFlags: ['--import', `data:text/javascript,${encodeURIComponent(AHEAD)}`] };
  const CONTRADICTED = /Datorns klocka skiljer sig 57[56]\d{3} minuter från databasens\./;
  const wrongUnderlag = (...args: string[]) => program.run(['gallringsunderlag', '12', '--per', DAY, ...args], onWrongClock);

  it.each([
    ['the other database is down', () => program.set({ source: { sminet2: source.reader, epiark: 'postgresql://las@127.0.0.1:1/borta' } })],
    ['a view is missing', () => sql(source.owner, 'ALTER VIEW leverans.omrade3_diarienummer RENAME TO borta')],
  ])('D8 D5: a clock that the database contradicts closes every area also when %s and nothing is counted', async (_, harm) => {
    await harm();
    const [made] = (await wrongUnderlag('--json')).json as (Underlag & { clockSkewMs: number; rowsCounted: boolean })[];
    const { stdout } = await wrongUnderlag();
    const csv = await wrongUnderlag('--csv', '-q');
    await program.set({ source: { sminet2: source.reader } });
    await sql(source.owner, 'ALTER VIEW IF EXISTS leverans.borta RENAME TO omrade3_diarienummer');

    for (const { allowed, unmet: conditions } of made?.regions[0]?.areas ?? [])
      expect([allowed, conditions.some(({ code }) => code === 'clock_skew')]).toEqual([false, true]);
    expect(made?.regions[0]?.areas[3]?.unmet.map(({ code }) => code)).toEqual(['clock_skew']);
    expect([made?.clockSkewMs, made?.rowsCounted]).toEqual([expect.closeTo(-400 * 86_400_000, -5), false]);
    expect(stdout).toMatch(CONTRADICTED);
    expect(stdout).toContain(gateText.notCounted);
    expect(stdout).not.toContain(gateText.noClock);
    expect(parse(csv.stdout, { delimiter: ';' })).toContainEqual(['12', '4', 'FÅR INTE GALLRAS', expect.stringMatching(CONTRADICTED)]);
    expect(csv.stderr).toBe(`${gateText.notCounted}\n`);
  });

  it('D8: a source that cannot be asked is said above the text, on stderr beside the table, and in the document', async () => {
    await program.set({ source: { sminet2: 'postgresql://las@127.0.0.1:1/borta', epiark: source.reader } });
    const [made] = (await program.run(['gallringsunderlag', '12', '--json'])).json;
    const { stdout } = await program.run(['gallringsunderlag', '12']);
    const csv = await program.run(['gallringsunderlag', '12', '--csv', '-q']);
    await program.set({ source: { sminet2: source.reader } });
    expect(made).toMatchObject({ clockSkewMs: null, rowsCounted: false });
    expect(stdout).toContain(`${gateText.noClock}\n${gateText.notCounted}\n`);
    expect(csv.stderr).toBe(`${gateText.noClock}\n${gateText.notCounted}\n`);
    const [answered] = (await program.run(['gallringsunderlag', '12', '--json'])).json;
    expect(answered).toMatchObject({ clockSkewMs: expect.any(Number), rowsCounted: true });
    expect(await program.run(['gallringsunderlag', '12', '--csv'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('N09: an edited line of the audit log closes everything', async () => {
    const file = join(program.state, 'audit.jsonl');
    const whole = await readFile(file, 'utf8');
    await writeFile(file, whole.replace('"act":"published"', '"act":"publisheD"'));
    for (const conditions of await unmet()) expect(conditions).toContain('audit_broken');
    expect(await kvittera()).toBe(10);
    await writeFile(file, whole);
    expect((await unmet())[0]).toEqual([]);
  });

  it('T35: a decision made anew closes its area until it is delivered; gallra with its facts opens it', async () => {
    await program.decide(
      '12',
      decisions('BBB')
        .slice(2)
        .map((draft) => ({ ...draft, decidedBy: 'Regionstyrelsen' })),
    );
    expect((await unmet())[2]).toEqual(['not_delivered']);
    await program.decide('12', decisions('GGG').slice(2));
    expect((await unmet())[2]).toEqual([]);
  });

  it("D8: on an account that is not verified only the region's own manifest sum proves the content", async () => {
    const { target } = await servers.newTarget();
    await program.set({ targets: { '12': program.target, '13': { ...target, verify: 'ack' } } });
    await program.decide('13', decisions('GGBGGGG'));
    const ran = await program.run(['leverera', '13', '--bekrafta', 'Region Halland', '--json']);
    const result = ran.json.at(-1) as ResultEvent;
    expect(result).toMatchObject({ contentVerified: false, verification: 'ack' });
    expect((await program.run(['status', '13'])).stdout).toMatch(/Diarier .*EJ VERIFIERAD/);
    const area3 = async () => (await underlag(DAY, '13')).regions[0]?.areas[2]?.unmet.map(({ code }) => code);
    const answer = (...args: string[]) => program.run(['kvittera', '13', '--mottaget', today, '--av', 'Arkivet', ...args]);
    expect(await area3()).toEqual(['not_verified', 'not_acknowledged']);
    expect((await answer()).code).toBe(0);
    expect(await area3()).toEqual(['not_verified']);
    expect((await answer('--manifest', (await program.receipt(result.delivery)).manifestSha256)).code).toBe(0);
    expect(await area3()).toEqual([]);
  });
});
