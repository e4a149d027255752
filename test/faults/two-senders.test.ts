import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { errorOf, partBelow } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, expectedHashes, hashesBelow, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import type { ScriptedSftp } from '../support/scripted-sftp.ts';
import { honest, startScriptedSftp } from '../support/scripted-sftp.ts';

describe('two that send at the same time', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  beforeEach(async () => {
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), { 'data/omrade1_anmalningar.csv': 12 * MiB, 'data/omrade3_diarienummer.csv': 90_000 });
  });
  afterEach(() => server.close());

  const run = (journal: MemoryJournal) => send({ target: server.target, journal, bag });
  const arrived = () => hashesBelow(join(server.folder, BAG));

  it('F29: the same name from two hosts: the RENAME lets one through, the other is a conflict and keeps its own (18)', async () => {
    // Neither RENAME happens before both are asked for, so that both have seen the name free.
    const renames = new EventTarget();
    const both = once(renames, 'both');
    let asked = 0;
    server.rule = async (request, next) => {
      if (request.op !== 'rename' || request.to !== `/${BAG}`) return next();
      asked += 1;
      if (asked === 2) renames.dispatchEvent(new Event('both'));
      await both;
      return next();
    };
    const ended = await Promise.allSettled([run(new MemoryJournal()), run(new MemoryJournal())]);
    expect(asked).toBe(2);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [lost] = ended.filter((end) => end.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'bag_exists', exitCode: 18 });
    expect(await arrived()).toEqual(expectedHashes(bag));
    expect(await hashesBelow(await partBelow(server.folder))).toEqual(expectedHashes(bag));
  });

  it('F30: the same upload from a copied state folder: whatever they do to each other, nothing but the bag is ever published', async () => {
    const journal = new MemoryJournal();
    server.rule = async (request, next, line) => {
      if (request.op !== 'write' || request.offset < 5 * MiB) return next();
      line.drop();
      return null;
    };
    expect(await errorOf(run(journal))).toMatchObject({ code: 'sftp_down' });
    server.rule = honest;
    const copies = [new MemoryJournal(journal.lines), new MemoryJournal(journal.lines)];
    const ended = await Promise.allSettled(copies.map(run));
    for (const end of ended) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(OperatorError);
    if ((await readdir(server.folder)).includes(BAG)) expect(await arrived()).toEqual(expectedHashes(bag));
    const [first] = copies;
    if (first) await errorOf(run(new MemoryJournal(first.lines)));
    expect(await arrived()).toEqual(expectedHashes(bag));
  });
});
