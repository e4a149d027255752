import type { Room } from '../../parts/page.ts';
import type { PagerAction } from './keys.ts';

/** Rows of text that a pager shows: all but breadcrumb, blank, count and keys. */
export const pagerHeight = (room: Room): number => room.height - 4;

/** The first shown line after a key; the last page is always full. */
export function scroll(top: number, count: number, room: Room, action: Exclude<PagerAction, 'close'>): number {
  const last = Math.max(0, count - pagerHeight(room));
  if (action === 'top') return 0;
  if (action === 'bottom') return last;
  return Math.max(0, Math.min(last, top + action.by));
}
