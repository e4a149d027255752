import type { DeliveryEvent } from '../../../domain/delivery-events.ts';
import { readFingerprint } from '../../../domain/fingerprint.ts';
import type { ErrorFacts } from '../../../domain/operator-error.ts';
import type { ShownHostKey } from '../../core.ts';
import { type Field, fieldOf, insert } from '../../parts/field.ts';

/** V1 and V2: what a server showed that is not trusted. */
export interface HostKeyOverlay {
  readonly id: 'hostKey';
  readonly openedAt: number;
  readonly region: string;
  readonly kind: 'unknown' | 'changed' | 'revoked';
  readonly facts: ErrorFacts;
  /** The fingerprint that the region gave on another way; asked for before the server's is shown. */
  readonly given: Field;
  readonly hasMissed: boolean;
  readonly isWaiting: boolean;
  /** What the server shows, once there is something to compare it with. */
  readonly shown: readonly ShownHostKey[] | undefined;
}

const KINDS = { host_key_unknown: 'unknown', host_key_changed: 'changed', host_key_revoked: 'revoked' } as const;

/** The screen that an error opens over the region it is about, if it is about the host key. */
export function hostKeyOverlay(region: string, event: Extract<DeliveryEvent, { type: 'error' }>, now: number): HostKeyOverlay | undefined {
  const kind = KINDS[event.error as keyof typeof KINDS];
  if (!kind) return undefined;
  const fresh = { given: fieldOf(), hasMissed: false, isWaiting: false, shown: undefined };
  return { id: 'hostKey', openedAt: now, region, kind, facts: event.facts ?? {}, ...fresh };
}

/** The key that is the one the region named; undefined while there is nothing to compare, and when none is. */
export const matchOf = ({ given, shown }: HostKeyOverlay): ShownHostKey | undefined =>
  shown?.find(({ fingerprint }) => fingerprint === readFingerprint(given.text));

/** A pasted fingerprint; not any more when there is something to copy it from. */
export const pasteFingerprint = (overlay: HostKeyOverlay, text: string): HostKeyOverlay =>
  overlay.shown || overlay.isWaiting ? overlay : { ...overlay, given: insert(overlay.given, text.trim()), hasMissed: false };
