import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { errors } from '../../src/text.ts';
import type { TransferEvent, TransferRecord } from '../../src/transfer/transfer.ts';
import { errorOf, expectArrived, partBelow } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import type { ScriptedSftp } from '../support/scripted-sftp.ts';
import { honest, startScriptedSftp } from '../support/scripted-sftp.ts';
import { status } from '../support/sftp-packets.ts';
import { SFTP_SERVER_PATH, SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { startSshdTarget } from '../support/sshd-target.ts';

const LARGE = 'data/omrade1_anmalningar.csv';
const SIZES = { [LARGE]: 24 * MiB, 'data/omrade3_diarienummer.csv': 90_000 };
const OFFLINE = { maxOfflineMs: 60_000 };
const said = (error: unknown): string => (error instanceof OperatorError ? errors[error.code](error.facts).what : '');

describe('F12: a quota that is spent', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  beforeEach(async () => {
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), SIZES);
    server.rule = async (request, next) => (request.op === 'write' && request.offset > 8 * MiB ? status(15) : next());
  });
  afterEach(() => server.close());

  it('F12: with --forgrund it ends as a full disk (16) whose text speaks of the quota, and everything is kept', async () => {
    const error = await errorOf(send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE }));
    expect(error).toMatchObject({ code: 'remote_disk_full', exitCode: 16 });
    expect(said(error)).toContain('kvot');
    expect(await partBelow(server.folder)).toBeTruthy();
  });

  it('F12: the worker waits, and goes on by itself when there is room', async () => {
    let waits = 0;
    const onEvent = (event: TransferEvent) => {
      if (event.type === 'retry' && event.reason === 'disk_full' && ++waits === 2) server.rule = honest;
    };
    const request = { target: server.target, journal: new MemoryJournal(), bag, waitForSpace: true, ...OFFLINE };
    await send(request, { spacePollMs: 100, onEvent });
    expect(waits).toBe(2);
    await expectArrived(server.folder, bag);
  });
});

describe.skipIf(!SSHD_PATH || !SFTP_SERVER_PATH)(`F12: OpenSSH with a limit that statvfs cannot see${SSHD_SKIP}`, () => {
  it('F12: a write that the server refuses though its disk has room is told as a quota or a file size limit; a raised limit lets it go on', async () => {
    const bin = await mkdtemp(join(tmpdir(), 'limited-'));
    const limited = join(bin, 'sftp-server');
    const limit = (blocks: string) => writeFile(limited, `#!/bin/sh\ntrap '' XFSZ\nulimit -f ${blocks}\nexec ${SFTP_SERVER_PATH} "$@"\n`);
    await limit(String((12 * MiB) / 512));
    await chmod(limited, 0o755);
    const there = await startSshdTarget({ sftp: limited });
    try {
      const bag = await stageBag(join(there.home, BAG), SIZES);
      const journal = new MemoryJournal();
      const error = await errorOf(send({ target: there.target, journal, bag, ...OFFLINE }));
      expect(error).toMatchObject({ code: 'sftp_failed', facts: { reason: 'status', operation: 'write' } });
      expect(said(error)).toContain('kvot');
      await limit('unlimited');
      await send({ target: there.target, journal: new MemoryJournal(journal.lines), bag });
      await expectArrived(there.sshd.folder, bag);
    } finally {
      await there.close();
      await rm(bin, { recursive: true });
    }
  });
});

describe('F14: our own disk is full', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  beforeEach(async () => {
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), SIZES);
  });
  afterEach(() => server.close());

  /** As the journal of a delivery when nothing more can be written: it says so and keeps nothing of it. */
  class FullJournal extends MemoryJournal {
    isFull = false;
    override async append(record: TransferRecord): Promise<void> {
      if (this.isFull) throw new OperatorError('local_disk_full', { path: 'transfer.jsonl' });
      await super.append(record);
    }
  }

  it('F14: without a journal nothing is begun', async () => {
    const journal = new FullJournal();
    journal.isFull = true;
    expect(await errorOf(send({ target: server.target, journal, bag }))).toMatchObject({ code: 'local_disk_full', exitCode: 16 });
    expect(server.requests.some(({ op }) => op === 'write')).toBe(false);
  });

  it('F14: a journal that cannot be written for a while stops D, not the upload; it is said in the receipt', async () => {
    const journal = new FullJournal();
    let isDropped = false;
    server.rule = async (request, next, line) => {
      if (request.op === 'write' && request.path.endsWith(LARGE)) {
        if (request.offset > MiB && !isDropped) journal.isFull = true;
        if (request.offset > 22 * MiB && !isDropped) {
          isDropped = true;
          journal.isFull = false;
          line.drop();
          return null;
        }
      }
      return next();
    };
    const { result } = await send({ target: server.target, journal, bag, ...OFFLINE });
    expect(isDropped).toBe(true);
    expect(result.notes).toContain('journal_gap');
    // D was never written down, so it was never gone by: not by this process either.
    expect(journal.lines.find((line) => line.type === 'resumed')).toMatchObject({ file: LARGE, from: 0 });
    await expectArrived(server.folder, bag);
  });
});
