import { encodingOf, needsAscii, prepareEnvironment } from '../terminal/boot.ts';
import { withholdOutput } from '../terminal/stray-output.ts';
import { checkText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { wizardCore } from './wizard-core.ts';
import { logStray, wizardLog } from './wizard-log.ts';

/** The wizard: everything that needs no drawing first, then Ink, then the operator's own screen again with a few plain lines. */
export async function run(context: CommandContext): Promise<number> {
  const ascii = needsAscii(context.globals.ascii, context.env);
  if (context.globals.noColor) process.env.NO_COLOR = '1';
  prepareEnvironment(process.env);
  // The wizard owns the terminal: its questions are screens.
  const house = { ...(await openHouse(context, { writes: true })), credentials: undefined };
  const { runWizard } = await import('../ui/run-wizard.tsx');
  const { stdin, stdout } = process;
  const encoding = encodingOf(context.env);
  const core = wizardCore(context, house, checkText.terminal(stdout.columns, stdout.rows, ascii));
  const release = withholdOutput((trace) => logStray(wizardLog(house.state.dir), trace));
  const { exitCode, summary } = await runWizard(core, { ascii, encoding, stdin, stdout }).finally(release);
  // What is left in the scrollback is for the same terminal.
  stdout.setDefaultEncoding(encoding);
  if (summary) context.output.line(summary);
  return exitCode;
}
