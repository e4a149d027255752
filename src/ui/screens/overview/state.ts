import { areaOf } from '../../../domain/areas.ts';
import type { RegionView } from '../../../domain/region-view.ts';
import { foldName, regionOf } from '../../../domain/regions.ts';
import { screens } from '../../../text.ts';
import { fieldOf, insert, typeKey } from '../../parts/field.ts';
import type { Key } from '../../parts/key.ts';
import { problemOf } from '../../problem.ts';
import { isBroken } from '../../region-status.ts';
import { type Next, viewOf, type WizardState } from '../../state.ts';
import type { OverviewAction } from './keys.ts';

/** Opening a region starts with nothing of the region before it. Of one whose saved state is damaged only what is wrong and what to do is shown. */
export function openRegion(state: WizardState, region: string): Next {
  const damage = viewOf(state, region)?.damage;
  if (damage)
    return [{ ...state, overlay: { id: 'error', openedAt: state.now, focus: 0, problem: problemOf(damage), retry: { do: 'overview' } } }];
  return [
    {
      ...state,
      region,
      areaFocus: state.overviewFocus.area,
      filter: undefined,
      showsDecisions: false,
      failureFocus: 0,
      detour: undefined,
      message: undefined,
    },
    { do: 'unmet', region },
  ];
}

const withoutDots = (text: string): string => foldName(text).normalize('NFD').replace(/\p{M}/gu, '');

/** The regions whose name or länskod holds the text; when none does, dots and rings are ignored, for a keyboard without å ä ö. */
function filterRegions(regions: readonly RegionView[], text: string): readonly RegionView[] {
  const holding = (fold: (text: string) => string) =>
    regions.filter(({ record }) => fold(regionOf(record.region).name).includes(fold(text)) || record.region === text.trim());
  const found = holding(foldName);
  return found.length > 0 ? found : holding(withoutDots);
}

/** The rows of the table: all 21, or what the filter leaves. */
export const shownRegions = (state: Pick<WizardState, 'regions' | 'filter'>): readonly RegionView[] =>
  state.filter ? filterRegions(state.regions, state.filter.text) : state.regions;

/** The focused row: the region that had the focus, else the first that is left. */
export function focusedRow(state: Pick<WizardState, 'regions' | 'filter' | 'overviewFocus'>): number {
  return Math.max(
    0,
    shownRegions(state).findIndex(({ record }) => record.region === state.overviewFocus.region),
  );
}

const focusRegion = (state: WizardState, region: string | undefined): WizardState =>
  region === undefined ? state : { ...state, overviewFocus: { ...state.overviewFocus, region }, message: undefined };

/** S1. */
export function reduceOverview(state: WizardState, action: OverviewAction): Next {
  const shown = shownRegions(state);
  const row = focusedRow(state);
  const focused = shown[row]?.record.region;
  switch (action.do) {
    case 'move':
      return [focusRegion(state, shown[Math.max(0, Math.min(shown.length - 1, row + action.by))]?.record.region)];
    case 'moveArea': {
      const { id } = areaOf(Math.max(1, Math.min(7, state.overviewFocus.area + action.by)) as 1);
      return [{ ...state, overviewFocus: { ...state.overviewFocus, area: id } }];
    }
    case 'toArea':
      return [{ ...state, overviewFocus: { ...state.overviewFocus, area: action.area } }];
    case 'open':
      return focused === undefined ? [state] : openRegion(focusRegion(state, focused), focused);
    case 'filter':
      return [{ ...state, filter: fieldOf(), message: undefined }];
    case 'clearFilter':
      return [{ ...state, filter: undefined, message: undefined }];
    case 'nextFailure': {
      const failed = state.regions.filter((view) => isBroken(view)).map(({ record }) => record.region);
      const next = failed.find((region) => region > (focused ?? '')) ?? failed[0];
      if (next === undefined) return [{ ...state, message: { kind: 'said', text: screens.overview.noFailures } }];
      return next === focused ? openRegion(state, next) : [focusRegion({ ...state, filter: undefined }, next)];
    }
    case 'receipts': {
      const delivered = viewOf(state, focused)?.deliveries.some(({ outcome }) => outcome === 'done');
      if (focused !== undefined && delivered) return openRegion(state, focused);
      return [{ ...state, message: { kind: 'said', text: screens.overview.noReceipts } }];
    }
  }
}

/** S1 while the filter is being typed: letters are text; arrows, Enter and Esc do what they always do. */
export function typeFilter(state: WizardState, key: Key): WizardState | undefined {
  const isText = key.name === 'char' || key.name === 'backspace';
  const field = state.filter && isText ? typeKey(state.filter, key) : undefined;
  return field && withFilter(state, field);
}

export const pasteFilter = (state: WizardState, text: string): WizardState =>
  state.filter ? withFilter(state, insert(state.filter, text)) : state;

function withFilter(state: WizardState, filter: WizardState['filter']): WizardState {
  const next = { ...state, filter };
  return focusRegion(next, shownRegions(next)[focusedRow(next)]?.record.region);
}
