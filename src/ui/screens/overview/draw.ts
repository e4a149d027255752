import { areaOf } from '../../../domain/areas.ts';
import { DECISION_DEADLINE, daysBetween } from '../../../domain/calendar.ts';
import { daysLate } from '../../../domain/lateness.ts';
import type { AreaView, RegionView } from '../../../domain/region-view.ts';
import { regionOf } from '../../../domain/regions.ts';
import { areas, screens, stateNames } from '../../../text.ts';
import { visiblePart } from '../../parts/field.ts';
import { scrollHint } from '../../parts/menu.ts';
import { bodyHeight, type Message, type Page, page } from '../../parts/page.ts';
import { left, type Row, right, row, widthOf } from '../../parts/rows.ts';
import { isBroken, regionStatus, STATE_MARKS, statusWord } from '../../region-status.ts';
import { overviewSize } from '../../sizes.ts';
import { runningRegions, type WizardState } from '../../state.ts';
import { focusedRow, shownRegions } from './state.ts';

const NAME_WIDTH = 27;
/** Everything before the Läge column but the size: marker, name, seven cells, decisions. */
const FIXED_WIDTH = 3 + NAME_WIDTH + 20 + 5;
const SIZE_WIDTH = 10;

/** `B·`: the answer's letter and how far it has come. */
function cell({ decision, state }: AreaView): string {
  if (!decision) return '–';
  return `${screens.answerLetters[decision.answer]}${decision.answer === 'gallra' ? '' : STATE_MARKS[state]}`;
}

function tableRow(state: WizardState, view: RegionView, isFocused: boolean): Row {
  const { code, name } = regionOf(view.record.region);
  const cells = view.areas.map((area) => left(cell(area), 2)).join(' ');
  const decided = view.areas.filter(({ decision }) => decision).length;
  const word = statusWord(view, state.live[code]);
  const rest = state.room.width - FIXED_WIDTH;
  const size = overviewSize(state.estimates, view);
  // More columns go to the status; a long word takes room from the empty left of the size.
  const place = Math.max(rest - SIZE_WIDTH - 1, widthOf(word));
  const text = `${left(name, NAME_WIDTH)}${cells}${right(`${decided}/7`, 5)}${right(size, rest - place - 1)} ${left(word, place)}`;
  if (!isFocused) return row(`   ${text}`);
  return { spans: [{ text: ` > ${text}`, look: 'bold' }], cursor: 3 + NAME_WIDTH + (state.overviewFocus.area - 1) * 3 };
}

/** What the focused cell says, in words. */
function cellText(state: WizardState, { area, decision, state: areaState }: AreaView): string {
  const text = screens.overview;
  const where = `${area} ${areas[area].short}`;
  if (decision) return text.decidedCell(where, decision, stateNames[areaState]);
  return text.missingCell(where, areaOf(area).proposedDisposal, daysLate(decision, state.today));
}

function messagesOf(state: WizardState): Message[] {
  const text = screens.overview;
  if (state.message) return [state.message];
  const isEmpty = state.regions.length > 0 && state.regions.every(({ record }) => record.decisions.length === 0);
  const running = runningRegions(state).length;
  const failed = state.regions.find((view) => regionStatus(view) === 'fel');
  const damaged = state.regions.find(({ damage }) => damage);
  return [
    ...(isEmpty && state.isNewState ? [{ kind: 'problem' as const, text: screens.start.newState }] : []),
    ...(isEmpty ? [{ kind: 'said' as const, text: text.empty }] : []),
    ...(damaged ? [{ kind: 'problem' as const, text: text.damaged(regionOf(damaged.record.region).name) }] : []),
    ...(failed ? [{ kind: 'problem' as const, text: text.failed(regionOf(failed.record.region).name) }] : []),
    ...(running > 0 ? [{ kind: 'said' as const, text: text.running(running) }] : []),
    ...(state.estimateProblem === undefined ? [] : [{ kind: 'problem' as const, text: state.estimateProblem }]),
    ...(state.regions.length > 0 && state.regions.every((view) => regionStatus(view) === 'kvitterad')
      ? [{ kind: 'said' as const, text: text.allDone }]
      : []),
  ].slice(0, 2);
}

function summary(state: WizardState, above: number, below: number): Row {
  const counts = { kvitterade: 0, running: 0, gallring: 0, fel: 0, saknas: 0 };
  for (const view of state.regions) {
    const status = regionStatus(view);
    if (status === 'kvitterad') counts.kvitterade++;
    else if (isBroken(view)) counts.fel++;
    else if (status in counts) counts[status as keyof typeof counts]++;
  }
  return row(`${left(scrollHint(above, below), 13)} ${screens.overview.counts(counts)}`);
}

/** S1 Översikt: 21 regions × 7 areas. */
export function drawOverview(state: WizardState): Page {
  const text = screens.overview;
  const shown = shownRegions(state);
  const focus = focusedRow(state);
  const messages = messagesOf(state);
  const height = bodyHeight(state.room, messages) - 3 - (state.filter ? 1 : 0);
  const top = Math.max(0, Math.min(focus - Math.floor(height / 2), shown.length - height));
  const table = shown.slice(top, top + height);
  const view = shown[focus];
  const focusedArea = view?.areas.find(({ area }) => area === state.overviewFocus.area);
  const header = `   ${left(text.region, NAME_WIDTH)}1  2  3  4  5  6  7  ${right(text.decisions, 5)}`;
  return page(state.room, {
    crumbs: [text.title, ...(state.isPlanning ? [screens.planning(state.today)] : [])],
    fact: text.deadline(DECISION_DEADLINE, daysBetween(DECISION_DEADLINE, state.today)),
    body: [
      row(`${header}${right(text.size, SIZE_WIDTH)} ${text.status}`, 'dim'),
      ...(state.regions.length === 0 ? [row(`   ${text.reading}`)] : []),
      ...(shown.length === 0 && state.regions.length > 0 ? [row(`   ${text.noMatch}`)] : []),
      ...table.map((each, index) => withoutCursor(tableRow(state, each, top + index === focus), state.filter !== undefined)),
      ...Array.from({ length: Math.max(0, height - Math.max(1, table.length)) }, () => row()),
      summary(state, top, Math.max(0, shown.length - top - height)),
      row(focusedArea ? ` ${cellText(state, focusedArea)}` : '', 'dim'),
      ...(state.filter ? [filterRow(state.filter, state.room.width)] : []),
    ],
    messages,
    keys: state.filter ? text.filterKeys : text.keys,
  });
}

/** While the filter is typed the cursor stands there, not in the table. */
const withoutCursor = ({ cursor, ...rest }: Row, isTyping: boolean): Row => (isTyping || cursor === undefined ? rest : { ...rest, cursor });

function filterRow(filter: NonNullable<WizardState['filter']>, width: number): Row {
  const start = ` ${screens.overview.filter} `;
  const { text, cursor } = visiblePart(filter, width - widthOf(start) - 1);
  return { spans: [{ text: start, look: 'bold' }, { text }], cursor: widthOf(start) + cursor };
}
