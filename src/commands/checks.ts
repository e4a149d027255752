import { statfs } from 'node:fs/promises';
import { acceptedKeys, pinnedKeys, receiverOf } from '../delivery/bind-target.ts';
import { confirmationOf } from '../delivery/confirmed-target.ts';
import type { House } from '../delivery/house.ts';
import { verifySeparate } from '../delivery/separate-targets.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Region } from '../domain/regions.ts';
import { openSource } from '../source/open-source.ts';
import { verifyAudit } from '../store/audit.ts';
import { withoutPassword } from '../store/settings.ts';
import { makeFolders } from '../store/shared-files.ts';
import { sourceSettings } from '../store/source-settings.ts';
import { checkText, errorText, formatBytes, sourceFindings } from '../text.ts';
import { needsForwardedAgent } from '../transfer/login/login.ts';
import { resolveAlias } from '../transfer/login/ssh-alias.ts';
import { probeTarget } from '../transfer/probe-target.ts';

/** One thing that was looked at before work begins. `exitCode` is what a failure of it means. */
export interface Check {
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What else was seen, a sentence each. */
  readonly findings: readonly string[];
  readonly exitCode: number;
}

const ok = (detail: string, findings: readonly string[] = []): Check => ({
  state: findings.length > 0 ? 'warning' : 'ok',
  detail,
  findings,
  exitCode: 0,
});

/** An operator error as a failed check; anything else is our bug and is thrown. */
async function checked(work: () => Promise<Check>): Promise<Check> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const { what, todo } = errorText(error);
    return { state: 'failed', detail: what, findings: todo, exitCode: error.exitCode };
  }
}

/** The saved state opens, and the audit chain is whole (N09). */
export const checkState = (house: House): Promise<Check> =>
  checked(async () => {
    const { intact, lines, firstBadLine } = await verifyAudit(house.state);
    if (!intact) throw new OperatorError('state_corrupt', { problem: 'audit', path: house.state.audit, line: firstBadLine ?? 0 });
    return ok(house.state.isNew ? checkText.newState(house.state.dir) : checkText.state(house.state.dir, lines));
  });

/** The databases answer, and keep the contract. */
export const checkSource = (house: House): Promise<Check> =>
  checked(async () => {
    const source = openSource(sourceSettings(house.settings));
    try {
      const { serverVersion, views, findings } = await source.check();
      const { sminet2, epiark = sminet2 } = sourceSettings(house.settings);
      const holdsPassword = [sminet2, epiark].some((url) => withoutPassword(url) !== url);
      const sentences = [
        ...findings.map(({ code, facts }) => sourceFindings[code]?.(facts) ?? code),
        ...(holdsPassword ? [checkText.passwordInUrl] : []),
      ];
      const detail = checkText.source(serverVersion, views.length);
      if (!findings.some(({ severity }) => severity === 'problem')) return ok(detail, sentences);
      return { state: 'failed', detail, findings: sentences, exitCode: new OperatorError('contract_broken').exitCode };
    } finally {
      await source.close();
    }
  });

/** Targets that the settings name, and whose host keys are known; no network (S0). */
export const checkTargets = async (house: House, regions: readonly Region[]): Promise<{ targets: Check; hostKeys: Check }> => {
  const named = regions.flatMap(({ code }) => house.settings.targets[code] ?? []);
  const known = await Promise.all(named.map(async (target) => (await acceptedKeys(house, await resolveAlias(target))).length > 0));
  const count = known.filter(Boolean).length;
  return {
    targets: ok(checkText.targets(named.length, regions.length), named.length < regions.length ? [checkText.targetsMissing] : []),
    hostKeys: ok(checkText.hostKeys(count, named.length), count < named.length ? [checkText.hostKeysMissing] : []),
  };
};

/** One region's server: key, login, folder and room, without leaving anything behind. */
export const checkTarget = (house: House, region: Region, signal: AbortSignal): Promise<Check> =>
  checked(async () => {
    const target = await receiverOf(house.settings, region.code);
    const pinned = await pinnedKeys(house, target);
    const { ident, freeBytes, binding, provenKeys, mayLook } = await probeTarget(target, pinned, house.credentials, signal);
    await verifySeparate(house, region.code, binding, provenKeys);
    const known = [binding.hostKey, ...pinned.map(({ fingerprint }) => fingerprint)];
    // Keys of other types stand beside the one that is used on most servers; a second one of its own type is what will replace it.
    const [used] = provenKeys.filter(({ fingerprint }) => fingerprint === binding.hostKey);
    const further = provenKeys.filter(({ type, fingerprint }) => type === used?.type && !known.includes(fingerprint));
    const isConfirmed = !house.settings.twoPerson || (await confirmationOf(house, region.code, binding)).state === 'confirmed';
    return ok(
      checkText.target(
        `${target.username}@${target.host}:${target.port}${target.path}`,
        ident,
        freeBytes === null ? undefined : formatBytes(freeBytes),
      ),
      [
        ...((await needsForwardedAgent(target, process.env)) ? [checkText.forwardedAgent] : []),
        ...(mayLook ? [] : [checkText.noLooking]),
        ...(isConfirmed ? [] : [checkText.unconfirmed]),
        ...further.map(({ type, fingerprint }) => checkText.provenKey(type, fingerprint)),
      ],
    );
  });

/** Room for bags while they are built and sent. */
export const checkDisk = (house: House): Promise<Check> =>
  checked(async () => {
    const { staging } = house.settings;
    const { bavail, bsize } = await makeFolders(staging)
      .then(() => statfs(staging))
      .catch((error) => {
        throw new OperatorError('permission_local', { path: staging }, error);
      });
    return ok(checkText.disk(staging, formatBytes(bavail * bsize)));
  });
