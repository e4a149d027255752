import { regionOf } from '../domain/regions.ts';
import { areas, screens } from '../text.ts';
import type { Page } from './parts/page.ts';
import { placeOf } from './place.ts';
import { deliveryProblem } from './problem.ts';
import { drawDecision } from './screens/decision/draw.ts';
import { drawDelivery } from './screens/delivery/draw.ts';
import { drawError } from './screens/error/draw.ts';
import { errorChoices, failureChoices } from './screens/error/state.ts';
import { drawHostKey } from './screens/hostkey/draw.ts';
import { drawKvittens } from './screens/kvittens/draw.ts';
import { drawOverview } from './screens/overview/draw.ts';
import { areaLines, drawPager } from './screens/pager/draw.ts';
import { drawQuit, drawStop } from './screens/quit/draw.ts';
import { drawReceipts } from './screens/receipts/draw.ts';
import { drawRegion } from './screens/region/draw.ts';
import { drawResume } from './screens/resume/draw.ts';
import { drawReview } from './screens/review/draw.ts';
import { drawSecret } from './screens/secret/draw.ts';
import { drawStart } from './screens/start/draw.ts';
import { drawHelp, drawSmall } from './screens/still.ts';
import type { WizardState } from './state.ts';

/** The whole screen for a state. */
export function draw(state: WizardState): Page {
  const place = placeOf(state);
  const messages = state.message ? [state.message] : [];
  const region = state.region === undefined ? [] : [regionOf(state.region).name];
  switch (place.id) {
    case 'small':
      return drawSmall(state);
    case 'help':
      return drawHelp(state);
    case 'log':
      return drawPager(state.room, { ...place.overlay, crumbs: [...region, screens.pager.log], messages });
    case 'quit':
      return drawQuit(state, place.overlay);
    case 'stop':
      return drawStop(state, place.overlay);
    case 'error':
      return drawError(state.room, { ...place.overlay, crumbs: region, choices: errorChoices, messages, keys: screens.error.keys });
    case 'hostKey':
      return drawHostKey(state, place.overlay);
    case 'secret':
      return drawSecret(state, place.overlay);
    case 'start':
      return drawStart(state);
    case 'resume':
      return drawResume(state);
    case 'overview':
      return drawOverview(state);
    case 'region':
      return drawRegion(state, place.view);
    case 'decision':
      return drawDecision(state, place.view, place.detour.form);
    case 'area': {
      const { area, top } = place.detour;
      const lines = areaLines(area, state.room.width);
      return drawPager(state.room, { lines, top, crumbs: [...region, `${area} ${areas[area].short}`], messages });
    }
    case 'review':
      return drawReview(state, place.view, place.detour);
    case 'failure': {
      const problem = deliveryProblem(place.delivery);
      const { keys } = screens.failure;
      return drawError(state.room, { crumbs: region, problem, choices: failureChoices, focus: state.failureFocus, messages, keys });
    }
    case 'delivery':
      return drawDelivery(state, place.delivery);
    case 'receipts':
      return drawReceipts(state, place.view, place.delivery);
    case 'reversal':
      return drawPager(state.room, { ...place.detour, crumbs: [...region, screens.pager.reversal], messages });
    case 'kvittens':
      return drawKvittens(state, place.delivery, place.detour.form);
  }
}
