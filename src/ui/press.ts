import { insert } from './parts/field.ts';
import { pasteForm } from './parts/form.ts';
import type { Key } from './parts/key.ts';
import { isGuarded, isTyping, type Place, placeOf } from './place.ts';
import { stopsOf } from './screens/decision/form.ts';
import { reduceDecision } from './screens/decision/state.ts';
import { deliveryAction } from './screens/delivery/keys.ts';
import { reduceDelivery } from './screens/delivery/state.ts';
import { reduceError, reduceFailure } from './screens/error/state.ts';
import { pasteFingerprint } from './screens/hostkey/overlay.ts';
import { reduceHostKey } from './screens/hostkey/state.ts';
import { STOPS } from './screens/kvittens/form.ts';
import { reduceKvittens } from './screens/kvittens/state.ts';
import { overviewAction } from './screens/overview/keys.ts';
import { pasteFilter, reduceOverview, typeFilter } from './screens/overview/state.ts';
import { areaLines } from './screens/pager/draw.ts';
import { pagerAction } from './screens/pager/keys.ts';
import { scroll } from './screens/pager/state.ts';
import { askQuit, reduceQuit, reduceStop } from './screens/quit/state.ts';
import { receiptsAction } from './screens/receipts/keys.ts';
import { reduceReceipts } from './screens/receipts/state.ts';
import { regionAction } from './screens/region/keys.ts';
import { reduceRegion } from './screens/region/state.ts';
import { reduceResume } from './screens/resume/state.ts';
import { reviewAction } from './screens/review/keys.ts';
import { reduceReview } from './screens/review/state.ts';
import { reduceSecret } from './screens/secret/state.ts';
import { startAction } from './screens/start/keys.ts';
import { reduceStart } from './screens/start/state.ts';
import { type Next, READING_LOG, runningRegions, type WizardState } from './state.ts';

/** The exit code of a program that Ctrl-C ended. */
const INTERRUPTED = 130;
/** A second Ctrl-C within this time leaves without a question. */
const SECOND_INTERRUPT_MS = 3000;

/** What one key does: the keys that work everywhere first, then the screen's own. */
export function press(state: WizardState, key: Key): Next {
  const place = placeOf(state);
  if (key.name === 'ctrl') return pressControl(state, key.char);
  if (place.id === 'small') return key.name === 'char' && key.char === 'q' ? askQuitSmall(state) : [state];
  if (isGuarded(state, place)) return [state];
  const isDialog = place.id === 'quit' || place.id === 'stop' || place.id === 'error';
  if (key.name === 'char' && !isTyping(state, place) && !isDialog) {
    if (key.char === 'q') return askQuit(state);
    if (key.char === '?') return [{ ...state, overlay: place.id === 'help' ? undefined : { id: 'help' } }];
    if (key.char === 'l' && place.id !== 'log') {
      return [
        { ...state, overlay: READING_LOG },
        { do: 'log', region: state.region },
      ];
    }
  }
  return pressHere(state, place, key);
}

function pressControl(state: WizardState, char: string): Next {
  if (char === 'l') return [state, { do: 'repaint' }];
  if (char !== 'c') return [state];
  const isSecond = state.now - state.interruptedAt < SECOND_INTERRUPT_MS;
  if (isSecond || runningRegions(state).length === 0) return [state, { do: 'leave', code: INTERRUPTED }];
  return [{ ...state, interruptedAt: state.now, overlay: { id: 'quit', openedAt: state.now, focus: 0 } }];
}

/** In a window that is too small for a question, leaving is the safe answer: what runs goes on. */
const askQuitSmall = (state: WizardState): Next => [state, { do: 'leave', code: 0 }];

/** `act` with the action that a key stands for; a key without one does nothing. */
const doing = <Action>(state: WizardState, action: Action | undefined, act: (action: Action) => Next): Next =>
  action === undefined ? [state] : act(action);

function pressHere(state: WizardState, place: Place, key: Key): Next {
  switch (place.id) {
    case 'small':
      return [state];
    case 'help':
      return key.name === 'escape' || key.name === 'enter' || key.name === 'left' ? [{ ...state, overlay: undefined }] : [state];
    case 'log': {
      const { lines, top } = place.overlay;
      const move = (to: number): WizardState => ({ ...state, overlay: { ...place.overlay, top: to } });
      const closed = { ...state, overlay: undefined, message: undefined };
      return turn(state, key, { lines, top, move, closed });
    }
    case 'quit':
      return reduceQuit(state, place.overlay, key);
    case 'stop':
      return reduceStop(state, place.overlay, key);
    case 'error':
      return reduceError(state, place.overlay, key);
    case 'hostKey':
      return reduceHostKey(state, place.overlay, key);
    case 'secret':
      return reduceSecret(state, place.overlay, key);
    case 'start':
      return doing(state, startAction(key), (action) => reduceStart(state, action));
    case 'resume':
      return reduceResume(state, key);
    case 'overview': {
      const typed = typeFilter(state, key);
      return typed ? [typed] : doing(state, overviewAction(key), (action) => reduceOverview(state, action));
    }
    case 'region':
      return doing(state, regionAction(key), (action) => reduceRegion(state, place.view, action));
    case 'decision':
      return reduceDecision(state, place.detour.form, key);
    case 'area': {
      const { area, top } = place.detour;
      const move = (to: number): WizardState => ({ ...state, detour: { ...place.detour, top: to } });
      return turn(state, key, { lines: areaLines(area, state.room.width), top, move, closed: { ...state, detour: undefined } });
    }
    case 'review':
      return reduceReview(state, place.detour, reviewAction(key));
    case 'failure':
      return reduceFailure(state, place.delivery.region, key);
    case 'delivery':
      return doing(state, deliveryAction(key), (action) => reduceDelivery(state, place.delivery, action));
    case 'receipts':
      return doing(state, receiptsAction(key), (action) => reduceReceipts(state, place.view, place.delivery, action));
    case 'reversal': {
      const { lines, top } = place.detour;
      const move = (to: number): WizardState => ({ ...state, detour: { ...place.detour, top: to } });
      return turn(state, key, { lines, top, move, closed: { ...state, detour: undefined } });
    }
    case 'kvittens':
      return reduceKvittens(state, place.detour.form, key);
  }
}

interface Pager {
  readonly lines: readonly string[] | undefined;
  readonly top: number;
  readonly move: (top: number) => WizardState;
  readonly closed: WizardState;
}

function turn(state: WizardState, key: Key, { lines = [], top, move, closed }: Pager): Next {
  return doing(state, pagerAction(key), (action) => [action === 'close' ? closed : move(scroll(top, lines.length, state.room, action))]);
}

/** A paste is text, whatever it holds: it goes into the focused field, else nowhere. */
export function paste(state: WizardState, text: string): WizardState {
  const place = placeOf(state);
  switch (place.id) {
    case 'overview':
      return pasteFilter(state, text);
    case 'decision': {
      const { form } = place.detour;
      return { ...state, detour: { ...place.detour, form: { ...form, ...pasteForm(form, stopsOf(form), text) } } };
    }
    case 'kvittens': {
      const { form } = place.detour;
      return { ...state, detour: { ...place.detour, form: { ...form, ...pasteForm(form, STOPS, text) } } };
    }
    case 'hostKey':
      return { ...state, overlay: pasteFingerprint(place.overlay, text) };
    case 'secret':
      return { ...state, overlay: { ...place.overlay, typed: insert(place.overlay.typed, text.trim()) } };
    case 'review':
      return { ...state, detour: { ...place.detour, name: insert(place.detour.name, text.trim()) } };
    default:
      return state;
  }
}
