import { acceptedKeys, pinnedKeys, receiverOf } from '../delivery/bind-target.ts';
import type { House } from '../delivery/house.ts';
import { forgetHostKeys, provenKeys, trustHostKey } from '../delivery/trust-host-key.ts';
import { readFingerprint } from '../domain/fingerprint.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Region } from '../domain/regions.ts';
import type { Target } from '../domain/target.ts';
import { hostKeyText } from '../text.ts';
import { isSameKey } from '../transfer/login/known-hosts.ts';
import { fetchHostKey } from '../transfer/session/fetch-host-key.ts';
import { ask } from './ask.ts';
import { type CommandContext, textOption } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';
import { usage } from './usage.ts';

async function targetAsked(context: CommandContext, writes: boolean): Promise<{ house: House; region: Region; target: Target }> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes });
  return { house, region, target: await receiverOf(house.settings, region.code) };
}

/**
 * `vardnyckel visa REGION`: what the server shows and what is known. Where nothing is known, nothing is sent to it, no name and no key;
 * where its key is known it is logged in to, if nobody needs to be asked, to hear which further keys it has.
 */
export async function show(context: CommandContext): Promise<number> {
  const { output, signal } = context;
  const { house, target } = await targetAsked(context, false);
  const { host, port } = target;
  const known = await acceptedKeys(house, target);
  const revoked = (await pinnedKeys(house, target)).filter(({ isRevoked }) => isRevoked);
  const shown = (await fetchHostKey(host, port, signal, target.route?.jump)).map((key) => ({
    type: key.type,
    fingerprint: key.fingerprint,
    known: known.includes(key.fingerprint),
    revoked: revoked.some((each) => isSameKey(each, key)),
  }));
  const seen = [...known, ...shown.map(({ fingerprint }) => fingerprint)];
  const isTrusted = shown.some((key) => key.known) && !shown.some((key) => key.revoked);
  const proven = (isTrusted ? await provenKeys({ ...house, credentials: undefined }, target, signal) : []).filter(
    ({ fingerprint }) => !seen.includes(fingerprint),
  );
  output.object({ host, port, known, shown, proven: proven.map(({ type, fingerprint }) => ({ type, fingerprint })) });
  output.line(hostKeyText.server(host, port));
  for (const key of shown)
    output.row(key.revoked ? hostKeyText.revoked(key.type, key.fingerprint) : hostKeyText.shown(key.type, key.fingerprint, key.known));
  for (const { type, fingerprint } of proven) output.row(hostKeyText.proven(type, fingerprint));
  if (known.length === 0) output.line(hostKeyText.unknown);
  else for (const fingerprint of known) output.row(hostKeyText.pinned(fingerprint));
  return 0;
}

/**
 * `vardnyckel lita REGION --fingeravtryck SHA256:…`: the fingerprint is asked for before the server's is shown (V1).
 * Throws what `trustHostKey` throws; `usage` for what is no fingerprint, and `host_key_in_settings`.
 */
export async function trust(context: CommandContext): Promise<number> {
  const { output, signal } = context;
  const { house, region, target } = await targetAsked(context, true);
  const { twoPerson, file } = house.settings;
  if (target.hostKey && !twoPerson) throw new OperatorError('host_key_in_settings', { code: region.code, file });
  const { host, port, username, path } = target;
  output.line(hostKeyText.target(`${username}@${host}:${port}`, path));
  const typed = textOption(context, 'fingeravtryck') ?? (await ask(context, hostKeyText.askFingerprint, '--fingeravtryck'));
  const fingerprint = readFingerprint(typed);
  if (!fingerprint) throw usage('not_a_fingerprint', { given: typed, command: 'vardnyckel lita' });
  await trustHostKey(house, region, target, fingerprint, signal);
  output.object({ host, port, fingerprint });
  output.line(twoPerson ? hostKeyText.confirmed(region.name) : hostKeyText.trusted(region.name));
  return 0;
}

/** `vardnyckel ta-bort REGION`: forgets the server's keys, so that the next one must be trusted anew. Throws `host_key_in_settings`. */
export async function forget(context: CommandContext): Promise<number> {
  const { house, region, target } = await targetAsked(context, true);
  const removed = await forgetHostKeys(house, region, target);
  context.output.object({ host: target.host, port: target.port, removed });
  context.output.line(hostKeyText.removed(removed.length));
  return 0;
}
