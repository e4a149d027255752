import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { literalsOf } from './literals.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const ROW = /^\| ([RNDF]\d+) \| .* \| (–|`.*`) \|$/;

/** What a test file says in words; nothing when it is not there. */
async function textsIn(file: string): Promise<readonly string[]> {
  const path = ['.test.ts', '.test.tsx', '.ts'].map((end) => join(ROOT, 'test', file + end)).find((each) => existsSync(each));
  return path ? literalsOf(await readFile(path, 'utf8')) : [];
}

describe('docs/requirements.md', () => {
  let text: string;
  /** Id → the test files that it names. */
  const listed = new Map<string, string[]>();
  beforeAll(async () => {
    text = await readFile(join(ROOT, 'docs/requirements.md'), 'utf8');
    for (const line of text.split('\n')) {
      const [, id, files] = ROW.exec(line) ?? [];
      if (id && files)
        listed.set(
          id,
          [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file ?? ''),
        );
    }
  });

  it('has every requirement, decision and fault', () => {
    const ids = (letter: string, count: number, digits: number) =>
      Array.from({ length: count }, (_, at) => `${letter}${String(at + 1).padStart(digits, '0')}`);
    expect([...listed.keys()]).toEqual([...ids('R', 76, 2), ...ids('N', 20, 2), ...ids('D', 17, 1), ...ids('F', 42, 1)]);
  });

  it('names files that are there, and in each of them a text carries the id', async () => {
    const without: string[] = [];
    const textsOf = new Map<string, readonly string[]>();
    for (const [id, files] of listed) {
      for (const file of files) {
        const texts = textsOf.get(file) ?? (await textsIn(file));
        textsOf.set(file, texts);
        if (!texts.some((each) => new RegExp(`\\b${id}\\b`).test(each))) without.push(`${id} ${file}`);
      }
    }
    expect(without).toEqual([]);
  });

  it('says of every id without a test why there is none', () => {
    const unproven = text.slice(text.indexOf('## Not proven by a test yet'));
    const explained = [...unproven.matchAll(/^\| ([RNDF]\d+) \|/gm)].map(([, id]) => id);
    expect(explained.sort()).toEqual([...listed].flatMap(([id, files]) => (files.length === 0 ? [id] : [])).sort());
  });
});
