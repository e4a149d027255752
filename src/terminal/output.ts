import { EventEmitter } from 'node:events';
import { closeSync, openSync, write, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import { RESTORE, type TerminalOutput } from './painter.ts';

/** A terminal's stream; one that is a real terminal has a descriptor. */
export interface TerminalStream extends NodeJS.WritableStream {
  readonly columns: number;
  readonly rows: number;
  readonly fd?: number;
}

/** How often a terminal that takes nothing is asked again. */
const RETRY_MS = 50;

/**
 * A terminal's output that never blocks the process: Node writes to a terminal synchronously, so one stalled SSH window would freeze everything.
 * Emits `resize`, and `gone` when the terminal can no longer be written to.
 */
export class PatientOutput extends EventEmitter<{ resize: []; gone: [] }> implements TerminalOutput {
  readonly #stream: TerminalStream;
  readonly #encoding: 'latin1' | 'utf8';
  #waiting = Buffer.alloc(0);
  #isWriting = false;
  #isClosed = false;

  constructor(stream: TerminalStream, encoding: 'latin1' | 'utf8' = 'utf8') {
    super();
    this.#stream = stream;
    this.#encoding = encoding;
    stream.on('resize', this.#resized);
    stream.on('error', this.#gone);
  }

  get columns(): number {
    return this.#stream.columns;
  }

  get rows(): number {
    return this.#stream.rows;
  }

  get writableLength(): number {
    return this.#waiting.length;
  }

  write(text: string): void {
    // A character that has no byte of its own would be written as another one, perhaps a control character.
    const writable = this.#encoding === 'latin1' ? text.replace(/[^\0-\xff]/gu, '?') : text;
    this.#waiting = Buffer.concat([this.#waiting, Buffer.from(writable, this.#encoding)]);
    this.#drain();
  }

  /** Gives the terminal back as it was, whatever was still waiting, and says whether it is still there. */
  restore(): boolean {
    this.#close();
    try {
      if (this.#stream.fd === undefined) this.#stream.write(RESTORE);
      else writeSync(this.#stream.fd, RESTORE);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return true;
      this.abandon();
      return false;
    }
  }

  /** Lets go of a terminal that is gone: nothing more is written, not even at the process's exit. */
  abandon(): void {
    this.#close();
    if (this.#stream.fd !== undefined) replaceDescriptors();
  }

  #close(): void {
    this.#isClosed = true;
    this.#stream.off('resize', this.#resized);
    this.#stream.off('error', this.#gone);
    // What a dead terminal still reports is nobody's news.
    this.#stream.on('error', () => {});
  }

  readonly #resized = (): void => {
    this.emit('resize');
  };

  readonly #gone = (): void => {
    this.emit('gone');
  };

  #drain(): void {
    if (this.#isWriting || this.#isClosed || this.#waiting.length === 0) return;
    this.#isWriting = true;
    const taken = (error: NodeJS.ErrnoException | null | undefined, bytes: number): void => {
      this.#isWriting = false;
      if (error?.code === 'EAGAIN') setTimeout(() => this.#drain(), RETRY_MS);
      else if (error) this.#gone();
      else {
        this.#waiting = this.#waiting.subarray(bytes);
        this.#drain();
      }
    };
    const { fd } = this.#stream;
    const chunk = this.#waiting;
    if (fd === undefined) this.#stream.write(chunk, (error) => taken(error, chunk.length));
    else write(fd, chunk, taken);
  }
}

/**
 * Puts the null device in the place of a terminal that is gone. Node sets terminals back at exit, and aborts when one answers EIO;
 * what is no longer the same file it leaves alone. Nothing else would ever be read or written there.
 */
function replaceDescriptors(): void {
  for (const fd of [0, 1, 2]) {
    closeSync(fd);
    // The lowest free descriptor is the one that was just closed.
    openSync(devNull, 'r+');
  }
}
