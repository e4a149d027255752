/** Something that a login lacks and only a person can give: a passphrase, a password, or an ssh-agent that answers. */
export interface SecretNeed {
  readonly reason: 'passphrase' | 'password' | 'agent';
  /** The key file or `user@host` that it opens. */
  readonly subject: string;
  /** The server's own question (keyboard-interactive), without control characters. */
  readonly prompt?: string;
  /** The answer may be shown while it is typed. */
  readonly isEchoed?: true;
  /** What was given before did not open it. */
  readonly isRetry?: true;
}

/** Asks a person; resolves to what was typed (of an agent: its socket's path), or undefined when nobody answers. */
export type AskSecret = (need: SecretNeed) => Promise<string | undefined>;
