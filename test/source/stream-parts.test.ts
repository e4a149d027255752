import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/source/byte-reader.ts';
import { fanOut, namedColumns } from '../../src/source/fan-out.ts';

/** The bytes in pieces of the given sizes, over and over. */
function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    out.push(bytes.subarray(at, at + size));
    at += size;
  }
  return out;
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

describe('ByteReader', () => {
  test('gives the bytes asked for, however they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), sizes, sizes, async (array, cuts, takes) => {
        const bytes = Buffer.from(array);
        async function* chunks() {
          yield* pieces(bytes, cuts);
        }
        const reader = new ByteReader(chunks());
        for (const wanted of pieces(bytes, takes)) expect((await reader.take(wanted.length)).equals(wanted)).toBe(true);
        await expect(reader.take(1)).rejects.toThrow('ended');
      }),
    );
  });
});

describe('names of own fields', () => {
  const names = (fields: [string, number][]) =>
    namedColumns([
      { wanted: 'namn', type: 'text', description: '', source: { column: 'namn' } },
      ...fanOut(
        fields.map(([key, items]) => ({ key, items, isArray: items > 1 })),
        'egna_falt',
        '',
      ),
    ]).map(({ name }) => name);

  test.each<[string, [string, number][], string[]]>([
    [
      'R57 case and space',
      [
        ['Faxnummer', 1],
        ['faxnummer ', 1],
      ],
      ['namn', 'Faxnummer', 'faxnummer (2)'],
    ],
    ['R57 the view’s own column', [['NAMN', 1]], ['namn', 'NAMN (2)']],
    ['T16 repeated', [['Telefon', 3]], ['namn', 'Telefon', 'Telefon (2)', 'Telefon (3)']],
    [
      'T16 repeated beside a type of that name',
      [
        ['Telefon', 2],
        ['Telefon (2)', 1],
      ],
      ['namn', 'Telefon', 'Telefon (2)', 'Telefon (2) (2)'],
    ],
    [
      'T16 a name of nothing',
      [
        [' ', 1],
        ['', 1],
      ],
      ['namn', 'egna_falt', 'egna_falt (2)'],
    ],
    [
      'T16 NFD and NFC',
      [
        ['A\u030a', 1],
        ['Å', 1],
      ],
      ['namn', 'A\u030a', 'Å (2)'],
    ],
  ])('%s', (_, fields, expected) => {
    expect(names(fields)).toEqual(expected);
  });
});
