import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { helpText } from '../../src/commands/help.ts';
import { wrapLine } from '../../src/commands/wrap-line.ts';
import { commands, errorLines, errors, help } from '../../src/text.ts';

const words = (text: string) => text.split(' ').filter(Boolean);

describe('a line that is too long for the terminal', () => {
  it('is broken between words, and the rest stands under the text that it goes on', () => {
    expect(wrapLine('  Gör så här: Kontrollera nätet och kör om.', 28)).toEqual([
      '  Gör så här: Kontrollera',
      '              nätet och kör',
      '              om.',
    ]);
    expect(wrapLine('--ny          ny leverans trots att en är klar', 32)).toEqual([
      '--ny          ny leverans trots',
      '              att en är klar',
    ]);
    expect(wrapLine('      Kolumnen har ingen kommentar.', 20)).toEqual(['      Kolumnen har', '      ingen', '      kommentar.']);
  });

  it('is whole when it fits, and never broken inside a path, a number or a command', () => {
    expect(wrapLine('Paketet  är helt.', 17)).toEqual(['Paketet  är helt.']);
    expect(wrapLine(`Se /srv/sminet/${'x'.repeat(40)} nu.`, 20)).toEqual(['Se', `/srv/sminet/${'x'.repeat(40)}`, 'nu.']);
    expect(wrapLine('Sammanlagt blev det 1\u00a0245\u00a0310 byte.', 24)).toEqual(['Sammanlagt blev det', '1\u00a0245\u00a0310 byte.']);
    const command = 'sminet-leverans leverera 12 --ny --bekrafta "Region Skåne"';
    expect(wrapLine(`En ny leverans görs med ${command} härifrån.`, 60)).toEqual(['En ny leverans görs med', command, 'härifrån.']);
    expect(wrapLine('Kör sedan sminet-leverans rapport FIL.html, och läs.', 20).join(' ')).toContain('FIL.html, och läs.');
  });

  it('loses and adds no word, whatever it says', () => {
    const word = fc.constantFrom(
      'Fel:',
      'sminet-leverans',
      '12',
      '--ny',
      '"Region',
      'Skåne"',
      'FIL.html',
      'å',
      '·',
      'x'.repeat(50),
      '  ',
      '1\u00a0000',
    );
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 1, max: 90 }), (parts, width) => {
        const text = parts.join(' ');
        expect(words(wrapLine(text, width).join(' '))).toEqual(words(text));
      }),
    );
  });

  it('the exit codes of the help stand each on a line of their own making, in 80 columns', () => {
    for (const { length } of help.exitCodes) expect(length + 2).toBeLessThanOrEqual(80);
    expect(helpText(undefined)).toContain(`\n  ${help.exitCodes.join('\n  ')}\n`);
  });

  it('a whole error and the help of a command fit in 80 columns, but for what cannot be broken', () => {
    const lines = errorLines(errors.host_key_changed({ host: 'sftp.example', port: 22, seen: 'SHA256:a', pinned: 'SHA256:b' }), 14);
    for (const line of [...lines, ...(commands.leverera?.details ?? [])].flatMap((each) => wrapLine(each, 80)))
      expect(line.length, line).toBeLessThanOrEqual(80);
  });
});
