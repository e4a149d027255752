import { paragraph } from '../bag/plain-text.ts';
import { AREAS } from '../domain/areas.ts';
import { areas } from '../text.ts';
import type { CommandContext } from './command.ts';

const INDENT = '   ';

/** `omraden`: the seven areas, in the letter's order, with explanations (R02, R08, R40). */
export async function run({ output }: CommandContext): Promise<number> {
  output.object({
    areas: AREAS.map(({ id, proposedDisposal, retention, files }) => ({
      area: id,
      name: areas[id].name,
      proposedDisposal,
      retention,
      files: files.map(({ view }) => `${view}.csv`),
    })),
  });
  for (const { id } of AREAS) {
    const { name, explanation } = areas[id];
    for (const line of paragraph(name, `${id}. `, INDENT)) output.line(line);
    for (const text of explanation) for (const line of paragraph(text, INDENT)) output.line(line);
    output.line();
  }
  return 0;
}
