import type { Key } from '../../parts/key.ts';

export type PagerAction = { readonly by: number } | 'top' | 'bottom' | 'close';

/** A page of scrolling is ten rows, so that something known stays in sight on the smallest terminal. */
const PAGE = 10;

export function pagerAction(key: Key): PagerAction | undefined {
  switch (key.name) {
    case 'up':
      return { by: -1 };
    case 'down':
      return { by: 1 };
    case 'pageUp':
      return { by: -PAGE };
    case 'pageDown':
      return { by: PAGE };
    case 'home':
      return 'top';
    case 'end':
      return 'bottom';
    case 'escape':
    case 'left':
    case 'backspace':
      return 'close';
    default:
      return undefined;
  }
}
