import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { KeyDecoder, type KeyInput, KeyStdin, type TerminalInput } from '../../src/terminal/keys.ts';

const keysOf = (inputs: readonly KeyInput[]): unknown[] => inputs.map((input) => ('key' in input ? input.key : input));

/** Everything that comes out when these pieces arrive one after the other and then nothing more does. */
function decode(...pieces: string[]): unknown[] {
  const decoder = new KeyDecoder();
  return keysOf([...pieces.flatMap((piece) => decoder.feed(piece)), ...decoder.flush()]);
}

describe('what arrives and what Ink gets', () => {
  it.each([
    ['three letters in one packet', 'jjj', ['j', 'j', 'j']],
    ['three Backspaces in one packet', '\x7f\x7f\x7f', ['\x7f', '\x7f', '\x7f']],
    ['text and Enter in one packet', 'abc\r', ['a', 'b', 'c', '\r']],
    ['two arrows in one packet', '\x1b[A\x1b[B', ['\x1b[A', '\x1b[B']],
    ['an arrow in application mode', '\x1bOA', ['\x1bOA']],
    ['Delete, Home and PgDn', '\x1b[3~\x1b[1~\x1b[6~', ['\x1b[3~', '\x1b[1~', '\x1b[6~']],
    ['Shift-Tab', '\x1b[Z', ['\x1b[Z']],
    ['Alt with a letter', '\x1bg', ['\x1bg']],
    ['Esc and then an arrow', '\x1b\x1b[A', ['\x1b', '\x1b[A']],
    ['a bracketed paste', '\x1b[200~två\rrader\x1b[201~x', [{ paste: 'två\rrader' }, 'x']],
    ['focus reports', '\x1b[I\x1b[Oq', ['q']],
    ['a cursor position report', '\x1b[12;40Rq', ['q']],
    ['a mouse report', '\x1b[<0;10;5Mq', ['q']],
    ['device attributes', '\x1b[?64;1;2c\x1b[>0;276;0cq', ['q']],
    ['a mode report', '\x1b[?2026;2$yq', ['q']],
    ['an astral character', '\u{1f600}a', ['\u{1f600}', 'a']],
    ['a lone Esc', '\x1b', ['\x1b']],
    ['an unfinished sequence', '\x1b[1;', []],
  ])('%s', (_, text, expected) => {
    expect(decode(text)).toEqual(expected);
  });
});

describe('split packets', () => {
  const whole = [
    '\x1b[A',
    '\x1bOB',
    '\x1b[3~',
    '\x1b[1;5C',
    '\x1b[Z',
    '\x1b[200~klistrat\x1b[201~',
    '\x1b[12;40R',
    '\x1b[<0;10;5M',
    '\x1b[[A',
  ];

  it('gives the same keys wherever a sequence is cut', () => {
    for (const sequence of whole) {
      for (let at = 1; at < sequence.length; at++) {
        expect(decode(sequence.slice(0, at), `${sequence.slice(at)}x`), `${JSON.stringify(sequence)} cut at ${at}`).toEqual(
          decode(`${sequence}x`),
        );
      }
    }
  });

  it('takes a paste of a megabyte as one, in whatever packets it comes', () => {
    const text = 'å'.repeat(500_000);
    const stream = `\x1b[200~${text}\x1b[201~`;
    const pieces = Array.from({ length: Math.ceil(stream.length / 4093) }, (_, index) => stream.slice(index * 4093, (index + 1) * 4093));
    expect(decode(...pieces)).toEqual([{ paste: text }]);
  });

  it('ends a paste whose end mark was lost, so that the keyboard comes back', () => {
    const decoder = new KeyDecoder();
    expect(decoder.feed('\x1b[200~halv')).toEqual([]);
    expect(decoder.flush()).toEqual([{ paste: 'halv' }]);
    expect(keysOf(decoder.feed('q'))).toEqual(['q']);
  });
});

describe('the proxy in front of Ink', () => {
  function proxy(): { terminal: PassThrough; read: () => unknown[]; pastes: string[]; keys: KeyStdin } {
    const terminal = new PassThrough();
    const pastes: string[] = [];
    const keys = new KeyStdin(terminal as unknown as TerminalInput, (text) => pastes.push(text));
    const read = (): unknown[] => {
      const got: unknown[] = [];
      for (let key: unknown = keys.read(); key !== null; key = keys.read()) got.push(key);
      return got;
    };
    return { terminal, read, pastes, keys };
  }

  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await wait(1);
  };

  it('puts an å together that was split over two packets', async () => {
    const { terminal, read } = proxy();
    terminal.write(Buffer.from([0xc3]));
    terminal.write(Buffer.from([0xa5, 0x71]));
    const got: unknown[] = [];
    await until(() => got.push(...read()) >= 2);
    expect(got).toEqual(['å', 'q']);
  });

  it.each([0, 10, 50])('waits %i ms for the rest of an arrow, and never types its end', async (gap) => {
    const { terminal, read } = proxy();
    terminal.write('\x1b');
    await wait(gap);
    terminal.write('[A');
    const got: unknown[] = [];
    await until(() => got.push(...read()) >= 1);
    expect(got).toEqual(['\x1b[A']);
  });

  it('gives a lone Esc after a moment', async () => {
    const { terminal, read } = proxy();
    terminal.write('\x1b');
    const got: unknown[] = [];
    await until(() => got.push(...read()) >= 1);
    expect(got).toEqual(['\x1b']);
  });

  it('hands a paste over as one, and keeps it out of the keys', async () => {
    const { terminal, read, pastes } = proxy();
    terminal.write('\x1b[200~Region Skåne\r\x1b[201~q');
    const got: unknown[] = [];
    await until(() => got.push(...read()) >= 1);
    expect([got, pastes]).toEqual([['q'], ['Region Skåne\r']]);
  });

  it('lets go of the terminal', async () => {
    const { terminal, read, keys } = proxy();
    keys.release();
    terminal.write('q');
    await wait(5);
    expect([read(), terminal.listenerCount('data')]).toEqual([[], 0]);
  });
});
