import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CapabilityMemory, ServerProfile } from '../../src/transfer/transfer.ts';
import type { StagedBag } from '../support/bag-to-send.ts';
import { BAG, expectedHashes, hashesBelow, MemoryJournal, MiB, send, stageBag } from '../support/bag-to-send.ts';
import type { FussySftp } from '../support/fussy-sftp.ts';
import { startFussySftp } from '../support/fussy-sftp.ts';

const PERMISSION_DENIED = 3;
const BIG = 'data/omrade1_anmalningar.csv';

/** The memory of servers, in memory. */
class MemoryOfServers implements CapabilityMemory {
  readonly profiles = new Map<string, ServerProfile>();

  async read(hostKey: string): Promise<ServerProfile | null> {
    return this.profiles.get(hostKey) ?? null;
  }

  async write(hostKey: string, profile: ServerProfile): Promise<void> {
    this.profiles.set(hostKey, profile);
  }

  get only(): ServerProfile | undefined {
    return [...this.profiles.values()][0];
  }
}

describe('what is learnt of a server', () => {
  let server: FussySftp;
  let home: string;
  let bag: StagedBag;
  let memory: MemoryOfServers;
  beforeEach(async () => {
    server = await startFussySftp();
    home = await mkdtemp(join(tmpdir(), 'known-'));
    bag = await stageBag(join(home, BAG), { [BIG]: 5 * MiB + 3, 'data/omrade2_bilagor/1_foto.jpg': 70_000, 'bagit.txt': 55 });
    memory = new MemoryOfServers();
  });
  afterEach(async () => {
    await server.close();
    await rm(home, { recursive: true });
  });
  const deliver = (journal = new MemoryJournal()) => send({ target: server.target, journal, bag, memory });
  const expectPublished = async () => expect(await hashesBelow(join(server.folder, BAG))).toEqual(expectedHashes(bag));

  it('a server we do not know is tried once: what was sent with many requests at once is read back', async () => {
    const reads: number[] = [];
    server.behave((request) => void (request === 'READ' && reads.push(1)));
    const { result } = await deliver();
    await expectPublished();
    expect(memory.only).toMatchObject({ ident: 'Fussy_1.0', canary: true, fsync: false, exec: false, maxWrite: 28_672, maxHandles: null });
    expect(result).toMatchObject({ contentVerified: true, notes: ['no_fsync', 'no_statvfs', 'no_limits'] });
    const whenUnknown = reads.splice(0).length;
    await rm(join(server.folder, BAG), { recursive: true });
    await deliver();
    await expectPublished();
    expect(reads.length).toBeLessThanOrEqual(whenUnknown - (4 * MiB) / 32_768);
  });

  it('a server that mixes up requests that come together gets them one at a time, and that is remembered', async () => {
    let together = 0;
    let most = 0;
    let isSpoiling = true;
    server.behave((request, args) => {
      if (request !== 'WRITE') return;
      together += 1;
      most = Math.max(most, together);
      setImmediate(() => {
        together -= 1;
      });
      const data = args[3] as Buffer;
      if (isSpoiling && together > 1) data[0] = (data[0] ?? 0) ^ 1;
    });
    const { result } = await deliver();
    await expectPublished();
    expect(memory.only).toMatchObject({ canary: false });
    expect(result.notes).toContain('careful');
    expect(result.verification).toBe('full');
    expect(most).toBeGreaterThan(1);

    [isSpoiling, most] = [false, 0];
    await rm(join(server.folder, BAG), { recursive: true });
    const again = await send({ target: { ...server.target, verify: 'ack' }, journal: new MemoryJournal(), bag, memory });
    expect(most).toBe(1);
    expect(again.result).toMatchObject({ verification: 'full', contentVerified: true });
  });

  it('a server that is not the one remembered is met anew', async () => {
    await deliver();
    const [[hostKey, profile] = ['', undefined]] = memory.profiles;
    if (!profile) throw new Error('nothing was remembered');
    memory.profiles.set(hostKey, { ...profile, ident: 'Other_2.0', canary: false });
    await rm(join(server.folder, BAG), { recursive: true });
    const { result } = await deliver();
    expect(result.notes).not.toContain('careful');
    expect(memory.only).toMatchObject({ ident: 'Fussy_1.0', canary: true });
  });

  it('a memory that cannot be written stops nothing', async () => {
    memory.write = () => Promise.reject(new Error('disk full'));
    await deliver();
    await expectPublished();
  });

  it('goes on with the channels it gets (F9), and with the first one alone', async () => {
    for (const channels of [1, 3]) {
      server.allowChannels(channels);
      const before = server.channels();
      await send({ target: server.target, journal: new MemoryJournal(), bag, memory }, { channels: 6 });
      await expectPublished();
      expect(server.channels() - before).toBe(channels);
      await rm(join(server.folder, BAG), { recursive: true });
    }
  });

  /** A run that the server ends after so many WRITEs, by refusing one. */
  const stopAfter = async (writes: number, journal: MemoryJournal) => {
    let seen = 0;
    server.behave((request) => (request === 'WRITE' && ++seen > writes ? PERMISSION_DENIED : undefined));
    await expect(deliver(journal)).rejects.toMatchObject({ code: 'permission_remote' });
  };

  it('a file that may not be opened again is sent anew', async () => {
    bag = await stageBag(bag.dir, { [BIG]: 17 * MiB });
    const journal = new MemoryJournal();
    await stopAfter(560, journal);
    server.behave((request, [, , flags]) => (request === 'OPEN' && flags === 2 ? PERMISSION_DENIED : undefined));
    const { result } = await deliver(new MemoryJournal(journal.lines));
    await expectPublished();
    expect(result.notes).toContain('no_reopen');
    expect(result.bytesResent).toBeGreaterThan(8 * MiB);
    expect(memory.only).toMatchObject({ reopen: false });
  });

  it('and where it may not be removed either, another folder is begun (a new U)', async () => {
    bag = await stageBag(bag.dir, { [BIG]: 17 * MiB });
    const journal = new MemoryJournal();
    await stopAfter(560, journal);
    server.behave((request, [, , flags]) => ((request === 'OPEN' && flags === 2) || request === 'REMOVE' ? PERMISSION_DENIED : undefined));
    const next = new MemoryJournal(journal.lines);
    await deliver(next);
    await expectPublished();
    const begun = next.lines.flatMap((line) => (line.type === 'begin' ? [line.uploadId] : []));
    expect(new Set(begun).size).toBe(2);
    expect((await readdir(server.folder)).filter((name) => name.endsWith('.part'))).toHaveLength(1);
  });

  it('a server that takes no dotted name gets a visible folder with the operator’s yes, and only then', async () => {
    server.behave((request, [, path]) => (request === 'MKDIR' && String(path).startsWith('/.') ? PERMISSION_DENIED : undefined));
    await expect(deliver()).rejects.toMatchObject({ code: 'sftp_failed', facts: { reason: 'no_dotted_folder' } });
    expect(await readdir(server.folder)).toEqual([]);
    const { result } = await send({ target: server.target, journal: new MemoryJournal(), bag, memory, allowVisible: true });
    await expectPublished();
    expect(result.notes).toContain('visible_folder');
    expect(await readdir(server.folder)).toEqual([BAG]);
    await rm(join(server.folder, BAG), { recursive: true });
    server.behave(() => undefined);
    const mended = await send({ target: server.target, journal: new MemoryJournal(), bag, memory, allowVisible: true });
    await expectPublished();
    expect(mended.result.notes).not.toContain('visible_folder');
  });

  it('a folder that nobody may write in is said as that, not as a refused dot', async () => {
    server.behave((request) => (request === 'MKDIR' ? PERMISSION_DENIED : undefined));
    await expect(deliver()).rejects.toMatchObject({ code: 'permission_remote', facts: { operation: 'mkdir' } });
  });

  it('an account that may not read is told so, and nothing is called proven', async () => {
    server.behave((request, [, , flags]) => (request === 'OPEN' && flags === 1 ? PERMISSION_DENIED : undefined));
    const { result } = await deliver();
    await expectPublished();
    expect(result).toMatchObject({ verification: 'ack', contentVerified: false });
    expect(result.notes).toEqual(expect.arrayContaining(['no_read', 'careful']));
  });
});
