import type { Socket } from 'node:net';
import { z } from 'zod';
import type { DeliveryEvent } from '../domain/delivery-events.ts';

// Over the lock's socket, one JSON object per line in both directions.

/** The first line to every follower: who holds the region. */
export interface Hello {
  readonly type: 'hello';
  readonly pid: number;
  readonly operator: string;
  readonly host: string;
  readonly since: string;
}

export type WorkerMessage = Hello | DeliveryEvent;

/**
 * What a follower may ask for, and who asks. `retry` ends the wait between two attempts. `credentials` answers the question with that number,
 * with null when this follower has nobody to ask: the only way for a secret to reach the worker, and it goes no further than its memory.
 */
export type FollowerCommand =
  | { readonly command: 'pause' | 'stop' | 'retry'; readonly operator: string }
  | { readonly command: 'credentials'; readonly operator: string; readonly question: number; readonly secret: string | null };

const commandSchema = z.discriminatedUnion('command', [
  z.object({ command: z.enum(['pause', 'stop', 'retry']), operator: z.string() }),
  z.object({ command: z.literal('credentials'), operator: z.string(), question: z.int(), secret: z.string().nullable() }),
]);

/** One message as a line. */
export const encode = (message: WorkerMessage | FollowerCommand): string => `${JSON.stringify(message)}\n`;

/** What a line says, or `undefined` when it is no JSON: anyone of the group may write to the socket. */
function decode<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T;
  } catch {
    return undefined;
  }
}

/** How a socket's end looks to who reads it, when the worker was killed or the reader itself hung up. */
const ENDED: readonly (string | undefined)[] = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'];

/**
 * Cuts what arrives in pieces into whole lines; a torn last line is none. Not `node:readline`: its interface throws the socket's error
 * at a process that only lost a follower, and never ends when the reader hangs up.
 */
function lineCutter(): (piece: string) => string[] {
  let rest = '';
  return (piece) => {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    return lines;
  };
}

/** The messages of a worker until it closes the socket or dies, or the reader destroys it. */
export async function* readMessages(socket: Socket): AsyncGenerator<WorkerMessage> {
  const cut = lineCutter();
  try {
    for await (const piece of socket.setEncoding('utf8')) {
      for (const line of cut(piece)) {
        const message = decode<WorkerMessage>(line);
        if (message) yield message;
      }
    }
  } catch (error) {
    // What the end means is in the delivery's journal.
    if (!ENDED.includes((error as NodeJS.ErrnoException).code)) throw error;
  } finally {
    socket.destroy();
  }
}

/** Calls `onCommand` for each command that a follower sends; anything else is ignored, since a follower may be of another version. */
export function onFollowerCommands(socket: Socket, onCommand: (command: FollowerCommand) => void): void {
  const cut = lineCutter();
  socket.setEncoding('utf8').on('data', (piece: string) => {
    for (const line of cut(piece)) {
      const command = commandSchema.safeParse(decode(line));
      if (command.success) onCommand(command.data);
    }
  });
}
