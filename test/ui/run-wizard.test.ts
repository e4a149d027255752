import { describe, expect, it } from 'vitest';
import { runWizard, type WizardEnd } from '../../src/ui/run-wizard.tsx';
import { BEVARA, MemoryCore } from './memory-core.ts';
import { TerminalTwin } from './terminal-twin.ts';

interface Running {
  readonly core: MemoryCore;
  readonly terminal: TerminalTwin;
  readonly end: Promise<WizardEnd>;
}

function run(core = new MemoryCore(), { columns = 80, rows = 24, ascii = false } = {}): Running {
  const terminal = new TerminalTwin(columns, rows);
  return { core, terminal, end: runWizard(core, { ascii, stdin: terminal.stdin, stdout: terminal.stdout }) };
}

function working(): MemoryCore {
  const core = new MemoryCore();
  core.decideAll('12', { 1: BEVARA, 7: BEVARA });
  core.deliver('12');
  return core;
}

describe('the wizard on a terminal', () => {
  it('goes from the first frame to a decision form by arrows and Enter, also when a packet splits an arrow', async () => {
    const { terminal, end } = run();
    await terminal.waitFor('Klart: 7 av 7');
    terminal.press('\r');
    await terminal.waitFor('Översikt');
    terminal.press('\x1b');
    terminal.press('[B\x1b[B');
    await terminal.waitFor(' > Region Sörmland');
    terminal.press('\r\r');
    const lines = await terminal.waitFor('Inget är förvalt.');
    expect(lines[0]).toContain('Region Sörmland › 1 Vissa sjukdomar');
    expect(terminal.cursor).toEqual({ x: 21, y: 2 });
    terminal.press('\x03');
    expect(await end).toMatchObject({ exitCode: 130 });
  });

  it('N16 draws the same rows that the state says, in å ä ö, and never in the last column or row', async () => {
    const { terminal, end } = run(working());
    await terminal.waitFor('Klart');
    terminal.press('\r');
    await terminal.waitFor('Återuppta');
    terminal.press('\r');
    const lines = await terminal.waitFor('Västra Götalandsregionen');
    expect(lines.at(-1)).toBe('');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(79);
    terminal.press('\x03\x03');
    expect((await end).exitCode).toBe(130);
  });

  it('N16 knows an ASCII set, with the letters å ä ö', async () => {
    const { terminal, end } = run(new MemoryCore(), { ascii: true });
    await terminal.waitFor('Sminet-leverans > Startkontroll');
    terminal.press('\r');
    const lines = await terminal.waitFor('Översikt');
    expect(lines.join('').replace(/[\x20-\x7eåäöÅÄÖ\u00a0]/g, '')).toBe('');
    terminal.press('q');
    expect((await end).exitCode).toBe(0);
  });

  it('shows T while the window is too small, and the screen again when it has grown', async () => {
    const { terminal, end } = run();
    await terminal.waitFor('Klart');
    terminal.press('\r');
    await terminal.waitFor('Översikt');
    terminal.resize(60, 15);
    await terminal.waitFor('Fönstret är för litet: 60 × 15.');
    terminal.resize(120, 40);
    await terminal.waitFor('Region Norrbotten');
    terminal.press('q');
    await end;
  });

  it('takes a pasted name as text, and starts only at Enter', async () => {
    const core = new MemoryCore();
    core.decideAll('01', { 1: BEVARA });
    const { terminal, end } = run(core);
    await terminal.waitFor('Klart');
    terminal.press('\r');
    await terminal.waitFor('Översikt');
    terminal.press('\rg');
    await terminal.waitFor('Skriv regionens namn');
    core.clock.advance(300);
    terminal.press('\x1b[200~Region Stockholm\r\x1b[201~');
    await terminal.waitFor('Namnet stämmer. Enter startar');
    expect(core.calls).not.toContain('start');
    terminal.press('\r');
    await terminal.waitFor('Steg 4 av 6');
    expect(core.calls).toContain('start');
    terminal.press('\x03');
    await terminal.waitFor('Hur vill du göra?');
    terminal.press('\x03');
    expect(await end).toEqual({
      exitCode: 130,
      summary: expect.stringContaining('Region Stockholm: export. Arbetet fortsätter. Följ det med: sminet-leverans folj stockholm'),
    });
  });

  it('restores the terminal and writes nothing after that', async () => {
    const { core, terminal, end } = run(working());
    await terminal.waitFor('Klart');
    expect([terminal.isRaw, terminal.screen.buffer.active.type]).toEqual([true, 'alternate']);
    terminal.press('\x03\x03');
    await end;
    await terminal.settle();
    const { length } = terminal.written;
    core.emit('12', { type: 'status', stage: 'upload', bytes: 1, totalBytes: 2, rows: 0, rate: null });
    await new Promise((resolve) => setImmediate(resolve));
    expect([terminal.isRaw, terminal.screen.buffer.active.type, terminal.written.length]).toEqual([false, 'normal', length]);
    expect(terminal.written).not.toContain('\x1b[3J');
  });

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with %i, the terminal restored', async (signal, code) => {
    const { terminal, end } = run();
    await terminal.waitFor('Klart');
    process.emit(signal);
    expect(await end).toMatchObject({ exitCode: code });
    expect([terminal.isRaw, process.listenerCount(signal)]).toEqual([false, 0]);
  });

  it('ends with 129 when the terminal is gone, and writes nothing', async () => {
    const { terminal, end } = run();
    await terminal.waitFor('Klart');
    const { length } = terminal.written;
    terminal.stdin.end();
    expect(await end).toEqual({ exitCode: 129, summary: '' });
    expect(terminal.written.length).toBe(length);
  });

  it('D13 ends with 1 and one Swedish line when the drawing itself breaks, never with a stack', async () => {
    const { core, terminal, end } = run();
    await terminal.waitFor('Klart');
    core.overview = () => Promise.resolve([{} as never]);
    terminal.press('o');
    const { exitCode, summary } = await end;
    expect([exitCode, summary.split('\n').length, core.bugs.length]).toEqual([1, 1, 1]);
    expect(summary).toContain('/tmp/sminet-leverans/fel.log');
    expect(terminal.isRaw).toBe(false);
  });

  it('follows ten thousand events without drawing each, and React keeps no performance entries', async () => {
    const { core, terminal, end } = run(working());
    await terminal.waitFor('Klart');
    for (let n = 0; n < 10_000; n++) core.emit('12', { type: 'status', stage: 'upload', bytes: n, totalBytes: 10_000, rows: 0, rate: 10 });
    terminal.press('\r');
    await terminal.waitFor('Återuppta');
    terminal.press('\x1b[B\r');
    await terminal.waitFor('99');
    expect(performance.getEntriesByType('measure')).toHaveLength(0);
    terminal.press('\x03\x03');
    await end;
  });
});
