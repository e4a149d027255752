import type { Socket } from 'node:net';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import type { FollowerCommand } from './worker-protocol.ts';

type Answer = Extract<FollowerCommand, { command: 'credentials' }>;

/** One question to those who follow, from when it is asked until it is answered or nobody is left who could. */
export class Question {
  readonly event: Extract<DeliveryEvent, { type: 'credentials' }>;
  readonly #followers: ReadonlySet<Socket>;
  readonly #cannot = new Set<Socket>();
  readonly #answered: Promise<string | undefined>;
  #settle: (secret: string | undefined) => void = () => {};

  constructor(event: Question['event'], followers: ReadonlySet<Socket>) {
    this.event = event;
    this.#followers = followers;
    this.#answered = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** What a follower says; the answer to an earlier question is not an answer to this one. */
  answer(from: Socket, { question, secret }: Answer): void {
    if (question !== this.event.question) return;
    if (secret !== null) {
      this.#settle(secret);
      return;
    }
    this.#cannot.add(from);
    this.#giveUpIfAlone();
  }

  /** A follower hung up. */
  left(follower: Socket): void {
    if (this.#cannot.delete(follower)) return;
    this.#giveUpIfAlone();
  }

  /** The answer, or undefined after so long, or at the signal. */
  async within(ms: number, signal: AbortSignal): Promise<string | undefined> {
    const giveUp = () => this.#settle(undefined);
    const timer = setTimeout(giveUp, ms);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await this.#answered;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Those who follow have all said that they can ask nobody; without any follower, one may still come. */
  #giveUpIfAlone(): void {
    if (this.#cannot.size > 0 && [...this.#followers].every((socket) => this.#cannot.has(socket))) this.#settle(undefined);
  }
}
