import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDurably } from '../../src/bag/durable-file.ts';
import { tempFolder } from './sample-bag.ts';

test('a file that cannot get its name leaves nothing beside it', async () => {
  const dir = await tempFolder();
  await mkdir(join(dir, 'bagit.txt'));
  await expect(writeDurably(join(dir, 'bagit.txt'), ['x'])).rejects.toThrow();
  expect(await readdir(dir)).toEqual(['bagit.txt']);
});
