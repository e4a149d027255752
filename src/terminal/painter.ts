import { Writable } from 'node:stream';

/** Where the hardware cursor stands, from 0; braille displays and magnifiers follow it. */
export interface Cursor {
  readonly x: number;
  readonly y: number;
}

/** What the painter needs of a terminal. */
export interface TerminalOutput {
  readonly columns: number;
  readonly rows: number;
  /** Bytes that the terminal has not taken yet. */
  readonly writableLength: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** Alternate screen, no wrap surprises from a paste; never `3J`: the operator's scrollback is not ours. */
const ENTER = '\x1b[?1049h\x1b[?2004h\x1b[?25l';
/** Ends a frame that was cut, paste marks and the alternate screen; shows the cursor. */
export const RESTORE = '\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?1049l\x1b[?25h';

const FRAME_GAP_MS = 250;

/**
 * Ink's stdout. Ink (with `debug: true`) writes one whole frame at every commit and no control codes; the painter writes only the rows that changed,
 * at most four frames a second unless a key was pressed, and drops frames while the terminal is behind instead of waiting for it.
 */
export class Painter extends Writable {
  readonly isTTY = true;
  readonly #out: TerminalOutput;
  #isOpen = false;
  #isUrgent = false;
  #frame: string | undefined;
  #cursor: Cursor | undefined;
  /** What stands on the screen; `undefined` when that is unknown and all of it must be written. */
  #painted: { readonly rows: readonly string[]; readonly cursor: Cursor | undefined } | undefined;
  #paintedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(out: TerminalOutput) {
    super({ decodeStrings: false });
    this.#out = out;
  }

  get columns(): number {
    return this.#out.columns;
  }

  get rows(): number {
    return this.#out.rows;
  }

  /** Takes over the screen. */
  enter(): void {
    this.#isOpen = true;
    this.#out.on('resize', this.#resized);
    this.#out.write(ENTER);
  }

  /** Paints nothing more. The terminal is given back by writing `RESTORE`, by the one who knows whether it is still there. */
  close(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#out.off('resize', this.#resized);
  }

  /** The next frame answers a key: it is not held back. */
  hurry(): void {
    this.#isUrgent = true;
  }

  /** Where the cursor stands in the next frame; hidden when `undefined`. */
  placeCursor(cursor: Cursor | undefined): void {
    this.#cursor = cursor;
    this.#schedule();
  }

  /** Writes the whole screen again (Ctrl-L). */
  repaint(): void {
    this.#painted = undefined;
    this.hurry();
    this.#schedule();
  }

  override _write(frame: string, _encoding: BufferEncoding, done: () => void): void {
    // Ink hides and shows the cursor on its own; those are not frames.
    if (!String(frame).startsWith('\x1b[?25')) {
      this.#frame = String(frame);
      this.#schedule();
    }
    done();
  }

  readonly #resized = (): void => {
    this.#painted = undefined;
    this.hurry();
    this.emit('resize');
  };

  #schedule(): void {
    if (!this.#isOpen || (this.#timer !== undefined && !this.#isUrgent)) return;
    clearTimeout(this.#timer);
    const due = this.#isUrgent ? 0 : Math.max(0, this.#paintedAt + FRAME_GAP_MS - Date.now());
    this.#timer = setTimeout(this.#paint, due);
  }

  readonly #paint = (): void => {
    this.#timer = undefined;
    if (!this.#isOpen || this.#frame === undefined) return;
    if (this.#out.writableLength > 0) {
      this.#timer = setTimeout(this.#paint, FRAME_GAP_MS);
      return;
    }
    this.#isUrgent = false;
    this.#paintedAt = Date.now();
    const rows = this.#frame.split('\n').slice(0, this.#out.rows);
    const changes = this.#changes(rows);
    if (changes === '') return;
    this.#painted = { rows, cursor: this.#cursor };
    this.#out.write(`\x1b[?2026h${changes}\x1b[?2026l`);
  };

  #changes(rows: readonly string[]): string {
    const before = this.#painted?.rows ?? [];
    let text = this.#painted ? '' : '\x1b[0m\x1b[2J';
    for (let y = 0; y < Math.max(rows.length, before.length); y++) {
      if (rows[y] !== before[y]) text += `\x1b[${y + 1};1H${rows[y] ?? ''}\x1b[0m\x1b[K`;
    }
    const from = this.#painted?.cursor;
    const to = this.#cursor;
    if (text === '' && from?.x === to?.x && from?.y === to?.y) return '';
    return `${from ? '\x1b[?25l' : ''}${text}${to ? `\x1b[${to.y + 1};${to.x + 1}H\x1b[?25h` : ''}`;
  }
}
