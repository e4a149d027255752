/** Package texts are this wide, so that they print and show in any terminal. */
export const WIDTH = 79;

/** A paragraph as lines of at most 79 columns; `indent` starts the first, `hanging` the others. No-break spaces hold. */
export function paragraph(text: string, indent = '', hanging = indent): string[] {
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  for (const word of text.split(/[ \t\r\n]+/).filter(Boolean)) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = hanging;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line.trimEnd()];
}

/** `label   value` lines with the values in one column, wrapped under themselves. */
export function labelled(rows: readonly (readonly [string, string])[], indent = ''): string[] {
  const column = indent.length + Math.max(...rows.map(([label]) => label.length)) + 3;
  return rows.flatMap(([label, value]) => paragraph(value, `${indent}${label}`.padEnd(column), ' '.repeat(column)));
}

/** A heading, an empty line and what belongs to it. */
export const section = (heading: string, lines: readonly string[]): string[] => [heading, '', ...lines];

/** Sections with an empty line between them, as the text of a file. */
export const fileText = (sections: readonly (readonly string[])[]): string => `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
