import { describe, expect, it } from 'vitest';
import { screens } from '../../src/text.ts';
import { Driver } from './driver.ts';
import { BEVARA, GALLRA, MemoryCore } from './memory-core.ts';

const CHANGING = ['saveDecision', 'start', 'pause', 'resume', 'retry', 'stop', 'saveReceipt'];
const changes = (core: MemoryCore): string[] => core.calls.filter((call) => CHANGING.includes(call));

describe('Enter alone', () => {
  it('R38 decides nothing and sends nothing on a fresh state, held 200 times', async () => {
    const driver = new Driver();
    await driver.press(...Array.from({ length: 200 }, () => 'enter'));
    expect(changes(driver.core)).toEqual([]);
    expect(driver.place).toBe('decision');
  });

  it('R38 changes nothing where everything is decided, delivered, cut or failed', async () => {
    const core = new MemoryCore();
    core.decideAll('01', { 1: BEVARA });
    core.decideAll('03', { 1: BEVARA });
    core.deliver('03', { outcome: 'cut', stage: 'upload' });
    core.decideAll('04', { 1: BEVARA });
    core.deliver('04', { outcome: 'failed', error: { code: 'sftp_down', facts: { host: 'sftp.example' } } });
    core.decideAll('05', { 1: BEVARA });
    core.finish('05');
    for (const region of ['stockholm', 'uppsala', 'sormland', 'ostergotland']) {
      const driver = new Driver(core);
      await driver.toOverview();
      if (driver.place === 'resume') await driver.press('escape');
      await driver.open(region);
      await driver.press(...Array.from({ length: 100 }, () => 'enter'));
    }
    expect(changes(core)).toEqual([]);
  });

  it('does not confirm S4 when it is held down from the screen before', async () => {
    const core = new MemoryCore();
    core.decideAll('12', { 1: BEVARA });
    const driver = new Driver(core);
    await (await driver.toOverview()).open('skåne');
    await driver.press('g', ...Array.from({ length: 50 }, () => 'enter'));
    expect([driver.place, changes(core)]).toEqual(['review', []]);
  });
});

describe('S3 Beslut', () => {
  const formOf = async (area: string, core = new MemoryCore()): Promise<Driver> => {
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    return driver.press(area, 'enter');
  };

  it('R38 has nothing preselected, and Enter saves nothing but says what is missing', async () => {
    const driver = await formOf('7');
    expect(driver.text).not.toContain('(•)');
    await driver.press('enter');
    expect(driver.core.calls).not.toContain('saveDecision');
    expect(driver.text).toContain('!> Beslut');
    expect(driver.text).toContain('! Beslut är inte valt.');
  });

  it('digits and letters choose nothing: only Space does', async () => {
    const driver = await formOf('7');
    await driver.press('1', '2', '3', 'g', 'b', 'enter');
    expect(driver.text).not.toContain('(•)');
    await driver.press('down', ' ');
    expect(driver.text).toContain('(•) Bevara');
  });

  it('R05 refuses gallra without its three facts, field by field', async () => {
    const driver = await formOf('3');
    await driver.press(' ', 'enter');
    expect(driver.lines.filter((line) => line.startsWith('!'))).toHaveLength(3);
    expect(driver.core.calls).not.toContain('saveDecision');
  });

  it('saves a right form, goes back to S2 and on to the next area without a decision', async () => {
    const driver = await formOf('3');
    await driver.press(' ', 'tab');
    await driver.type('2026-11-20');
    await driver.press('tab');
    await driver.type('Regionarkivnämnden');
    await driver.press('tab', 'tab');
    await driver.type('RS 2026-0147');
    await driver.press('enter');
    expect(driver.core.decision('12', 3)).toMatchObject({
      answer: 'gallra',
      date: '2026-11-20',
      decidedBy: 'Regionarkivnämnden',
      dnr: 'RS 2026-0147',
    });
    expect([driver.place, driver.state.areaFocus]).toEqual(['region', 4]);
    expect(driver.text).toContain('Sparat');
  });

  it('refuses a day after today', async () => {
    const driver = await formOf('3');
    await driver.press('down', ' ', 'tab');
    await driver.type('2026-12-01');
    await driver.press('tab');
    await driver.type('Nämnden');
    await driver.press('enter');
    expect(driver.text).toContain('efter i dag (2026-11-22)');
    expect(driver.core.calls).not.toContain('saveDecision');
  });

  it('R17 refuses a new end that is not later than the proposed date', async () => {
    const driver = await formOf('5');
    await driver.press('down', 'down', ' ', 'tab');
    await driver.type('2026-11-20');
    await driver.press('tab');
    await driver.type('Nämnden');
    await driver.press('tab');
    await driver.type('2031-09-06');
    await driver.press('enter');
    expect(driver.core.calls).not.toContain('saveDecision');
    expect(driver.lines.some((line) => line.startsWith('!> Ny frist'))).toBe(true);
  });

  it('R13 D4 shows both proposed dates of the logs with their origin, and that the later rules', async () => {
    const driver = await formOf('5');
    expect(driver.text).toContain('2031-09-06');
    expect(driver.text).toContain('2031-09-03');
    expect(driver.text.replace(/\s+/g, ' ')).toContain('Den senare dagen gäller.');
  });

  it('R47 R49 D3 asks two questions about area 2, answered by nobody, and warns when a report was taken out', async () => {
    const driver = await formOf('2');
    expect(driver.text).toContain('Patientkort      ( ) levereras   ( ) gallras');
    expect(driver.text).toContain('Rapport uttagen  ( ) ja   ( ) nej   ( ) vet ej');
    await driver.press('down', ' ', 'tab', ' ', 'tab', ' ');
    expect(driver.text).toContain('(•) levereras');
    expect(driver.text).toContain('(•) ja');
    expect(driver.text).toMatch(/! .*rapport/i);
  });

  it('R32 changes the total of the delivery at once when the answer changes', async () => {
    const driver = await formOf('7');
    const total = (): string | undefined => /levereras sammanlagt (~?[\d,]+\sk?M?B)/.exec(driver.text.replace(/\s+/g, ' '))?.[1];
    await driver.press(' ');
    const asDisposed = total();
    await driver.press('down', ' ');
    expect(total()).not.toBe(asDisposed);
  });

  it('D12 shows who saved first, keeps what was typed, and saves on the second Enter', async () => {
    const core = new MemoryCore();
    const driver = await formOf('4', core);
    await driver.press('down', ' ', 'tab');
    await driver.type('2026-11-20');
    await driver.press('tab');
    await driver.type('Nämnden');
    core.decide('12', { 3: GALLRA });
    await driver.press('enter');
    expect(driver.text.replace(/\s+/g, ' ')).toContain('har ändrats under tiden av bengt');
    expect(driver.text).toContain('(•) Bevara');
    expect(core.decision('12', 4)).toBeUndefined();
    await driver.press('enter');
    expect(core.decision('12', 4)?.answer).toBe('bevara');
  });

  it('D12 shows what a colleague saved for the same area beside what was typed, and saves neither before the next Enter', async () => {
    const core = new MemoryCore();
    const driver = await formOf('5', core);
    await driver.press('down', ' ', 'tab');
    await driver.type('2025-11-12');
    await driver.press('tab');
    await driver.type('Arkivnämnden');
    const theirs = { answer: 'langre_frist', newEnd: '2036-12-31', date: '2025-11-12', decidedBy: 'Regionstyrelsen', dnr: 'RS 7' } as const;
    core.decide('12', { 5: theirs }, 'bengt');
    await driver.press('enter');
    expect(`\n${driver.text.replaceAll('\u00a0', ' ')}\n`).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Region Skåne › 5 Användarloggar                 Beslut finns
         Beslut           ( ) Godkänd gallring       Fohm gallrar, förslag 2031-09-06
                          (•) Bevara                 levereras till regionen
                          ( ) Längre gallringsfrist  till 2036-12-31, val av bengt
                          Ditt, inte sparat            2026-11-22 14:33 av bengt
         Beslutsdatum     2025-11-12
       > Beslutsfattare   Arkivnämnden                 Regionstyrelsen
         Inkom            ÅÅÅÅ-MM-DD
         Diarienummer                                  RS 7
         Plan-referens    regionens dokumenthanteringsplan, kan vara tom
         Anteckning       inga personuppgifter
         2031-09-06, 10 år efter driftsättningen av Sminet 3 (enligt förslag från
         Fohm). 2031-09-03, 10 år efter den senaste loggningen (2021-09-03, enligt
         Fohm)
         Den senare dagen gäller.
         Vid Bevara eller Längre frist ansvarar regionen för den fortsatta
         förvaringen.
         Området har ~140 243 poster, ~16,8 MB. Med det här svaret levereras
         sammanlagt ~16,8 MB till regionen.
       ! Region Skåne har ändrats under tiden av bengt, senast 14:31, område 3. Din
         ändring är inte sparad. Enter sparar den i alla fall, Esc lämnar det som nu
         gäller.
       Tab nästa fält  ↑↓ flytta  Mellanslag välj  Enter spara  Esc ångra
      "
    `);
    await driver.press('enter');
    expect(core.decision('12', 5)).toMatchObject({ answer: 'bevara', decidedBy: 'Arkivnämnden', registeredBy: 'anna' });
  });

  it('D12 shows what a colleague chose, however long the name', async () => {
    const core = new MemoryCore();
    const driver = await formOf('2', core);
    await driver.press('down', ' ', 'tab', 'down', ' ', 'tab', 'down', ' ', 'tab');
    await driver.type('2025-11-12');
    await driver.press('tab');
    await driver.type('Arkivnämnden');
    await driver.press('tab', 'tab');
    await driver.type('RS 2025-1141');
    const cards = { choice: 'levereras', reportTaken: 'vet_ej' } as const;
    core.decide(
      '12',
      { 2: { ...BEVARA, answer: 'langre_frist', newEnd: '2036-12-31', cards } },
      'anna.margareta.andersson@ad.fohm.example',
    );
    await driver.press('enter');
    const row = (label: string) => driver.lines.find((line) => line.includes(label));
    expect(row('Längre gallringsfrist')).toContain('till 2036-12-31');
    expect(row('Patientkort   ')).toMatch(/\) gallras +levereras/);
    expect(row('Rapport')).toMatch(/\) vet ej +vet ej/);
  });

  it('D12 lets no Enter that came before the colleague’s answer could be read save over it', async () => {
    const core = new MemoryCore();
    const driver = await formOf('5', core);
    await driver.press('down', ' ', 'tab');
    await driver.type('2025-11-12');
    await driver.press('tab');
    await driver.type('Arkivnämnden');
    core.decide('12', { 5: GALLRA }, 'bengt');
    await driver.press('enter');
    core.clock.advance(120);
    driver.store.dispatch({ type: 'key', key: { name: 'enter' } });
    await driver.settle();
    expect(core.decision('12', 5)).toMatchObject({ answer: 'gallra', registeredBy: 'bengt' });
    await driver.press('enter');
    expect(core.decision('12', 5)).toMatchObject({ answer: 'bevara', registeredBy: 'anna' });
  });

  it('D12 tells of a form that was left while it was saved, and lets the next Enter save nothing of another', async () => {
    const core = new MemoryCore();
    const driver = await formOf('4', core);
    await driver.press('down', ' ', 'tab');
    await driver.type('2025-11-12');
    await driver.press('tab');
    await driver.type('Arkivnämnden');
    core.decide('12', { 3: GALLRA }, 'bengt');
    for (const name of ['enter', 'escape', 'down', 'enter'] as const) driver.store.dispatch({ type: 'key', key: { name } });
    await driver.settle();
    expect([driver.place, driver.lines[0]]).toEqual(['decision', expect.stringContaining('5 Användarloggar')]);
    expect(driver.text.replace(/\s+/g, ' ')).toContain('har ändrats under tiden av bengt');
    expect(driver.text).not.toContain('Enter sparar den i alla fall');
  });

  it('D12 takes what was typed for what a colleague saved, when it is the same, and saves nothing', async () => {
    const core = new MemoryCore();
    core.decide('12', { 3: GALLRA });
    const driver = await formOf('3', core);
    await driver.press('down', ' ');
    core.decide('12', { 3: { ...GALLRA, answer: 'bevara' } }, 'bengt');
    await driver.press('enter');
    expect(driver.text).not.toContain('val av bengt');
    const saves = core.calls.filter((call) => call === 'saveDecision').length;
    await driver.press('enter');
    expect(driver.text).toContain('Inget ändrades.');
    expect(core.calls.filter((call) => call === 'saveDecision')).toHaveLength(saves);
  });

  it('changes nothing when Enter is pressed on a decision as it stands', async () => {
    const core = new MemoryCore();
    core.decide('12', { 3: GALLRA });
    const driver = await formOf('3', core);
    await driver.press('enter');
    expect(core.calls).not.toContain('saveDecision');
    expect(driver.text).toContain('Inget ändrades.');
  });

  it('c copies the decision above into the form, and still waits for Enter', async () => {
    const core = new MemoryCore();
    core.decide('12', { 3: GALLRA });
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    await driver.press('4', 'c');
    expect(driver.text).toContain('(•) Godkänd gallring');
    expect(core.decision('12', 4)).toBeUndefined();
    await driver.press('enter');
    expect(core.decision('12', 4)).toMatchObject(GALLRA);
  });

  it('takes a paste as text without line breaks, and Esc leaves everything as it was', async () => {
    const driver = await formOf('3');
    await driver.press('tab', 'tab');
    await driver.paste('Regionarkiv\r\nnämnden');
    expect(driver.text).toContain('Regionarkiv nämnden');
    await driver.press('escape', 'j');
    expect([driver.place, driver.core.calls.includes('saveDecision')]).toEqual(['region', false]);
  });

  it('says which decision was saved, and how many are missing', async () => {
    const core = new MemoryCore();
    core.decideAll('12');
    const driver = await formOf('3', core);
    await driver.press('down', ' ', 'enter');
    expect(driver.text).toMatch(/Sparat \d\d:\d\d: beslutet för område 3\. Alla sju områden har beslut\./);
  });

  describe('Esc', () => {
    const QUESTION = screens.leaveForm.question;

    it.each([
      ['nothing was typed', []],
      ['the focus was moved', ['down', 'tab']],
      ['what was typed was taken away again', ['tab', '2', 'backspace']],
    ])('leaves at once when %s', async (_, keys) => {
      const driver = await formOf('3');
      await driver.press(...keys, 'escape');
      expect(driver.place).toBe('region');
    });

    it('leaves at once a decision that was copied or saved and not changed', async () => {
      const core = new MemoryCore();
      core.decide('12', { 3: GALLRA });
      const driver = await formOf('3', core);
      await driver.press('escape');
      expect(driver.place).toBe('region');
      await driver.press('4', 'c', 'escape');
      expect(driver.place).toBe('region');
    });

    it.each([
      ['a field is typed into', ['tab', '2']],
      ['an answer is chosen', [' ']],
    ])('asks once when %s, and only j leaves', async (_, keys) => {
      const driver = await formOf('3');
      await driver.press(...keys, 'escape');
      expect([driver.place, driver.text.includes(`! ${QUESTION}`)]).toEqual(['decision', true]);
      await driver.press('enter', 'x', ' ', 'down', 'q');
      await driver.paste('j');
      expect([driver.place, driver.text.includes(QUESTION), driver.left]).toEqual(['decision', true, undefined]);
      await driver.press('j');
      expect([driver.place, changes(driver.core)]).toEqual(['region', []]);
    });

    it.each(['n', 'escape'])('%s stays, with everything as it was typed', async (key) => {
      const driver = await formOf('3');
      await driver.press('down', ' ', 'tab');
      await driver.type('2026-11-20');
      const { text } = driver;
      await driver.press('escape', key);
      expect([driver.place, driver.text]).toEqual(['decision', text]);
    });
  });
});

describe('S4 Granska', () => {
  const review = async (delivered: Parameters<MemoryCore['decideAll']>[1] = { 1: BEVARA, 7: BEVARA }): Promise<Driver> => {
    const core = new MemoryCore();
    core.decideAll('12', delivered);
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    return driver.press('g');
  };

  it('D3: says before the name is typed that the cards of area 2 are not delivered', async () => {
    const said = async (choice: 'levereras' | 'gallras') =>
      (await review({ 2: { ...BEVARA, cards: { choice, reportTaken: 'nej' } } })).text.replace(/\s+/g, ' ');
    expect(await said('gallras')).toContain('Patientkorten i område 2 levereras INTE: gallring är beslutad.');
    expect(await said('levereras')).not.toContain('Patientkorten');
  });

  it.each([
    ['the name', 'Region Skåne'],
    ['the name in NFD, as a Mac sends it', 'Region Skåne'.normalize('NFD')],
    ['länskod and slug', '12 skane'],
  ])('starts after %s and Enter', async (_, typed) => {
    const driver = await review();
    await driver.type(typed);
    expect(driver.core.calls).not.toContain('start');
    driver.core.clock.advance(300);
    driver.store.dispatch({ type: 'key', key: { name: 'enter' } });
    expect(driver.lines.at(-1)).toBe(` ${screens.review.startingKeys[0]}`);
    await driver.settle();
    expect(driver.core.calls).toContain('start');
    expect(driver.place).toBe('delivery');
  });

  it('starts after a pasted name', async () => {
    const driver = await review();
    await driver.paste('Region Skåne\n');
    await driver.press('enter');
    expect(driver.core.calls).toContain('start');
  });

  it.each(['region skåne', 'Skåne', 'Hallands', '12'])('does not start after "%s", and then names the way without å ä ö', async (typed) => {
    const driver = await review();
    await driver.type(typed);
    await driver.press('enter');
    expect(driver.core.calls).not.toContain('start');
    expect(driver.text).toContain('12 skane');
  });

  it.each([
    ['skåne', 'Region Skåne', 'region skåne', 'Skriv exakt som ovan, stora och små bokstäver, eller 12 skane'],
    ['skåne', 'Region Skåne', 'Region Skane', 'Saknas å, ä eller ö på tangentbordet: skriv 12 skane'],
    ['gotland', 'Region Gotland', 'region gotland', 'eller 09 gotland'],
    ['gotland', 'Region Gotland', 'Gottland', 'Namnet stämmer inte. Det går också att skriva 09 gotland'],
  ])('in %s, whose name is %s, answers "%s" by what is wrong with it', async (region, name, typed, answer) => {
    const core = new MemoryCore();
    for (const code of ['12', '09']) core.decideAll(code, { 1: BEVARA });
    const driver = await (await new Driver(core).toOverview()).open(region);
    await driver.press('g');
    expect(driver.text).toContain(`   ${name}\n`);
    await driver.type(typed);
    await driver.press('enter');
    expect(driver.core.calls).not.toContain('start');
    const { text } = driver;
    expect(text.replace(/\s+/g, ' ')).toContain(answer);
    expect(text.includes('tangentbordet')).toBe(answer.includes('tangentbordet'));
  });

  it('says which region it is, when the name of another one was typed', async () => {
    const driver = await review();
    await driver.type('Region Halland');
    await driver.press('enter');
    expect(driver.core.calls).not.toContain('start');
    expect(driver.text).toContain('Du skrev Region Halland. Det här är Region Skåne.');
  });

  it('ignores the keyboard for 250 ms after it has opened', async () => {
    const driver = await review();
    await driver.press('escape', 'g');
    driver.store.dispatch({ type: 'key', key: { name: 'char', char: 'R' } });
    expect(driver.text).not.toContain(' > R');
    await driver.press('R');
    expect(driver.text).toContain(' > R');
  });

  it('does not open while decisions are missing, and says which', async () => {
    const core = new MemoryCore();
    core.decide('12', { 1: BEVARA });
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    await driver.press('g');
    expect([driver.place, driver.text.includes('beslut saknas för område 2, 3, 4, 5, 6 och 7')]).toEqual(['region', true]);
  });

  it('does not open when everything is to be disposed of', async () => {
    const core = new MemoryCore();
    core.decideAll('12');
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    await driver.press('g');
    expect([driver.place, driver.text.includes('Inget ska levereras')]).toEqual(['region', true]);
  });
});
