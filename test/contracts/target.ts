import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GrowingList } from '../../src/domain/growing-list.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import type { StagedFile } from '../../src/domain/package.ts';
import type { Target } from '../../src/domain/target.ts';
import { probeTarget } from '../../src/transfer/probe-target.ts';
import { removePart } from '../../src/transfer/remove-part.ts';
import { sendBag } from '../../src/transfer/send-bag.ts';
import { fetchHostKey } from '../../src/transfer/session/fetch-host-key.ts';
import type { TransferEvent, TransferRecord } from '../../src/transfer/transfer.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import {
  BAG,
  expectedHashes,
  hashesBelow,
  MemoryJournal,
  MiB,
  noise,
  send as sendWith,
  stageBag,
  targetOf,
} from '../support/bag-to-send.ts';
import { seeded } from '../support/seeded.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

/** A server that bags are sent to, as a suite needs to know it. */
export interface TargetServer {
  readonly port: number;
  readonly username: string;
  readonly privateKey: string;
  /** The upload folder: its path on the server, and where it is on this machine. */
  readonly path: string;
  readonly folder: string;
  readonly hostKey: string;
  /** Resolves when no session is left: what lines that were cut had brought is done. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Bags of this suite: large files that are cut, small ones in folders, and the sizes where off-by-one errors live. */
const SIZES = {
  'data/omrade1_anmalningar.csv': 9 * MiB + 17,
  'data/omrade2_anteckningar.csv': 261_120 * 4,
  'data/omrade2_bilagor/Ärende 1_foto å.jpg': 300_001,
  'data/omrade2_bilagor/2_it\'s "quoted" $HOME.pdf': 40_000,
  'data/tom.csv': 0,
  'data/en.csv': 1,
  'data/precis.csv': 256 * 1024,
  'data/precis-over.csv': 256 * 1024 + 1,
  'bagit.txt': 55,
};

/** What every SFTP server must see and give; run against each kind, and with one data channel and with several. */
export function targetContract(name: string, start: () => Promise<TargetServer>, channels?: number): void {
  const send: typeof sendWith = (request, options) => sendWith(request, { channels, ...options });
  describe(`target contract: ${name}`, () => {
    let server: TargetServer;
    let proxy: TcpProxy;
    let bag: StagedBag;
    let home: string;
    let target: Target;

    beforeAll(async () => {
      server = await start();
      proxy = await startTcpProxy(server.port);
    });
    afterAll(async () => {
      await proxy.close();
      await server.close();
    });
    beforeEach(async () => {
      home = await mkdtemp(join(tmpdir(), 'target-'));
      bag = await stageBag(join(home, BAG), SIZES);
      const { username, privateKey, path, hostKey } = server;
      target = targetOf({ port: proxy.port, username, privateKey, path, hostKey });
    });
    afterEach(async () => {
      await server.idle();
      for (const left of await readdir(server.folder)) await rm(join(server.folder, left), { recursive: true });
      await rm(home, { recursive: true });
    });

    const published = () => join(server.folder, BAG);
    const part = async () => {
      const [found] = (await readdir(server.folder)).filter((file) => file.endsWith('.part'));
      return join(server.folder, found ?? 'no .part folder');
    };
    const errorOf = (work: Promise<unknown>) =>
      work.then(
        () => 'no error',
        (error) => error,
      );
    const expectPublished = async () => {
      expect(await hashesBelow(published())).toEqual(expectedHashes(bag));
      expect(await readdir(server.folder)).toEqual([BAG]);
    };
    /** As the program has it: a server may still do what the line that was cut had brought, and is then asked once more. */
    const PATIENT = { maxOfflineMs: 60_000 };
    /** A run whose line is cut after `bytes`; returns its journal. */
    const cutAfter = async (bytes: number) => {
      const journal = new MemoryJournal();
      const cut = proxy.cutAfter(bytes);
      const error = await errorOf(send({ target, journal, bag }));
      expect(error).toMatchObject({ code: 'sftp_down' });
      await cut;
      return journal;
    };
    /** The same, and the server has done what the line had brought, so that what is there stays as it is. */
    const cutAndDone = async (bytes: number) => {
      const journal = await cutAfter(bytes);
      await server.idle();
      return journal;
    };
    const flipByte = async (file: string, at: number) => {
      const content = await readFile(file);
      content[at] = (content[at] ?? 0) ^ 1;
      await writeFile(file, content);
    };

    it('the whole bag arrives byte for byte, and nothing is visible under its name before (D14)', async () => {
      let seenEarly = false;
      const { result, events } = await send(
        { target, journal: new MemoryJournal(), bag },
        {
          onEvent: ({ type }) => {
            seenEarly ||= type === 'progress' && existsSync(published());
          },
        },
      );
      await expectPublished();
      expect(seenEarly).toBe(false);
      expect(result).toMatchObject({
        contentVerified: true,
        bytesResent: 0,
        remotePath: `${server.path === '/' ? '' : server.path}/${BAG}`,
      });
      expect(result.bytesSent).toBe(bag.files.reduce((sum, file) => sum + file.bytes, 0));
      const files = events.filter((event) => event.type === 'file' && event.stage === 'verify');
      expect(files).toHaveLength(bag.files.length);
    });

    it('folders are 0700 and files 0600 unless the target says otherwise', async () => {
      await send({ target, journal: new MemoryJournal(), bag });
      expect((await stat(published())).mode & 0o777).toBe(0o700);
      expect((await stat(join(published(), 'bagit.txt'))).mode & 0o777).toBe(0o600);
      await rm(published(), { recursive: true });
      const { result } = await send({ target: { ...target, modes: { file: '0640', dir: '0750' } }, journal: new MemoryJournal(), bag });
      expect((await stat(join(published(), 'data'))).mode & 0o777).toBe(0o750);
      expect((await stat(join(published(), 'data/en.csv'))).mode & 0o777).toBe(0o640);
      expect(result.notes).not.toContain('no_modes');
    });

    const random = seeded(20260202);
    const cuts = Array.from({ length: 8 }, () => Math.floor(random() * 11 * MiB) + 20_000);
    it.each(cuts)('cut after %i bytes, it goes on in a new process and sends little again (F3, P8)', async (bytes) => {
      const journal = await cutAfter(bytes);
      expect(existsSync(published())).toBe(false);
      const { result } = await send({ target, journal: new MemoryJournal(journal.lines), bag, ...PATIENT });
      await expectPublished();
      expect(result.bytesResent).toBeLessThanOrEqual(64 * MiB);
    });

    it('a bag that exists on the server is a conflict and stays as it was', async () => {
      await mkdir(published());
      await writeFile(join(published(), 'theirs.txt'), 'theirs');
      const error = await errorOf(send({ target, journal: new MemoryJournal(), bag }));
      expect(error).toMatchObject({ code: 'bag_exists', exitCode: 18 });
      expect(await readdir(server.folder)).toEqual([BAG]);
      expect(await readFile(join(published(), 'theirs.txt'), 'utf8')).toBe('theirs');
    });

    it('a bag that appears while we send is a conflict too: nothing of it is replaced (F22)', async () => {
      const journal = new MemoryJournal();
      const append = journal.append.bind(journal);
      journal.append = async (record: TransferRecord) => {
        if (record.type === 'renaming') await mkdir(published());
        await append(record);
      };
      const error = await errorOf(send({ target, journal, bag }));
      expect(error).toMatchObject({ code: 'bag_exists' });
      expect(await readdir(published())).toEqual([]);
    });

    it('an unknown host key and a changed one stop with both fingerprints (N01)', async () => {
      const unknown = await errorOf(send({ target: { ...target, hostKey: undefined }, journal: new MemoryJournal(), bag }));
      expect(unknown).toMatchObject({ code: 'host_key_unknown', exitCode: 14, facts: { seen: server.hostKey } });
      const other = `SHA256:${'A'.repeat(43)}`;
      const changed = await errorOf(send({ target: { ...target, hostKey: other }, journal: new MemoryJournal(), bag }));
      expect(changed).toMatchObject({ code: 'host_key_changed', exitCode: 14, facts: { seen: server.hostKey, pinned: other } });
    });

    it('the host key can be looked at without logging in', async () => {
      const keys = await fetchHostKey('127.0.0.1', server.port, new AbortController().signal);
      expect(keys.map((key) => key.fingerprint)).toContain(server.hostKey);
    });

    it('one flipped byte on the server is found before publishing, and the block that it is in is sent again (N02, F24)', async () => {
      const journal = new MemoryJournal();
      const append = journal.append.bind(journal);
      let isFlipped = false;
      journal.append = async (record: TransferRecord) => {
        await append(record);
        if (record.type !== 'sent' || record.file !== 'data/omrade1_anmalningar.csv' || isFlipped) return;
        isFlipped = true;
        await flipByte(join(await part(), 'data/omrade1_anmalningar.csv'), 5 * MiB);
      };
      const { result } = await send({ target, journal, bag });
      expect(isFlipped).toBe(true);
      await expectPublished();
      expect(result.bytesResent).toBe(4 * MiB);
      expect(result.notes).toContain('differed');
    });

    it('a file that is wrong twice stops the run (N02, 15)', async () => {
      const journal = new MemoryJournal();
      const append = journal.append.bind(journal);
      journal.append = async (record: TransferRecord) => {
        await append(record);
        if (record.type === 'sent' && record.file === 'bagit.txt') await flipByte(join(await part(), 'bagit.txt'), 3);
      };
      const error = await errorOf(send({ target, journal, bag }));
      expect(error).toMatchObject({ code: 'checksum_mismatch', exitCode: 15, facts: { file: 'bagit.txt' } });
      expect(existsSync(published())).toBe(false);
    });

    it('an altered partial is found on resume; nothing wrong is published (N03)', async () => {
      const journal = await cutAndDone(10 * MiB);
      await flipByte(join(await part(), 'data/omrade1_anmalningar.csv'), 1000);
      await send({ target, journal: new MemoryJournal(journal.lines), bag, ...PATIENT });
      await expectPublished();
    });

    it.each([
      ['not yet sent in full', 6 * MiB],
      ['already sent', 10 * MiB],
    ])('a staged file that is edited between runs, %s, stops the delivery (N05)', async (_, bytes) => {
      const journal = await cutAndDone(bytes);
      await flipByte(join(bag.dir, 'data/omrade1_anmalningar.csv'), 100);
      const error = await errorOf(send({ target, journal: new MemoryJournal(journal.lines), bag }));
      expect(error).toMatchObject({ code: 'staged_file_changed', exitCode: 15, facts: { file: 'data/omrade1_anmalningar.csv' } });
      expect(existsSync(published())).toBe(false);
    });

    it('an export made anew keeps what came out the same and starts over what did not (D15)', async () => {
      const journal = await cutAfter(10 * MiB);
      const content = noise(9 * MiB + 99, 77);
      bag = await stageBag(bag.dir, SIZES);
      await writeFile(join(bag.dir, 'data/en.csv'), content.subarray(0, 1));
      bag = await stageBag(bag.dir, { ...SIZES, 'data/omrade1_anmalningar.csv': 9 * MiB + 99 });
      const { result } = await send({ target, journal: new MemoryJournal(journal.lines), bag, ...PATIENT });
      await expectPublished();
      expect(result.bytesResent).toBeGreaterThan(0);
    });

    it('what an earlier export had and the new one has not is removed, and nothing else (D15, I4)', async () => {
      const journal = await cutAndDone(10 * MiB);
      await mkdir(join(await part(), 'data', 'omrade9_bilagor'));
      const { 'data/en.csv': _, ...fewer } = SIZES;
      await rm(bag.dir, { recursive: true });
      bag = await stageBag(
        bag.dir,
        Object.fromEntries(Object.entries(fewer).filter(([path]) => !path.startsWith('data/omrade2_bilagor/'))),
      );
      await send({ target, journal: new MemoryJournal(journal.lines), bag, ...PATIENT });
      await expectPublished();
      expect(await readdir(join(published(), 'data'))).not.toContainEqual(expect.stringContaining('bilagor'));
    });

    it('a bag that was published is never called another one with its name (D14)', async () => {
      const journal = new MemoryJournal();
      await send({ target, journal, bag });
      const hashes = await hashesBelow(published());
      const other = await stageBag(join(home, 'other'), { ...SIZES, 'data/en.csv': 2 });
      const error = await errorOf(send({ target, journal: new MemoryJournal(journal.lines), bag: other }));
      expect(error).toMatchObject({ code: 'bag_exists', exitCode: 18 });
      expect(await hashesBelow(published())).toEqual(hashes);
    });

    it('killed before the rename and exported again with another outcome, what is sent then is proven before it is published (F2, D15)', async () => {
      const journal = new MemoryJournal();
      const append = journal.append.bind(journal);
      journal.append = async (record: TransferRecord) => {
        await append(record);
        if (record.type === 'renaming') throw new Error('killed');
      };
      expect(await errorOf(send({ target, journal, bag }))).toMatchObject({ message: 'killed' });
      bag = await stageBag(bag.dir, { ...SIZES, 'data/ny.csv': 5000 });
      let isCut = false;
      const onEvent = (event: TransferEvent) => {
        if (isCut || event.type !== 'file' || event.stage !== 'upload' || event.file.path !== 'tagmanifest-sha256.txt') return;
        isCut = true;
        for (const part of readdirSync(server.folder)) writeFileSync(join(server.folder, part, 'data/ny.csv'), noise(5000, 99));
        proxy.cut();
      };
      await send({ target, journal: new MemoryJournal(journal.lines), bag, maxOfflineMs: 60_000 }, { onEvent });
      expect(isCut).toBe(true);
      await expectPublished();
    });

    it('files are sent as they come, and nothing is published before the list is complete', async () => {
      const files = new GrowingList<StagedFile>();
      const [first, ...rest] = bag.files;
      files.add(first as StagedFile);
      let seenEarly = false;
      const { events } = await send(
        { target, journal: new MemoryJournal(), bag, files, expectedBytes: 1 },
        {
          onEvent: (event) => {
            if (event.type !== 'file' || event.stage !== 'upload' || files.isComplete) return;
            seenEarly ||= existsSync(published());
            const next = rest.shift();
            if (next) files.add(next);
            else files.complete();
          },
        },
      );
      expect(seenEarly).toBe(false);
      await expectPublished();
      expect(events.filter((event) => event.type === 'file' && event.stage === 'upload')).toHaveLength(bag.files.length);
    });

    it.each(['before the first byte', 'after it'])(
      'a server that is down for longer than is waited for, %s, is asked again when the export is whole (D15)',
      async (when) => {
        const files = new GrowingList<StagedFile>();
        const whole = vi.spyOn(files, 'whole');
        const [first, second, ...rest] = bag.files as [StagedFile, StagedFile, ...StagedFile[]];
        files.add(first);
        const goDown = () => {
          proxy.pointAt(1);
          proxy.cut();
        };
        if (when === 'before the first byte') goDown();
        const onEvent = ({ type, ...event }: TransferEvent) => {
          if (type !== 'file' || !('stage' in event) || event.stage !== 'verify' || files.items.length > 1) return;
          goDown();
          files.add(second);
        };
        const sending = send({ target, journal: new MemoryJournal(), bag, files, maxOfflineMs: 0 }, { onEvent });
        sending.catch(() => {}); // awaited below
        await Promise.race([sending, expect.poll(() => whole.mock.calls.length).toBe(1)]).finally(() => proxy.pointAt(server.port));
        for (const file of files.items.length === 1 ? [second, ...rest] : rest) files.add(file);
        files.complete();
        await sending;
        await expectPublished();
      },
    );

    it('whoever waited for the next file on a line that was lost does nothing with it when it comes', async () => {
      const journal = new MemoryJournal();
      const append = journal.append.bind(journal);
      journal.append = async (record: TransferRecord) => {
        if (record.type === 'renaming') throw new Error('killed');
        await append(record);
      };
      expect(await errorOf(send({ target, journal, bag }))).toMatchObject({ message: 'killed' });
      const [big, ...rest] = bag.files as [StagedFile, ...StagedFile[]];
      for (const path of [big.path, 'data/en.csv']) await rm(join(await part(), path));
      const files = new GrowingList<StagedFile>();
      files.add(big);
      let connections = 0;
      let isCut = false;
      const next = new MemoryJournal(journal.lines);
      const onEvent = (event: TransferEvent) => {
        if (event.type === 'connected') connections += 1;
        if (event.type === 'progress' && event.bytes > 2 * MiB && !isCut) {
          isCut = true;
          proxy.cut();
        }
        if (event.type !== 'connected' || connections !== 2) return;
        for (const file of rest) files.add(file);
        files.complete();
      };
      await send({ target, journal: next, bag, files, maxOfflineMs: 60_000 }, { onEvent });
      await expectPublished();
      expect(next.lines.filter((line) => line.type === 'resumed' && line.file === 'data/en.csv')).toHaveLength(1);
    });

    it('a list that fails ends the sending with its error; nothing is published, and the next run goes on', async () => {
      const files = new GrowingList<StagedFile>();
      for (const file of bag.files.slice(0, 3)) files.add(file);
      const journal = new MemoryJournal();
      const failure = new OperatorError('export_incomplete', { views: 'omrade5_anvandarloggar' });
      const onEvent = (event: TransferEvent) => {
        if (event.type === 'file' && event.stage === 'upload') files.fail(failure);
      };
      expect(await errorOf(send({ target, journal, bag, files }, { onEvent }))).toBe(failure);
      expect(existsSync(published())).toBe(false);
      const { result } = await send({ target, journal: new MemoryJournal(journal.lines), bag });
      await expectPublished();
      expect(result.bytesResent).toBeLessThan(result.bytesSent);
    });

    it('a line that is cut while the next file is waited for is made anew when there is something to send (F3)', async () => {
      const files = new GrowingList<StagedFile>();
      const [first, ...rest] = bag.files;
      files.add(first as StagedFile);
      const { events } = await send(
        { target, journal: new MemoryJournal(), bag, files, maxOfflineMs: 60_000 },
        {
          onEvent: (event) => {
            if (event.type !== 'file' || event.stage !== 'verify' || files.isComplete) return;
            proxy.cut();
            for (const file of rest) files.add(file);
            files.complete();
          },
        },
      );
      await expectPublished();
      expect(events.filter(({ type }) => type === 'connected').length).toBeGreaterThan(1);
    });

    it.each(['before', 'after'])(
      'killed between the renaming record and its reply, %s the server renamed, it ends published once (F2)',
      async (when) => {
        const journal = new MemoryJournal();
        const append = journal.append.bind(journal);
        journal.append = async (record: TransferRecord) => {
          const isHere = when === 'before' ? record.type === 'renaming' : record.type === 'renamed';
          if (isHere && when === 'before') await append(record);
          if (isHere) throw new Error('killed');
          await append(record);
        };
        expect(await errorOf(send({ target, journal, bag }))).toMatchObject({ message: 'killed' });
        const { result } = await send({ target, journal: new MemoryJournal(journal.lines), bag, ...PATIENT });
        await expectPublished();
        expect(result).toMatchObject({ contentVerified: true, bytesResent: 0 });
      },
    );

    it('killed after the rename, what the journal had lost of a file to a full disk does not make it another bag (F2, F14)', async () => {
      const journal = new MemoryJournal();
      const append = journal.append.bind(journal);
      journal.append = async (record: TransferRecord) => {
        if (record.type === 'open' && record.file === 'data/en.csv') throw new OperatorError('local_disk_full');
        if (record.type === 'renamed') throw new Error('killed');
        await append(record);
      };
      expect(await errorOf(send({ target, journal, bag }))).toMatchObject({ message: 'killed' });
      const { result } = await send({ target, journal: new MemoryJournal(journal.lines), bag });
      await expectPublished();
      expect(result.notes).toContain('journal_gap');
    });

    it('a delivery that is done gives the same result without a server (D14)', async () => {
      const journal = new MemoryJournal();
      const first = await send({ target, journal, bag });
      const again = await send({ target: { ...target, port: 1 }, journal: new MemoryJournal(journal.lines), bag });
      expect(again.result).toEqual(first.result);
    });

    it('a stop keeps what was acknowledged, and the next run goes on from there', async () => {
      const journal = new MemoryJournal();
      const stop = new AbortController();
      const onEvent = (event: { type: string; bytes?: number }) => {
        if (event.type === 'progress' && (event.bytes ?? 0) > 2 * MiB) stop.abort();
      };
      const error = await errorOf(send({ target, journal, bag, signal: stop.signal }, { onEvent }));
      expect(error).toMatchObject({ code: 'stopped', exitCode: 130 });
      expect(existsSync(published())).toBe(false);
      const { events } = await send({ target, journal: new MemoryJournal(journal.lines), bag });
      await expectPublished();
      // What an earlier run had sent is told too, once, so that whoever watches counts every file.
      const told = events.flatMap((event) => (event.type === 'file' && event.stage === 'upload' ? [event.file.path] : []));
      expect(told.sort()).toEqual(bag.files.map(({ path }) => path).sort());
    });

    it('whoever leaves the loop early stops the work; nothing is published', async () => {
      const journal = new MemoryJournal();
      const sending = sendBag({
        ...{
          target,
          pinnedHostKeys: [],
          bag: BAG,
          dir: bag.dir,
          files: GrowingList.of(bag.files),
          expectedBytes: 0,
          journal,
          verifyBinding: async () => {},
        },
        ...{ maxOfflineMs: 0, waitForSpace: false, signal: new AbortController().signal },
      });
      for await (const { type } of sending) if (type === 'progress') break;
      const kept = journal.lines.length;
      expect(existsSync(published())).toBe(false);
      await send({ target, journal, bag });
      expect(journal.lines.length).toBeGreaterThan(kept);
      await expectPublished();
    });

    it('a surplus file in our folder is reported, not published (N13)', async () => {
      const journal = await cutAndDone(3 * MiB);
      await writeFile(join(await part(), 'data', 'theirs.txt'), 'x');
      const error = await errorOf(send({ target, journal: new MemoryJournal(journal.lines), bag }));
      expect(error).toMatchObject({ code: 'sftp_failed', facts: { reason: 'surplus_files', files: 1 } });
      expect(existsSync(published())).toBe(false);
    });

    it.each(['seam', 'ack'] as const)('verification by choice %s is never called proof of content', async (verify) => {
      const journal = await cutAfter(10 * MiB);
      const { result } = await send({ target: { ...target, verify }, journal: new MemoryJournal(journal.lines), bag, ...PATIENT });
      await expectPublished();
      expect(result).toMatchObject({ verification: verify, contentVerified: false });
    });

    it('the binding is checked before the first byte and again before publishing (D16)', async () => {
      let asked = 0;
      const refusal = new Error('not the plan');
      const refuseAt = (time: number) => async () => {
        asked += 1;
        if (asked === time) throw refusal;
      };
      expect(await errorOf(send({ target, journal: new MemoryJournal(), bag, verifyBinding: refuseAt(1) }))).toBe(refusal);
      expect(await readdir(server.folder)).toEqual([]);
      asked = 0;
      expect(await errorOf(send({ target, journal: new MemoryJournal(), bag, verifyBinding: refuseAt(2) }))).toBe(refusal);
      expect(existsSync(published())).toBe(false);
    });

    it('a journal that began with another receiver is not continued (D16)', async () => {
      const journal = await cutAndDone(3 * MiB);
      const lines = journal.lines.map((line) =>
        line.type === 'begin' ? { ...line, binding: { ...line.binding, username: 'other' } } : line,
      );
      expect(await errorOf(send({ target, journal: new MemoryJournal(lines), bag }))).toMatchObject({
        code: 'target_changed',
        exitCode: 15,
      });
    });

    it('a look at the target says its names and its real path and leaves nothing (D16)', async () => {
      await mkdir(join(server.folder, 'SMINET2_12_skane_2026-01-01-1'));
      const look = (path: string) => probeTarget({ ...target, path }, [], undefined, new AbortController().signal);
      const report = await look(server.path);
      expect((await look(`${server.path}/./`)).binding.realPath).toBe(report.binding.realPath);
      expect(report.names).toEqual(['SMINET2_12_skane_2026-01-01-1']);
      expect(report.binding).toEqual({
        host: '127.0.0.1',
        port: proxy.port,
        username: server.username,
        path: server.path,
        hostKey: server.hostKey,
        realPath: server.path === '/' ? '/' : await realpath(server.folder),
      });
      expect(await readdir(server.folder)).toHaveLength(1);
    });

    it('a folder of 1,500 names is listed whole, each name once', async () => {
      const names = Array.from({ length: 1500 }, (_, i) => `fil-${String(i).padStart(4, '0')}.txt`);
      for (const name of names) writeFileSync(join(server.folder, name), '');
      const report = await probeTarget(target, [], undefined, new AbortController().signal);
      expect([...report.names].sort()).toEqual(names);
    });

    it('a folder that is not there is said so, before anything is sent', async () => {
      const missing = { ...target, path: `${server.path}/nowhere` };
      const facts = { reason: 'folder_missing' };
      expect(await errorOf(probeTarget(missing, [], undefined, new AbortController().signal))).toMatchObject({
        code: 'sftp_failed',
        facts,
      });
      expect(await errorOf(send({ target: missing, journal: new MemoryJournal(), bag }))).toMatchObject({ code: 'sftp_failed', facts });
    });

    it('rensa removes the .part folder of a stopped delivery and nothing else (D17)', async () => {
      const journal = await cutAndDone(8 * MiB);
      await mkdir(published());
      const request = { target, pinnedHostKeys: [], records: journal.lines, signal: new AbortController().signal };
      expect(await removePart(request)).toBe(1);
      expect(await readdir(server.folder)).toEqual([BAG]);
      expect(await removePart(request)).toBe(0);
    });
  });
}
