import type { DeliveryEvent } from '../domain/delivery-events.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { runFolder } from './delivery-folder.ts';
import { connectToHolder } from './region-lock.ts';
import { encode, type FollowerCommand, type Hello, readMessages } from './worker-protocol.ts';

/** A connection to the process that works on a region. */
export interface WorkerConnection {
  readonly hello: Hello;
  /** Until the work ends or the process dies; the last one is `result`, `error` or a paused `status` unless it died. */
  readonly events: AsyncIterable<DeliveryEvent>;
  send(command: FollowerCommand): void;
  close(): void;
}

async function* eventsOnly(messages: AsyncIterable<Hello | DeliveryEvent>): AsyncGenerator<DeliveryEvent> {
  for await (const message of messages) if (message.type !== 'hello') yield message;
}

/**
 * Connects to whoever works on the region now, or returns `undefined`.
 * Throws `permission_local` when the socket is another Unix group's.
 */
export async function connectToWorker(state: string, region: string): Promise<WorkerConnection | undefined> {
  const dir = runFolder(state, region);
  const socket = await connectToHolder(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw new OperatorError('permission_local', { path: dir }, error);
    throw error;
  });
  if (!socket) return undefined;
  const messages = readMessages(socket);
  const { value: hello, done } = await messages.next();
  if (done || hello.type !== 'hello') {
    socket.destroy();
    return undefined;
  }
  return {
    hello,
    events: eventsOnly({ [Symbol.asyncIterator]: () => messages }),
    send: (command) => void socket.write(encode(command)),
    close: () => socket.destroy(),
  };
}

/** Who works on the region now: asked, never guessed from files. */
export async function runningWorker(state: string, region: string): Promise<Hello | null> {
  const connection = await connectToWorker(state, region);
  connection?.close();
  return connection?.hello ?? null;
}
