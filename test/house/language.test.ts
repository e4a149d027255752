import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { literalsOf } from './literals.ts';

const SRC = resolve(import.meta.dirname, '../../src');
/** What may speak Swedish: the texts, names that are data, and the invented data of the demo. */
const SWEDISH = /^(text|domain\/(regions|areas)|demo\/.*)\.ts$/;

it('D11 what the operator reads is written in text.ts: no other file of the program has a word with å, ä or ö', async () => {
  const files = (await readdir(SRC, { recursive: true })).filter((file) => /\.tsx?$/.test(file));
  const swedish = new Map<string, string[]>();
  for (const file of files) {
    const words = literalsOf(await readFile(join(SRC, file), 'utf8')).filter((text) => /[åäö]/i.test(text));
    if (words.length > 0) swedish.set(file, words);
  }
  // The search finds Swedish where it belongs, so an empty answer says something.
  expect(swedish.get('text.ts')?.length).toBeGreaterThan(500);
  expect([...swedish].filter(([file]) => !SWEDISH.test(file))).toEqual([]);
});
