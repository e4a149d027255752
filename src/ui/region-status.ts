import { undecided } from '../domain/checklist.ts';
import { latestKvittens } from '../domain/region-record.ts';
import type { AreaState, RegionView } from '../domain/region-view.ts';
import { screens } from '../text.ts';
import type { Live } from './live.ts';
import { percent } from './parts/bar.ts';
import { currentDelivery } from './state.ts';

/** How a whole region stands, in the order of urgency that the overview counts them. */
export type RegionStatus =
  | 'kvitterad'
  | 'verifierad'
  | 'overford'
  | 'avvikelse'
  /** Delivered, but some decision since then demands a delivery that has not been made. */
  | 'andrad'
  | 'running'
  | 'pausad'
  | 'avbruten'
  | 'fel'
  /** What is saved of the region cannot be trusted. */
  | 'skadad'
  | 'gallring'
  | 'beslutad'
  | 'saknas';

export function regionStatus(view: RegionView): RegionStatus {
  if (view.damage) return 'skadad';
  const delivery = currentDelivery(view);
  if (!delivery) {
    if (undecided(view.record).length > 0) return 'saknas';
    return view.areas.every(({ decision }) => decision?.answer === 'gallra') ? 'gallring' : 'beslutad';
  }
  if (delivery.outcome === 'done') {
    if (view.areas.some(({ decision, state }) => decision && decision.answer !== 'gallra' && state === 'beslutad')) return 'andrad';
    const answer = latestKvittens(view.record, delivery.id);
    if (answer) return answer.deviation === undefined ? 'kvitterad' : 'avvikelse';
    return delivery.receipt?.contentVerified ? 'verifierad' : 'overford';
  }
  if (delivery.outcome === 'failed') return 'fel';
  if (delivery.outcome === 'paused') return 'pausad';
  return delivery.outcome === 'cut' ? 'avbruten' : 'running';
}

/** What f goes through: a delivery that failed, or saved state that is damaged. */
export const isBroken = (view: RegionView): boolean => ['fel', 'skadad'].includes(regionStatus(view));

/** The Läge column: one or two words, with the percent of what runs. */
export function statusWord(view: RegionView, live: Live | undefined): string {
  const status = regionStatus(view);
  if (status !== 'running') return screens.statusWords[status];
  const stage = live?.stage ?? currentDelivery(view)?.stage ?? 'export';
  // Publishing is one step; what it reports is how far the check came.
  const progress = stage === 'publish' ? undefined : live?.stages[stage];
  return `${screens.stageWords[stage]}${progress ? ` ${percent(progress.fraction)}` : ''}`;
}

/** The mark after the letter in a cell of the overview. */
export const STATE_MARKS: Readonly<Record<AreaState, string>> = {
  saknas: '',
  beslutad: '·',
  exporteras: '>',
  skickas: '^',
  pausad: '=',
  avbruten: '=',
  overford: '?',
  verifierad: 'v',
  kvitterad: '✓',
  avvikelse: '!',
  fel: '!',
};
