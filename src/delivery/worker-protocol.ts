import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
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

/** What a follower may ask for, and who asks. `retry` ends the wait between two attempts. */
export interface FollowerCommand {
  readonly command: 'pause' | 'stop' | 'retry';
  readonly operator: string;
}

const COMMANDS: readonly FollowerCommand['command'][] = ['pause', 'stop', 'retry'];

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
  createInterface({ input: socket }).on('line', (line) => {
    const given = decode<Partial<FollowerCommand>>(line);
    const command = COMMANDS.find((known) => known === given?.command);
    if (command && typeof given?.operator === 'string') onCommand({ command, operator: given.operator });
  });
}
