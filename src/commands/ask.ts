import { createInterface } from 'node:readline/promises';
import { OperatorError } from '../domain/operator-error.ts';
import { commandText } from '../text.ts';
import type { CommandContext } from './command.ts';

async function question(context: CommandContext, text: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(text, { signal: context.signal });
  } catch (error) {
    if (context.signal.aborted) throw new OperatorError('stopped');
    throw error;
  } finally {
    terminal.close();
  }
}

/** The operator's answer, or `answer_missing` naming the flag where nobody may be asked. */
export async function ask(context: CommandContext, text: string, flag: string): Promise<string> {
  if (!context.mayAsk) throw new OperatorError('answer_missing', { flag });
  return question(context, text);
}

/** An ordinary yes or no. Only `j` or `ja` is yes; Enter is no; `--ja` answers it. */
export async function askYes(context: CommandContext, text: string): Promise<boolean> {
  if (context.globals.yes) return true;
  const answer = await ask(context, text + commandText.yesNo, '--ja');
  return /^(j|ja)$/i.test(answer.trim());
}
