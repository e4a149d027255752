import { undecided } from '../domain/checklist.ts';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import type { RegionView } from '../domain/region-view.ts';
import { regionOf } from '../domain/regions.ts';
import { screens } from '../text.ts';
import type { Effect, SaveEffect, WizardEvent } from './event.ts';
import { follow, NOTHING_YET, resting } from './live.ts';
import { fieldOf } from './parts/field.ts';
import { roomOf } from './parts/page.ts';
import { paste, press } from './press.ts';
import type { Problem } from './problem.ts';
import { besideSaved } from './screens/decision/form.ts';
import { hostKeyOverlay } from './screens/hostkey/overlay.ts';
import { logLines } from './screens/pager/log-lines.ts';
import { scroll } from './screens/pager/state.ts';
import { heldRegions, type Next, viewOf, type WizardState } from './state.ts';

/** How often the saved state is read again, for what colleagues and workers have done meanwhile. */
const REREAD_MS = 5000;

/** The whole wizard: one state, one event and the time it is make the next state, and what is to be done outside it. */
export function update(before: WizardState, event: WizardEvent, at: Pick<WizardState, 'now' | 'today'>): Next {
  const state = { ...before, ...at };
  const { now } = at;
  switch (event.type) {
    case 'key':
      return press(state, event.key);
    case 'paste':
      return [paste(state, event.text)];
    case 'resize': {
      const { columns, rows } = event;
      const { overlay } = state;
      const resized = { ...state, terminal: { columns, rows }, room: roomOf(columns, rows) };
      return [overlay?.id === 'log' && overlay.raw ? withLog(resized, overlay, overlay.raw) : resized];
    }
    case 'tick':
      return Math.floor(now / REREAD_MS) === Math.floor(before.now / REREAD_MS) ? [state] : [state, { do: 'overview' }];
    case 'checks':
      return [{ ...state, checks: event.checks }];
    case 'regions':
      return withRegions({ ...state, regions: event.regions }, before);
    case 'estimates':
      return [{ ...state, estimates: event.estimates, estimateProblem: undefined }];
    case 'unmet':
      return [{ ...state, unmet: { ...state.unmet, [event.region]: event.unmet } }];
    case 'delivery': {
      const live = follow(state.live[event.region] ?? NOTHING_YET, event.event, now);
      const next = withQuestion({ ...state, live: { ...state.live, [event.region]: live } }, event.region, event.event);
      return event.event.type === 'result' || event.event.type === 'error' ? [next, { do: 'overview' }] : [next];
    }
    case 'unfollowed':
      return [{ ...state, followed: state.followed.filter((region) => region !== event.region) }];
    case 'reviewed':
      return [
        state.detour?.id === 'review' && state.region === event.region
          ? { ...state, detour: { ...state.detour, review: event.review } }
          : state,
      ];
    case 'log':
      return [state.overlay?.id === 'log' ? withLog(state, state.overlay, event.lines) : state];
    case 'reversal':
      return [state.detour?.id === 'reversal' ? { ...state, detour: { ...state.detour, lines: event.text.split(/\r?\n/) } } : state];
    case 'hostKeys':
      return [
        state.overlay?.id === 'hostKey' && state.overlay.region === event.region
          ? { ...state, overlay: { ...state.overlay, shown: event.shown, isWaiting: false } }
          : state,
      ];
    case 'saved':
      return saved(state, event.view, event.effect);
    case 'done':
      return done(state, event.effect);
    case 'failed':
      return failed(state, event.effect, event.problem);
  }
}

/** What the open region's worker asks, or what its server showed that is not trusted (V1, V2), lies over the screen until it is dealt with. */
function withQuestion(state: WizardState, region: string, event: DeliveryEvent): WizardState {
  const { overlay, now } = state;
  const isAbout = overlay?.id === 'secret' && overlay.region === region;
  if (event.type === 'credentials' && !event.isOver && state.region === region && (!overlay || isAbout)) {
    return { ...state, overlay: { id: 'secret', openedAt: now, region, question: event, typed: fieldOf() } };
  }
  const without = isAbout ? { ...state, overlay: undefined } : state;
  if (event.type !== 'error' || without.overlay || state.region !== region) return without;
  return { ...without, overlay: hostKeyOverlay(region, event, now) };
}

/** Every delivery that runs is followed, whoever started it, and the gate of the open region is asked again when something came to it. */
function withRegions(state: WizardState, before: WizardState): Next {
  const gateKey = (of: WizardState): string | undefined => {
    const view = viewOf(of, state.region);
    return view && `${view.record.revision} ${view.deliveries.at(-1)?.outcome}`;
  };
  const unseen = heldRegions(state).filter((region) => !state.followed.includes(region));
  const fresh = Object.fromEntries(unseen.map((region) => [region, resting(state.live[region] ?? NOTHING_YET)]));
  return [
    { ...state, live: { ...state.live, ...fresh }, followed: [...state.followed, ...unseen], detour: rebased(state) },
    ...unseen.map((region): Effect => ({ do: 'follow', region })),
    ...(state.region !== undefined && gateKey(state) !== gateKey(before) ? [{ do: 'unmet', region: state.region } as const] : []),
  ];
}

/** After a conflict the form keeps what was typed, and the next save is made on what the operator now has been told of (D12). */
function rebased({ detour, regions, region, now }: WizardState): WizardState['detour'] {
  if ((detour?.id !== 'decision' && detour?.id !== 'kvittens') || !detour.form.isStale) return detour;
  const view = viewOf({ regions }, region);
  if (!view) return detour;
  if (detour.id === 'decision') return { ...detour, form: { ...besideSaved(detour.form, view), toldAt: now } };
  return { ...detour, form: { ...detour.form, revision: view.record.revision, isStale: false, toldAt: now } };
}

/** A decision or a kvittens is saved: back to the region, with the next area that lacks a decision in focus. */
function saved(state: WizardState, view: RegionView, effect: SaveEffect): Next {
  const region = view.record.region;
  const regions = state.regions.map((each) => (each.record.region === region ? view : each));
  if (state.region !== region) return [{ ...state, regions }];
  const missing = undecided(view.record);
  const { detour } = state;
  const isForm = (detour?.id === 'decision' || detour?.id === 'kvittens') && detour.form.isSaving;
  const wasDeciding = isForm && detour.id === 'decision';
  const areaFocus = (wasDeciding && (missing.find((area) => area > state.areaFocus) ?? missing[0])) || state.areaFocus;
  // What held the gate before is not what holds it now.
  const { [region]: _, ...unmet } = state.unmet;
  const message = { kind: 'said', text: savedText(new Date(state.now), view, effect) } as const;
  return [
    { ...state, regions, unmet, areaFocus, detour: isForm ? undefined : detour, message },
    { do: 'unmet', region },
  ];
}

function savedText(at: Date, { record }: RegionView, effect: SaveEffect): string {
  if (effect.do === 'saveDecision') return screens.savedDecision(at, effect.draft.area, undecided(record).length);
  return screens.savedKvittens(at, regionOf(record.region).name, effect.draft.deviation !== undefined);
}

function done(state: WizardState, effect: Effect): Next {
  if (effect.do === 'trustHostKey') {
    return [{ ...state, overlay: undefined, message: { kind: 'said', text: screens.hostKey.trusted } }, { do: 'overview' }];
  }
  if (effect.do === 'pauseAndLeave') return [state, { do: 'leave', code: 0 }];
  const isStart = effect.do === 'start' && state.detour?.id === 'review' && state.region === effect.region;
  return [isStart ? { ...state, detour: undefined, showsDecisions: false } : state, { do: 'overview' }];
}

/** The log in sentences. It is made when it is read, not at every drawing: five hundred lines take a tenth of a second. It opens at the newest. */
function withLog(state: WizardState, overlay: Extract<WizardState['overlay'], { id: 'log' }>, raw: readonly string[]): WizardState {
  const lines = logLines(raw, state.room.width);
  return { ...state, overlay: { ...overlay, raw, lines, top: scroll(0, lines.length, state.room, 'bottom') } };
}

const inOneLine = ({ what, safe, todo }: Problem): string => [what, safe, todo[0]].filter(Boolean).join(' ');

/** What was asked for did not happen: said where it was asked, with what is safe and what to do. */
function failed(state: WizardState, effect: Effect, problem: Problem): Next {
  const message = { kind: 'problem', text: inOneLine(problem) } as const;
  switch (effect.do) {
    case 'saveDecision':
    case 'saveReceipt': {
      const { detour } = state;
      // Another form than the one that was saved is not what the operator is to answer for.
      if ((detour?.id !== 'decision' && detour?.id !== 'kvittens') || !detour.form.isSaving) return [{ ...state, message }];
      const isConflict = problem.isConflict === true;
      const form = { ...detour.form, isSaving: false, isStale: isConflict };
      const told = isConflict ? ({ kind: 'problem', text: `${problem.what} ${screens.saveAnyway}` } as const) : message;
      return [{ ...state, message: told, detour: { ...detour, form } as typeof detour }, { do: 'overview' }];
    }
    case 'start':
    case 'review':
    case 'resume':
    case 'hostKeys':
    case 'trustHostKey':
    case 'answer':
    case 'retry':
    case 'pause':
    case 'pauseAndLeave':
    case 'stop': {
      const detour = state.detour?.id === 'review' ? { ...state.detour, isStarting: false } : state.detour;
      return [{ ...state, detour, overlay: { id: 'error', openedAt: state.now, focus: 0, problem, retry: effect } }, { do: 'overview' }];
    }
    case 'estimates':
      return [{ ...state, estimateProblem: inOneLine(problem) }];
    case 'reversal':
      return [{ ...state, message, detour: state.detour?.id === 'reversal' ? { ...state.detour, lines: [] } : state.detour }];
    case 'log':
      return [{ ...state, message, overlay: state.overlay?.id === 'log' ? { ...state.overlay, raw: [], lines: [] } : state.overlay }];
    default:
      return [{ ...state, message }];
  }
}
