import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CommandContext } from '../../src/commands/command.ts';
import { run } from '../../src/commands/verifiera.ts';
import { EXIT_CODES } from '../../src/domain/operator-error.ts';

it('verifiera of a folder that is no bag, and that may not be listed, says just that: no bags in it are known', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'verifiera-'));
  const dropBox = join(parent, 'in');
  await mkdir(dropBox);
  for (const dir of [parent, dropBox]) await chmod(dir, 0o311);
  const lines: string[] = [];
  const output = { object: () => {}, line: (text = '') => lines.push(text), note: (text: string) => lines.push(text) };
  const context = { args: [dropBox], output, signal: new AbortController().signal } as unknown as CommandContext;
  // Root may list every folder, so it asks as nobody.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    expect(await run(context)).toBe(EXIT_CODES.bag_invalid);
  } finally {
    if (isRoot) process.seteuid?.(0);
    for (const dir of [parent, dropBox]) await chmod(dir, 0o700);
    await rm(parent, { recursive: true });
  }
  expect(lines).toEqual([expect.stringMatching(/^bagit\.txt: /), 'Paketet är inte giltigt.']);
});
