import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ErrorCode, EXIT_CODES, OperatorError } from '../../src/domain/operator-error.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import { screens } from '../../src/text.ts';
import { Driver } from './driver.ts';
import { BEVARA, MemoryCore } from './memory-core.ts';

const CARDS = { choice: 'levereras', reportTaken: 'nej' } as const;

/** Skåne with areas 1, 2 and 7 to deliver. */
function decided(): MemoryCore {
  const core = new MemoryCore();
  core.decideAll('12', { 1: BEVARA, 2: { ...BEVARA, cards: CARDS }, 7: BEVARA });
  return core;
}

/** Skåne's delivery open on the screen. */
async function delivering(core = decided()): Promise<Driver> {
  core.deliver('12');
  const driver = await new Driver(core).toOverview();
  if (driver.place === 'resume') await driver.press('escape');
  return driver.open('skåne');
}

const status = (stage: 'export' | 'upload' | 'verify', bytes: number, totalBytes = 1_000_000_000) =>
  ({ type: 'status', stage, bytes, totalBytes, rows: 10, rate: 10_000_000 }) as const;

const file = (stage: 'export' | 'upload' | 'verify', name: string, extra = {}) =>
  ({ type: 'file', stage, file: name, bytes: 1000, rows: 7, sha256: 'a'.repeat(64), ...extra }) as const;

const percents = (driver: Driver): number[] =>
  driver.lines.filter((line) => line.includes('[')).map((line) => Number(/(\d+)\u00a0%/.exec(line)?.[1]));

describe('S5 and S6', () => {
  it('moves both bars, and tells speed and time left of what runs', async () => {
    const driver = await delivering();
    driver.core.emit('12', status('export', 600_000_000), status('upload', 250_000_000));
    await driver.settle();
    expect(percents(driver)).toEqual([60, 25]);
    expect(driver.text).toMatch(/10,0\sMB\/s · klar om cirka 1 min 15 s/);
  });

  it('is the export until that is done, whatever is sent meanwhile; then the upload', async () => {
    const driver = await delivering();
    driver.core.emit('12', status('export', 600_000_000), status('upload', 250_000_000));
    await driver.settle();
    expect(driver.lines[0]).toContain(screens.delivery.exportTitle);
    driver.core.emit('12', status('export', 1_000_000_000), status('upload', 260_000_000));
    await driver.settle();
    expect(driver.lines[0]).toContain(screens.delivery.uploadTitle);
    expect(percents(driver)).toEqual([100, 26]);
  });

  it('never lets the percent drop, nor says 100 before all is done', async () => {
    const driver = await delivering();
    driver.core.emit('12', status('upload', 999_999_999));
    await driver.settle();
    expect(percents(driver)[1]).toBe(99);
    driver.core.emit('12', status('upload', 500_000_000));
    await driver.settle();
    expect(percents(driver)[1]).toBe(99);
  });

  it('counts the files of each area through export, upload and check, 312 attachments among them', async () => {
    const driver = await delivering();
    const attachments = Array.from({ length: 312 }, (_, index) => file('export', `omrade2_bilagor/#${index + 1}`));
    driver.core.emit(
      '12',
      file('export', 'data/omrade1_anmalningar.csv'),
      ...attachments,
      file('upload', 'data/omrade1_anmalningar.csv', { resumed: true }),
    );
    await driver.settle();
    expect(driver.lines.find((line) => line.includes('Patientkort'))).toMatch(/2 {2}> {2}Patientkort, anteckn\. +312 filer +312\s?kB/);
    expect(driver.lines.find((line) => line.includes('1  ^'))).toMatch(/1 fil +1\s?kB +1$/);
    expect(driver.text).toContain('data/omrade1_anmalningar.csv (återupptagen)');
  });

  it('D13 names attachments by number only', async () => {
    const driver = await delivering();
    driver.core.emit('12', file('export', 'omrade2_bilagor/#201'));
    await driver.settle();
    expect(driver.text).toContain('omrade2_bilagor/#201');
  });

  it('counts down to the next try, tries at once with o, and is rid of it when bytes move again', async () => {
    const driver = await delivering();
    driver.core.emit('12', status('upload', 1000), { type: 'retry', attempt: 2, wait: 60, reason: 'Anslutningen bröts.' });
    await driver.settle();
    expect(driver.text).toContain('Anslutningen bröts. Försök 2 om 1 min 0 s.');
    driver.core.clock.advance(15_000);
    driver.store.dispatch({ type: 'tick' });
    expect(driver.text).toContain('Försök 2 om 45 s.');
    driver.core.emit('12', status('export', 5000));
    await driver.press('o');
    expect(driver.core.calls).toContain('retry');
    expect(driver.text).toContain('Försök 2');
    driver.core.emit('12', status('upload', 2000));
    await driver.settle();
    expect(driver.text).not.toContain('Försök 2');
  });

  it('pauses with p and goes on with p', async () => {
    const driver = await delivering();
    await driver.press('p');
    expect(driver.core.calls).toContain('pause');
    expect(driver.text).toContain('Leveransen är pausad.');
    await driver.press('p');
    expect(driver.core.calls).toContain('resume');
  });

  it('D15 stands where it stood when it goes on after a pause, and says why when the export is made again', async () => {
    const driver = await delivering();
    const { core } = driver;
    const plan = { type: 'plan', delivery: 'd', region: '12', areas: [1, 2, 7], bag: 'b', estimate: { bytes: 1, rows: 1 } } as const;
    core.emit('12', plan, status('export', 1_000_000_000), status('upload', 600_000_000));
    await driver.press('p');
    core.endFeed('12');
    await driver.press('p');
    expect(percents(driver)).toEqual([100, 60]);
    core.emit('12', plan, status('upload', 10_000_000));
    await driver.settle();
    expect(percents(driver)).toEqual([100, 60]);
    expect(driver.text).toContain(screens.delivery.catchingUp);
    core.emit('12', status('upload', 700_000_000));
    await driver.settle();
    expect(driver.text).toMatch(/700,0\sMB av 1,0\sGB/);
    core.emit('12', plan, status('export', 10_000_000));
    await driver.settle();
    expect(percents(driver)).toEqual([1, 0]);
    expect(driver.text).toContain('Exporten görs om från början');
  });

  it('counts nothing in again when the bag is larger than was expected, or something is sent twice', async () => {
    const driver = await delivering();
    const plan = { type: 'plan', delivery: 'd', region: '12', areas: [1, 2, 7], bag: 'b', estimate: { bytes: 1, rows: 1 } } as const;
    driver.core.emit('12', plan, status('upload', 500_000_000), status('export', 1_300_000_000, 1_300_000_000));
    driver.core.emit('12', status('upload', 520_000_000, 1_300_000_000));
    await driver.settle();
    expect(percents(driver)).toEqual([100, 50]);
    expect(driver.text).toMatch(/520,0\sMB av 1,3\sGB/);
    expect(driver.text).not.toContain(screens.delivery.catchingUp);
  });

  it('asks before it stops, and letting it go on is the first choice', async () => {
    const driver = await delivering();
    await driver.press('s', 'enter');
    expect([driver.place, driver.core.calls.includes('stop')]).toEqual(['delivery', false]);
    await driver.press('s', 'down', 'enter');
    expect(driver.core.calls).toContain('stop');
  });

  it.each(['paused', 'cut'] as const)('asks before it stops one that is %s, and never offers to let it go on', async (outcome) => {
    const core = decided();
    core.deliver('12', { outcome, stage: 'upload' });
    const driver = await new Driver(core).toOverview();
    await driver.press('escape');
    await driver.open('skåne');
    await driver.press('s');
    expect(driver.text).toContain(' > Behåll leveransen som den är');
    // One that was cut at its publishing may be published already.
    expect(driver.text.replace(/\s+/g, ' ')).toContain('överges? Det som inte redan är publicerat publiceras inte');
    expect(driver.lines.at(-1)).toMatch(/Esc behåll den$/);
    expect(driver.text).not.toMatch(/fortsätta$|uppehåll/m);
    await driver.press('enter');
    expect([driver.place, core.calls.includes('stop')]).toEqual(['delivery', false]);
    await driver.press('s', 'down', 'enter');
    expect(core.calls).toContain('stop');
  });

  it('goes on while the operator is elsewhere: Esc, and the overview shows the percent', async () => {
    const driver = await delivering();
    driver.core.emit('12', status('upload', 420_000_000));
    await driver.press('escape');
    expect(driver.lines.find((line) => line.includes('Region Skåne'))).toMatch(/skickas 42\u00a0%$/);
  });

  it('becomes S7 by itself when the delivery is done', async () => {
    const driver = await delivering();
    driver.core.finish('12');
    driver.store.dispatch({ type: 'delivery', region: '12', event: { ...RESULT, delivery: '12-2026-11-22-1' } });
    await driver.settle();
    expect(driver.place).toBe('receipts');
  });

  it('shows a delivery whose worker died as cut, and o goes on with it', async () => {
    const core = decided();
    const driver = await delivering(core);
    core.deliver('12', { outcome: 'cut', stage: 'upload' });
    core.endFeed('12');
    core.clock.advance(6000);
    driver.store.dispatch({ type: 'tick' });
    await driver.settle();
    expect(driver.text).toContain('Leveransen är avbruten. Inget är förlorat.');
    expect(driver.text).toContain('påbörjad, hur långt den kommit visas när den fortsätter');
    expect(driver.text).not.toMatch(/ 0\s%/);
    await driver.press('o');
    expect(core.calls).toContain('resume');
  });
});

const RESULT = {
  type: 'result',
  delivery: '',
  bag: '',
  remotePath: '',
  files: 1,
  bytes: 1,
  rows: 1,
  bytesSent: 1,
  bytesResent: 0,
  contentVerified: true,
  verification: 'full',
  receipt: '',
} as const;

describe('S7 and S7b', () => {
  const receipts = async (change = {}): Promise<Driver> => {
    const core = decided();
    core.finish('12', change);
    return (await new Driver(core).toOverview()).open('skåne');
  };

  it('shows files, exact bytes and how it was verified per area, and that the gate stays closed', async () => {
    const driver = await receipts();
    expect(driver.text).toContain('✓ Leveransen är överförd och innehållet är verifierat.');
    expect(driver.text.replace(/\s/g, ' ')).toMatch(/2 Patientkort, anteckn\. +315 +2 333 993 472 +✓ återläsning, SHA-256/);
    expect(driver.text.replace(/\s+/g, ' ')).toContain('Gallringsspärren är stängd tills kvittensen är registrerad.');
  });

  it('says that the gate is closed and the decisions have changed, however long the folder of the paper is', async () => {
    const core = decided();
    core.staging = `/srv/${'en-lang-mapp/'.repeat(20)}leveranser`;
    core.decideAll('12', { 1: BEVARA, 2: { ...BEVARA, cards: CARDS }, 3: BEVARA, 4: BEVARA, 5: BEVARA, 6: BEVARA });
    core.finish('12', { remotePath: `/in/${'djup/'.repeat(15)}SMINET2_12_skane_2026-11-22-1` });
    core.decide('12', { 7: BEVARA });
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    expect(driver.text.replace(/\s+/g, ' ')).toContain('Gallringsspärren är stängd tills kvittensen är registrerad. Beslut har ändrats');
    expect(driver.text).toContain('leverera skane --ny');
  });

  it('says EJ VERIFIERAD in words when the content is not proven', async () => {
    const driver = await receipts({ contentVerified: false, verification: 'ack' });
    expect(driver.text).toContain('! EJ VERIFIERAD.');
    expect(driver.text).not.toContain('✓');
  });

  it('v shows the reversal, scrolled within its ends', async () => {
    const driver = await receipts();
    await driver.press('v');
    expect(driver.text).toContain('LEVERANSREVERSAL rad 1');
    await driver.press('up', 'pageDown', 'down');
    expect(driver.lines[2]).toBe(' LEVERANSREVERSAL rad 12');
    await driver.press('end', 'down');
    expect(driver.lines[2]).toBe(' LEVERANSREVERSAL rad 42');
    await driver.press('escape');
    expect(driver.place).toBe('receipts');
  });

  it('registers no kvittens on Enter alone, and asks whether it agrees', async () => {
    const driver = await receipts();
    await driver.press('k', 'enter');
    expect(driver.core.calls).not.toContain('saveReceipt');
    expect(driver.text).toContain('Svara om leveransen stämmer. Inget är förvalt.');
  });

  const fill = async (driver: Driver, answer: 'ja' | 'nej'): Promise<void> => {
    await driver.press('k');
    await driver.type('2026-11-22');
    await driver.press('tab');
    await driver.type('Regionarkivet');
    await driver.press('tab', 'tab', ...(answer === 'nej' ? ['down'] : []), ' ', 'tab');
  };

  it('asks before a half-filled kvittens is lost', async () => {
    const driver = await receipts();
    await driver.press('k', 'escape');
    expect(driver.place).toBe('receipts');
    await driver.press('k', 'R', 'escape');
    expect([driver.place, driver.text.includes(screens.leaveForm.question)]).toEqual(['kvittens', true]);
    await driver.press('escape');
    expect(driver.text).toContain('> Mottaget den     R');
    await driver.press('escape', 'j');
    expect([driver.place, driver.core.calls.includes('saveReceipt')]).toEqual(['receipts', false]);
  });

  it('n says so when no other region waits for anything', async () => {
    const core = decided();
    core.finish('12');
    for (const { code } of REGIONS.filter((region) => region.code !== '12')) core.decideAll(code);
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    await driver.press('n');
    expect([driver.place, driver.text.includes(screens.receipts.noNextRegion)]).toEqual(['receipts', true]);
  });

  it('says that a decision was changed after the delivery, and how a new one is made', async () => {
    const core = decided();
    core.finish('12');
    core.decide('12', { 7: { ...BEVARA, date: '2025-11-13' } });
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    expect(driver.text.replace(/\s+/g, ' ')).toContain('En ny görs med: sminet-leverans leverera skane --ny');
    await driver.press('escape');
    expect(driver.lines.find((line) => line.includes('Region Skåne'))).toMatch(/beslut ändrat$/);
  });

  it('registers a kvittens, and the region is kvitterad', async () => {
    const driver = await receipts();
    await fill(driver, 'ja');
    await driver.press('enter');
    expect(driver.core.calls).toContain('saveReceipt');
    expect(driver.text).toContain('2026-11-22, Regionarkivet. Utan avvikelse.');
    expect(driver.text.replace(/\s+/g, ' ')).toMatch(
      /Sparat \d\d:\d\d: kvittensen från Region Skåne, utan avvikelse\. Leveransen är kvitterad\./,
    );
    expect(driver.text).not.toContain('Gallringsspärren är stängd');
    await driver.press('escape');
    expect(driver.lines.find((line) => line.includes('Region Skåne'))).toMatch(/B✓ B✓ .*kvitterad$/);
  });

  it('demands that a deviation is described, and shows it', async () => {
    const driver = await receipts();
    await fill(driver, 'nej');
    await driver.press('enter');
    expect(driver.core.calls).not.toContain('saveReceipt');
    await driver.type('En fil saknas');
    await driver.press('enter');
    expect(driver.text).toContain('! Avvikelse: En fil saknas');
    expect(driver.text).toMatch(/Sparat \d\d:\d\d: kvittensen från Region Skåne, med avvikelse\./);
    expect(driver.text).toContain('Gallringsspärren är stängd så länge avvikelsen kvarstår.');
    await driver.press('escape');
    expect(driver.lines.find((line) => line.includes('Region Skåne'))).toMatch(/avvikelse$/);
  });
});

describe('R Återuppta', () => {
  it('is there only when something is not finished, and its first choice starts nothing', async () => {
    const core = decided();
    const fresh = await new Driver(core).toOverview();
    expect(fresh.place).toBe('overview');
    core.deliver('12', { outcome: 'cut', stage: 'upload' });
    const driver = await new Driver(core).toOverview();
    expect(driver.place).toBe('resume');
    await driver.press('enter');
    expect([driver.place, core.calls.includes('resume')]).toEqual(['overview', false]);
  });

  it('goes on with a cut delivery and shows it', async () => {
    const core = decided();
    core.deliver('12', { outcome: 'cut', stage: 'upload' });
    const driver = await new Driver(core).toOverview();
    await driver.press('down', 'enter');
    expect([core.calls.includes('resume'), driver.place]).toEqual([true, 'delivery']);
  });

  it('shows the focused choice when a whole country was cut, and how many are above and below', async () => {
    const core = new MemoryCore();
    for (const { code } of REGIONS) {
      core.decideAll(code, { 1: BEVARA });
      core.deliver(code, { outcome: 'cut', stage: 'upload' });
    }
    const driver = await new Driver(core).toOverview();
    expect(driver.text).toContain(' > Gå till översikten utan att starta något');
    await driver.press(...Array.from({ length: 12 }, () => 'down'));
    expect(driver.text).toMatch(/ > Fortsätt leveransen till Västra Götalandsregionen \(avbruten\)/);
    expect(driver.text).toMatch(/↑ \d+ ↓ \d+/);
    await driver.press('end');
    expect(driver.text).toContain(' > Visa loggen');
  });

  it('tells of a delivery that failed, and opens its error without starting anything', async () => {
    const core = decided();
    core.deliver('12', { outcome: 'failed', error: { code: 'sftp_down', facts: { host: 'sftp.example', port: 22 } } });
    const driver = await new Driver(core).toOverview();
    await driver.press('down');
    expect(driver.text).toContain(' > Se varför leveransen till Region Skåne slutade med fel');
    await driver.press('enter');
    expect([driver.place, core.calls.includes('resume')]).toEqual(['failure', false]);
    await driver.press('down', 'enter');
    expect(core.calls).toContain('resume');
  });

  it('digits run nothing', async () => {
    const core = decided();
    core.deliver('12', { outcome: 'cut', stage: 'upload' });
    const driver = await new Driver(core).toOverview();
    await driver.press('1', '2', '3');
    expect([driver.place, core.calls.includes('resume')]).toEqual(['resume', false]);
  });
});

describe('E Fel', () => {
  /** Skåne open, past R, which tells that its delivery failed. */
  const failed = async (core: MemoryCore): Promise<Driver> => {
    const driver = await new Driver(core).toOverview();
    await driver.press('escape');
    return driver.open('skåne');
  };

  it('tells what, affects, safe and what to do; the first choice changes nothing', async () => {
    const core = decided();
    core.deliver('12', { outcome: 'failed', error: { code: 'sftp_down', facts: { host: 'sftp.example', port: 22 } } });
    const driver = await failed(core);
    expect(driver.place).toBe('failure');
    for (const word of ['Påverkar', 'Orört', 'Gör så här', 'Fel 13']) expect(driver.text).toContain(word);
    await driver.press('b');
    expect([driver.place, driver.text.includes('Esc visar felet')]).toEqual(['region', true]);
    await driver.press('escape');
    await driver.press('enter');
    expect([driver.place, core.calls.includes('resume')]).toEqual(['overview', false]);
  });

  it('f goes to the failed region, and opens it', async () => {
    const core = decided();
    core.deliver('12', { outcome: 'failed', error: { code: 'sftp_down', facts: { host: 'sftp.example' } } });
    const driver = await new Driver(core).toOverview();
    await driver.press('escape', 'f');
    expect(driver.state.overviewFocus.region).toBe('12');
    await driver.press('f');
    expect(driver.place).toBe('failure');
  });

  it('is where a start that is refused ends, and trying again starts again', async () => {
    const core = decided();
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    core.failNext('start', new OperatorError('host_key_unknown', { host: 'sftp.example', region: 'Region Skåne' }));
    await driver.press('g');
    await driver.type('Region Skåne');
    await driver.press('enter');
    expect(driver.place).toBe('error');
    await driver.press('enter');
    expect(driver.place).toBe('review');
    core.failNext('start', new OperatorError('host_key_unknown', { host: 'sftp.example', region: 'Region Skåne' }));
    await driver.press('enter', 'down', 'enter');
    expect([driver.place, core.calls.filter((call) => call === 'start')]).toEqual(['delivery', ['start', 'start', 'start']]);
  });

  it.each([
    'overview',
    'startChecks',
    'estimates',
    'unmetConditions',
    'review',
    'start',
    'pause',
    'resume',
    'stop',
    'retry',
    'follow',
    'reversal',
    'log',
    'saveDecision',
    'saveReceipt',
  ])('lives on when %s fails with an error of our own: one Swedish line and a file, no stack', async (call) => {
    const core = decided();
    core.failNext(call, new TypeError('undefined is not a function'));
    const driver = await new Driver(core).toOverview();
    await driver.press('escape');
    await driver.open('skåne');
    await driver.press('escape', 'l', 'escape');
    for (const region of ['skåne', 'halland']) {
      await driver.open(region);
      await driver.press('2', 'enter', 'down', ' ', 'tab', 'enter', 'escape', 'j', 'g');
      await driver.type('Region Skåne');
      await driver.press('enter', 'escape', 'p', 'p', 's', 'down', 'enter', 'escape', 'v', 'escape', 'k', 'escape', 'escape', 'escape');
    }
    expect(driver.lines).toHaveLength(23);
    expect(driver.text).not.toContain('TypeError');
  });

  it('has a screen for every error code', async () => {
    const core = decided();
    for (const code of Object.keys(EXIT_CODES) as ErrorCode[]) {
      core.deliver('12', { outcome: 'failed', error: { code, facts: {} } });
      const driver = await failed(core);
      expect(driver.lines[0], code).toMatch(/Fel \d+/);
      expect(
        driver.lines.find((line) => line.startsWith(' ! ')),
        code,
      ).toMatch(/\.$|[^ ]$/);
      expect(driver.lines.length, code).toBe(23);
    }
  });

  it('tells a code of another version as it stands', async () => {
    const core = decided();
    core.deliver('12', { outcome: 'failed', error: { code: 'from_the_future', facts: {} } });
    const driver = await failed(core);
    expect(driver.text).toContain('(from_the_future)');
  });
});

describe('Q Avsluta', () => {
  it('leaves at once when nothing runs', async () => {
    const driver = await (await new Driver().toOverview()).press('q');
    expect(driver.left).toBe(0);
  });

  it('leaves at once when the delivery is done, though its worker is still there', async () => {
    const driver = await delivering();
    driver.core.lingering.add('12');
    driver.core.finish('12');
    driver.store.dispatch({ type: 'delivery', region: '12', event: { ...RESULT, delivery: '12-2026-11-22-1' } });
    await driver.settle();
    await driver.press('q');
    expect([driver.place, driver.left]).toEqual(['receipts', 0]);
  });

  it('says so when what ran is done before the question is answered, and leaves on the choice that is left', async () => {
    const driver = await delivering();
    await driver.press('q', 'end');
    expect(driver.text).toContain(' > Pausa och avsluta');
    driver.core.finish('12');
    driver.store.dispatch({ type: 'delivery', region: '12', event: { ...RESULT, delivery: '12-2026-11-22-1' } });
    await driver.settle();
    expect(driver.text).toContain('Inget pågår längre. Allt är sparat.');
    expect(driver.text).not.toContain('Pausa');
    expect(driver.text).toContain(' > Avsluta');
    await driver.press('enter');
    expect([driver.left, driver.core.calls.includes('pause')]).toEqual([0, false]);
  });

  it('asks while something runs, and staying is the first choice', async () => {
    const driver = await delivering();
    await driver.press('q', 'enter');
    expect([driver.place, driver.left]).toEqual(['delivery', undefined]);
  });

  it('has room for its choices while all 21 regions run, and Node warns of no leak', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    const core = new MemoryCore();
    for (const { code } of REGIONS) {
      core.decideAll(code, { 1: BEVARA });
      core.deliver(code);
    }
    const driver = await new Driver(core).toOverview();
    await driver.press('escape', 'q', 'end');
    expect(driver.text).toContain('leveranser till');
    expect(driver.text).toContain(' > Pausa och avsluta');
    expect(warned).not.toHaveBeenCalled();
  });

  it('closes the window and lets the work go on', async () => {
    const driver = await delivering();
    await driver.press('q', 'down', 'enter');
    expect([driver.left, driver.core.calls.includes('pause')]).toEqual([0, false]);
  });

  it('pauses and leaves', async () => {
    const driver = await delivering();
    await driver.press('q', 'down', 'down', 'enter');
    expect([driver.left, driver.core.calls.includes('pause')]).toEqual([0, true]);
  });

  it('Ctrl-C asks while something runs, and a second one within 3 s leaves with 130', async () => {
    const driver = await delivering();
    await driver.press('ctrl-c');
    expect([driver.place, driver.left]).toEqual(['quit', undefined]);
    driver.core.clock.advance(3000);
    await driver.press('escape', 'ctrl-c');
    expect(driver.left).toBeUndefined();
    await driver.press('ctrl-c');
    expect(driver.left).toBe(130);
  });

  it('Ctrl-C leaves with 130 at once when nothing runs, also in the middle of a form', async () => {
    const driver = await (await new Driver().toOverview()).press('enter', 'enter', 'ctrl-c');
    expect(driver.left).toBe(130);
  });
});
