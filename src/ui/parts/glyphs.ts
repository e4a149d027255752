const ASCII: Readonly<Record<string, string>> = {
  '✓': '+',
  '·': '.',
  '›': '>',
  '–': '-',
  '×': 'x',
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '→': '>',
  '•': '*',
  '«': '"',
  '»': '"',
  '”': '"',
  '±': '+-',
};

/** The same text without the characters that an old terminal or another character set lacks. å ä ö stay. */
export const toAscii = (text: string): string =>
  text
    .replace(/[✓·›–×↑↓←→•«»”±]/gu, (glyph) => ASCII[glyph] ?? glyph)
    // Takes the room of the spaces after it where there is room, so that columns stay straight.
    .replace(/… {3}/g, '... ')
    .replaceAll('…', '...');
