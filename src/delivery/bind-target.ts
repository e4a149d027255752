import { decisionsKey } from '../domain/checklist.ts';
import { sameDialect } from '../domain/dialect.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { currentDecisions } from '../domain/region-record.ts';
import { regionOf } from '../domain/regions.ts';
import { sameBinding, sameReceiver, type Target, type TargetBinding } from '../domain/target.ts';
import { readKnownHosts, readOpenSshKnownHosts } from '../store/known-hosts-file.ts';
import { readRegion } from '../store/regions.ts';
import { type KnownKey, knownHostsName, knownKeysFor } from '../transfer/login/known-hosts.ts';
import { resolveAlias } from '../transfer/login/ssh-alias.ts';
import { probeTarget } from '../transfer/probe-target.ts';
import { NOTHING_SENT } from '../transfer/sftp-errors.ts';
import type { TargetReport } from '../transfer/transfer.ts';
import { verifyConfirmed } from './confirmed-target.ts';
import type { House } from './house.ts';
import { bagName, type DeliveryPlan, nextNumber } from './plan.ts';
import { verifySeparate } from './separate-targets.ts';

/** What must be free beyond what a delivery weighs, on either side. */
export const DISK_MARGIN_BYTES = 64 * 1024 * 1024;

/** The region's receiver in the settings. Throws `target_missing`. */
export function targetOf(settings: House['settings'], region: string): Target {
  const target = settings.targets[region];
  if (!target) throw new OperatorError('target_missing', { region: regionOf(region).name, code: region, file: settings.file });
  return target;
}

/** The region's receiver as it is reached: an alias of the operator's ssh configuration is resolved first (D16 binds to what it means). */
export const receiverOf = async (settings: House['settings'], region: string): Promise<Target> => resolveAlias(targetOf(settings, region));

/** How known_hosts names the receiver. */
export const keyNameOf = ({ host, port, route }: Target): string => route?.hostKeyName?.toLowerCase() ?? knownHostsName(host, port);

/**
 * What is known of this server's keys; the settings' own key wins over them. Where operators have trusted any with `vardnyckel lita`,
 * those rule. Else what OpenSSH knows on this machine does, but not where two people must agree (N20). A revoked key is revoked wherever it says so.
 */
export async function pinnedKeys({ state, settings }: Pick<House, 'state' | 'settings'>, target: Target): Promise<KnownKey[]> {
  const name = keyNameOf(target);
  const trusted = knownKeysFor(await readKnownHosts(state), name);
  const others = knownKeysFor(await readOpenSshKnownHosts(target.route?.knownHostsFiles), name);
  const ruled = settings.twoPerson || trusted.some(({ isRevoked }) => !isRevoked);
  return [...trusted, ...others.filter(({ isRevoked }) => isRevoked || !ruled)];
}

/** The fingerprints that are accepted of this server: what `vardnyckel visa` and S4 call known. */
export async function acceptedKeys(house: Pick<House, 'state' | 'settings'>, target: Target): Promise<string[]> {
  if (target.hostKey) return [target.hostKey];
  return (await pinnedKeys(house, target)).filter(({ isRevoked }) => !isRevoked).map(({ fingerprint }) => fingerprint);
}

/** Connects for the first time: learns the key, the folder and what is in it. Throws what `probeTarget` and `verifySeparate` throw, `another_person` and `remote_disk_full`. */
export async function meetTarget(house: House, region: string, neededBytes: number, signal: AbortSignal): Promise<TargetReport> {
  const target = await receiverOf(house.settings, region);
  const report = await probeTarget(target, await pinnedKeys(house, target), house.credentials, signal);
  await verifySeparate(house, region, report.binding, report.provenKeys);
  await verifyConfirmed(house, region, report.binding);
  const needed = neededBytes + DISK_MARGIN_BYTES;
  if (report.freeBytes !== null && report.freeBytes < needed) {
    throw new OperatorError('remote_disk_full', { host: target.host, path: target.path, needed, free: report.freeBytes, ...NOTHING_SENT });
  }
  return report;
}

/** The plan with its receiver and its number frozen (D14): the first number that neither `taken`, the region's other deliveries, nor the server has. */
export function bound(plan: DeliveryPlan, report: TargetReport, taken: readonly string[]): DeliveryPlan {
  const region = regionOf(plan.region);
  const others = [...report.names, ...taken];
  const isFree = !others.includes(plan.bag);
  const bag = isFree ? plan.bag : bagName(region, plan.day, nextNumber(region, plan.day, [plan.bag, ...others]));
  return { ...plan, bag, target: report.binding };
}

/**
 * A plan's files are written in one dialect: a target that wants another, because it came after the plan (R31) or was changed since, needs a new
 * delivery. Throws `dialect_changed`.
 */
export function verifyDialect(
  { targets }: House['settings'],
  { id, region, dialect }: Pick<DeliveryPlan, 'id' | 'region' | 'dialect'>,
): void {
  const named = targets[region];
  if (named && !sameDialect(named.dialect, dialect))
    throw new OperatorError('dialect_changed', { region: regionOf(region).name, code: region, delivery: id });
}

/**
 * D16, right before the first byte and right before publishing: the receiver that is connected is the plan's and the settings',
 * no other region's, and its dialect and the seven decisions are the plan's. Throws `target_changed`, `dialect_changed`, `settings_invalid`,
 * `another_person` or `decisions_changed`; nothing was published.
 */
export async function verifyStillBound(house: House, plan: DeliveryPlan, seen: TargetBinding): Promise<void> {
  const settings = house.reloadSettings();
  const named = settings.targets[plan.region];
  const target = named && (await resolveAlias(named));
  const asked = target && { host: target.host, port: target.port, username: target.username, path: target.path, hostKey: seen.hostKey };
  if (!plan.target || !asked || !sameBinding(plan.target, seen) || !sameReceiver(asked, seen)) {
    throw new OperatorError('target_changed', { region: regionOf(plan.region).name, delivery: plan.id });
  }
  verifyDialect(settings, plan);
  await verifySeparate({ state: house.state, settings }, plan.region, seen);
  await verifyConfirmed(house, plan.region, seen);
  const decisions = currentDecisions(await readRegion(house.state, plan.region));
  if (decisionsKey(decisions) !== decisionsKey(plan.decisions)) {
    throw new OperatorError('decisions_changed', { delivery: plan.id, finished: 'nej', region: plan.region });
  }
}
