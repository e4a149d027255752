import { undecided } from '../../../domain/checklist.ts';
import type { RegionView } from '../../../domain/region-view.ts';
import { regionOf } from '../../../domain/regions.ts';
import { screens } from '../../../text.ts';
import type { Live } from '../../live.ts';
import { type RegionStatus, regionStatus, statusWord } from '../../region-status.ts';

const text = screens.region.nextSteps;

/** What a person has to do next for the region, from where its decisions and its delivery stand. */
export function nextStep(view: RegionView, live: Live | undefined): string {
  const { slug } = regionOf(view.record.region);
  const steps: Readonly<Record<RegionStatus, () => string>> = {
    saknas: () => text.missing(undecided(view.record)),
    beslutad: () => text.review,
    gallring: () => `${text.nothingDelivered} ${screens.region.mayDispose(slug)}`,
    running: () => (view.worker?.pid === null ? screens.silent(slug) : text.running(statusWord(view, live))),
    pausad: () => text.paused,
    avbruten: () => text.cut,
    fel: () => text.failed,
    skadad: () => text.damaged,
    andrad: () => text.changed(slug),
    overford: () => text.notVerified,
    verifierad: () => text.awaiting,
    avvikelse: () => text.deviation(slug),
    kvitterad: () => `${text.receipted} ${screens.region.mayDispose(slug)}`,
  };
  return steps[regionStatus(view)]();
}
