import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { OperatorError } from '../domain/operator-error.ts';
import type { SecretNeed } from '../domain/secret-need.ts';
import { commandText, secretText } from '../text.ts';
import type { CommandContext } from './command.ts';

type Asking = Pick<CommandContext, 'signal' | 'mayAsk' | 'env'>;

/** Where what is typed must not be seen: the terminal's echo is readline's own, and goes nowhere. */
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function question(text: string, signal: AbortSignal, isHidden = false): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: isHidden ? nowhere() : process.stdout, terminal: true, historySize: 0 });
  // Only when readline has the terminal does that show nothing; who types fast begins at the first letter of the question.
  if (isHidden) process.stdout.write(text);
  // readline keeps Ctrl-C to itself while it reads; the program's own way of ending is a signal.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await terminal.question(isHidden ? '' : text, { signal });
  } catch (error) {
    if (signal.aborted) throw new OperatorError('stopped');
    // Ctrl-D: the end of what is typed, and nothing was.
    if ((error as NodeJS.ErrnoException).code === 'ABORT_ERR') return '';
    throw error;
  } finally {
    terminal.close();
    if (isHidden) process.stdout.write('\n');
  }
}

/** The operator's answer, or `answer_missing` naming the flag where nobody may be asked. */
export async function ask(context: CommandContext, text: string, flag: string): Promise<string> {
  if (!context.mayAsk) throw new OperatorError('answer_missing', { flag, asks: 'ja' });
  return question(text, context.signal);
}

/** An ordinary yes or no. Only `j` or `ja` is yes; Enter is no; `--ja` answers it. */
export async function askYes(context: CommandContext, text: string): Promise<boolean> {
  if (context.globals.yes) return true;
  const answer = await ask(context, text + commandText.yesNo, '--ja');
  return /^(j|ja)$/i.test(answer.trim());
}

/**
 * What a login lacks, typed without being shown; undefined where nobody may be asked, or nothing is typed.
 * Of an agent it is this terminal's own, which nobody types.
 */
export async function askSecret({ mayAsk, env, signal }: Asking, need: SecretNeed): Promise<string | undefined> {
  if (need.reason === 'agent') return need.isRetry ? undefined : env.SSH_AUTH_SOCK;
  if (!mayAsk) return undefined;
  return (await question(secretText.question(need), signal, !need.isEchoed)) || undefined;
}
