import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import type { TerminalInput } from '../../src/terminal/keys.ts';
import type { TerminalStream } from '../../src/terminal/output.ts';

/** How long a test waits for a text before it shows what stands there instead. */
const LIMIT_MS = 60_000;

/** A terminal with an operator in front of it: what is written stands on an emulator's screen, what is pressed arrives as bytes. */
export class TerminalTwin {
  readonly stdin: PassThrough & TerminalInput;
  readonly stdout: TerminalStream;
  readonly screen: xterm.Terminal;
  written = '';
  isRaw = false;
  readonly #waiting = new Set<() => void>();

  constructor(columns = 80, rows = 24) {
    const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.screen = screen;
    const setRawMode = (isRaw: boolean): void => {
      this.isRaw = isRaw;
    };
    this.stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode, ref: () => {}, unref: () => {} });
    const stream = new Writable({
      write: (bytes, _, done) => {
        this.written += String(bytes);
        screen.write(bytes, () => {
          done();
          for (const look of this.#waiting) look();
        });
      },
    });
    this.stdout = Object.defineProperties(stream, {
      columns: { get: () => screen.cols },
      rows: { get: () => screen.rows },
    }) as unknown as TerminalStream;
  }

  get lines(): string[] {
    const { active } = this.screen.buffer;
    return Array.from({ length: this.screen.rows }, (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '');
  }

  get cursor(): { x: number; y: number } {
    return { x: this.screen.buffer.active.cursorX, y: this.screen.buffer.active.cursorY };
  }

  press(bytes: string): void {
    this.stdin.write(bytes);
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.stdout.emit('resize');
  }

  /** Everything written so far stands on the screen. */
  settle(): Promise<void> {
    return new Promise((resolve) => this.screen.write('', resolve));
  }

  /** Waits for a frame that shows the text, and returns its lines. */
  async waitFor(text: string | RegExp): Promise<string[]> {
    const isShown = (): boolean => (typeof text === 'string' ? this.lines.join('\n').includes(text) : text.test(this.lines.join('\n')));
    if (isShown()) return this.lines;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`never saw ${text}; the screen shows\n${this.lines.join('\n')}`));
      }, LIMIT_MS);
      const look = (): void => {
        if (!isShown()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
    return this.lines;
  }
}
