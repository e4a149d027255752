import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliveryFolder } from '../../src/delivery/delivery-folder.ts';
import { mayBePublished } from '../../src/delivery/may-be-published.ts';
import { openJournal } from '../../src/store/journal.ts';

const ID = '12_skane_2026-11-22-1';

describe('whether a delivery that was cut may stand at the receiver', () => {
  let state: string;
  let file: string;
  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'may-'));
    file = deliveryFolder(state, ID).transfer;
    await mkdir(deliveryFolder(state, ID).dir, { recursive: true });
  });
  afterEach(() => rm(state, { recursive: true }));

  const write = async (...types: string[]) => {
    const journal = await openJournal<object>(file);
    for (const type of types) await journal.append({ type }, false);
    await journal.close();
  };

  it.each([
    [false, []],
    [false, ['staged-none', 'begin', 'open', 'sent']],
    [true, ['begin', 'renaming']],
    [true, ['begin', 'renaming', 'renamed', 'done']],
    [false, ['begin', 'open', 'checkpoint', 'resumed', 'sent', 'verified']],
    [false, ['begin', 'open', 'abort', 'begin', 'made', 'open', 'sent']],
    // The same folder again, while a session that still drains may rename it; and another one, since that one is gone by then.
    [true, ['begin', 'renaming', 'begin', 'open']],
    [true, ['begin', 'renaming', 'begin', 'begin', 'open']],
    [true, ['begin', 'abort', 'begin', 'renaming', 'begin']],
    [false, ['begin', 'renaming', 'begin', 'abort', 'begin', 'open']],
    [false, ['begin', 'renaming', 'abort']],
  ])('I9: %s after %j', async (expected, types) => {
    await write(...types);
    expect(await mayBePublished(state, ID)).toBe(expected);
  });

  it('I9: a journal with a damaged line has lost what it said, so that it may', async () => {
    await write('begin', 'renaming');
    await writeFile(file, (await readFile(file, 'utf8')).replace('renaming', 'renaming?'));
    expect(await mayBePublished(state, ID)).toBe(true);
  });

  it('a torn last line was never gone by: no RENAME followed it', async () => {
    await write('begin', 'renaming');
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, -3));
    expect(await mayBePublished(state, ID)).toBe(false);
  });
});
