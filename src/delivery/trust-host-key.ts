import { hostname } from 'node:os';
import type { AuditAct } from '../domain/audit-entry.ts';
import { timestamp } from '../domain/calendar.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Region } from '../domain/regions.ts';
import type { Target } from '../domain/target.ts';
import { appendAudit } from '../store/audit.ts';
import { addKnownHost, editKnownHosts, readKnownHosts } from '../store/known-hosts-file.ts';
import type { HostKey } from '../transfer/login/host-keys.ts';
import { hidesNames, isSameKey, knownHostsLine, knownKeysFor, withoutHost } from '../transfer/login/known-hosts.ts';
import { probeTarget } from '../transfer/probe-target.ts';
import { fetchHostKey } from '../transfer/session/fetch-host-key.ts';
import { keyNameOf, pinnedKeys } from './bind-target.ts';
import { anotherPerson, confirmationOf, targetAuditFacts } from './confirmed-target.ts';
import type { House } from './house.ts';

/**
 * The keys that the server has proven to have besides the one it shows. It says so only after a login, so only where its key is trusted;
 * a login that does not succeed tells nothing.
 */
export async function provenKeys(house: House, target: Target, signal: AbortSignal): Promise<readonly HostKey[]> {
  try {
    return (await probeTarget(target, await pinnedKeys(house, target), house.credentials, signal)).provenKeys;
  } catch (error) {
    if (error instanceof OperatorError) return [];
    throw error;
  }
}

/**
 * Pins the key with the fingerprint that the region gave on another way, if it is one that the server shows or has proven to have.
 * With `twoPerson` the first operator enters it, and another one confirms it together with account and path (N20).
 * Throws `host_key_changed` when the server shows others, `host_key_revoked`, `another_person`.
 */
export async function trustHostKey(house: House, region: Region, target: Target, given: string, signal: AbortSignal): Promise<void> {
  const { host, port } = target;
  const pinned = await pinnedKeys(house, target);
  const isGiven = ({ fingerprint }: HostKey) => fingerprint === given;
  const shown = await fetchHostKey(host, port, signal, target.route?.jump);
  const isKnown = pinned.some((key) => !key.isRevoked && shown.some((each) => isSameKey(each, key)));
  const key = shown.find(isGiven) ?? (isKnown ? (await provenKeys(house, target, signal)).find(isGiven) : undefined);
  if (!key) {
    const seen = shown.map(({ fingerprint }) => fingerprint).join(', ');
    throw new OperatorError('host_key_changed', { host, port, pinned: given, seen, keyIn: 'answer' });
  }
  if (pinned.some((each) => each.isRevoked && isSameKey(each, key)))
    throw new OperatorError('host_key_revoked', { host, port, seen: given });
  if (house.settings.twoPerson) await enterOrConfirm(house, region, target, given);
  if (target.hostKey) return;
  // One that only OpenSSH's own files know is written down here as well, where it outlives a change of theirs.
  const name = keyNameOf(target);
  if (knownKeysFor(await readKnownHosts(house.state), name).some((each) => isSameKey(each, key))) return;
  await record(house, 'host_key_trusted', region, { host, port, fingerprint: given });
  await addKnownHost(house.state, (text) => knownHostsLine(name, key, hidesNames(text)));
}

/** Writes down this operator's word on the target, and returns only when two different ones have given the same. */
async function enterOrConfirm(house: House, region: Region, target: Target, hostKey: string): Promise<void> {
  const { host, port, username, path } = target;
  const binding = { host, port, username, path, hostKey };
  const confirmation = await confirmationOf(house, region.code, binding);
  if (confirmation.state === 'confirmed') return;
  if (confirmation.state === 'none') await record(house, 'target_entered', region, targetAuditFacts(binding));
  const by = confirmation.state === 'entered' ? confirmation.by : house.operator;
  if (by === house.operator) throw anotherPerson(region.code, by);
  await record(house, 'target_confirmed', region, targetAuditFacts(binding));
}

/**
 * Forgets the server's keys that were trusted here, so that the next one must be trusted anew; returns them. Revoked ones stay revoked.
 * Throws `host_key_in_settings` where it is the settings that say which key is trusted: nothing that is forgotten here changes that.
 */
export async function forgetHostKeys(house: House, region: Region, target: Target): Promise<readonly string[]> {
  if (target.hostKey) throw new OperatorError('host_key_in_settings', { code: region.code, file: house.settings.file });
  const name = keyNameOf(target);
  const trusted = knownKeysFor(await readKnownHosts(house.state), name).filter(({ isRevoked }) => !isRevoked);
  if (trusted.length === 0) return [];
  await record(house, 'host_key_removed', region, { host: target.host, port: target.port });
  await editKnownHosts(house.state, (line) => withoutHost(line, name));
  return trusted.map(({ fingerprint }) => fingerprint);
}

const record = (house: House, act: AuditAct, region: Region, facts: Readonly<Record<string, string | number>>): Promise<string> =>
  appendAudit(house.state, {
    at: timestamp(house.clock.now()),
    operator: house.operator,
    host: hostname(),
    act,
    region: region.code,
    facts,
  });
