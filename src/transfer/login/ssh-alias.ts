import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import { OperatorError } from '../../domain/operator-error.ts';
import type { Target } from '../../domain/target.ts';

const run = promisify(execFile);
/** A `Match exec` of the operator's own may ask the network; it may not hold up a delivery for ever. */
const ANSWER_MS = 10_000;

type Options = ReadonlyMap<string, readonly string[]>;

/** `keyword value` lines, a keyword once for each value. */
function parsed(printed: string): Options {
  const options = new Map<string, string[]>();
  for (const line of printed.split('\n')) {
    const [, keyword, value] = /^(\S+) (.+)$/.exec(line) ?? [];
    if (keyword && value) options.set(keyword, [...(options.get(keyword) ?? []), value]);
  }
  return options;
}

async function ask(args: readonly string[]): Promise<Options | undefined> {
  try {
    return parsed((await run('ssh', [...args], { timeout: ANSWER_MS })).stdout);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new OperatorError('sftp_failed', { host: args.at(-1) ?? '', reason: 'ssh_config' }, error);
  }
}

async function firstThatExists(files: readonly string[]): Promise<string | undefined> {
  for (const file of files.map((each) => each.replace(/^~(?=\/)/, homedir()))) {
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}

/**
 * The agent's socket that an `IdentityAgent` names: '' for none, undefined for the one of SSH_AUTH_SOCK.
 * `ssh -G` has put in what `~`, `%d` and `${NAME}` stand for, and leaves `$NAME`.
 */
function agentSocketOf(identityAgent: string | undefined): string | undefined {
  if (identityAgent === 'SSH_AUTH_SOCK') return undefined;
  if (identityAgent === 'none') return '';
  return identityAgent?.startsWith('$') ? (process.env[identityAgent.slice(1)] ?? '') : identityAgent;
}

/**
 * The target as the operator's own ssh configuration means it, when its host is an alias there (`ssh -G`, which alone knows Include, Match and
 * tokens). Only a name without dots is asked about, and only what ssh would not have said without any configuration counts.
 * What the settings say themselves wins. Without an ssh on this machine the host is what it says. Throws `sftp_failed` (`ssh_config`).
 */
export async function resolveAlias(target: Target): Promise<Target> {
  const { host } = target;
  if (/[.:]/.test(host)) return target;
  const said = await ask(['-G', '--', host]);
  const plain = said && (await ask(['-F', 'none', '-G', '--', host]));
  if (!said || !plain) return target;
  const configured = (keyword: string): readonly string[] => {
    const values = said.get(keyword) ?? [];
    return values.join('\n') === plain.get(keyword)?.join('\n') ? [] : values;
  };
  const [hostName = host] = configured('hostname');
  const [port] = configured('port');
  const [hostKeyName] = configured('hostkeyalias');
  const [jump] = configured('proxyjump').filter((hops) => hops !== 'none');
  const knownHostsFiles = configured('userknownhostsfile').flatMap((files) => files.split(' '));
  const agentSocket = agentSocketOf(configured('identityagent')[0]);
  const privateKey = target.privateKey ?? (await firstThatExists(configured('identityfile')));
  const route = {
    ...(hostKeyName && { hostKeyName }),
    ...(jump && { jump }),
    ...(knownHostsFiles.length > 0 && { knownHostsFiles }),
    ...(agentSocket !== undefined && { agentSocket }),
  };
  const isAlias = hostName !== host || port || privateKey !== target.privateKey || Object.keys(route).length > 0;
  if (!isAlias) return target;
  return {
    ...target,
    host: hostName,
    port: target.port === 22 && port ? Number(port) : target.port,
    privateKey,
    route,
  };
}
