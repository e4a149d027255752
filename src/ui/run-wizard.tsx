import { render, useInput } from 'ink';
import { type ReactElement, useSyncExternalStore } from 'react';
import { regionOf } from '../domain/regions.ts';
import { KeyStdin, type TerminalInput } from '../terminal/keys.ts';
import { PatientOutput, type TerminalStream } from '../terminal/output.ts';
import { Painter } from '../terminal/painter.ts';
import { ourBug, screens } from '../text.ts';
import type { WizardCore } from './core.ts';
import { CurrentPage } from './current-page.ts';
import { draw } from './draw.ts';
import { Effects } from './effects.ts';
import type { WizardEvent } from './event.ts';
import { keyOf } from './parts/key.ts';
import { roomOf } from './parts/page.ts';
import { Sheet } from './parts/sheet.tsx';
import { statusWord } from './region-status.ts';
import { firstState, runningRegions, viewOf, type WizardState } from './state.ts';
import { Store } from './store.ts';

export interface WizardOptions {
  readonly ascii: boolean;
  /** How the terminal's letters are bytes; UTF-8 when not given. */
  readonly encoding?: 'latin1' | 'utf8';
  readonly stdin: TerminalInput;
  readonly stdout: TerminalStream;
}

/** What is left when the screen is given back: the exit code, and a few plain lines for the operator's scrollback. */
export interface WizardEnd {
  readonly exitCode: number;
  readonly summary: string;
}

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const TERMINAL_GONE = 129;

/** What the operator did and waits to see. */
const OPERATOR_EVENTS: readonly WizardEvent['type'][] = ['key', 'paste', 'resize'];

interface RootProps {
  readonly page: CurrentPage;
  readonly onKey: Parameters<typeof useInput>[0];
  readonly ascii: boolean;
}

/** The only component that lives as long as the wizard: the one `useInput`, and the current page. */
function Root({ page, onKey, ascii }: RootProps): ReactElement {
  useInput(onKey);
  return <Sheet page={useSyncExternalStore(page.subscribe, page.get)} ascii={ascii} />;
}

function summaryOf(state: WizardState): string {
  const lines = runningRegions(state).map((region) => {
    const view = viewOf(state, region);
    const { name, slug } = regionOf(region);
    return screens.summary.running(name, view ? statusWord(view, state.live[region]) : '', slug);
  });
  return [...lines, screens.summary.saved].join('\n');
}

/**
 * The wizard, from its first frame until the operator leaves, a signal comes or the terminal is gone (129, nothing written then).
 * It restores the terminal but ends no process: the caller prints the summary and exits. `prepareEnvironment` must have run before this file is imported.
 */
export function runWizard(core: WizardCore, { ascii, encoding, stdin, stdout }: WizardOptions): Promise<WizardEnd> {
  return new Promise((resolve) => {
    const ending = new AbortController();
    const output = new PatientOutput(stdout, encoding);
    const painter = new Painter(output);

    const end = (exitCode: number, summary: string, isGone = false): void => {
      if (ending.signal.aborted) return;
      ending.abort();
      clearInterval(ticking);
      page.stop();
      painter.close();
      ink.unmount();
      keys.release();
      if (isGone) output.abandon();
      const isThere = !isGone && output.restore();
      for (const [signal, listener] of signals) process.off(signal, listener);
      process.off('uncaughtException', crash).off('unhandledRejection', crash);
      stdin.off('end', lost).off('error', lost);
      output.off('gone', lost);
      resolve(isThere ? { exitCode, summary } : { exitCode: TERMINAL_GONE, summary: '' });
    };
    const leave = (exitCode: number): void => end(exitCode, summaryOf(store.state));
    const lost = (): void => end(TERMINAL_GONE, '', true);
    const crash = (error: unknown): void => end(1, ourBug(core.reportBug(error)));

    // An error in a reducer or a drawing is ours, whoever sent the event; after the end nothing happens any more.
    const dispatch = (event: WizardEvent): void => {
      if (ending.signal.aborted) return;
      try {
        store.dispatch(event);
        if (OPERATOR_EVENTS.includes(event.type)) page.now();
        else page.soon();
      } catch (error) {
        crash(error);
      }
    };

    const effects = new Effects(core, {
      dispatch,
      visible: () => (store.state.region === undefined ? [] : [store.state.region]),
      repaint: () => painter.repaint(),
      leave,
      signal: ending.signal,
    });
    const terminal = { columns: painter.columns, rows: painter.rows };
    const first = firstState({
      terminal,
      room: roomOf(terminal.columns, terminal.rows),
      now: core.clock.now().getTime(),
      today: core.clock.today(),
      isPlanning: core.clock.planning,
      isNewState: core.isNewState,
      staging: core.staging,
    });
    const store = new Store(first, core.clock, (effect) => effects.run(effect));
    const page = new CurrentPage(() => {
      const drawn = draw(store.state);
      painter.placeCursor(drawn.cursor);
      return drawn;
    });

    const onPaste = (text: string): void => {
      painter.hurry();
      dispatch({ type: 'paste', text });
    };
    const keys = new KeyStdin(stdin, onPaste, encoding);
    const onKey: RootProps['onKey'] = (input, key) => {
      painter.hurry();
      dispatch({ type: 'key', key: keyOf(input, key) });
    };
    painter.on('resize', () => dispatch({ type: 'resize', columns: painter.columns, rows: painter.rows }));
    painter.enter();
    const ink = render(<Root page={page} onKey={onKey} ascii={ascii} />, {
      // Ink knows the two by the methods it calls, which both have.
      stdin: keys as unknown as NodeJS.ReadStream,
      stdout: painter as unknown as NodeJS.WriteStream,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    });
    ink.waitUntilExit().catch(crash);

    const signals = Object.entries(SIGNALS).map(([signal, code]) => [signal, () => leave(code)] as const);
    for (const [signal, listener] of signals) process.on(signal, listener);
    process.on('uncaughtException', crash).on('unhandledRejection', crash);
    stdin.on('end', lost).on('error', lost);
    output.on('gone', lost);
    const ticking = setInterval(() => dispatch({ type: 'tick' }), 1000);
    for (const effect of [{ do: 'startChecks' }, { do: 'overview' }, { do: 'estimates' }] as const) effects.run(effect);
  });
}
