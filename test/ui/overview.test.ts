import { describe, expect, it } from 'vitest';
import { regionOf } from '../../src/domain/regions.ts';
import { checkText, gateText, screens } from '../../src/text.ts';
import { Driver } from './driver.ts';
import { BEVARA, ESTIMATES, GALLRA, MemoryCore, TestClock } from './memory-core.ts';

const table = (driver: Driver): string[] => driver.lines.filter((line) => /^ [ >] (Region|Västra)/.test(line)).slice(1);

describe('S0 Startkontroll', () => {
  it('shows each check by mark and word, and S1 opens though the target does not answer', async () => {
    const driver = new Driver();
    await driver.settle();
    expect(driver.lines.find((line) => line.includes('Källdatabas'))).toMatch(/✓ {3}Källdatabas/);
    expect(driver.lines.find((line) => line.includes('Värdnycklar'))).toMatch(/! {3}Värdnycklar/);
    await driver.press('enter');
    expect(driver.place).toBe('overview');
  });

  it('has no tick for host keys that are only known, since no server was asked', async () => {
    const core = new MemoryCore();
    core.checks = core.checks.map((check) =>
      check.id === 'host_keys' ? { ...check, state: 'ok', detail: checkText.hostKeys(21, 21) } : check,
    );
    const driver = new Driver(core);
    await driver.settle();
    expect(driver.text).toContain('?   Värdnycklar      21 av 21 är kända, inte jämförda med servrarnas');
  });

  it('does not go on before the saved state is read, nor past one that cannot be read', async () => {
    const core = new MemoryCore();
    core.failNext('overview', new Error('broken'));
    const driver = new Driver(core);
    driver.store.dispatch({ type: 'key', key: { name: 'enter' } });
    await driver.settle();
    expect([driver.place, driver.text.includes('fel.log')]).toEqual(['start', true]);
    await driver.press('o', 'enter');
    expect(driver.place).toBe('overview');
  });

  it('says loudly that the state folder was empty', async () => {
    const core = new MemoryCore();
    core.isNewState = true;
    const driver = new Driver(core);
    await driver.settle();
    expect(driver.text).toContain('! Tillståndsmappen var tom.');
    await driver.press('enter');
    expect(driver.text).toContain('! Tillståndsmappen var tom.');
    core.decide('12', { 3: GALLRA });
    core.clock.advance(6000);
    driver.store.dispatch({ type: 'tick' });
    await driver.settle();
    expect(driver.text).not.toContain('Tillståndsmappen');
  });
});

describe('S1 Översikt', () => {
  it('R03 shows 21 × 7 cells without a decision on a fresh state', async () => {
    const driver = await new Driver(new MemoryCore(), { columns: 100, rows: 30 }).toOverview();
    expect(table(driver)).toHaveLength(21);
    expect(table(driver).join('').match(/–/g)).toHaveLength(147);
    expect(driver.text).toContain('Saknar 21');
    expect(driver.text).toContain('Inga beslut är registrerade ännu.');
  });

  it.each([
    [24, 16],
    [27, 19],
    [29, 21],
    [50, 21],
  ])('on %i rows shows %i regions, and every one can be reached', async (rows, count) => {
    const driver = await new Driver(new MemoryCore(), { columns: 80, rows }).toOverview();
    expect(table(driver).length).toBeGreaterThanOrEqual(count);
    await driver.press('end');
    expect(driver.text).toContain(' > Region Norrbotten');
    await driver.press('home');
    expect(driver.text).toContain(' > Region Stockholm');
  });

  it.each([
    ['2026-01-30', 'om 1 dag', false],
    ['2026-01-31', 'i dag', false],
    ['2026-02-01', '1 dag sedan', 'försenat 1 dag.'],
    ['2026-11-22', '295 dagar sedan', 'försenat 295 dagar.'],
  ])('R04 on %s says "%s" of the last day', async (day, words, late) => {
    const driver = await new Driver(new MemoryCore(new TestClock(`${day}T12:00:00+01:00`))).toOverview();
    expect(driver.lines[0]).toContain(`Sista svarsdag 2026-01-31, ${words}`);
    if (late) expect(driver.text).toContain(late);
    else expect(driver.text).not.toContain('försenat');
  });

  it('R07 shows area 7 as missing after a form with areas 1–6, and the region as not complete', async () => {
    const core = new MemoryCore();
    core.decide('12', { 1: GALLRA, 2: GALLRA, 3: GALLRA, 4: GALLRA, 5: GALLRA, 6: GALLRA });
    const driver = await new Driver(core).toOverview();
    expect(table(driver).find((line) => line.includes('Skåne'))).toMatch(/G {2}G {2}G {2}G {2}G {2}G {2}– +6\/7 .*beslut saknas$/);
  });

  it('D7 calls a region that approved disposal of all "gallring beslutad", never "gallras"', async () => {
    const core = new MemoryCore();
    core.decideAll('12');
    const driver = await new Driver(core).toOverview();
    expect(table(driver).find((line) => line.includes('Skåne'))).toMatch(/7\/7 +– gallring beslutad$/);
    expect(driver.text).not.toContain('gallras');
  });

  it('N19 shows a region whose saved state is damaged among the others; opening it says what to do, and nothing can be changed there', async () => {
    const core = new MemoryCore();
    core.decideAll('12');
    core.decideAll('13');
    core.damage('12');
    const driver = await new Driver(core, { columns: 100, rows: 40 }).toOverview();
    const of = (name: string) => table(driver).find((line) => line.includes(name));
    expect(of('Skåne')).toMatch(/ skadad$/);
    expect(of('Halland')).toMatch(/gallring beslutad$/);
    expect(driver.text).toContain('Region Skåne: det sparade tillståndet är skadat.');
    expect(driver.text).toContain('Fel 1');
    await driver.press('f', 'f');
    expect(driver.place).toBe('error');
    expect(driver.text).toContain('/state/12/receipt.json');
    expect(driver.text).toContain('säkerhetskopian');
    await driver.press('escape');
    expect(driver.place).toBe('overview');
    expect(core.calls).not.toContain('unmetConditions');
  });

  it.each([
    ['gö', ['Region Östergötland', 'Västra Götalandsregionen']],
    ['GÖ', ['Region Östergötland', 'Västra Götalandsregionen']],
    ['ostergot', ['Region Östergötland']],
    ['skane', ['Region Skåne']],
    ['12', ['Region Skåne']],
    ['xyz', []],
  ])('/ %s leaves %o', async (text, expected) => {
    const driver = await (await new Driver().toOverview()).press('/');
    await driver.type(text);
    expect(table(driver).map((line) => line.slice(3, 30).trim())).toEqual(expected);
    await driver.press('escape');
    expect(driver.state.filter).toBeUndefined();
  });

  it.each([
    ['paused', 'pausad'],
    ['cut', 'avbruten'],
    ['failed', 'fel'],
  ] as const)('has one word for a delivery that is %s: %s, in the row and in the focused cell', async (outcome, word) => {
    const core = new MemoryCore();
    core.decideAll('01', { 1: BEVARA });
    core.deliver('01', { outcome, stage: 'upload' });
    const driver = await new Driver(core).toOverview();
    if (driver.place === 'resume') await driver.press('escape');
    expect(table(driver)[0]).toMatch(new RegExp(`${word}$`));
    expect(driver.text).toContain(`1 Vissa sjukdomar: Bevara, RS 2025-1141, 2025-11-12, ${word}.`);
  });

  it.each(['export', 'bag', 'upload', 'verify', 'publish'] as const)(
    'cuts neither size nor name of a region in stage %s',
    async (stage) => {
      const core = new MemoryCore();
      core.decideAll('14', { 1: BEVARA, 7: BEVARA });
      core.deliver('14', { stage });
      core.emit('14', { type: 'status', stage, bytes: 99, totalBytes: 100, rows: 0, rate: null });
      const driver = await new Driver(core).toOverview();
      await driver.press('escape', 'end');
      const row = table(driver).find((line) => line.includes('Västra Götalandsregionen '));
      expect(row).toContain(` ~157,0 MB ${screens.stageWords[stage]}`);
      expect(row).not.toContain('…');
    },
  );

  it('keeps the focus when sizes and decisions arrive', async () => {
    const core = new MemoryCore();
    const driver = await new Driver(core).toOverview();
    await driver.press('down', 'down', 'right');
    core.decide('01', { 1: BEVARA });
    core.estimate(ESTIMATES.map((each) => ({ ...each, bytes: each.bytes * 2, grade: 'exact' })));
    core.clock.advance(6000);
    driver.store.dispatch({ type: 'tick' });
    await driver.settle();
    expect(driver.state.overviewFocus).toEqual({ region: '04', area: 2 });
    expect(table(driver)[0]).toContain('1/7');
  });

  it.each([
    ['down', { region: '03', area: 1 }],
    ['up', { region: '01', area: 1 }],
    ['right', { region: '01', area: 2 }],
    ['left', { region: '01', area: 1 }],
    ['7', { region: '01', area: 7 }],
    ['8', { region: '01', area: 1 }],
    ['pageDown', { region: '13', area: 1 }],
    ['end', { region: '25', area: 1 }],
    ['x', { region: '01', area: 1 }],
  ])('%s moves the focus to %o and opens nothing', async (key, expected) => {
    const driver = await (await new Driver().toOverview()).press(key);
    expect([driver.state.overviewFocus, driver.place]).toEqual([expected, 'overview']);
  });

  it('says what is wrong when the source is down, and decisions still go on', async () => {
    const core = new MemoryCore();
    core.failNext('estimates', new Error('down'));
    const driver = await new Driver(core).toOverview();
    expect(driver.text).toContain('fel.log');
    expect(table(driver)[0]).toContain('…');
    await driver.press('enter', 'enter');
    expect(driver.place).toBe('decision');
  });
});

describe('S2 Region', () => {
  const open = async (core: MemoryCore): Promise<Driver> => (await new Driver(core).toOverview()).open('skåne');

  it.each([0, 5, 7])('counts %i decisions and names what is missing', async (count) => {
    const core = new MemoryCore();
    const all = { 1: BEVARA, 2: GALLRA, 3: GALLRA, 4: GALLRA, 5: GALLRA, 6: GALLRA, 7: GALLRA };
    core.decide('12', Object.fromEntries(Object.entries(all).slice(0, count)));
    const driver = await open(core);
    expect(driver.lines[0]).toContain(`Beslut: ${count} av 7`);
    expect(driver.lines.filter((line) => line.includes('– saknas –'))).toHaveLength(7 - count);
    if (count === 5) expect(driver.text).toContain('Registrera beslut för område 6 och 7.');
  });

  it('D8 lists every unmet condition of the gate with its areas', async () => {
    const core = new MemoryCore();
    core.decide('12', { 1: BEVARA, 2: GALLRA, 4: GALLRA, 5: GALLRA, 6: GALLRA });
    const text = (await open(core)).text.replace(/\s+/g, ' ');
    expect(text).toContain('3 och 7: Beslut saknas.');
    expect(text).toContain('5 och 6: Datum ej nått.');
    expect(text).toContain('1: Leveransen är inte kvitterad.');
  });

  it('D8 says beside an open gate what it could not ask', async () => {
    const core = new MemoryCore();
    core.decideAll('12', { 1: GALLRA, 2: GALLRA, 3: GALLRA, 4: GALLRA, 5: GALLRA, 6: GALLRA, 7: GALLRA });
    core.gateCaveats = [gateText.noClock];
    const text = (await open(core)).text.replace(/\s+/g, ' ');
    expect(text).toMatch(
      /Öppen för 1, 2, 3, 4 och 7, stängd för 5 och 6: Klockan i databasen .* bara på den här datorns klocka\. 5 och 6: /,
    );
  });

  it('R32 counts only what is decided, and what would come on top', async () => {
    const core = new MemoryCore();
    core.decide('12', { 1: BEVARA, 2: GALLRA, 3: GALLRA, 4: GALLRA, 5: GALLRA, 6: GALLRA });
    const driver = await open(core);
    expect(driver.text.replace(/\s+/g, ' ')).toMatch(/Att leverera 2 kB enligt besluten, upp till ~126,2 MB om område 7 levereras/);
  });

  it.each([
    ['plan', 100_000, '~12,0 MB enligt besluten.'],
    ['sample', 100_000, '~12,0 MB (±10 %) enligt besluten.'],
    ['sample', 24, '~3 kB enligt besluten.'],
    ['exact', 24, 'Att leverera 3 kB enligt besluten.'],
  ] as const)('R33 a size of grade %s over %i records reads "%s": the margin only where it holds', async (grade, rows, words) => {
    const core = new MemoryCore();
    core.decideAll('12', { 3: BEVARA });
    core.estimate(ESTIMATES.map((each) => (each.view === 'omrade3_diarienummer' ? { ...each, rows, bytes: rows * 120, grade } : each)));
    const text = (await open(core)).text.replace(/\s+/g, ' ');
    expect(text).toContain(words);
    expect(text.includes('±')).toBe(words.includes('±'));
  });

  it('R33 counts one record as one, marked when it is an estimate', async () => {
    const core = new MemoryCore();
    core.estimate(ESTIMATES.map((each) => (each.view === 'omrade3_diarienummer' ? { ...each, rows: 1, bytes: 120 } : each)));
    const driver = await open(core);
    await driver.press('3', 'enter');
    expect(driver.text).toContain('Området har ~1 post, ~120 byte.');
  });

  it('R40 explains an area on a screen of its own', async () => {
    const driver = await open(new MemoryCore());
    await driver.press('7', 'i');
    await driver.press('pageDown');
    const seen = driver.text;
    await driver.press('home');
    expect(`${driver.text}${seen}`).toContain('Spanien');
    await driver.press('escape');
    expect(driver.place).toBe('region');
  });

  it('finds its region by name wherever the filter was left', async () => {
    const driver = await open(new MemoryCore());
    expect(driver.lines[0]).toContain(regionOf('12').name);
    await driver.press('escape');
    expect([driver.place, driver.state.filter, driver.state.overviewFocus.region]).toEqual(['overview', undefined, '12']);
  });
});
