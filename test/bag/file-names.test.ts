import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attachmentNames } from '../../src/bag/file-names.ts';

const nameOf = (dnr: string, name: string) => attachmentNames()(dnr, name);
const allNames = (pairs: readonly (readonly [string, string])[]) => {
  const next = attachmentNames();
  return pairs.map(([dnr, name]) => next(dnr, name));
};

describe('attachment names', () => {
  test.each([
    ['2011-831', 'svar.pdf', '2011-831_svar.pdf'],
    ['RS 2011/00831', 'remissvar.pdf', 'RS 2011-00831_remissvar.pdf'],
    ['2011:831', '../x.pdf', '2011-831_..-x.pdf'],
    ['../../etc', 'passwd', '-..-etc_passwd'],
    ['1', 'CON.txt', '1_CON.txt'],
    ['CON.1', 'x.txt', 'CON-.1_x.txt'],
    ['com¹ .x', 'y', 'com¹- .x_y'],
    ['1', 'a<b>c:d"e/f\\g|h?i*j.txt', '1_a-b-c-d-e-f-g-h-i-j.txt'],
    ['1', 'rad\nbrytning\r\t\u0085\u2028.txt', '1_rad-brytning----.txt'],
    ['1', 'fdp.\u202exe', '1_fdp.-xe'],
    ['1', '100%.pdf', '1_100-.pdf'],
    ['1', 'slut. . ', '1_slut'],
    ['1', 'a\u030aa\u0308o\u0308.txt', '1_åäö.txt'],
    ['1', '\ud800.txt', '1_-.txt'],
    ['1', '', '1_'],
    ['', 'x', '_x'],
  ])('R29 T17 %j %j becomes %j', (dnr, name, expected) => {
    expect(nameOf(dnr, name)).toBe(expected);
  });

  test('T19 equal names on one note differ by a suffix, in key order; other notes differ by their prefix', () => {
    expect(
      allNames([
        ['1', 'svar.pdf'],
        ['1', 'svar.pdf'],
        ['2', 'svar.pdf'],
        ['1', 'SVAR.PDF'],
        ['1', 'svar (2).pdf'],
        ['1', 'sva\u0308r'],
        ['1', 'svär'],
      ]),
    ).toEqual(['1_svar.pdf', '1_svar (2).pdf', '2_svar.pdf', '1_SVAR (3).PDF', '1_svar (2) (2).pdf', '1_svär', '1_svär (2)']);
  });

  test('T17 a name of 250 bytes keeps its extension, whole characters and eight hash characters', () => {
    const [first = '', second = '', other = ''] = allNames([
      ['1', `${'åäö'.repeat(41)}.docx`],
      ['1', `${'åäö'.repeat(41)}.docx`],
      ['1', `${'åäö'.repeat(41)}x.docx`],
    ]);
    expect(first).toMatch(/^1_[åäö]+-[0-9a-f]{8}\.docx$/);
    expect(second).toMatch(/^1_[åäö]+-[0-9a-f]{8} \(2\)\.docx$/);
    expect(other.slice(-13)).not.toBe(first.slice(-13));
    for (const name of [first, second, other]) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(Buffer.byteLength(first)).toBeGreaterThan(195);
  });

  test('a hundred thousand equal names are named in linear time', () => {
    const next = attachmentNames();
    const names = new Set(Array.from({ length: 100_000 }, () => next('1', 'svar.pdf')));
    expect(names.size).toBe(100_000);
  });

  test('R27 R29 whatever the source holds: inside the folder, at most 200 bytes, never two alike, and the same every time', () => {
    const nasty = fc.oneof(
      fc.constantFrom(
        '',
        '.',
        '..',
        '/',
        '\\',
        'CON',
        'con.txt',
        'a.pdf',
        'A.PDF',
        'ä.pdf',
        'a\u0308.pdf',
        'ß',
        'SS',
        'ẞ',
        'İ',
        'i\u0307',
        'ﬁ',
        'x (2)',
        'x',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ unit: fc.constantFrom('å', 'Å', '😀', '.', ' ', '/', '\u0301', '\u202e'), minLength: 60, maxLength: 250 }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(nasty, nasty), { maxLength: 30 }), (pairs) => {
        const names = allNames(pairs);
        expect(allNames(pairs)).toEqual(names);
        for (const name of names) {
          expect(name).toBe(name.normalize('NFC'));
          expect(name).not.toMatch(/[<>:"/\\|?*%\p{Cc}\p{Bidi_Control}\p{Cs}]|[\s.]$/u);
          expect(['.', '..', '']).not.toContain(name);
          expect(name).not.toMatch(/^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i);
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
        }
        for (const fold of [(name: string) => name.toLowerCase(), (name: string) => name.toUpperCase()]) {
          expect(new Set(names.map((name) => fold(name).normalize('NFC'))).size).toBe(names.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
