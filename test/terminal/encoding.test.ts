import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { encodingOf, needsAscii } from '../../src/terminal/boot.ts';
import { KeyStdin } from '../../src/terminal/keys.ts';
import { PatientOutput } from '../../src/terminal/output.ts';

describe('N16 the locale', () => {
  it.each([
    [{ LANG: 'sv_SE.UTF-8' }, 'utf8', false],
    [{ LANG: 'C.utf8' }, 'utf8', false],
    [{ LANG: 'C' }, 'utf8', true],
    [{}, 'utf8', true],
    [{ LANG: 'sv_SE.ISO-8859-1' }, 'latin1', true],
    [{ LANG: 'sv_SE.iso885915@euro' }, 'latin1', true],
    [{ LANG: 'ru_RU.ISO-8859-5' }, 'utf8', true],
    [{ LANG: 'sv_SE.ISO-8859-1', LC_ALL: 'sv_SE.UTF-8' }, 'utf8', false],
  ] as const)('%o means letters in %s, and ASCII glyphs: %s', (env, encoding, ascii) => {
    expect([encodingOf(env), needsAscii(false, env)]).toEqual([encoding, ascii]);
  });

  it('writes å ä ö as the bytes of an ISO 8859-1 terminal, and no byte that a character does not have', async () => {
    const stream = Object.assign(new PassThrough(), { columns: 80, rows: 24 });
    new PatientOutput(stream, 'latin1').write('Skåne \u011b');
    const [bytes] = (await once(stream, 'data')) as [Buffer];
    expect([...bytes]).toEqual([0x53, 0x6b, 0xe5, 0x6e, 0x65, 0x20, 0x3f]);
  });

  it('reads å ä ö from an ISO 8859-1 terminal', async () => {
    const terminal = new PassThrough();
    const keys = new KeyStdin(terminal, () => {}, 'latin1');
    terminal.write(Buffer.from([0xe5]));
    expect(await once(keys, 'data')).toEqual(['å']);
    keys.release();
  });
});
