import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import type { SecretNeed } from '../domain/secret-need.ts';
import { Question } from './question.ts';
import { encode, type FollowerCommand, type Hello, onFollowerCommands } from './worker-protocol.ts';

/** More than this unread and the follower is dropped: a stalled terminal must never hold the work or its memory. */
const MAX_UNREAD_BYTES = 256 * 1024;

/** What a follower wants of the work; answers to questions stay here. */
export type FollowerWish = Exclude<FollowerCommand, { command: 'credentials' }>;

/** Everyone who watches one delivery, and what a newcomer must hear to catch up. */
export class Followers {
  readonly #sockets = new Set<Socket>();
  readonly #hello: Hello;
  readonly #onCommand: (command: FollowerWish) => void;
  #question: Question | undefined;
  #questions = 0;
  /** The plan, the finished table files, each stage's last status, and a wait for the server: enough to draw the screen at once. */
  #past: DeliveryEvent[] = [];
  readonly #latest = new Map<string, DeliveryEvent>();
  #arrived: () => void = () => {};
  readonly #first: Promise<void>;

  constructor(hello: Hello, onCommand: (command: FollowerWish) => void) {
    this.#hello = hello;
    this.#onCommand = onCommand;
    this.#first = new Promise((resolve) => {
      this.#arrived = resolve;
    });
  }

  /** Serves one connection to the lock. Those who only ask whether the holder lives hang up at once. */
  readonly add = (socket: Socket): void => {
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#question?.left(socket);
    });
    onFollowerCommands(socket, (command) => {
      if (command.command !== 'credentials') this.#onCommand(command);
      else this.#question?.answer(socket, command);
    });
    this.#sockets.add(socket);
    const now = [...this.#latest.values(), this.#question?.event].filter((event) => event !== undefined);
    for (const message of [this.#hello, ...this.#past, ...now]) socket.write(encode(message));
    this.#arrived();
  };

  publish(event: DeliveryEvent): void {
    this.#remember(event);
    const line = encode(event);
    for (const socket of this.#sockets) {
      socket.write(line);
      if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
    }
  }

  /**
   * Asks everyone who follows, and whoever comes while it waits; the first answer counts. Undefined when nobody answers within `withinMs`,
   * when everyone who follows has nobody to ask, or when the work is to end.
   */
  async ask(need: SecretNeed, withinMs: number, signal: AbortSignal): Promise<string | undefined> {
    this.#questions += 1;
    const question = new Question({ type: 'credentials', question: this.#questions, ...need }, this.#sockets);
    this.#question = question;
    this.publish(question.event);
    try {
      return await question.within(withinMs, signal);
    } finally {
      this.#question = undefined;
      this.publish({ ...question.event, isOver: true });
    }
  }

  /** Resolves when somebody has connected, or after so many milliseconds without anyone. */
  async firstWithin(ms: number): Promise<void> {
    const patience = new AbortController();
    const giveUp = wait(ms, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([this.#first, giveUp]);
    patience.abort();
  }

  /** Lets what was written reach the followers that read, then hangs up. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#sockets].map((socket) => {
        const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
        socket.end();
        socket.setTimeout(2_000, () => socket.destroy());
        return closed;
      }),
    );
  }

  #remember(event: DeliveryEvent): void {
    if (event.type === 'credentials') return;
    if (event.type === 'retry') this.#latest.set('retry', event);
    else if (event.type === 'status') {
      this.#latest.set(event.stage, event);
      // The export goes on while the server is waited for.
      if (event.stage !== 'export') this.#latest.delete('retry');
    }
    // 100,000 attachments are counted by the status; their names of one line each would drown a newcomer.
    else if (event.type !== 'file' || !event.file.includes('#')) this.#past.push(event);
  }
}
