import { mkdir, open, readdir, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { TransferRecord } from '../../src/transfer/transfer.ts';
import { errorOf, expectArrived, partBelow } from '../support/arrived.ts';
import { BAG, MemoryJournal, MiB, send, sha256, stageBag } from '../support/bag-to-send.ts';
import { honest, type ScriptedSftp, startScriptedSftp } from '../support/scripted-sftp.ts';
import { status } from '../support/sftp-packets.ts';
import { SSHD_PATH, SSHD_SKIP } from '../support/sshd.ts';
import { startSshdTarget } from '../support/sshd-target.ts';

const GiB = 1024 * MiB;
const LARGE = 'data/omrade1_anmalningar.csv';

describe.skipIf(!SSHD_PATH)(`F39: files larger than 4 GiB${SSHD_SKIP}`, () => {
  let close = async () => {};
  afterEach(() => close());

  it('F39: the offsets around 4 GiB are right on OpenSSH: the end of a file of 4 GiB and a bit, resumed just before', async () => {
    const there = await startSshdTarget();
    close = there.close;
    const bytes = 4 * GiB + 5 * MiB + 3;
    const bag = await stageBag(join(there.home, BAG), { [LARGE]: MiB });
    const staged = join(bag.dir, LARGE);
    // Holes up to the end: the source is 4 GiB without taking the room.
    await truncate(staged, bytes);
    const local = await open(staged, 'r+');
    const tail = Buffer.from(Array.from({ length: 9 * MiB }, (_, index) => (index * 7 + (index >> 8)) & 255));
    await local.write(tail, 0, tail.length, bytes - tail.length);
    const stat = await local.stat({ bigint: true });
    await local.close();
    const files = bag.files.map((file) => (file.path === LARGE ? { ...file, bytes } : file));

    const from = 4 * GiB - 4 * MiB;
    const binding = { host: '127.0.0.1', port: there.target.port, username: there.target.username, path: there.target.path };
    const temp = join(there.sshd.folder, `.${BAG}.aaaaaaaaaaaaaaaa.part`);
    const sha = files.find((file) => file.path === LARGE)?.sha256 ?? '';
    const fingerprint = [stat.dev, stat.ino, bytes, stat.mtimeNs].join(' ');
    const records: TransferRecord[] = [
      {
        ...{ type: 'begin', uploadId: 'aaaaaaaaaaaaaaaa', bag: BAG, temp, published: join(there.sshd.folder, BAG) },
        binding: { ...binding, hostKey: there.target.hostKey ?? '', realPath: there.target.path },
      },
      { type: 'open', file: LARGE, bytes, sha256: sha, fingerprint },
      { type: 'checkpoint', file: LARGE, acked: from, durable: from, sent: from },
    ];
    await mkdir(dirname(join(temp, LARGE)), { recursive: true });
    await (await open(join(temp, LARGE), 'w')).close();
    await truncate(join(temp, LARGE), from);
    // The hash of 4 GiB would take the test's time; that of the content is not what is tried here.
    const error = await errorOf(
      send({ target: { ...there.target, verify: 'ack' }, journal: new MemoryJournal(records), bag: { ...bag, files } }),
    );
    expect(error).toMatchObject({ code: 'staged_file_changed' });
    const remote = await open(join(temp, LARGE), 'r');
    const end = Buffer.alloc(tail.length);
    await remote.read(end, 0, end.length, bytes - tail.length);
    expect((await remote.stat()).size).toBe(bytes);
    expect(sha256(end)).toBe(sha256(tail));
    const head = Buffer.alloc(16 * MiB);
    await remote.read(head, 0, head.length, 0);
    expect(head.every((byte) => byte === 0)).toBe(true);
    await remote.close();
  });
});

describe('F40: ten thousand files', () => {
  let server: ScriptedSftp;
  afterEach(() => server.close());

  it('F40: one that the server refuses does not keep the others; it is named, nothing is published, and the next run sends only it', async () => {
    server = await startScriptedSftp();
    const names = Array.from({ length: 10_000 }, (_, index) => [`data/omrade1_delar/${index}.csv`, 40 + (index % 7)] as const);
    const bag = await stageBag(join(server.home, BAG), Object.fromEntries(names));
    const bad = 'data/omrade1_delar/4711.csv';
    server.rule = async (request, next) => (request.op === 'open' && request.path.endsWith(`/${bad}`) ? status(4) : next());
    const journal = new MemoryJournal();
    const error = await errorOf(send({ target: server.target, journal, bag }));
    expect(error).toMatchObject({ code: 'sftp_failed', exitCode: 13, facts: { file: bad } });
    expect(await readdir(join(await partBelow(server.folder), 'data/omrade1_delar'))).toHaveLength(9_999);
    expect(await readdir(server.folder)).not.toContain(BAG);

    server.rule = honest;
    const before = server.requests.length;
    await send({ target: server.target, journal: new MemoryJournal(journal.lines), bag });
    expect(server.requests.slice(before).filter(({ op }) => op === 'write')).toHaveLength(1);
    await expectArrived(server.folder, bag);
  });
});
