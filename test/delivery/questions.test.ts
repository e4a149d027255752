import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Followers } from '../../src/delivery/followers.ts';

const NEED = { reason: 'passphrase', subject: '/id' } as const;
const HELLO = { type: 'hello', pid: 1, operator: 'anna', host: 'h', since: '' } as const;
const never = new AbortController().signal;

/** A follower over a real socket: what it has heard, and how it answers. */
interface Follower {
  readonly socket: Socket;
  heard(matches: (message: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  answer(question: number, secret: string | null): void;
}

describe('questions to those who follow', () => {
  let home: string;
  let server: Server;
  let followers: Followers;
  let sockets: Socket[];
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'q-'));
    sockets = [];
    followers = new Followers(HELLO, () => {});
    server = createServer(followers.add).listen(join(home, 's'));
    await once(server, 'listening');
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await followers.close();
    server.close();
    await rm(home, { recursive: true });
  });

  const newFollower = async (): Promise<Follower> => {
    const socket = connect(join(home, 's'));
    sockets.push(socket);
    const messages: Record<string, unknown>[] = [];
    let wake = () => {};
    createInterface({ input: socket })
      .on('line', (line) => {
        messages.push(JSON.parse(line));
        wake();
      })
      .on('error', () => {});
    const follower: Follower = {
      socket,
      async heard(matches) {
        for (;;) {
          const found = messages.find(matches);
          if (found) return found;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
      answer: (question, secret) =>
        void socket.write(`${JSON.stringify({ command: 'credentials', operator: 'anna', question, secret })}\n`),
    };
    await follower.heard(({ type }) => type === 'hello');
    return follower;
  };
  const isAsked = ({ type, isOver }: Record<string, unknown>) => type === 'credentials' && !isOver;

  it('everyone hears the question, the first answer counts, and everyone hears that it is over', async () => {
    const [a, b] = [await newFollower(), await newFollower()];
    const answer = followers.ask(NEED, 60_000, never);
    for (const follower of [a, b]) expect(await follower.heard(isAsked)).toEqual({ type: 'credentials', question: 1, ...NEED });
    b.answer(1, 'hemlig');
    expect(await answer).toBe('hemlig');
    expect(await a.heard(({ isOver }) => isOver === true)).toMatchObject({ question: 1 });
  });

  it('who comes while it waits hears it too, and who comes after it is over does not', async () => {
    const answer = followers.ask(NEED, 60_000, never);
    const late = await newFollower();
    await late.heard(isAsked);
    late.answer(1, 'hemlig');
    expect(await answer).toBe('hemlig');
    const later = await newFollower();
    followers.publish({ type: 'retry', attempt: 1, wait: 1, reason: 'x' });
    await later.heard(({ type }) => type === 'retry');
    expect(await Promise.race([later.heard(isAsked), 'nothing'])).toBe('nothing');
  });

  it('the answer to another question is none', async () => {
    const follower = await newFollower();
    const first = followers.ask(NEED, 60_000, never);
    follower.answer(1, 'fel');
    expect(await first).toBe('fel');
    const second = followers.ask({ ...NEED, isRetry: true }, 60_000, never);
    follower.answer(1, 'fel');
    follower.answer(2, 'hemlig');
    expect(await second).toBe('hemlig');
  });

  it('ends at once when all who follow have nobody to ask, also when the last who had leaves', async () => {
    const [a, b] = [await newFollower(), await newFollower()];
    const answer = followers.ask(NEED, 60_000, never);
    await a.heard(isAsked);
    a.answer(1, null);
    b.socket.destroy();
    expect(await answer).toBeUndefined();
  });

  it('ends after its time without an answer, and when the work is to stop', async () => {
    expect(await followers.ask(NEED, 20, never)).toBeUndefined();
    const stopping = new AbortController();
    const answer = followers.ask(NEED, 60_000, stopping.signal);
    stopping.abort();
    expect(await answer).toBeUndefined();
  });

  it('a follower that is killed in the middle of a word ends nothing', async () => {
    const follower = await newFollower();
    const answer = followers.ask(NEED, 60_000, never);
    follower.socket.pause(); // what it has not read makes its end a reset
    for (let lines = 0; lines < 2000; lines += 1) followers.publish({ type: 'retry', attempt: lines, wait: 1, reason: 'x'.repeat(80) });
    follower.socket.write('{"command":"paus');
    follower.socket.destroy();
    const other = await newFollower();
    other.answer(1, 'hemlig');
    expect(await answer).toBe('hemlig');
  });
});
