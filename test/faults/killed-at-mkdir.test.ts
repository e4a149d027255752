import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removePart } from '../../src/transfer/remove-part.ts';
import { errorOf, expectArrived } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, MemoryJournal, send, stageBag } from '../support/bag-to-send.ts';
import { honest, type Rule, type ScriptedSftp, startScriptedSftp } from '../support/scripted-sftp.ts';
import { status } from '../support/sftp-packets.ts';

describe('F1: killed while the .part folder is made', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  beforeEach(async () => {
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), { 'data/omrade3_diarienummer.csv': 90_000 });
  });
  afterEach(() => server.close());

  const beforeItsName: Rule = async ({ op }, next, line) => {
    if (op !== 'rename') return next();
    line.drop();
    return null;
  };
  /** A server that takes no dotted name; the line is cut before the folder that showed this is removed. */
  const whileTheDotIsTried: Rule = async ({ op, path }, next, line) => {
    if (op === 'mkdir' && path.startsWith('/.')) return status(3);
    if (op !== 'rmdir' || path.startsWith('/.')) return next();
    line.drop();
    return null;
  };

  it.each([
    ['between mkdir and rename', beforeItsName],
    ['while it is tried whether the dot was refused', whileTheDotIsTried],
  ])('%s: the next run clears what was left, and rensa does (D17)', async (_, rule) => {
    const journal = new MemoryJournal();
    server.rule = rule;
    expect(await errorOf(send({ target: server.target, journal, bag }))).toMatchObject({ code: 'sftp_down' });
    expect(await readdir(server.folder)).toEqual([expect.stringMatching(/\.part\.prov$/)]);
    server.rule = honest;
    const request = { target: server.target, pinnedHostKeys: [], records: journal.lines, signal: new AbortController().signal };
    expect(await removePart(request)).toBe(1);
    expect(await readdir(server.folder)).toEqual([]);

    server.rule = rule;
    const again = new MemoryJournal();
    expect(await errorOf(send({ target: server.target, journal: again, bag }))).toMatchObject({ code: 'sftp_down' });
    server.rule = honest;
    await send({ target: server.target, journal: new MemoryJournal(again.lines), bag });
    await expectArrived(server.folder, bag);
  });
});
