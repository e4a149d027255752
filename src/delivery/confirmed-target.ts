import { OperatorError } from '../domain/operator-error.ts';
import { regionOf } from '../domain/regions.ts';
import { type Receiver, sameReceiver } from '../domain/target.ts';
import { verifyAudit } from '../store/audit.ts';
import type { House } from './house.ts';

/** How far two people have come with a target (N20): nobody, one who entered it, or a second who confirmed the same. */
export type Confirmation =
  | { readonly state: 'none' }
  | { readonly state: 'entered'; readonly by: string }
  | { readonly state: 'confirmed' };

/** The receiver as the audit log holds it: a target is confirmed with its fingerprint, its account and its path. */
export const targetAuditFacts = ({ host, port, username, path, hostKey }: Receiver) => ({
  host,
  port,
  username,
  path,
  fingerprint: hostKey,
});

/** What the audit log says of this receiver since its keys were last removed. */
export async function confirmationOf({ state }: Pick<House, 'state'>, region: string, receiver: Receiver): Promise<Confirmation> {
  const entries = (await verifyAudit(state)).entries.filter((entry) => entry.region === region);
  const since = entries.slice(entries.findLastIndex(({ act }) => act === 'host_key_removed') + 1);
  const about = since.filter(({ facts = {} }) => {
    const { host, port, username, path, fingerprint } = facts;
    return sameReceiver(receiver, { host, port, username, path, hostKey: fingerprint } as Receiver);
  });
  if (about.some(({ act }) => act === 'target_confirmed')) return { state: 'confirmed' };
  const entered = about.find(({ act }) => act === 'target_entered');
  return entered ? { state: 'entered', by: entered.operator } : { state: 'none' };
}

/** Says that somebody else than `by` must go on; `by` is '' when nobody has begun. */
export const anotherPerson = (region: string, by: string): OperatorError =>
  new OperatorError('another_person', { region: regionOf(region).name, by });

/** With `twoPerson` nothing is sent before another operator has confirmed the target (N20). Throws `another_person`. */
export async function verifyConfirmed(house: Pick<House, 'state' | 'settings'>, region: string, receiver: Receiver): Promise<void> {
  if (!house.settings.twoPerson) return;
  const confirmation = await confirmationOf(house, region, receiver);
  if (confirmation.state === 'confirmed') return;
  throw anotherPerson(region, confirmation.state === 'entered' ? confirmation.by : '');
}
