import { describe, expect, it } from 'vitest';
import type { DeliveryEvent } from '../../src/domain/delivery-events.ts';
import { follow, NOTHING_YET } from '../../src/ui/live.ts';
import { bar, percent } from '../../src/ui/parts/bar.ts';
import { fieldOf, insert, typeKey, visiblePart } from '../../src/ui/parts/field.ts';
import { openForm, pressForm, type Stop } from '../../src/ui/parts/form.ts';
import { toAscii } from '../../src/ui/parts/glyphs.ts';
import { keyOf } from '../../src/ui/parts/key.ts';
import { moveFocus } from '../../src/ui/parts/menu.ts';
import { cut, left, right, widthOf, wrap } from '../../src/ui/parts/rows.ts';
import { keyNamed } from './driver.ts';

describe('columns', () => {
  it('N16 counts a no-break space, å and a decomposed å as one column each', () => {
    expect(left('1\u00a0245', 7)).toBe('1\u00a0245  ');
    expect(right('åäö', 5)).toBe('  åäö');
    expect(widthOf(left('Region Ska\u030ane', 14))).toBe(14);
  });

  it('marks what is cut off', () => {
    expect(cut('Västra Götalandsregionen', 10)).toBe('Västra Gö…');
    expect(cut('kort', 4)).toBe('kort');
  });

  it('wraps between words, keeps a number together, and cuts a word that is too long', () => {
    expect(wrap('högst 1\u00a0245\u00a0310 rader', 12)).toEqual(['högst', '1\u00a0245\u00a0310', 'rader']);
    expect(wrap('a'.repeat(25), 10)).toEqual(['a'.repeat(10), 'a'.repeat(10), 'a'.repeat(5)]);
    expect(wrap('', 10)).toEqual([]);
  });

  it('keeps columns straight in ASCII where there is room', () => {
    expect(toAscii('  …   Källdatabas › ✓ ±10 %')).toBe('  ... Källdatabas > + +-10 %');
  });
});

describe('bars', () => {
  it.each([
    [0, '[----------]', '0 %'],
    [0.5, '[#####-----]', '50 %'],
    [0.999, '[#########-]', '99 %'],
    [1, '[##########]', '100 %'],
  ])('%d is full only when all is done', (fraction, drawn, said) => {
    expect([bar(fraction, 10), percent(fraction).replace('\u00a0', ' ')]).toEqual([drawn, said]);
  });
});

describe('a text field', () => {
  const type = (...keys: string[]) => keys.reduce((field, key) => typeKey(field, keyNamed(key)) ?? field, fieldOf());

  it.each([
    [['a', 'b', 'c'], 'abc', 3],
    [['a', 'b', 'left', 'x'], 'axb', 2],
    [['a', 'b', 'backspace'], 'a', 1],
    [['backspace'], '', 0],
    [['a', 'b', 'home', 'x', 'end', 'y'], 'xaby', 4],
    [['a', 'right', 'right', 'left', 'left', 'left', 'b'], 'ba', 1],
    [['å', 'backspace'], '', 0],
    [['?', 'q', 'l', '/'], '?ql/', 4],
  ])('%o gives "%s" with the cursor at %i', (keys, text, at) => {
    expect(type(...keys)).toEqual({ text, at });
  });

  it('takes text as NFC, without control characters, and no more than 200 characters', () => {
    expect(insert(fieldOf('Ska'), '\u030ane\r\n')).toEqual({ text: 'Skåne ', at: 6 });
    expect(insert(fieldOf(), 'x'.repeat(1_000_000)).text).toHaveLength(200);
  });

  it('scrolls so that the cursor is always in sight', () => {
    expect(visiblePart(fieldOf('0123456789'), 6)).toEqual({ text: '56789', cursor: 5 });
    expect(visiblePart({ text: '0123456789', at: 0 }, 6)).toEqual({ text: '012345', cursor: 0 });
  });
});

describe('a form', () => {
  const stops: readonly Stop[] = [
    { kind: 'option', group: 'answer', value: 'ja' },
    { kind: 'option', group: 'answer', value: 'nej' },
    { kind: 'text', group: 'date' },
  ];
  const press = (...keys: string[]) => keys.reduce((form, key) => pressForm(form, stops, keyNamed(key)), openForm());

  it.each([
    [['down'], 1],
    [['up'], 0],
    [['tab'], 2],
    [['tab', 'tab'], 2],
    [['tab', 'shiftTab'], 0],
    [['down', ' ', 'tab', 'shiftTab'], 1],
    [['right'], 1],
    [['right', 'right'], 1],
    [['left'], 0],
  ])('%o puts the focus on stop %i', (keys, focus) => {
    expect(press(...keys).focus).toBe(focus);
  });

  it('R38 chooses by Space alone', () => {
    expect(press('j', '1', 'down', '2', 'x').choices).toEqual({});
    expect(press('down', ' ').choices).toEqual({ answer: 'nej' });
  });
});

describe('a menu', () => {
  it.each([
    [0, 'down', 1],
    [2, 'down', 2],
    [0, 'up', 0],
    [1, 'home', 0],
    [0, 'end', 2],
    [0, '2', 0],
  ])('from %i, %s goes to %i and never around', (focus, key, expected) => {
    expect(moveFocus(focus, 3, keyNamed(key))).toBe(expected);
  });
});

describe("Ink's keys as ours", () => {
  const ink = {
    upArrow: false,
    downArrow: false,
    leftArrow: false,
    rightArrow: false,
    pageUp: false,
    pageDown: false,
    home: false,
    end: false,
    return: false,
    escape: false,
    tab: false,
    shift: false,
    backspace: false,
    delete: false,
    ctrl: false,
    meta: false,
  };

  it.each([
    ['', { upArrow: true }, { name: 'up' }],
    ['\r', { return: true }, { name: 'enter' }],
    ['', { escape: true, meta: true }, { name: 'escape' }],
    ['', { tab: true, shift: true }, { name: 'shiftTab' }],
    ['', { delete: true }, { name: 'backspace' }],
    ['', { backspace: true }, { name: 'backspace' }],
    ['c', { ctrl: true }, { name: 'ctrl', char: 'c' }],
    ['g', { meta: true }, { name: 'other' }],
    ['å', {}, { name: 'char', char: 'å' }],
    ['\u0001', {}, { name: 'other' }],
    ['\uFFFD', {}, { name: 'other' }],
  ])('%j %o is %o', (input, pressed, expected) => {
    expect(keyOf(input, { ...ink, ...pressed })).toEqual(expected);
  });
});

describe('what events add up to', () => {
  const status = { type: 'status', stage: 'upload', totalBytes: 100, rows: 0, rate: null } as const;

  it('never lets a fraction fall, nor pass 1', () => {
    const far = follow(NOTHING_YET, { ...status, bytes: 120 }, 0);
    expect(follow(far, { ...status, bytes: 10 }, 0).stages.upload?.fraction).toBe(1);
  });

  describe('with a plan once more (D15)', () => {
    const plan = { type: 'plan', delivery: 'x', region: '12', areas: [1], bag: 'b', estimate: { bytes: 1, rows: 1 } } as const;
    const exported = { ...status, stage: 'export' } as const;
    const begun = [plan, { ...exported, bytes: 80 }, { ...status, bytes: 50 }] as const;
    const told = (...events: readonly DeliveryEvent[]) => events.reduce((live, event) => follow(live, event, 0), NOTHING_YET);

    it('starts over when it is another delivery', () => {
      expect(told(...begun, { ...plan, delivery: 'y' })).toEqual({ ...NOTHING_YET, delivery: 'y' });
    });

    it('stands where it stood when the upload goes on after a pause', () => {
      const { stages, exportsAgain } = told(...begun, plan, { ...status, bytes: 0 });
      expect([stages.export?.fraction, stages.upload?.fraction, exportsAgain]).toEqual([0.8, 0.5, false]);
    });

    it('starts over, and knows why, when the export does', () => {
      const { stages, exportsAgain } = told(...begun, plan, { ...exported, bytes: 10 }, { ...exported, bytes: 20 });
      expect([stages.export?.fraction, stages.upload, exportsAgain]).toEqual([0.2, undefined, true]);
    });

    it('does not when a follower only came back to the same export', () => {
      const { stages, exportsAgain } = told(...begun, plan, { ...exported, bytes: 85 });
      expect([stages.export?.fraction, stages.upload?.fraction, exportsAgain]).toEqual([0.85, 0.5, false]);
    });
  });

  it('waits until the instant that a retry names', () => {
    expect(follow(NOTHING_YET, { type: 'retry', attempt: 2, wait: 4, reason: 'r' }, 1000).retry).toEqual({
      attempt: 2,
      at: 5000,
      reason: 'r',
    });
  });
});
