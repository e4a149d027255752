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

/** Somebody holds the region and says nothing, as a process that the system has stopped: nobody knows who. */
type Silent = 'silent';

/** So long a worker is waited for that was connected to, also on a busy machine. The kernel connects also to one that is stopped. */
const ANSWER_MS = 3_000;

async function* eventsOnly(messages: AsyncIterable<Hello | DeliveryEvent>): AsyncGenerator<DeliveryEvent> {
  for await (const message of messages) if (message.type !== 'hello') yield message;
}

async function reachWorker(state: string, region: string): Promise<WorkerConnection | Silent | undefined> {
  const dir = runFolder(state, region);
  const socket = await connectToHolder(dir).catch((error: NodeJS.ErrnoException): Silent => {
    // So many wait to be heard that there is room for no more.
    if (error.code === 'EAGAIN') return 'silent';
    if (error.code === 'EACCES') throw new OperatorError('permission_local', { path: dir }, error);
    throw error;
  });
  if (!socket || socket === 'silent') return socket;
  const messages = readMessages(socket);
  let isSilent = false;
  const patience = setTimeout(() => {
    isSilent = true;
    socket.destroy();
  }, ANSWER_MS);
  const { value: hello, done } = await messages.next();
  clearTimeout(patience);
  if (isSilent) return 'silent';
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

/** What is told of a region whose holder does not answer. */
export const silentHolder = (region: string): OperatorError => new OperatorError('locked', { region, silent: 'ja' });

/**
 * Connects to whoever works on the region now, or returns `undefined`.
 * Throws `locked` when that one does not answer, and `permission_local` when the socket is another Unix group's.
 */
export async function connectToWorker(state: string, region: string): Promise<WorkerConnection | undefined> {
  const reached = await reachWorker(state, region);
  if (reached === 'silent') throw silentHolder(region);
  return reached;
}

/** Who works on the region now: asked, never guessed from files. One that does not answer has not let go of it. */
export async function runningWorker(state: string, region: string): Promise<Hello | Silent | null> {
  const reached = await reachWorker(state, region);
  if (reached === undefined) return null;
  if (reached === 'silent') return reached;
  reached.close();
  return reached.hello;
}
