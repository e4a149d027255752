import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Child {
  readonly process: ChildProcess;
  /** Everything it has printed. */
  readonly output: () => string;
  /** Resolves when its output matches; rejects when it ends before that. One waiter at a time. */
  readonly printed: (pattern: RegExp) => Promise<void>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts a real `node` process that runs an ES module given as text. Whoever starts it ends it, by `process.kill`. */
export function startChild(code: string, args: readonly string[] = []): Child {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code, '--', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let wake = () => {};
  const hear = (chunk: Buffer) => {
    output += chunk.toString();
    wake();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  let isOver = false;
  const ended = once(child, 'close').then(([exit, signal]) => {
    isOver = true;
    wake();
    return (exit ?? signal) as number | NodeJS.Signals;
  });
  return {
    process: child,
    output: () => output,
    ended,
    async printed(pattern) {
      while (!pattern.test(output)) {
        if (isOver) throw new Error(`the process ended without printing ${pattern}: ${output}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
