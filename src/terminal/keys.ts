import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** One thing the operator did: a key as the terminal encodes it, or a whole paste. */
export type KeyInput = { readonly key: string } | { readonly paste: string };

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in control characters
const SEQUENCE = /^\x1b(?:\[(?:\[[0-9]*[A-Z~]|[0-9;:<=>?]*[ -/]*[@-Z\\-~])|O[ -~]|[^[O\x1b])/u;
// Focus, mouse, cursor position, device attributes and mode replies: answers to questions, never keys.
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const REPLY = /^\x1b\[(?:[IO]|\??[0-9;]*[Rcn]|[?>=][0-9;]*[uc]|\?[0-9;]*\$y|<[0-9;]*[mM])$/u;

/** How long a lone Esc waits for the rest of an arrow key that was split on its way over SSH. */
const ESCAPE_WAIT_MS = 75;
/** How long a paste may be silent before it counts as ended, so that a lost end mark does not swallow the keyboard. */
const PASTE_WAIT_MS = 1000;

/** Cuts a terminal's text into keys and pastes, whatever packets it came in. */
export class KeyDecoder {
  #buffer = '';
  #isPasting = false;

  /** How long to wait for more before `flush`, in ms; 0 when nothing is pending. */
  get pendingMs(): number {
    if (this.#isPasting) return PASTE_WAIT_MS;
    return this.#buffer === '' ? 0 : ESCAPE_WAIT_MS;
  }

  /** Takes the next text and gives what is complete. */
  feed(text: string): KeyInput[] {
    this.#buffer += text;
    const inputs: KeyInput[] = [];
    for (let input = this.#next(); input !== 'wait'; input = this.#next()) if (input !== 'nothing') inputs.push(input);
    return inputs;
  }

  /** Nothing more came: a lone Esc is the Esc key, an unfinished sequence is dropped and never typed, a paste ends. */
  flush(): KeyInput[] {
    const rest = this.#buffer;
    this.#buffer = '';
    if (this.#isPasting) {
      this.#isPasting = false;
      return [{ paste: rest }];
    }
    return rest === '\x1b' ? [{ key: rest }] : [];
  }

  #take(length: number): string {
    const taken = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length);
    return taken;
  }

  #next(): KeyInput | 'nothing' | 'wait' {
    if (this.#isPasting) {
      const end = this.#buffer.indexOf(PASTE_END);
      if (end < 0) return 'wait';
      const paste = this.#take(end);
      this.#take(PASTE_END.length);
      this.#isPasting = false;
      return { paste };
    }
    const first = this.#buffer.codePointAt(0);
    if (first === undefined) return 'wait';
    if (first !== 0x1b) return { key: this.#take(String.fromCodePoint(first).length) };
    if (this.#buffer.startsWith(PASTE_START)) {
      this.#take(PASTE_START.length);
      this.#isPasting = true;
      return 'nothing';
    }
    const sequence = SEQUENCE.exec(this.#buffer)?.[0];
    if (sequence !== undefined) {
      this.#take(sequence.length);
      return REPLY.test(sequence) ? 'nothing' : { key: sequence };
    }
    // Esc, and then a sequence of its own.
    return this.#buffer[1] === '\x1b' ? { key: this.#take(1) } : 'wait';
  }
}

/** What the proxy needs of a terminal's input. */
export interface TerminalInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
}

/**
 * Stands between the terminal and Ink 6, which loses keys that share a packet and misreads keys that are split over two:
 * every `read()` gives exactly one whole key. Pastes go to `onPaste`.
 */
export class KeyStdin extends Readable {
  readonly isTTY = true;
  readonly #terminal: TerminalInput;
  readonly #onPaste: (text: string) => void;
  readonly #letters: StringDecoder;
  readonly #keys = new KeyDecoder();
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: TerminalInput, onPaste: (text: string) => void, encoding: 'latin1' | 'utf8' = 'utf8') {
    super({ objectMode: true });
    this.#letters = new StringDecoder(encoding);
    this.#terminal = terminal;
    this.#onPaste = onPaste;
    terminal.on('data', this.#feed);
  }

  /** Lets go of the terminal, so that the process may end. */
  release(): void {
    clearTimeout(this.#timer);
    this.#terminal.off('data', this.#feed);
    this.#terminal.pause();
  }

  override _read(): void {}

  override setEncoding(): this {
    return this;
  }

  setRawMode(isRaw: boolean): this {
    this.#terminal.setRawMode?.(isRaw);
    return this;
  }

  ref(): this {
    this.#terminal.ref?.();
    return this;
  }

  unref(): this {
    this.#terminal.unref?.();
    return this;
  }

  readonly #feed = (bytes: Buffer | string): void => {
    clearTimeout(this.#timer);
    this.#emit(this.#keys.feed(typeof bytes === 'string' ? bytes : this.#letters.write(bytes)));
    if (this.#keys.pendingMs > 0) this.#timer = setTimeout(() => this.#emit(this.#keys.flush()), this.#keys.pendingMs);
  };

  #emit(inputs: readonly KeyInput[]): void {
    for (const input of inputs) {
      if ('key' in input) this.push(input.key);
      else this.#onPaste(input.paste);
    }
  }
}
