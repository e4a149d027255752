import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Empty when tmux is installed; else the reason for the skip, said in the suite's title. */
export const TMUX_SKIP = spawnSync('tmux', ['-V']).status === 0 ? '' : ' (skipped: tmux is not installed)';

/** A terminal of 80 × 24 that nobody looks at, with one program in it. */
export interface Terminal {
  /** What the screen shows now, row by row. */
  screen(): Promise<string>;
  /** Waits until the screen shows the text; rejects with the screen when the program is gone or nothing like it comes. */
  shows(text: string | RegExp): Promise<string>;
  /** Whether it shows the text before so many milliseconds have passed; for what may have to be done again, not for an assertion. */
  showsWithin(text: string, ms: number): Promise<boolean>;
  /** Presses keys by tmux's names (`Enter`, `Down`, `C-c`, `q`). */
  press(...keys: readonly string[]): Promise<void>;
  /** Types text as a keyboard would. */
  type(text: string): Promise<void>;
  /** Whether the program's own screen is up. */
  isAlternate(): Promise<boolean>;
  /** Closes the terminal under the program, as a dropped line does. */
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 60_000;

/** Opens a terminal that runs a shell command; `env` is all that the command gets besides tmux's own. */
export async function openTerminal(command: string, env: Readonly<Record<string, string>>): Promise<Terminal> {
  const name = `sminet-${randomBytes(4).toString('hex')}`;
  const tmux = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('tmux', ['-L', name, '-f', '/dev/null', ...args], {
      env: { ...env, TERM: 'xterm-256color' },
    });
    return stdout;
  };
  // The shell stays when the program has ended, so that its exit code and the restored screen can be seen.
  await tmux('new-session', '-d', '-x', '80', '-y', '24', `${command}; echo "exit $?"; exec sleep 600`);
  const screen = () => tmux('capture-pane', '-p');
  const look = async (text: string | RegExp, ms: number): Promise<{ readonly isThere: boolean; readonly now: string }> => {
    const deadline = performance.now() + ms;
    for (;;) {
      const now = await screen();
      const isThere = typeof text === 'string' ? now.includes(text) : text.test(now);
      if (isThere || performance.now() > deadline) return { isThere, now };
      await pause(LOOK_EVERY_MS);
    }
  };
  return {
    screen,
    async shows(text) {
      const { isThere, now } = await look(text, PATIENCE_MS);
      if (!isThere) throw new Error(`the terminal never showed ${text}:\n${now}`);
      return now;
    },
    showsWithin: async (text, ms) => (await look(text, ms)).isThere,
    press: async (...keys) => {
      for (const key of keys) await tmux('send-keys', key);
    },
    type: async (text) => {
      await tmux('send-keys', '-l', text);
    },
    isAlternate: async () => (await tmux('display', '-p', '#{alternate_on}')).trim() === '1',
    close: async () => {
      await tmux('kill-server').catch(() => {});
    },
  };
}
