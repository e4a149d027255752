import { readFingerprint } from '../../../domain/fingerprint.ts';
import { typeKey } from '../../parts/field.ts';
import type { Key } from '../../parts/key.ts';
import type { Next, WizardState } from '../../state.ts';
import { type HostKeyOverlay, matchOf } from './overlay.ts';

/** V1: a whole fingerprint is typed, compared, and only then trusted. V2 has no way on: every key but Esc is nothing there. */
export function reduceHostKey(state: WizardState, overlay: HostKeyOverlay, key: Key): Next {
  const { region, kind, isWaiting, shown } = overlay;
  if (key.name === 'escape') return [{ ...state, overlay: undefined }];
  if (kind !== 'unknown' || isWaiting) return [state];
  if (shown) {
    const match = matchOf(overlay);
    if (key.name !== 'enter' || !match) return [state];
    return [
      { ...state, overlay: { ...overlay, isWaiting: true } },
      { do: 'trustHostKey', region, fingerprint: match.fingerprint },
    ];
  }
  if (key.name === 'enter') {
    if (!readFingerprint(overlay.given.text)) return [{ ...state, overlay: { ...overlay, hasMissed: overlay.given.text !== '' } }];
    return [
      { ...state, overlay: { ...overlay, isWaiting: true } },
      { do: 'hostKeys', region },
    ];
  }
  const given = typeKey(overlay.given, key);
  return [given ? { ...state, overlay: { ...overlay, given, hasMissed: false } } : state];
}
