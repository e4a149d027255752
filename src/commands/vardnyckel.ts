import { hostname } from 'node:os';
import { pinnedKeys, targetOf } from '../delivery/bind-target.ts';
import type { House } from '../delivery/house.ts';
import { timestamp } from '../domain/calendar.ts';
import { OperatorError } from '../domain/operator-error.ts';
import type { Region } from '../domain/regions.ts';
import type { Target } from '../domain/target.ts';
import { appendAudit } from '../store/audit.ts';
import { addKnownHost, removeKnownHosts } from '../store/known-hosts-file.ts';
import { hostKeyText } from '../text.ts';
import { fetchHostKey } from '../transfer/fetch-host-key.ts';
import { knownHostsLine, knownHostsName, parseKnownHosts } from '../transfer/host-keys.ts';
import { ask } from './ask.ts';
import { type CommandContext, textOption } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';

async function targetAsked(context: CommandContext, writes: boolean): Promise<{ house: House; region: Region; target: Target }> {
  const region = regionArgument(context);
  const house = await openHouse(context, { writes });
  return { house, region, target: targetOf(house.settings, region.code) };
}

const pinned = async (house: House, target: Target): Promise<readonly string[]> =>
  target.hostKey ? [target.hostKey] : pinnedKeys(house, target);

const audit = (house: House, act: 'host_key_trusted' | 'host_key_removed', region: string, facts: Record<string, string | number>) =>
  appendAudit(house.state, { at: timestamp(house.clock.now()), operator: house.operator, host: hostname(), act, region, facts });

/** `vardnyckel visa REGION`: what the server shows and what is known. Nothing is sent to it, no name and no key. */
export async function show(context: CommandContext): Promise<number> {
  const { output } = context;
  const { house, target } = await targetAsked(context, false);
  const known = await pinned(house, target);
  const shown = (await fetchHostKey(target.host, target.port, context.signal)).map(({ fingerprint, type }) => ({
    type,
    fingerprint,
    known: known.includes(fingerprint),
  }));
  output.object({ host: target.host, port: target.port, known, shown });
  output.line(hostKeyText.server(target.host, target.port));
  for (const key of shown) output.line(hostKeyText.shown(key.type, key.fingerprint, key.known));
  if (known.length === 0) output.line(hostKeyText.unknown);
  else for (const fingerprint of known) output.line(hostKeyText.pinned(fingerprint));
  return 0;
}

/**
 * `vardnyckel lita REGION --fingeravtryck SHA256:…`: pins the key that the server shows, if it is the one that the region gave on another way.
 * The fingerprint is asked for before the server's is shown (V1). Throws `host_key_changed` when they differ.
 */
export async function trust(context: CommandContext): Promise<number> {
  const { house, region, target } = await targetAsked(context, true);
  if (target.hostKey) throw new OperatorError('usage', { given: hostKeyText.inSettings(house.settings.file), command: 'vardnyckel lita' });
  const given = (textOption(context, 'fingeravtryck') ?? (await ask(context, hostKeyText.askFingerprint, '--fingeravtryck'))).trim();
  const shown = await fetchHostKey(target.host, target.port, context.signal);
  const match = shown.find(({ fingerprint }) => fingerprint === given);
  if (!match) {
    throw new OperatorError('host_key_changed', {
      host: target.host,
      port: target.port,
      pinned: given,
      seen: shown.map(({ fingerprint }) => fingerprint).join(', '),
    });
  }
  const known = await pinnedKeys(house, target);
  if (!known.includes(given)) {
    await audit(house, 'host_key_trusted', region.code, { host: target.host, port: target.port, fingerprint: given });
    await addKnownHost(house.state, knownHostsLine(target.host, target.port, match.blob).trimEnd());
  }
  context.output.object({ host: target.host, port: target.port, fingerprint: given });
  context.output.line(hostKeyText.trusted(region.name));
  return 0;
}

/** `vardnyckel ta-bort REGION`: forgets the server's keys, so that the next one must be trusted anew. */
export async function forget(context: CommandContext): Promise<number> {
  const { house, region, target } = await targetAsked(context, true);
  const known = await pinnedKeys(house, target);
  const name = knownHostsName(target.host, target.port);
  await audit(house, 'host_key_removed', region.code, { host: target.host, port: target.port });
  await removeKnownHosts(house.state, (line) => parseKnownHosts(line).some(({ names }) => names.includes(name)));
  context.output.object({ host: target.host, port: target.port, removed: known });
  context.output.line(hostKeyText.removed(known.length));
  return 0;
}
