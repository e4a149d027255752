import stringWidth from 'string-width';

/** A piece of a row. Colour and weight only repeat what a word or a character says. */
export interface Span {
  readonly text: string;
  readonly look?: 'bold' | 'dim' | 'warning' | 'alarm';
}

/** One row of a screen. */
export interface Row {
  readonly spans: readonly Span[];
  /** The column of the hardware cursor, from 0, in the one row that has the focus. */
  readonly cursor?: number;
  /** The row is one choice of a menu; the one with the cursor is the chosen. */
  readonly isChoice?: true;
}

/** A row of one look. */
export const row = (text = '', look?: Span['look']): Row => ({ spans: [{ text, look }] });

/** A focused row: bold, `>` in column 2 (the second, as people count), the hardware cursor there. `text` starts in column 4. */
export const focusRow = (text: string, isFocused: boolean): Row =>
  isFocused ? { spans: [{ text: ` > ${text}`, look: 'bold' }], cursor: 1 } : row(`   ${text}`);

export const widthOf = (text: string): number => stringWidth(text);

/** The text cut to at most `width` columns; what is cut off shows as `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const char of text) {
    if (widthOf(kept + char) > width - 1) break;
    kept += char;
  }
  return width > 0 ? `${kept}…` : '';
}

/** Cut and filled with spaces to exactly `width` columns. */
export function left(text: string, width: number): string {
  const kept = cut(text, width);
  return kept + ' '.repeat(width - widthOf(kept));
}

/** As `left`, set to the right: numbers. */
export function right(text: string, width: number): string {
  const kept = cut(text, width);
  return ' '.repeat(width - widthOf(kept)) + kept;
}

/** Words broken into lines of at most `width` columns. A no-break space keeps its number together; a longer word is cut apart. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(/[ \n]+/).filter(Boolean)) {
    if (line !== '' && widthOf(`${line} ${word}`) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    for (; widthOf(word) > width; word = [...word].slice(width).join('')) lines.push([...word].slice(0, width).join(''));
    line = word;
  }
  return line === '' ? lines : [...lines, line];
}

interface Label {
  /** Columns of the label, its gap included. */
  readonly label: number;
  readonly width: number;
  /** What stands before the label. */
  readonly mark?: string;
  readonly look?: Span['look'];
}

/** A label with text beside it, wrapped under itself. */
export function labelled(label: string, text: string, { label: columns, width, mark = '   ', look }: Label): Row[] {
  const start = `${mark}${left(label, columns)}`;
  const lines = wrap(text, width - widthOf(start));
  return (lines.length > 0 ? lines : ['']).map((line, index) => row((index === 0 ? start : ' '.repeat(widthOf(start))) + line, look));
}
