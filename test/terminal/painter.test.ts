import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { needsAscii, prepareEnvironment } from '../../src/terminal/boot.ts';
import { Painter, RESTORE, type TerminalOutput } from '../../src/terminal/painter.ts';

/** A terminal emulator as the painter's output; `isStalled` makes it take nothing. */
class Emulator extends EventEmitter implements TerminalOutput {
  readonly screen: xterm.Terminal;
  written = '';
  isStalled = false;

  constructor(columns: number, rows: number) {
    super();
    this.screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  }

  get columns(): number {
    return this.screen.cols;
  }
  get rows(): number {
    return this.screen.rows;
  }
  get writableLength(): number {
    return this.isStalled ? 1 : 0;
  }

  write(text: string): void {
    this.written += text;
    this.screen.write(text);
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.emit('resize');
  }

  async lines(): Promise<string[]> {
    await new Promise<void>((resolve) => this.screen.write('', resolve));
    const { active } = this.screen.buffer;
    return Array.from({ length: this.rows }, (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '');
  }
}

/** Shows a frame at once and waits until it stands on the screen. */
async function show(painter: Painter, emulator: Emulator, frame: readonly string[]): Promise<string[]> {
  const before = emulator.written.length;
  painter.hurry();
  painter.write(frame.join('\n'));
  while (emulator.written.length === before) await wait(1);
  return emulator.lines();
}

const padded = (frame: readonly string[], rows: number): string[] => Array.from({ length: rows }, (_, y) => frame[y] ?? '');

/** Random numbers that are the same in every run. */
function randomly(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

describe('the painter on a terminal emulator', () => {
  it('N16 shows exactly the frame after 500 random edits and resizes, and never wipes the scrollback', async () => {
    const emulator = new Emulator(80, 24);
    const painter = new Painter(emulator);
    painter.enter();
    const random = randomly(7);
    let frame = Array.from({ length: 23 }, (_, y) => `rad ${y}`);
    for (let edit = 0; edit < 500; edit++) {
      if (edit % 50 === 49) {
        emulator.resize(60 + random(60), 15 + random(30));
        frame = frame.slice(0, emulator.rows - 1);
      }
      const y = random(Math.min(frame.length + 1, emulator.rows - 1));
      frame = frame.with(Math.min(y, frame.length - 1), `åäö ${'·✓–›'.repeat(random(10))} ${edit}`);
      if (random(10) === 0) frame = frame.slice(0, 1 + random(frame.length));
      if (random(10) === 0) frame = [...frame, `ny ${edit}`].slice(0, emulator.rows - 1);
      expect(await show(painter, emulator, frame), `edit ${edit}`).toEqual(padded(frame, emulator.rows));
    }
    painter.close();
    expect(emulator.written).not.toContain('\x1b[3J');
  });

  it('P7 writes less than 300 bytes for a frame of progress', async () => {
    const emulator = new Emulator(80, 24);
    const painter = new Painter(emulator);
    painter.enter();
    const frame = (done: number): string[] =>
      Array.from({ length: 23 }, (_, y) =>
        y === 2 ? `[${'#'.repeat(done)}${'-'.repeat(55 - done)}] ${done} %` : y === 3 ? `${done},1 MB av 1,7 GB` : `rad ${y}`,
      );
    await show(painter, emulator, frame(1));
    const before = emulator.written.length;
    await show(painter, emulator, frame(2));
    expect(emulator.written.length - before).toBeLessThan(300);
    painter.close();
  });

  it('drops frames while the terminal takes nothing, and then shows only the last', async () => {
    const emulator = new Emulator(80, 24);
    const painter = new Painter(emulator);
    painter.enter();
    await show(painter, emulator, ['början']);
    emulator.isStalled = true;
    const before = emulator.written.length;
    for (let n = 0; n < 100; n++) {
      painter.hurry();
      painter.write(`ruta ${n}`);
    }
    await wait(20);
    expect(emulator.written.length).toBe(before);
    emulator.isStalled = false;
    while (emulator.written.length === before) await wait(5);
    expect((await emulator.lines())[0]).toBe('ruta 99');
    expect(emulator.written.slice(before)).not.toContain('ruta 98');
    painter.close();
  });

  it('puts the hardware cursor on the focused row, and hides it when there is none', async () => {
    const emulator = new Emulator(80, 24);
    const painter = new Painter(emulator);
    painter.enter();
    painter.placeCursor({ x: 1, y: 4 });
    await show(painter, emulator, ['a', 'b', 'c', 'd', ' > e']);
    const { active } = emulator.screen.buffer;
    expect([active.cursorX, active.cursorY]).toEqual([1, 4]);
    painter.placeCursor(undefined);
    await show(painter, emulator, ['a', 'b']);
    expect(emulator.written.lastIndexOf('\x1b[?25l')).toBeGreaterThan(emulator.written.lastIndexOf('\x1b[?25h'));
    painter.close();
  });

  it('gives the shell its screen back, and writes nothing after it has closed', async () => {
    const emulator = new Emulator(80, 24);
    emulator.write('$ sminet-leverans\r\n');
    const painter = new Painter(emulator);
    painter.enter();
    await show(painter, emulator, ['guiden']);
    painter.close();
    emulator.write(RESTORE);
    const before = emulator.written.length;
    painter.hurry();
    painter.write('för sent');
    painter.repaint();
    await wait(20);
    expect(emulator.written.length).toBe(before);
    expect((await emulator.lines())[0]).toBe('$ sminet-leverans');
    expect(emulator.screen.buffer.active.type).toBe('normal');
  });
});

describe('the environment before Ink', () => {
  it('removes what hides or breaks the screens, and turns NO_COLOR into what chalk obeys', () => {
    const env: Record<string, string | undefined> = { CI: '', CONTINUOUS_INTEGRATION: '1', DEV: 'true', NO_COLOR: '1', TERM: 'xterm' };
    prepareEnvironment(env);
    expect(env).toEqual({ NODE_ENV: 'production', FORCE_COLOR: '0', TERM: 'xterm' });
  });

  it.each([
    [{ LANG: 'sv_SE.UTF-8' }, false, false],
    [{ LANG: 'sv_SE.UTF-8', LC_ALL: 'C' }, false, true],
    [{ LC_CTYPE: 'C.utf8' }, false, false],
    [{}, false, true],
    [{ LANG: 'sv_SE.ISO-8859-1' }, false, true],
    [{ LANG: 'sv_SE.UTF-8' }, true, true],
  ])('N16 chooses the glyph set by locale and --ascii: %o, asked %s', (env, isAsked, expected) => {
    expect(needsAscii(isAsked, env)).toBe(expected);
  });
});
