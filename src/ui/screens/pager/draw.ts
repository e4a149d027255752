import { type AreaId, areaOf } from '../../../domain/areas.ts';
import { areas, decisionBasics, retentionText, screens } from '../../../text.ts';
import { type Message, type Page, page, type Room } from '../../parts/page.ts';
import { row, wrap } from '../../parts/rows.ts';
import { pagerHeight } from './state.ts';

/** The explanation of an area as lines: what it holds, what to think of, the proposed dates, what a decision is (R40, D4). */
export function areaLines(area: AreaId, width: number): readonly string[] {
  const { name, explanation, warnings } = areas[area];
  const dates = areaOf(area).retention.map(retentionText);
  const paragraphs = [name, ...explanation, ...warnings.map((each) => `! ${each}`), ...dates, ...decisionBasics];
  return paragraphs.flatMap((paragraph) => [...wrap(paragraph, width - 3), '']);
}

/** A text that is longer than the screen; `lines` are `undefined` while they are being read. */
export function drawPager(
  room: Room,
  {
    crumbs,
    lines,
    top,
    messages,
  }: {
    readonly crumbs: readonly string[];
    readonly lines: readonly string[] | undefined;
    readonly top: number;
    readonly messages: readonly Message[];
  },
): Page {
  const text = screens.pager;
  const height = pagerHeight(room);
  // A window that has grown may show more than there is below.
  const first = Math.min(top, Math.max(0, (lines?.length ?? 0) - height));
  const shown = lines?.slice(first, first + height) ?? [text.reading];
  const where = lines && lines.length > height ? text.where(first + 1, Math.min(lines.length, first + height), lines.length) : '';
  return page(room, {
    crumbs,
    fact: where,
    body: [row(), ...(shown.length > 0 ? shown : [text.empty]).map((line) => row(` ${line}`))],
    messages,
    keys: text.keys,
  });
}
