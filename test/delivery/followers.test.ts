import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Followers } from '../../src/delivery/followers.ts';
import { type FollowerCommand, readMessages, type WorkerMessage } from '../../src/delivery/worker-protocol.ts';
import type { DeliveryEvent } from '../../src/domain/delivery-events.ts';

const HELLO = { type: 'hello', pid: 1, operator: 'åsa', host: 'värd', since: '2026-11-22T12:00:00+01:00' } as const;
const PLAN: DeliveryEvent = { type: 'plan', delivery: 'd', region: '12', areas: [2], bag: 'b', estimate: { bytes: 1, rows: 1 } };
const status = (bytes: number): DeliveryEvent => ({ type: 'status', stage: 'upload', bytes, totalBytes: 100, rows: 0, rate: null });
const file = (name: string): DeliveryEvent => ({ type: 'file', stage: 'export', file: name, bytes: 1, rows: 1, sha256: 'a'.repeat(64) });
const LAST: DeliveryEvent = { type: 'error', code: 3, message: 'Leveransen är pausad.', error: 'paused', facts: {} };

describe('those who follow a delivery, over real sockets', () => {
  let dir: string;
  let server: Server;
  let followers: Followers;
  let commands: FollowerCommand[];
  let connected: number;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fol-'));
    commands = [];
    connected = 0;
    followers = new Followers(HELLO, (command) => commands.push(command));
    server = createServer((socket) => {
      followers.add(socket);
      connected += 1;
    });
    server.listen(join(dir, 's'));
    await once(server, 'listening');
  });
  afterEach(async () => {
    await followers.close();
    server.close();
    await rm(dir, { recursive: true });
  });

  const follow = async (): Promise<Socket> => {
    const before = connected;
    const socket = connect(join(dir, 's'));
    await once(socket, 'connect');
    await expect.poll(() => connected).toBe(before + 1);
    return socket;
  };
  const heard = async (socket: Socket): Promise<WorkerMessage[]> => {
    const messages: WorkerMessage[] = [];
    for await (const message of readMessages(socket)) messages.push(message);
    return messages;
  };

  it('a newcomer hears who works, the plan, the table files and the last status; attachments are too many to tell again', async () => {
    for (const event of [PLAN, file('data/omrade2_patientkort.csv'), file('omrade2_bilagor/#1'), status(10), status(20)])
      followers.publish(event);
    const messages = heard(await follow());
    followers.publish(file('omrade2_bilagor/#2'));
    followers.publish(LAST);
    await followers.close();
    expect(await messages).toEqual([HELLO, PLAN, file('data/omrade2_patientkort.csv'), status(20), file('omrade2_bilagor/#2'), LAST]);
  });

  it('a newcomer hears the last status of each stage that goes on, and a wait for the server as long as it lasts', async () => {
    const EXPORT: DeliveryEvent = { type: 'status', stage: 'export', bytes: 20, totalBytes: 100, rows: 0, rate: null };
    const retry = { type: 'retry', attempt: 1, wait: 5, reason: 'ECONNRESET' } as const;
    for (const event of [PLAN, EXPORT, status(5), retry]) followers.publish(event);
    const waiting = heard(await follow());
    followers.publish(status(9));
    const moving = heard(await follow());
    await followers.close();
    expect((await waiting).slice(0, 5)).toEqual([HELLO, PLAN, EXPORT, status(5), retry]);
    expect(await moving).toEqual([HELLO, PLAN, EXPORT, status(9)]);
  });

  it('a follower that hangs up in the middle ends nothing, and the others hear everything', async () => {
    followers.publish(PLAN);
    const staying = heard(await follow());
    for (let times = 0; times < 20; times++) {
      const leaving = connect(join(dir, 's'));
      await once(leaving, 'connect');
      leaving.destroy();
      for (let n = 0; n < 50; n++) followers.publish(status(n));
    }
    followers.publish(LAST);
    await followers.close();
    const messages = await staying;
    expect(messages.slice(0, 2)).toEqual([HELLO, PLAN]);
    expect(messages).toHaveLength(2 + 20 * 50 + 1);
    expect(messages.at(-1)).toEqual(LAST);
  });

  it('a follower that does not read is dropped, never waited for', async () => {
    const silent = await follow();
    const reading = heard(await follow());
    silent.pause();
    const gone = once(silent, 'close');
    const long = file(`data/${'x'.repeat(4_000)}.csv`);
    // More than its socket and our patience hold; whoever reads gets every one of them.
    for (let n = 0; n < 500; n++) {
      followers.publish(long);
      if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await followers.close();
    silent.resume();
    await gone;
    const messages = await reading;
    expect(messages.filter(({ type }) => type === 'file')).toHaveLength(500);
  });

  it('reading ends when the reader hangs up, and when the last line is torn', async () => {
    const socket = await follow();
    const reading = readMessages(socket);
    expect((await reading.next()).value).toEqual(HELLO);
    const next = reading.next();
    socket.destroy();
    expect(await next).toEqual({ done: true, value: undefined });

    const torn = createServer((peer) => peer.end(`${JSON.stringify(HELLO)}\n{"type":"plan","deliv`));
    torn.listen(join(dir, 'torn'));
    await once(torn, 'listening');
    expect(await heard(connect(join(dir, 'torn')))).toEqual([HELLO]);
    torn.close();
  });

  it('letters that are cut in two arrive whole', async () => {
    const text = Buffer.from(`${JSON.stringify(LAST)}\n`);
    const cut = text.indexOf('ä') + 1;
    const halves = createServer(async (peer) => {
      peer.write(text.subarray(0, cut), () => setImmediate(() => peer.end(text.subarray(cut))));
    });
    halves.listen(join(dir, 'halves'));
    await once(halves, 'listening');
    expect(await heard(connect(join(dir, 'halves')))).toEqual([LAST]);
    halves.close();
  });

  it('commands come with who gave them; what is no command is ignored, and ends nothing', async () => {
    const socket = await follow();
    for (const line of ['', 'hej', '{"command":"radera","operator":"anna"}', '{"command":"pause"}', 'null', '[]'])
      socket.write(`${line}\n`);
    socket.write('{"command":"pause","oper');
    socket.write('ator":"anna"}\n{"command":"stop","operator":"bo"}\n');
    await expect
      .poll(() => commands)
      .toEqual([
        { command: 'pause', operator: 'anna' },
        { command: 'stop', operator: 'bo' },
      ]);
    socket.destroy();
  });
});
