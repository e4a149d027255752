import { Box, Text } from 'ink';
import SelectInput from 'ink-select-input';
import type { ReactElement } from 'react';
import { toAscii } from './glyphs.ts';
import type { Page } from './page.ts';
import type { Row, Span } from './rows.ts';

const LOOKS = {
  bold: { bold: true },
  dim: { dimColor: true },
  warning: { color: 'yellow' },
  alarm: { color: 'red', bold: true },
} as const satisfies Record<NonNullable<Span['look']>, object>;

function Line({ row, ascii }: { readonly row: Row; readonly ascii: boolean }): ReactElement {
  // Ink gives an empty text no line of its own.
  if (row.spans.every(({ text }) => text === '')) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {row.spans.map((span, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a span has no identity but its place
        <Text key={index} {...(span.look ? LOOKS[span.look] : {})}>
          {ascii ? toAscii(span.text) : span.text}
        </Text>
      ))}
    </Text>
  );
}

const Indicator = ({ isSelected }: { readonly isSelected?: boolean }): ReactElement => <Text bold>{isSelected ? ' > ' : '   '}</Text>;
const Choice = ({ label, isSelected }: { readonly label: string; readonly isSelected?: boolean }): ReactElement => (
  <Text bold={isSelected} wrap="truncate">
    {label}
  </Text>
);

/**
 * The choices of a menu, drawn by ink-select-input. It gets no keys of its own: it would run a choice on a bare digit and wrap around at the ends,
 * so the reducer moves the focus and the list is made anew around it.
 */
function Menu({ choices, ascii }: { readonly choices: readonly Row[]; readonly ascii: boolean }): ReactElement {
  const focus = choices.findIndex(({ cursor }) => cursor !== undefined);
  const items = choices.map(({ spans }, value) => {
    const label = spans.map(({ text }) => text).join('');
    return { key: String(value), value, label: ascii ? toAscii(label) : label };
  });
  return (
    <SelectInput key={focus} items={items} initialIndex={focus} isFocused={false} indicatorComponent={Indicator} itemComponent={Choice} />
  );
}

/** Draws a page. */
export function Sheet({ page, ascii }: { readonly page: Page; readonly ascii: boolean }): ReactElement {
  const first = page.rows.findIndex(({ isChoice }) => isChoice);
  const last = page.rows.findLastIndex(({ isChoice }) => isChoice);
  const lines = (rows: readonly Row[]) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: a row has no identity but its place
    rows.map((row, index) => <Line key={index} row={row} ascii={ascii} />);
  return (
    <Box flexDirection="column">
      {lines(first < 0 ? page.rows : page.rows.slice(0, first))}
      {first >= 0 && <Menu choices={page.rows.slice(first, last + 1)} ascii={ascii} />}
      {first >= 0 && lines(page.rows.slice(last + 1))}
    </Box>
  );
}
