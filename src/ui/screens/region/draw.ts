import { AREAS, type AreaId } from '../../../domain/areas.ts';
import { undecided } from '../../../domain/checklist.ts';
import { areaEstimate, type ViewEstimate } from '../../../domain/estimate.ts';
import type { AreaView, RegionView } from '../../../domain/region-view.ts';
import { regionOf } from '../../../domain/regions.ts';
import { areas, screens } from '../../../text.ts';
import type { UnmetConditions } from '../../core.ts';
import { bodyHeight, type Page, page } from '../../parts/page.ts';
import { focusRow, labelled, left, type Row, right, row } from '../../parts/rows.ts';
import { regionStatus } from '../../region-status.ts';
import { regionSizes, sizeLabel, sizeWithin } from '../../sizes.ts';
import { currentDelivery, type WizardState } from '../../state.ts';
import { nextStep } from './next-step.ts';

/** Columns: number and area, decision, diarienummer, date, size. More columns go to the diarienummer, as far as it needs them. */
const AREA_WIDTH = 21;
const ANSWER_WIDTH = 17;
const DATE_WIDTH = 10;
const SIZE_WIDTH = 9;

const WIDEST_DNR = 40;

const dnrWidth = (width: number): number => Math.min(WIDEST_DNR, width - 6 - AREA_WIDTH - ANSWER_WIDTH - DATE_WIDTH - SIZE_WIDTH - 4);

function areaRow(
  view: RegionView,
  { area, decision }: AreaView,
  isFocused: boolean,
  estimates: readonly ViewEstimate[],
  width: number,
): Row {
  const size = areaEstimate(estimates, view.record.region, area, decision?.answer === 'gallra' ? undefined : decision);
  const answer = decision ? screens.answerShort(decision) : screens.region.missing;
  const text = [
    `${area}  ${left(areas[area].short, AREA_WIDTH)}`,
    left(answer, ANSWER_WIDTH),
    left(decision?.dnr ?? '', dnrWidth(width)),
    left(decision?.date ?? '', DATE_WIDTH),
    right(size ? sizeLabel(size) : '…', SIZE_WIDTH),
  ].join(' ');
  return focusRow(text, isFocused);
}

/**
 * For which areas the gate is open and what that could not rest on, then one line per unmet condition with the areas it holds back, most areas
 * first.
 */
function gateLines({ perArea, caveats }: UnmetConditions): string[] {
  const { gateAreas, gateVerdict } = screens.region;
  const isHeld = (area: AreaId): boolean => (perArea.get(area) ?? []).length > 0;
  const all = AREAS.map(({ id }) => id);
  const areasBy = new Map<string, AreaId[]>();
  for (const [area, sentences] of perArea)
    for (const sentence of sentences) areasBy.set(sentence, [...(areasBy.get(sentence) ?? []), area]);
  const held = [...areasBy].sort(([, a], [, b]) => b.length - a.length).map(([sentence, of]) => gateAreas(of, sentence));
  return [
    gateVerdict(
      all.filter((area) => !isHeld(area)),
      all.filter(isHeld),
    ),
    ...caveats,
    ...held,
  ];
}

/** S2 Region: seven decisions, and what they lead to. */
export function drawRegion(state: WizardState, view: RegionView): Page {
  const text = screens.region;
  const { width } = state.room;
  const region = regionOf(view.record.region);
  const missing = undecided(view.record);
  const { decided, atMost } = regionSizes(state.estimates, view);
  const messages = state.message ? [state.message] : [];
  const header = [
    `#  ${left(text.area, AREA_WIDTH)}`,
    left(text.decision, ANSWER_WIDTH),
    left(text.dnr, dnrWidth(width)),
    left(text.date, DATE_WIDTH),
    right(text.size, SIZE_WIDTH),
  ];
  const beside = { label: 16, width };
  const receipt = regionStatus(view) === 'andrad' ? undefined : currentDelivery(view)?.receipt;
  const sizes = state.estimateProblem ?? text.sizes(decided && sizeWithin(decided), atMost && sizeWithin(atMost), missing);
  const top = [
    row(),
    row(`   ${header.join(' ')}`, 'dim'),
    ...view.areas.map((area) => areaRow(view, area, area.area === state.areaFocus, state.estimates, width)),
    row(),
    ...labelled(
      receipt ? text.delivered : text.toDeliver,
      receipt ? text.receipt(receipt.bytes, receipt.rows, receipt.publishedAt) : sizes,
      beside,
    ),
    ...labelled(text.todo, nextStep(view, state.live[region.code]), beside),
  ];
  const unmet = state.unmet[region.code];
  const gate = unmet === undefined ? [text.gateReading] : gateLines(unmet);
  const gateRows = gate.flatMap((line, index) => labelled(index === 0 ? text.gate : '', line, beside));
  const room = bodyHeight(state.room, messages) - top.length - 1;
  const shown = gateRows.length <= room ? gateRows : [...gateRows.slice(0, room - 1), ...labelled('', text.gateMore(region.slug), beside)];
  return page(state.room, {
    crumbs: [`${region.name} (${region.code})`],
    fact: text.decided(7 - missing.length),
    body: [...top, row(), ...shown],
    messages,
    keys: text.keys,
  });
}
