import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandGroups, shellQuote } from '../../src/transfer/remote/server-hash.ts';

describe('shellQuote', () => {
  it('a shell gives every path back unchanged', () => {
    const path = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !/[\0\n\r]/.test(text));
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 5 }), (paths) => {
        const output = execFileSync('sh', ['-c', `printf '%s\\n' ${paths.map(shellQuote).join(' ')}`], { encoding: 'utf8' });
        expect(output).toBe(`${paths.join('\n')}\n`);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['a\nb', 'a\0b', 'a\rb'])('what no command line can carry is refused', (path) => {
    expect(() => shellQuote(path)).toThrow();
  });
});

describe('commandGroups', () => {
  it('every file is in exactly one group, in order, and no command is long', () => {
    const files = Array.from({ length: 2000 }, (_, i) => ({ path: `data/omrade2_bilagor/${i}_å.pdf` }));
    const groups = commandGroups(files, '/in/.bag.part');
    expect(groups.flat()).toEqual(files);
    for (const group of groups) expect(group.map(({ path }) => `'/in/.bag.part/${path}'`).join(' ').length).toBeLessThan(20_000);
    expect(groups.length).toBeLessThan(20);
  });
});
