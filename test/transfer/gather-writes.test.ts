import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gatherWrites } from '../../src/transfer/gather-writes.ts';

/** Counts what is handed to the kernel. */
class CountedSocket extends Socket {
  handed = 0;
  override _write(...args: Parameters<Socket['_write']>): void {
    this.handed += 1;
    super._write(...args);
  }
  override _writev(...args: Parameters<NonNullable<Socket['_writev']>>): void {
    this.handed += 1;
    super._writev?.(...args);
  }
}

const received: Promise<Buffer>[] = [];
const server = createServer((socket) => received.push(buffer(socket)));
const packets = Array.from({ length: 20 }, (_, i) => Buffer.alloc(32 * 1024, i));

beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => server.close());

const connected = async () => {
  const socket = new CountedSocket().connect((server.address() as AddressInfo).port, '127.0.0.1') as CountedSocket;
  await once(socket, 'connect');
  gatherWrites(socket);
  return socket;
};

it('what is written in one round of the event loop goes to the kernel in one go, and in order', async () => {
  const socket = await connected();
  for (const round of [1, 2]) {
    for (const packet of packets) socket.write(packet);
    await new Promise((resolve) => socket.write('', resolve));
    expect(socket.handed).toBe(round);
  }
  socket.end();
  expect(await received.pop()).toEqual(Buffer.concat([...packets, ...packets]));
});

it('what is written right before the end arrives', async () => {
  const socket = await connected();
  for (const packet of packets) socket.write(packet);
  socket.end();
  expect(await received.pop()).toEqual(Buffer.concat(packets));
});
