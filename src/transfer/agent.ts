import type { ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';

/** An ssh-agent that shows one key alone, as `IdentitiesOnly` does: six strange keys would use up the server's patience. */
class OneKeyAgent extends ssh2.OpenSSHAgent {
  readonly #key: ParsedKey;

  constructor(socket: string, key: ParsedKey) {
    super(socket);
    this.#key = key;
  }

  override getIdentities(callback: Parameters<ssh2.OpenSSHAgent['getIdentities']>[0]): void {
    callback(null, [this.#key]);
  }
}

/**
 * The agent at this socket, narrowed to the key with this public blob when one is given; undefined when it does not answer,
 * has no key, or not that key.
 */
export async function agentWith(socket: string | undefined, publicBlob?: Buffer): Promise<ssh2.OpenSSHAgent | undefined> {
  if (!socket) return undefined;
  const agent = new ssh2.OpenSSHAgent(socket);
  const keys = await new Promise<readonly ParsedKey[]>((resolve) =>
    agent.getIdentities((error, identities) => resolve(error || !identities ? [] : (identities as ParsedKey[]))),
  );
  if (!publicBlob) return keys.length > 0 ? agent : undefined;
  const key = keys.find((each) => each.getPublicSSH().equals(publicBlob));
  return key && new OneKeyAgent(socket, key);
}
