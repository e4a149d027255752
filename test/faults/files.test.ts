import { appendFile, mkdir, open, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, expectArrived, partBelow } from '../support/arrived.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, expectedHashes, hashesBelow, MemoryJournal, MiB, noise, send, stageBag } from '../support/bag-to-send.ts';
import type { Rule, ScriptedSftp } from '../support/scripted-sftp.ts';
import { startScriptedSftp } from '../support/scripted-sftp.ts';
import type { SftpRequest } from '../support/sftp-packets.ts';
import { status } from '../support/sftp-packets.ts';

const LARGE = 'data/omrade1_anmalningar.csv';
const SMALL = 'data/omrade3_diarienummer.csv';
const FIRST = 'data/omrade1_fall.csv';
const OFFLINE = { maxOfflineMs: 60_000 };

describe('what happens to our files and folders on the server', () => {
  let server: ScriptedSftp;
  let bag: StagedBag;
  let isOver: boolean;
  beforeEach(async () => {
    isOver = false;
    server = await startScriptedSftp();
    bag = await stageBag(join(server.home, BAG), { [LARGE]: 20 * MiB, [SMALL]: 90_000 });
  });
  afterEach(() => server.close());

  const isLargeWrite = ({ op, path }: SftpRequest) => op === 'write' && path.endsWith(LARGE);
  /** Does something on the server once, when the large file has been written so far; then lets it go on, or resets the line. No later write is done before that. */
  const onTheWay = (offset: number, act: () => Promise<unknown>, then: 'go on' | 'drop'): Rule => {
    let acting: Promise<unknown> | undefined;
    return async (request, next, line) => {
      if (!isLargeWrite(request) || request.offset < offset) return next();
      if (acting) {
        await acting;
        return next();
      }
      isOver = true;
      const written = then === 'go on' ? next() : Promise.resolve(null);
      acting = written.then(act);
      await acting;
      if (then === 'drop') line.drop();
      return written;
    };
  };
  it('F23: a cleaner removes the file while it is sent: it is missed, and sent again', async () => {
    server.rule = onTheWay(8 * MiB, async () => rm(join(await partBelow(server.folder), LARGE)), 'go on');
    const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
    expect(result.bytesResent).toBeGreaterThanOrEqual(8 * MiB);
    await expectArrived(server.folder, bag);
  });

  it.each(['go on', 'drop'] as const)(
    'F23: a cleaner removes the whole .part folder (%s): a new one under a new name, from the beginning',
    async (then) => {
      server.rule = onTheWay(8 * MiB, async () => rm(await partBelow(server.folder), { recursive: true }), then);
      const journal = new MemoryJournal();
      await send({ target: server.target, journal, bag, ...OFFLINE });
      const uploads = journal.lines.flatMap((line) => (line.type === 'begin' ? [line.uploadId] : []));
      expect(new Set(uploads).size).toBe(2);
      await expectArrived(server.folder, bag);
    },
  );

  it.each([
    ['the file', (part: string) => rm(join(part, FIRST))],
    ['the whole .part folder', (part: string) => rm(part, { recursive: true })],
  ])('F23 N02: what was proven before a cleaner removed %s is proven again when it has been sent again', async (_, clean) => {
    bag = await stageBag(join(server.home, 'first'), { [FIRST]: 90_000, [LARGE]: 20 * MiB });
    const cleaning = onTheWay(17 * MiB, async () => clean(await partBelow(server.folder)), 'drop');
    let isStoredWrong = false;
    server.rule = async (request, next, line) => {
      if (isOver && !isStoredWrong && request.op === 'write' && request.path.endsWith(FIRST)) {
        isStoredWrong = true;
        request.data[0] = ~(request.data[0] ?? 0);
      }
      return cleaning(request, next, line);
    };
    const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
    expect(isStoredWrong).toBe(true);
    expect(result.contentVerified).toBe(true);
    await expectArrived(server.folder, bag);
  });

  const writesInto = async (file: string, position = 2 * MiB) => {
    const handle = await open(file, 'r+');
    await handle.write('somebody else', position);
    await handle.close();
  };
  /** Bytes of the large file in WRITEs at offsets that had been written before. */
  const writtenTwice = () => {
    const offsets = server.requests.filter(isLargeWrite).map(({ offset }) => offset);
    return offsets.length - new Set(offsets).size;
  };

  it.each([
    // The blocks from where it was cut to where it was when it was cut, some of which were on their way then.
    ['truncates it', (file: string) => truncate(file, MiB), 4 * MiB, 16 * MiB],
    ['writes into it', (file: string) => writesInto(file), 4 * MiB, 4 * MiB],
  ])('F24: another process %s: the blocks that differ are sent again, counted, and told on the receipt', async (_, harm, least, most) => {
    server.rule = onTheWay(8 * MiB, async () => harm(join(await partBelow(server.folder), LARGE)), 'go on');
    const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
    expect(result.bytesResent).toBeGreaterThanOrEqual(least);
    expect(result.bytesResent).toBeLessThanOrEqual(most);
    expect(result).toMatchObject({ contentVerified: true, notes: expect.arrayContaining(['differed']) });
    expect(writtenTwice()).toBeGreaterThan(0);
    expect(server.requests.filter(({ op }) => op === 'remove')).toEqual([]);
    await expectArrived(server.folder, bag);
  });

  it('F24 F3: the line is cut while blocks are sent again: the next connection finds what still differs', async () => {
    // Beyond where it is cut, so that the file still differs when the next connection looks.
    const harming = onTheWay(8 * MiB, async () => writesInto(join(await partBelow(server.folder), LARGE), 3 * MiB), 'go on');
    let cuts = 0;
    server.rule = async (request, next, line) => {
      if (!isLargeWrite(request) || request.offset < 2 * MiB || cuts > 0 || writtenTwice() < 2) return harming(request, next, line);
      cuts += 1;
      line.drop();
      return null;
    };
    const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
    expect(cuts).toBe(1);
    expect(server.logins).toBe(2);
    expect(result).toMatchObject({ contentVerified: true, notes: expect.arrayContaining(['differed']) });
    await expectArrived(server.folder, bag);
  });

  it.each([
    ['has grown', (file: string) => appendFile(file, 'somebody else')],
    ['may not be opened again', (file: string) => writesInto(file)],
  ])('F24 I4: a file that %s is sent again as a whole, and nothing is truncated', async (why, harm) => {
    let isAllThere = false;
    let isHarmed = false;
    server.rule = async (request, next) => {
      if (isLargeWrite(request) && request.offset + request.data.length === 20 * MiB) isAllThere = true;
      const isReopening = request.op === 'open' && request.path.endsWith(LARGE) && (request.flags & 0b1010) === 0b0010;
      if (isHarmed && isReopening && why === 'may not be opened again') return status(3);
      if (isAllThere && !isHarmed && request.op === 'open' && request.path.endsWith(LARGE) && (request.flags & 0b11) === 0b01) {
        isHarmed = true;
        await harm(join(await partBelow(server.folder), LARGE));
      }
      return next();
    };
    const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
    expect(isHarmed).toBe(true);
    expect(result.bytesResent).toBe(20 * MiB);
    expect(result).toMatchObject({ contentVerified: true, notes: expect.arrayContaining(['differed']) });
    await expectArrived(server.folder, bag);
  });

  it.each([
    ['the folder', ({ op, path }: SftpRequest) => op === 'mkdir' && path.includes('.part')],
    ['one file', ({ op, path, flags }: SftpRequest) => op === 'open' && path.endsWith(SMALL) && (flags & 2) !== 0],
    ['a write', isLargeWrite],
  ])('F31: permission denied on %s is explained (17) and not tried again', async (_, isRefused) => {
    server.rule = async (request, next) => (isRefused(request) ? status(3) : next());
    const error = await errorOf(send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE }));
    expect(error).toMatchObject({ code: 'permission_remote', exitCode: 17 });
    expect(server.logins).toBe(1);
    expect(server.requests.filter(isRefused).length).toBeLessThan(30);
  });

  it('F31: permission denied on opening a file again is no stop: after the cut it is sent anew', async () => {
    server.rule = onTheWay(17 * MiB, async () => {}, 'drop');
    const cutting = server.rule;
    let refused = 0;
    server.rule = async (request, next, line) => {
      const isReopening = request.op === 'open' && request.path.endsWith(LARGE) && (request.flags & 0b1010) === 0b0010;
      if (!isReopening) return cutting(request, next, line);
      refused += 1;
      return status(3);
    };
    const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
    expect(refused).toBeGreaterThan(0);
    expect(result.contentVerified).toBe(true);
    await expectArrived(server.folder, bag);
  });

  it('F32: the target folder, which is not ours, is gone at the reconnection: the run stops', async () => {
    const path = '/mottagning';
    await mkdir(join(server.folder, path));
    server.rule = onTheWay(8 * MiB, () => rm(join(server.folder, path), { recursive: true }), 'drop');
    const error = await errorOf(send({ target: { ...server.target, path }, journal: new MemoryJournal(), bag, ...OFFLINE }));
    expect(error).toMatchObject({ code: 'sftp_failed', facts: { reason: 'folder_missing' } });
    expect(await readdir(server.folder)).toEqual([]);
  });

  it('F32: a folder in the .part folder, which is ours, is made again', async () => {
    server.rule = onTheWay(8 * MiB, async () => rm(join(await partBelow(server.folder), 'data'), { recursive: true }), 'drop');
    await send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE });
    await expectArrived(server.folder, bag);
  });

  it('F33: a name that the server does not take stops the run, with the operation and the status that say why', async () => {
    const attachment = `data/omrade2_bilagor/${'x'.repeat(200)}.pdf`;
    const long = await stageBag(join(server.home, 'long'), { [attachment]: 1000 });
    // OpenSSH answers BAD_MESSAGE to a name that its file system finds too long.
    server.rule = async (request, next) => (request.op === 'open' && request.path.includes('xxx') ? status(5) : next());
    const error = await errorOf(send({ target: server.target, journal: new MemoryJournal(), bag: long, ...OFFLINE }));
    expect(error).toMatchObject({ code: 'sftp_failed', facts: { operation: 'open', status: 5 } });
    expect(JSON.stringify(error)).not.toContain('xxx');
    expect(server.logins).toBe(1);
  });

  it('F39: an empty file, one byte, and the sizes around a chunk and a window, also at 28 KiB a write', async () => {
    server.extensions = {};
    const around = [28_672, 28_672 * 9, 28_672 * 20, 256 * 1024, 261_120 * 2, MiB];
    const sizes = around.flatMap((bytes) => [bytes - 1, bytes, bytes + 1]).map((bytes) => [`data/${bytes}.csv`, bytes] as const);
    const many = await stageBag(join(server.home, 'many'), { 'data/tom.csv': 0, 'data/en.csv': 1, ...Object.fromEntries(sizes) });
    await send({ target: server.target, journal: new MemoryJournal(), bag: many });
    await expectArrived(server.folder, many);
  });

  describe('what resuming by size alone gets wrong', () => {
    const cutAt = async (offset: number, journal = new MemoryJournal()) => {
      server.rule = onTheWay(offset, async () => {}, 'drop');
      expect(await errorOf(send({ target: server.target, journal, bag }))).toMatchObject({ code: 'sftp_down' });
      return new MemoryJournal(journal.lines);
    };

    it('a partial that is larger than the source is not taken for a whole one', async () => {
      const journal = await cutAt(17 * MiB);
      await writeFile(join(await partBelow(server.folder), LARGE), noise(22 * MiB, 99));
      await send({ target: server.target, journal, bag });
      await expectArrived(server.folder, bag);
    });

    it('a partial of full size, preallocated with nothing in it, is not taken for a whole one', async () => {
      const journal = await cutAt(17 * MiB);
      const file = join(await partBelow(server.folder), LARGE);
      await truncate(file, 0);
      await truncate(file, 20 * MiB);
      await send({ target: server.target, journal, bag });
      await expectArrived(server.folder, bag);
    });

    it('a partial that nobody wrote down is not continued: another run begins its own', async () => {
      await cutAt(17 * MiB);
      const old = await partBelow(server.folder);
      await send({ target: server.target, journal: new MemoryJournal(), bag });
      expect((await readdir(server.folder)).sort()).toEqual([old.split('/').at(-1), BAG].sort());
      expect(await hashesBelow(join(server.folder, BAG))).toEqual(expectedHashes(bag));
    });

    it('a server that converts line ends never has its file published', async () => {
      server.rule = async (request, next) => {
        const reply = await next();
        if (!isLargeWrite(request) || !request.data.includes(10)) return reply;
        const handle = await open(join(await partBelow(server.folder), LARGE), 'r+');
        await handle.write(Buffer.from('\r'), 0, 1, request.offset + request.data.indexOf(10));
        await handle.close();
        return reply;
      };
      const error = await errorOf(send({ target: server.target, journal: new MemoryJournal(), bag, ...OFFLINE }));
      expect(error).toMatchObject({ exitCode: expect.any(Number) });
      expect(await readdir(server.folder)).not.toContain(BAG);
    });
  });
});
