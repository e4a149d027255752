import type { ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import ssh2 from 'ssh2';

/**
 * An ssh-agent that shows one key alone, so that whoever logs in decides after each whether the next is shown: ssh2 shows all that an agent
 * has, also to a server that has accepted one and wants something else then.
 */
export class OneKeyAgent extends ssh2.OpenSSHAgent {
  readonly #key: ParsedKey;
  #hasSigned = false;

  constructor(socket: string, key: ParsedKey) {
    super(socket);
    this.#key = key;
  }

  /** Whether a server has asked for its signature. */
  get hasSigned(): boolean {
    return this.#hasSigned;
  }

  override getIdentities(callback: Parameters<ssh2.OpenSSHAgent['getIdentities']>[0]): void {
    callback(null, [this.#key]);
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): boolean {
    this.#hasSigned = true;
    return typeof options === 'function' ? super.sign(key, data, options) : super.sign(key, data, options, done);
  }
}

/** The keys of the agent at this socket, or only the one with this public blob; empty when it does not answer. */
export async function agentKeys(socket: string | undefined, publicBlob?: Buffer): Promise<OneKeyAgent[]> {
  if (!socket) return [];
  const keys = await new Promise<readonly ParsedKey[]>((resolve) =>
    new ssh2.OpenSSHAgent(socket).getIdentities((error, identities) => resolve(error || !identities ? [] : (identities as ParsedKey[]))),
  );
  return keys.filter((key) => !publicBlob || key.getPublicSSH().equals(publicBlob)).map((key) => new OneKeyAgent(socket, key));
}
