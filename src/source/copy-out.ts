import type { Socket } from 'node:net';
import type pg from 'pg';

const HEADER_BYTES = 5;
const CR = 0x0d;
const LF = 0x0a;
const CRLF = Buffer.from('\r\n');

const COPY_DATA = 0x64;
/** What may come before and between the data: CopyOutResponse, NoticeResponse, ParameterStatus, NotificationResponse. */
const PASSED_OVER = new Set([0x48, 0x4e, 0x53, 0x41]);

/** Pages are written and hashed whole: a chunk of the socket is 64 KiB at most, and so many small writes cost more than the copy. */
const PAGE_BYTES = 1024 * 1024;
/** How far the server is read ahead of whoever takes the pages. */
const PAGES_AHEAD = 2;
/**
 * The server sends 8 KiB at a time. A reader that waits for each is woken 55,000 times for 500 MB, which costs the server half a second and
 * us as much; one that rests between its rounds takes what has gathered in the kernel's buffers meanwhile.
 */
const REST_MS = 2;

/**
 * One `COPY … TO STDOUT` as a query of pg: its data in pages of 1 MiB, in bounded memory. The protocol sends every row of a text COPY as one
 * CopyData message ("always one per row", PostgreSQL's chapter on the message flow of COPY), so records are counted by messages and a line
 * break inside a value is never taken for the end of a record. With `lineTerminator` CRLF each message's LF becomes CRLF (T30).
 */
export class CopyOut {
  /** CopyData messages so far: the records of a text COPY. */
  messages = 0;
  /** The row count of the command tag, there when the pages have ended. */
  taggedRows = 0;
  readonly #sql: string;
  readonly #withCr: boolean;
  #socket: Socket | undefined;
  /** pg's own listener, which gets what is not ours. It would keep a whole message in memory, and an attachment is one message. */
  #toPg: (chunk: Buffer) => void = () => {};
  /** The beginning of a header that the chunk before ended in. */
  #begun: Buffer = Buffer.alloc(0);
  /** Bytes of a message that are still to come, and whether they are data. */
  #left = 0;
  #isData = false;
  #page: Buffer = Buffer.alloc(0);
  #used = 0;
  readonly #pages: Buffer[] = [];
  /** The page that was given last, and those to be filled again: a new one for each MiB would be memory that nobody frees in time. */
  #given: Buffer | undefined;
  readonly #free: Buffer[] = [];
  /** From the first chunk of a round until the rest after it is over. */
  #isResting = false;
  #isGivenBack = false;
  #isOver = false;
  #error: Error | undefined;
  #wake = () => {};

  constructor(sql: string, lineTerminator: '\n' | '\r\n' = '\n') {
    this.#sql = sql;
    this.#withCr = lineTerminator === '\r\n';
  }

  /** The next page, or `undefined` after the last one; the page before is filled anew from here on. Throws what the server or the connection says, when the pages before it are taken. */
  async next(): Promise<Buffer | undefined> {
    if (this.#given) this.#free.push(this.#given);
    this.#given = undefined;
    while (this.#pages.length === 0 && !this.#isOver) {
      if (!this.#isResting) this.#socket?.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#given = this.#pages.shift();
    if (this.#given) return this.#given;
    if (this.#error) throw this.#error;
    return undefined;
  }

  submit(connection: pg.Connection): void {
    const { stream } = connection as unknown as { stream: Socket };
    this.#socket = stream;
    this.#toPg = stream.listeners('data')[0] as (chunk: Buffer) => void;
    stream.removeListener('data', this.#toPg);
    stream.on('data', this.#onData);
    connection.query(this.#sql);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.taggedRows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#endPage();
    this.#end();
  }

  handleError(error: Error): void {
    this.#error = error;
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#wake();
  }

  readonly #onData = (received: Buffer): void => {
    if (!this.#isResting) {
      this.#isResting = true;
      setImmediate(this.#rest);
    }
    const chunk = this.#begun.length > 0 ? Buffer.concat([this.#begun, received]) : received;
    let at = this.#goOn(chunk);
    // Messages are moved together where they lie, over the headers between them; there is always room for a CR in place of a header.
    const from = at;
    let to = at;
    while (this.#left === 0 && at + HEADER_BYTES <= chunk.length) {
      const code = chunk[at] ?? 0;
      if (code !== COPY_DATA && !PASSED_OVER.has(code)) {
        this.#append(chunk, from, to);
        this.#giveBack(chunk.subarray(at));
        return;
      }
      const end = at + 1 + chunk.readUInt32BE(at + 1);
      const here = Math.min(end, chunk.length);
      this.#isData = code === COPY_DATA;
      this.#left = end - here;
      if (this.#isData) {
        this.messages += 1;
        chunk.copyWithin(to, at + HEADER_BYTES, here);
        to += here - at - HEADER_BYTES;
        if (this.#withCr && this.#left === 0) {
          chunk[to - 1] = CR;
          chunk[to] = LF;
          to += 1;
        }
      }
      at = here;
    }
    this.#append(chunk, from, to);
    this.#begun = chunk.subarray(at);
    if (this.#pages.length >= PAGES_AHEAD) this.#socket?.pause();
  };

  /** After one round of the event loop, which reads all that has come. */
  readonly #rest = (): void => {
    if (this.#isGivenBack) return;
    this.#socket?.pause();
    setTimeout(() => {
      this.#isResting = false;
      if (!this.#isGivenBack && this.#pages.length < PAGES_AHEAD) this.#socket?.resume();
    }, REST_MS);
  };

  /** The rest of the message that the chunk before ended in; returns where the next one begins. */
  #goOn(chunk: Buffer): number {
    const here = Math.min(this.#left, chunk.length);
    if (here === 0) return 0;
    this.#left -= here;
    if (!this.#isData) return here;
    if (this.#withCr && this.#left === 0) {
      this.#append(chunk, 0, here - 1);
      this.#append(CRLF, 0, CRLF.length);
    } else {
      this.#append(chunk, 0, here);
    }
    return here;
  }

  #append(source: Buffer, from: number, to: number): void {
    for (let at = from; at < to; ) {
      if (this.#used === this.#page.length) {
        this.#endPage();
        this.#page = this.#free.pop() ?? Buffer.allocUnsafeSlow(PAGE_BYTES);
      }
      const copied = source.copy(this.#page, this.#used, at, to);
      this.#used += copied;
      at += copied;
    }
  }

  #endPage(): void {
    if (this.#used > 0) this.#pages.push(this.#page.subarray(0, this.#used));
    this.#page = Buffer.alloc(0);
    this.#used = 0;
    this.#wake();
  }

  #giveBack(rest: Buffer): void {
    const socket = this.#socket;
    this.#isGivenBack = true;
    socket?.removeListener('data', this.#onData);
    socket?.on('data', this.#toPg);
    socket?.resume();
    this.#toPg(rest);
  }
}
