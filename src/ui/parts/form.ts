import { type Field, fieldOf, insert, typeKey, visiblePart } from './field.ts';
import type { Key } from './key.ts';
import { left, type Row, type Span, widthOf } from './rows.ts';

/** One place the focus can be: an option of a question, or a text field. `group` names the question. */
export type Stop =
  | { readonly kind: 'option'; readonly group: string; readonly value: string }
  | { readonly kind: 'text'; readonly group: string };

/** What is filled in so far. Nothing is chosen until the operator chooses it (R38). */
export interface Form {
  readonly focus: number;
  readonly choices: Readonly<Record<string, string | undefined>>;
  readonly texts: Readonly<Record<string, Field>>;
  /** Groups to mark with `!`, and what to say about them. */
  readonly problems: readonly { readonly group: string; readonly text: string }[];
  readonly isSaving: boolean;
  /** A colleague saved first: the form waits to learn the new revision. */
  readonly isStale: boolean;
  /** When the operator was told of it, in ms: a key that came before it could be read is no answer to it. */
  readonly toldAt: number | undefined;
  /** What it held when it was opened: leaving loses what differs from it. */
  readonly opened: Pick<Form, 'choices' | 'texts'>;
  /** The operator is asked whether to lose that. */
  readonly asksToLeave: boolean;
}

/** A form that is opened with these answers. */
export const openForm = (opened: Form['opened'] = { choices: {}, texts: {} }): Form => ({
  ...opened,
  opened,
  focus: 0,
  problems: [],
  isSaving: false,
  isStale: false,
  toldAt: undefined,
  asksToLeave: false,
});

/** Whether anything is typed or chosen that was not there when the form was opened. */
export function isChanged({ texts, choices, opened }: Form): boolean {
  const textDiffers = (group: string) => (texts[group]?.text ?? '') !== (opened.texts[group]?.text ?? '');
  const choiceDiffers = (group: string) => choices[group] !== opened.choices[group];
  return Object.keys(texts).some(textDiffers) || Object.keys(choices).some(choiceDiffers);
}

/** The trimmed text of a field, or `undefined` when it is empty. */
export const textOf = (form: Form, group: string): string | undefined => form.texts[group]?.text.trim() || undefined;

/** A form filled in with these texts. */
export const filled = (texts: Readonly<Record<string, string | undefined>>): Form['texts'] =>
  Object.fromEntries(Object.entries(texts).map(([group, text]) => [group, fieldOf(text)]));

const groupsOf = (stops: readonly Stop[]): string[] => [...new Set(stops.map(({ group }) => group))];

/** The first stop of the question `step` away, or the chosen option of it. */
function nextGroup(form: Form, stops: readonly Stop[], step: 1 | -1): number {
  const groups = groupsOf(stops);
  const at = groups.indexOf(stops[form.focus]?.group ?? '');
  const group = groups[Math.max(0, Math.min(groups.length - 1, at + step))];
  const chosen = stops.findIndex((stop) => stop.kind === 'option' && stop.group === group && form.choices[stop.group] === stop.value);
  return chosen >= 0 ? chosen : stops.findIndex((stop) => stop.group === group);
}

/** The form after a key that is neither Enter nor Esc. Only Space chooses an option. */
export function pressForm(form: Form, stops: readonly Stop[], key: Key): Form {
  const stop = stops[form.focus];
  const moveTo = (focus: number): Form => ({ ...form, focus: Math.max(0, Math.min(stops.length - 1, focus)) });
  if (key.name === 'up') return moveTo(form.focus - 1);
  if (key.name === 'down') return moveTo(form.focus + 1);
  if (key.name === 'tab') return moveTo(nextGroup(form, stops, 1));
  if (key.name === 'shiftTab') return moveTo(nextGroup(form, stops, -1));
  if (stop?.kind === 'text') {
    const field = typeKey(form.texts[stop.group] ?? fieldOf(), key);
    return field ? { ...form, texts: { ...form.texts, [stop.group]: field } } : form;
  }
  if (stop && key.name === 'char' && key.char === ' ') return { ...form, choices: { ...form.choices, [stop.group]: stop.value } };
  const beside = stops[form.focus + (key.name === 'right' ? 1 : -1)];
  if ((key.name === 'right' || key.name === 'left') && beside?.group === stop?.group)
    return moveTo(form.focus + (key.name === 'right' ? 1 : -1));
  return form;
}

/** A paste goes into the focused text field, and nowhere else. */
export function pasteForm(form: Form, stops: readonly Stop[], text: string): Form {
  const stop = stops[form.focus];
  if (stop?.kind !== 'text' || form.asksToLeave) return form;
  return { ...form, texts: { ...form.texts, [stop.group]: insert(form.texts[stop.group] ?? fieldOf(), text) } };
}

/** Where labels end and answers begin. */
const LABEL_WIDTH = 17;

/** The columns of what is typed where something else stands beside it; the label and the room after it are left out. */
export const besideAt = (width: number): number => Math.floor((width - 3 - LABEL_WIDTH) / 2);

/** How a form's rows are drawn: `!` in column 1 for a problem, `>` in column 2 for the focus. `beside` has what stands beside a question's answer. */
export class FormRows {
  readonly #form: Form;
  readonly #stops: readonly Stop[];
  readonly #width: number;
  readonly #beside: Readonly<Record<string, string | undefined>>;

  constructor(form: Form, stops: readonly Stop[], width: number, beside: Readonly<Record<string, string | undefined>> = {}) {
    this.#form = form;
    this.#stops = stops;
    this.#width = width;
    this.#beside = beside;
  }

  /** A question with its options under each other, each with a note beside it. */
  options(
    group: string,
    label: string,
    options: readonly { readonly value: string; readonly label: string; readonly note: string }[],
  ): Row[] {
    return options.map(({ value, label: option, note }, index) => {
      const isFocused = this.#isFocused(group, value);
      return {
        spans: [
          this.#start(group, index === 0 ? label : '', isFocused, index === 0),
          {
            text: note ? left(`${this.#mark(group, value)} ${option}`, 27) : `${this.#mark(group, value)} ${option}`,
            look: isFocused ? 'bold' : undefined,
          },
          { text: note, look: 'dim' },
        ],
        ...(isFocused ? { cursor: 3 + LABEL_WIDTH + 1 } : {}),
      };
    });
  }

  /** A question with its options beside each other. */
  inline(group: string, label: string, options: readonly { readonly value: string; readonly label: string }[]): Row {
    const spans: Span[] = [this.#start(group, label, this.#stops[this.#form.focus]?.group === group, true)];
    let cursor: number | undefined;
    let column = 3 + LABEL_WIDTH;
    for (const { value, label: option } of options) {
      const isFocused = this.#isFocused(group, value);
      if (isFocused) cursor = column + 1;
      const text = `${this.#mark(group, value)} ${option}   `;
      spans.push({ text, look: isFocused ? 'bold' : undefined });
      column += widthOf(text);
    }
    const beside = this.#beside[group];
    if (beside !== undefined) spans.push({ text: beside, look: 'dim' });
    return { spans, ...(cursor === undefined ? {} : { cursor }) };
  }

  /** A text field; `hint` stands there while it is empty. */
  text(group: string, label: string, hint = ''): Row {
    const field = this.#form.texts[group] ?? fieldOf();
    const isFocused = this.#isFocused(group);
    const beside = this.#beside[group];
    const room = beside === undefined ? this.#width - 3 - LABEL_WIDTH : besideAt(this.#width);
    const { text, cursor } = visiblePart(field, room - 1);
    return {
      spans: [
        this.#start(group, label, isFocused, true),
        field.text === '' ? { text: left(hint, room - 1), look: 'dim' } : { text: left(text, room - 1) },
        ...(beside === undefined ? [] : [{ text: ` ${beside}`, look: 'dim' } as const]),
      ],
      ...(isFocused ? { cursor: 3 + LABEL_WIDTH + cursor } : {}),
    };
  }

  #isFocused(group: string, value?: string): boolean {
    const stop = this.#stops[this.#form.focus];
    return stop?.group === group && (stop.kind === 'text' || stop.value === value);
  }

  #mark(group: string, value: string): string {
    return this.#form.choices[group] === value ? '(•)' : '( )';
  }

  #start(group: string, label: string, isFocused: boolean, isFirst: boolean): Span {
    const problem = isFirst && this.#form.problems.some((each) => each.group === group) ? '!' : ' ';
    return {
      text: `${problem}${isFocused ? '>' : ' '} ${left(label, LABEL_WIDTH)}`,
      look: isFocused ? 'bold' : problem === '!' ? 'warning' : undefined,
    };
  }
}
