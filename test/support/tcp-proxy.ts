import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A loopback proxy in front of a server, whose connections a test can cut, stall, count and slow down. */
export interface TcpProxy {
  readonly port: number;
  /** Bytes that clients have sent through, over all connections. */
  sent(): number;
  /** Resets (RST) every connection; new ones are let through. */
  cut(): void;
  /** Resets every connection as soon as clients have sent `bytes` more. Resolves when it has happened. */
  cutAfter(bytes: number): Promise<void>;
  /** Nothing passes in either direction any more, and nothing is closed: a black hole. */
  stall(): void;
  /** Lets everything pass again. */
  flow(): void;
  /** From the client's side at most so many bytes per second; null is no limit. */
  throttle(bytesPerSecond: number | null): void;
  /** Everything that comes takes this much longer, in ms, in each direction. Nothing may be on its way when it is changed. */
  delay(oneWayMs: number): void;
  /** Where new connections go. */
  pointAt(port: number): void;
  close(): Promise<void>;
}

export async function startTcpProxy(upstream: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let target = upstream;
  let sent = 0;
  let isStalled = false;
  let rate: number | null = null;
  let delayMs = 0;
  let cutAt: { readonly bytes: number; readonly done: () => void } | undefined;

  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
    pairs.clear();
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    const pair = [client, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, client] as const]) {
      from.on('error', () => {});
      from.on('end', () => later(() => to.end()));
      from.on('close', () => {
        later(() => to.destroy());
        pairs.delete(pair);
      });
    }
    far.on('data', (data) => later(() => pass(far, client, data)));
    client.on('data', (data) => {
      sent += data.length;
      if (cutAt && sent >= cutAt.bytes) {
        cutAt.done();
        cutAt = undefined;
        return cut();
      }
      if (rate !== null) {
        client.pause();
        setTimeout(() => isStalled || client.resume(), (data.length / rate) * 1000);
      }
      later(() => pass(client, far, data));
    });
    if (isStalled) for (const socket of pair) socket.pause();
  });
  // Timers of one length fire in the order in which they were set.
  const later = (act: () => void) => (delayMs > 0 ? setTimeout(act, delayMs) : act());
  const pass = (from: Socket, to: Socket, data: Buffer) => {
    if (to.destroyed || to.write(data) || from.isPaused()) return;
    from.pause();
    to.once('drain', () => isStalled || from.resume());
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const setStalled = (stalled: boolean) => {
    isStalled = stalled;
    for (const pair of pairs) for (const socket of pair) stalled ? socket.pause() : socket.resume();
  };
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => sent,
    cut,
    cutAfter: (bytes) =>
      new Promise((done) => {
        cutAt = { bytes: sent + bytes, done };
      }),
    stall: () => setStalled(true),
    flow: () => setStalled(false),
    throttle: (bytesPerSecond) => {
      rate = bytesPerSecond;
    },
    delay: (oneWayMs) => {
      delayMs = oneWayMs;
    },
    pointAt: (port) => {
      target = port;
    },
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}
