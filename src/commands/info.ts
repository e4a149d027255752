import { withoutPassword } from '../store/settings.ts';
import { commandText, infoText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';

/** `info`: where everything is, where each setting came from, what to back up (N19). No password is shown. */
export async function run(context: CommandContext): Promise<number> {
  const { output } = context;
  const { settings, state } = await openHouse(context, { writes: false });
  const { source, targets } = settings;
  const shown = {
    version: context.program.version,
    settings: settings.file,
    state: state.dir,
    staging: settings.staging,
    audit: state.audit,
    knownHosts: state.knownHosts,
    source: source && {
      sminet2: withoutPassword(source.sminet2),
      epiark: withoutPassword(source.epiark ?? source.sminet2),
      bilagor: source.bilagor ?? null,
    },
    targets: Object.fromEntries(
      Object.entries(targets).map(([code, { host, port, username, path }]) => [code, `${username}@${host}:${port}${path}`]),
    ),
    origins: settings.origins,
    backUp: [settings.file, state.dir],
  };
  output.object(shown);
  output.line(infoText.program(shown.version));
  const places = [
    [infoText.settings, shown.settings],
    [infoText.state, shown.state],
    [infoText.staging, shown.staging],
    [infoText.audit, shown.audit],
    [infoText.source, shown.source?.sminet2 ?? commandText.missingDecision],
    [infoText.epiark, shown.source?.epiark ?? commandText.missingDecision],
  ] as const;
  for (const [label, value] of places) output.row(`  ${label.padEnd(18)}${value}`);
  for (const code of Object.keys(shown.targets).sort()) output.row(`  ${infoText.target(code).padEnd(18)}${shown.targets[code]}`);
  output.line(infoText.origins);
  for (const [key, origin] of Object.entries(shown.origins)) output.row(`  ${key.padEnd(40)}${infoText.origin[origin]}`);
  output.row(infoText.backUp(shown.backUp));
  return 0;
}
