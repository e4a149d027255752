import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { logLines } from '../../src/ui/screens/pager/log-lines.ts';
import { Driver } from './driver.ts';
import { logLine, MemoryCore } from './memory-core.ts';

const AT = '2026-11-22T14:33:07+01:00';
const RESULT = {
  type: 'result',
  delivery: '12-2026-11-22-1',
  bag: 'SMINET2_12_skane_2026-11-22-1',
  remotePath: '/in/sminet/SMINET2_12_skane_2026-11-22-1',
  ...{ files: 329, bytes: 1_672_014_336, rows: 2_417_960, bytesSent: 1_672_014_336, bytesResent: 0 },
  contentVerified: true,
  verification: 'full',
  receipt: '/var/lib/sminet-leverans/deliveries/12-2026-11-22-1/receipt.json',
};

/** The log's lines without the day, as plain spaces. */
const read = (...lines: string[]): string[] => logLines(lines, 79).map((line) => line.replaceAll('\u00a0', ' '));

describe('the log as sentences', () => {
  it('has a day before its lines, and the time, what happened and how much in each', () => {
    const table = { type: 'file', stage: 'export', file: 'data/omrade1_anmalningar.csv', bytes: 12_288, rows: 24, sha256: 'a' };
    expect(
      read(
        logLine(AT, table),
        logLine('2026-11-22T23:59:59+01:00', { type: 'retry', attempt: 2, wait: 4, reason: 'r' }),
        logLine('2026-11-23T00:00:01+01:00', { ...table, stage: 'verify', rows: 0 }),
      ),
    ).toEqual([
      '2026-11-22',
      '14:33:07  Exporterad: data/omrade1_anmalningar.csv, 12 288 byte, 24 poster.',
      '23:59:59  Kontakten med servern bröts. Nytt försök om 4 s, försök 2. Det',
      '          servern har kvitterat behålls.',
      '2026-11-23',
      '00:00:01  Verifierad: data/omrade1_anmalningar.csv, 12 288 byte.',
    ]);
  });

  it('tells a result in several lines, all of them within the width', () => {
    const lines = logLines([logLine(AT, RESULT)], 79);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('Klar. 329 filer, 1 672 014 336 byte och 2 417 960 poster');
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThan(79);
  });

  it.each([
    ['an event of another version', { type: 'provleverans', name: 'Anna Andersson' }, 'inte känner till (provleverans)'],
    ['a known event without its fields', { type: 'file', stage: 'export' }, 'inte känner till (file)'],
    ['an event named by a sentence', { type: 'Anna Andersson, 19121212-1212, född i Åre' }, 'inte känner till (?)'],
    ['a bug', { level: 50, frames: ['TypeError', '    at x (/srv/x.js:1:1)'], msg: 'bug' }, 'Ett fel i programmet (TypeError).'],
    ['what was kept from the screen', { frames: ['stderr', '    at x'] }, 'ville skriva på skärmen (stderr)'],
  ])('D13 tells %s in one plain line, without what it holds', (_, fields, words) => {
    const text = read(logLine(AT, fields)).join(' ').replace(/\s+/g, ' ');
    expect(text).toContain(`14:33:07 `);
    expect(text).toContain(words);
    expect(text).not.toMatch(/Anna|at x|[{}"]/);
  });

  it('D13 shows the program’s own error lines as they stand, and of other text only that it is there', () => {
    const lines = read(
      'Fel: Disken är full på den här datorn: /srv',
      '  Påverkar: Arbetet har stannat.',
      'error: duplicate key (personnummer)=(19121212-1212)',
      '    at x',
      '  Felkod 16.',
    ).map((line) => line.trim());
    expect(lines).toEqual([
      'Fel: Disken är full på den här datorn: /srv',
      'Påverkar: Arbetet har stannat.',
      'Annan text, som bara visas i loggfilen.',
      'Felkod 16.',
    ]);
  });

  it('opens at its newest lines, scrolls to its oldest, and keeps to a window that grows', async () => {
    const driver = await new Driver(new MemoryCore()).toOverview();
    await driver.press('l');
    expect(driver.lines.at(-3)).toContain('14:39:00  Exporterad: omrade2_bilagor/#40');
    await driver.press('down', 'home');
    expect(driver.lines.slice(2, 4)).toEqual([' 2026-11-22', ' 14:00:00  Exporterad: omrade2_bilagor/#1, 1\u00a0000 byte.']);
    driver.store.dispatch({ type: 'resize', columns: 80, rows: 60 });
    expect(driver.lines.filter((line) => line.includes('omrade2_bilagor'))).toHaveLength(40);
    expect(driver.text).not.toMatch(/[{}"]/);
  });
});
