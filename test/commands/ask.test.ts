import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileSource } from '../support/compiled-source.ts';
import { atTerminal, SCRIPT_SKIP } from '../support/script.ts';

describe.skipIf(SCRIPT_SKIP !== '')(`a question at a terminal${SCRIPT_SKIP}`, () => {
  it.each([
    ['j', true],
    ['', false],
    ['\u0004', false],
  ])('takes %j for %s: Ctrl-D, the end of what is typed, is nothing typed', async (typed, answer) => {
    const source = await compileSource('commands', 'domain');
    const asking = join(source.dir, 'asking.js');
    await writeFile(
      asking,
      `import { askYes } from './commands/ask.js';
      const { signal } = new AbortController();
      const isYes = await askYes({ globals: { yes: false }, mayAsk: true, env: {}, signal }, 'Ska det?');
      console.log(\`answer: \${isYes}\`);`,
    );
    const { code, screen } = await atTerminal([asking], tmpdir(), typed);
    expect([code, screen]).toEqual([0, expect.stringContaining(`answer: ${answer}`)]);
    await rm(asking);
    await source.remove();
  });
});
