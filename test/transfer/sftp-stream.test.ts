import { Duplex, PassThrough } from 'node:stream';
import fc from 'fast-check';
import type { ClientChannel } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { FilePart } from '../../src/transfer/session/file-part.ts';
import {
  asAttributes,
  asData,
  asDone,
  asEntries,
  asHandle,
  asName,
  asNumbers,
  type Decode,
  Fields,
  PacketSplitter,
  ProtocolFault,
  Stats,
} from '../../src/transfer/session/sftp-replies.ts';
import type { Framed } from '../../src/transfer/session/sftp-requests.ts';
import * as request from '../../src/transfer/session/sftp-requests.ts';
import { SftpStream } from '../../src/transfer/session/sftp-stream.ts';
import { PacketReader, parseRequest, type Reply, replyPacket, type SftpRequest, status, versionPacket } from '../support/sftp-packets.ts';

/** The test's end of a channel: what was asked, and whatever is to be said. */
class FarEnd extends Duplex {
  readonly stderr = new PassThrough();
  readonly asked: SftpRequest[] = [];
  isClosed = false;
  readonly #reader = new PacketReader();
  readonly #greeting: Buffer;

  constructor(greeting = versionPacket({})) {
    super();
    this.#greeting = greeting;
  }

  override _read(): void {}

  override _write(data: Buffer, _encoding: string, done: () => void): void {
    for (const packet of this.#reader.push(Buffer.from(data))) {
      const parsed = parseRequest(packet);
      if (parsed) this.asked.push({ ...parsed, data: Buffer.from(parsed.data) });
      else this.push(this.#greeting);
    }
    done();
  }

  close(): void {
    this.isClosed = true;
  }
}

const begin = (far: FarEnd): Promise<SftpStream> => SftpStream.begin(far as unknown as ClientChannel, 'test');
const open = async () => {
  const far = new FarEnd();
  const stream = await begin(far);
  const ask = <T>(framed: Framed, decode: Decode<T>) =>
    new Promise<T>((resolve, reject) =>
      stream.request('asked', framed, decode, (error, value) => (error ? reject(error) : resolve(value as T))),
    );
  return { far, stream, ask };
};
/** Long enough for whatever the stream does with what it was given. */
const turns = async () => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const name = fc.string({ unit: 'grapheme', maxLength: 40 });
const handle = fc.uint8Array({ maxLength: 256 }).map((bytes) => Buffer.from(Buffer.from(bytes).toString('hex').slice(0, 256)));
const offset = fc.maxSafeNat();
const mode = fc.nat(0o7777);
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

describe('requests, as a server of other making reads them', () => {
  type Case = [string, fc.Arbitrary<readonly [Framed, object]>];
  const { lstat, opendir, remove, rmdir, realpath, close, fstat, readdir } = request;
  const byPath = { lstat, opendir, remove, rmdir, realpath };
  const byHandle = { close, fstat, readdir };
  const cases: readonly Case[] = [
    [
      'open',
      fc
        .tuple(name, fc.nat(63), mode)
        .map(([path, flags, bits]) => [request.open(path, flags, bits), { op: 'open', path, flags, attributes: { mode: bits } }]),
    ],
    ['open without a mode', name.map((path) => [request.open(path, 1, undefined), { op: 'open', path, attributes: {} }])],
    [
      'read',
      fc
        .tuple(handle, offset, fc.nat())
        .map(([id, at, length]) => [request.read(id, at, length), { op: 'read', handle: id.toString(), offset: at, length }]),
    ],
    [
      'write',
      fc.tuple(handle, offset, bytes).map(([id, at, data]) => {
        const part = new FilePart(data.length);
        data.copy(part.content);
        return [(number) => part.framed(number, id, at), { op: 'write', handle: id.toString(), offset: at, data }];
      }),
    ],
    [
      'setstat',
      fc.tuple(name, mode).map(([path, bits]) => [request.setMode(path, bits), { op: 'setstat', path, attributes: { mode: bits } }]),
    ],
    ['mkdir', fc.tuple(name, mode).map(([path, bits]) => [request.mkdir(path, bits), { op: 'mkdir', path, attributes: { mode: bits } }])],
    ['rename', fc.tuple(name, name).map(([path, to]) => [request.rename(path, to), { op: 'rename', path, to }])],
    ...Object.entries(byPath).map(([op, of]): Case => [op, name.map((path) => [of(path), { op, path }])]),
    ...Object.entries(byHandle).map(([op, of]): Case => [op, handle.map((id) => [of(id), { op, handle: id.toString() }])]),
    [
      'extended',
      handle.map((id) => [
        request.extended('fsync@openssh.com', id),
        { op: 'extended', extension: 'fsync@openssh.com', handle: id.toString() },
      ]),
    ],
  ];
  it.each(cases)('%s', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, fc.nat(0xffff_ffff), ([framed, expected], id) => {
        const packets = [...new PacketReader().push(framed(id))];
        expect(packets).toHaveLength(1);
        expect(parseRequest(packets[0] ?? Buffer.alloc(0))).toMatchObject({ id, ...expected });
      }),
    );
  });

  it('a part is framed anew as often as it is sent, with whatever handle, and its bytes stay', () => {
    const part = new FilePart(5);
    part.content.write('bytes');
    for (const id of [Buffer.alloc(256, 1), Buffer.alloc(0), Buffer.from('h')]) {
      const packet = part.framed(7, id, 1);
      expect(packet.length).toBe(4 + packet.readUInt32BE(0));
      expect(packet.subarray(-5).toString()).toBe('bytes');
    }
    expect(part.content.toString()).toBe('bytes');
  });
});

describe('replies', () => {
  const attributes = fc.record({ size: offset, mode: fc.nat(0o177777) });
  const entries = fc.array(fc.record({ name, attributes }), { maxLength: 300 });
  const plain = ({ size, mode: bits }: Stats) => ({ size, mode: bits });

  it('come to whom they are for, in whatever order and pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        bytes,
        handle,
        entries,
        attributes,
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        fc.func(fc.nat()),
        async (data, id, names, stats, cuts, order) => {
          const { far, ask } = await open();
          const asked = [
            ask(request.close(id), asDone),
            ask(request.opendir('/'), asHandle),
            ask(request.read(id, 0, 300), asData(300)),
            ask(request.readdir(id), asEntries).then((all) =>
              all.map(({ filename, attrs }) => ({ name: filename, attributes: plain(attrs) })),
            ),
            ask(request.lstat('/'), asAttributes).then(plain),
            ask(request.realpath('.'), asName),
            ask(request.extended('limits@openssh.com'), asNumbers(1)),
            ask(request.rmdir('/'), asDone).catch((error) => error.status),
          ];
          const replies: Reply[] = [
            status(0),
            { type: 'handle', handle: id.toString() },
            { type: 'data', data },
            { type: 'names', names },
            { type: 'attributes', attributes: stats },
            { type: 'names', names: [{ name: '/home', attributes: {} }] },
            { type: 'extended', data: Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]) },
            status(4),
          ];
          const packets = replies.map((reply, index) => replyPacket(far.asked[index]?.id ?? 0, reply)).sort((a, b) => order(a) - order(b));
          let left = Buffer.concat(packets);
          while (left.length > 0) {
            const cut = left.length > 2000 ? 1000 : (cuts.next().value as number);
            far.push(left.subarray(0, cut));
            left = left.subarray(cut);
          }
          expect(await Promise.all(asked)).toEqual([undefined, id, data, names, stats, '/home', [2 ** 32], 4]);
          far.push(null);
        },
      ),
      { numRuns: 50 },
    );
  });

  const uint32 = (...values: number[]) =>
    Buffer.concat(values.map((value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])));
  const text = (value: string) => Buffer.concat([uint32(value.length), Buffer.from(value)]);
  const stats = (...parts: Buffer[]) => new Stats(new Fields(Buffer.concat(parts)));

  it('what a server leaves out of a file is no size and no kind', () => {
    const nothing = stats(uint32(0));
    expect([nothing.size, nothing.mode, nothing.isFile(), nothing.isDirectory()]).toEqual([Number.NaN, 0, false, false]);
  });

  it('owner, times and pairs of extensions are passed over', () => {
    const fields = new Fields(
      Buffer.concat([
        uint32(0x8000_000f),
        uint32(1, 2),
        uint32(3, 4),
        uint32(0o100600),
        uint32(5, 6),
        uint32(2),
        text('a@b'),
        text('c'),
        text(''),
        text('d'),
        uint32(9),
      ]),
    );
    const file = new Stats(fields);
    expect([file.size, file.isFile(), file.isDirectory()]).toEqual([2 ** 32 + 2, true, false]);
    expect(fields.uint32()).toBe(9);
  });

  it.each([
    ['a number that is cut', () => stats(uint32(1), uint32(1))],
    ['pairs that are not there', () => stats(uint32(0x8000_0000), uint32(0xffff_ffff))],
    ['names that are not there', () => asEntries(104, new Fields(uint32(0xffff_ffff)))],
    ['no name', () => asName(104, new Fields(uint32(0)))],
    ['a string longer than the packet', () => new Fields(uint32(0xffff_fff0)).bytes()],
    ['a handle of 257 bytes', () => asHandle(102, new Fields(text('h'.repeat(257))))],
    ['more bytes than were asked for', () => asData(2)(103, new Fields(text('abc')))],
    ['an empty packet', () => new PacketSplitter().push(uint32(0), () => {})],
    ['a packet without an id', () => new PacketSplitter().push(uint32(4), () => {})],
    ['a packet that is too long', () => new PacketSplitter().push(uint32(256 * 1024 + 1), () => {})],
  ])('%s is not the protocol', (_, read) => {
    expect(read).toThrow(ProtocolFault);
  });
});

describe('a server that does not keep to the protocol (F16)', () => {
  it.each<[string, (far: FarEnd) => Buffer]>([
    ['a reply to what was never asked', () => replyPacket(77, status(0))],
    ['a second reply', (far) => Buffer.concat(Array.from({ length: 2 }, () => replyPacket(far.asked[0]?.id ?? 0, status(0))))],
    ['a reply of another kind', (far) => replyPacket(far.asked[0]?.id ?? 0, { type: 'handle', handle: 'h' })],
    ['a second greeting', () => versionPacket({})],
    ['a length that cannot be', () => Buffer.alloc(4)],
  ])('%s ends the channel, and is told', async (_, forged) => {
    const { far, stream, ask } = await open();
    void ask(request.rmdir('/a'), asDone);
    far.push(forged(far));
    await turns();
    expect(far.isClosed).toBe(true);
    expect(await stream.ended).toMatchObject({ reason: 'protocol', cause: { name: 'ProtocolFault' } });
  });

  it('what comes after it is not heard, and nothing more is sent', async () => {
    const { far, ask } = await open();
    let isHeard = false;
    void ask(request.rmdir('/a'), asDone).then(() => {
      isHeard = true;
    });
    far.push(replyPacket(77, status(0)));
    far.push(replyPacket(far.asked[0]?.id ?? 0, status(0)));
    await turns();
    void ask(request.rmdir('/b'), asDone);
    await turns();
    expect(isHeard).toBe(false);
    expect(far.asked).toHaveLength(1);
  });

  it.each([
    ['version 4', Buffer.from([0, 0, 0, 5, 2, 0, 0, 0, 4])],
    ['another packet', replyPacket(1, status(0))],
    ['an extension that is cut', Buffer.from([0, 0, 0, 9, 2, 0, 0, 0, 3, 0, 0, 0, 1])],
  ])('%s for a greeting is no channel', async (_, greeting) => {
    await expect(begin(new FarEnd(greeting))).rejects.toMatchObject({ name: 'ConnectionLost', reason: 'protocol' });
  });

  it('a channel that ends before the greeting is none', async () => {
    const far = new FarEnd(Buffer.alloc(0));
    const begun = begin(far);
    far.push(null);
    await expect(begun).rejects.toMatchObject({ name: 'ConnectionLost', reason: 'channel' });
  });

  it('whatever bytes come, the stream waits for more or ends: nothing is thrown, and no request gets what is not its', async () => {
    const noise = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    const almost = fc.tuple(fc.nat(), fc.nat(255), fc.nat(3)).map(([at, value, cut]) => {
      const packet = Buffer.concat([
        replyPacket(1, { type: 'names', names: [{ name: 'n', attributes: { size: 1 } }] }),
        replyPacket(2, status(0)),
      ]);
      packet[at % packet.length] = value;
      return packet.subarray(0, packet.length - cut);
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(noise, almost), { maxLength: 6 }), async (parts) => {
        const { far, stream, ask } = await open();
        const got: unknown[] = [];
        const keep = (value: unknown) => void got.push(value);
        ask(request.readdir(Buffer.from('h')), asEntries).then(keep, keep);
        ask(request.rmdir('/a'), asDone).then(keep, keep);
        let reason = '';
        void stream.ended.then((lost) => {
          reason = lost.reason;
        });
        for (const part of parts) far.push(part);
        await turns();
        expect(['', 'protocol']).toContain(reason);
        expect(far.isClosed).toBe(reason !== '');
        for (const value of got)
          expect(value === undefined || Array.isArray(value) || ['SftpStatusError', 'ConnectionLost'].includes((value as Error).name)).toBe(
            true,
          );
        far.push(null);
      }),
      { numRuns: 500 },
    );
  });
});
