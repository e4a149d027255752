/** What holds together: a command to copy with its arguments, else what stands between two spaces. A no-break space holds too. */
const PIECES = /sminet-leverans(?: (?:--?[\p{Ll}-]+|[\p{L}\d|-]+|"[^"]*")){0,5}[.,:;]?(?= |$)|[^ ]+/gu;

/** What the lines after the first are set in by: an indentation, and a label with its colon or a column with its gap. */
const START = /^ *(?:(?:\p{Lu}[^.:]{0,13}:|[^ ]+(?: [^ ]+)* {2}) *)?/u;

/** One line as lines of at most `width` columns, broken between words; a piece that is longer than a line stays whole. */
export function wrapLine(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const start = START.exec(text)?.[0] ?? '';
  const hanging = ' '.repeat(start.length <= width / 2 ? start.length : 0);
  const lines: string[] = [];
  let line = start;
  for (const [piece] of text.slice(start.length).matchAll(PIECES)) {
    if (line === start) line += piece;
    else if (line.length + 1 + piece.length <= width) line += ` ${piece}`;
    else {
      lines.push(line);
      line = hanging + piece;
    }
  }
  return [...lines, line];
}
