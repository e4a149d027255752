import type { Key } from './key.ts';

/** A text that is being typed. `at` is the cursor as a count of characters. */
export interface Field {
  readonly text: string;
  readonly at: number;
}

/** No field of ours is longer; a paste beyond it is cut. */
const LONGEST = 200;

export const fieldOf = (text = ''): Field => ({ text, at: [...text].length });

/** Puts typed or pasted text in, as NFC and without control characters: a pasted line break neither saves nor breaks a row. */
export function insert(field: Field, typed: string): Field {
  const chars = [...field.text];
  const clean = typed.replace(/[\p{C}\uFFFD]+/gu, ' ').slice(0, LONGEST);
  const head = [...(chars.slice(0, field.at).join('') + clean).normalize('NFC')];
  const text = [...head, ...chars.slice(field.at)].slice(0, LONGEST).join('');
  return { text, at: Math.min(head.length, LONGEST) };
}

/** The field after a key, or `undefined` when the key is not for a text field. */
export function typeKey(field: Field, key: Key): Field | undefined {
  const chars = [...field.text];
  switch (key.name) {
    case 'char':
      return insert(field, key.char);
    case 'backspace':
      return field.at === 0 ? field : { text: chars.toSpliced(field.at - 1, 1).join(''), at: field.at - 1 };
    case 'left':
      return { ...field, at: Math.max(0, field.at - 1) };
    case 'right':
      return { ...field, at: Math.min(chars.length, field.at + 1) };
    case 'home':
      return { ...field, at: 0 };
    case 'end':
      return { ...field, at: chars.length };
    default:
      return undefined;
  }
}

/** The part of the text that fits in `width` columns around the cursor, and the cursor's column in it. */
export function visiblePart(field: Field, width: number): { readonly text: string; readonly cursor: number } {
  const chars = [...field.text];
  const start = Math.max(0, field.at - width + 1);
  return { text: chars.slice(start, start + width).join(''), cursor: field.at - start };
}
