import { posix } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import type { Target, TargetBinding } from '../domain/target.ts';
import type { HostKey } from '../transfer/login/host-keys.ts';
import { resolveAlias } from '../transfer/login/ssh-alias.ts';
import type { House } from './house.ts';
import { metReceivers } from './met-receivers.ts';

/**
 * D16: two regions may not have one receiver, however the settings write it: as a link, with dots in the path, by another name of the same
 * server. What this connection has seen is compared with what other regions' deliveries have met, as long as that is still their target;
 * of two regions that meet the same folder, the second is stopped before its first byte. `provenKeys` are the server's further keys.
 * Throws `settings_invalid` with problem `same_folder`, and what `metReceivers` throws.
 */
export async function verifySeparate(
  { state, settings: { file, targets } }: Pick<House, 'state' | 'settings'>,
  region: string,
  seen: TargetBinding,
  provenKeys: readonly HostKey[] = [],
): Promise<void> {
  const keys = [seen.hostKey, ...provenKeys.map(({ fingerprint }) => fingerprint)];
  const isSameFolder = (other: TargetBinding): boolean =>
    (keys.includes(other.hostKey) || (other.host === seen.host && other.port === seen.port)) &&
    other.username === seen.username &&
    other.realPath === seen.realPath;
  for (const { region: other, target } of await metReceivers(state)) {
    if (other === region || !isSameFolder(target) || !(await isStillMeant(targets[other], target))) continue;
    const facts = { problem: 'same_folder', other, path: seen.realPath, more: 0 };
    throw new OperatorError('settings_invalid', { file, key: `targets.${region}`, ...facts });
  }
}

/** A region whose settings have since been corrected is not held to where it once was. */
async function isStillMeant(named: Target | undefined, bound: TargetBinding): Promise<boolean> {
  if (!named) return false;
  const { host, port, username, path } = await resolveAlias(named);
  return host === bound.host && port === bound.port && username === bound.username && posix.join(path, '/') === posix.join(bound.path, '/');
}
