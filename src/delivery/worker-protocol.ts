import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
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

/** A whole message, or `undefined` for the torn last line of a process that was killed. */
function decode<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T;
  } catch {
    return undefined;
  }
}

/** The messages of a worker until it closes the socket or dies. */
export async function* readMessages(socket: Socket): AsyncGenerator<WorkerMessage> {
  try {
    for await (const line of createInterface({ input: socket })) {
      const message = decode<WorkerMessage>(line);
      if (!message) return;
      yield message;
    }
  } catch (error) {
    // A worker that was killed resets the socket; whoever reads derives what that means from the journal.
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  } finally {
    socket.destroy();
  }
}

/** Calls `onCommand` for each command that a follower sends; anything else is ignored, since a follower may be of another version. */
export function onFollowerCommands(socket: Socket, onCommand: (command: FollowerCommand) => void): void {
  const lines = createInterface({ input: socket });
  lines.on('line', (line) => {
    const command = commandSchema.safeParse(decode(line));
    if (command.success) onCommand(command.data);
  });
  // readline tells its input's errors as its own: unheard, a follower that was killed would end the worker.
  lines.on('error', () => {});
}
