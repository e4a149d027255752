import { spawn, spawnSync } from 'node:child_process';

/** Empty when script (util-linux) is installed; else the reason for the skip, said in the suite's title. */
export const SCRIPT_SKIP = spawnSync('script', ['-V']).status === 0 ? '' : ' (skipped: script is not installed)';

/** Runs the program in a terminal of its own, and gives `answer` to its first question, which ends in `): `. */
export async function atTerminal(args: readonly string[], home: string, answer: string): Promise<{ code: unknown; screen: string }> {
  const command = [process.execPath, ...args].join(' ');
  const terminal = spawn('script', ['-qefc', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, TERM: 'xterm' },
  });
  let screen = '';
  let isAnswered = false;
  terminal.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    if (isAnswered || !screen.includes('): ')) return;
    isAnswered = true;
    terminal.stdin.write(`${answer}\r`);
  });
  const code = await new Promise((done) => terminal.on('exit', done));
  return { code, screen };
}
