import type { AnyAuthMethod } from 'ssh2';
import { OperatorError } from '../domain/operator-error.ts';
import type { Target, TargetBinding } from '../domain/target.ts';
import type { HostKey } from './host-keys.ts';
import type { SessionPatience } from './pending-requests.ts';
import { targetFacts } from './sftp-errors.ts';
import { SftpSession } from './sftp-session.ts';
import { algorithmsOfKeyType, HOST_KEY_ALGORITHMS } from './ssh-algorithms.ts';
import { dial, HostKeyRefused } from './ssh-connection.ts';

/** TCP, key exchange, login and the SFTP channel together; nothing in it waits for a person. */
const CONNECT_MS = 20_000;

export interface SessionRequest {
  readonly target: Target;
  /** Pinned keys as `SHA256:…`; the settings' `hostKey` wins over them. */
  readonly pinnedHostKeys: readonly string[];
  readonly auth: readonly AnyAuthMethod[];
  readonly signal: AbortSignal;
  readonly patience?: SessionPatience;
}

/**
 * Connects and logs in to a server whose key is pinned. A fingerprint does not say its key's type, so a server that shows another of its
 * keys is asked again without that type, until one matches or it has no more; nothing is authenticated before one matches (N01).
 * Throws OperatorError `host_key_unknown` (fact `seen`), `host_key_changed` (`seen`, `pinned`), `sftp_login`, `sftp_failed`; or ConnectionLost.
 */
export async function openSession({ target, pinnedHostKeys, auth, signal, patience }: SessionRequest): Promise<SftpSession> {
  const pinned = target.hostKey ? [target.hostKey] : pinnedHostKeys;
  const refused: HostKey[] = [];
  for (;;) {
    const tried = refused.flatMap((key) => algorithmsOfKeyType(key.type));
    const keyAlgorithms = HOST_KEY_ALGORITHMS.filter((name) => !tried.includes(name));
    const { host, port, username } = target;
    const accepts = (key: HostKey) => pinned.includes(key.fingerprint);
    try {
      if (keyAlgorithms.length === 0) throw notPinned(target, pinned, refused);
      const connection = await dial({ host, port, username, auth, keyAlgorithms, accepts, connectMs: CONNECT_MS, signal });
      return new SftpSession(connection, patience);
    } catch (error) {
      const isOutOfKeys = error instanceof OperatorError && error.facts.reason === 'algorithms' && refused.length > 0;
      if (isOutOfKeys) throw notPinned(target, pinned, refused);
      if (!(error instanceof HostKeyRefused)) throw error;
      refused.push(error.key);
      if (pinned.length === 0) throw notPinned(target, pinned, refused);
    }
  }
}

function notPinned(target: Target, pinned: readonly string[], [first]: readonly HostKey[]): OperatorError {
  const facts = { ...targetFacts(target), seen: first?.fingerprint ?? '', keyType: first?.type ?? '' };
  if (pinned.length === 0) return new OperatorError('host_key_unknown', facts);
  return new OperatorError('host_key_changed', { ...facts, pinned: pinned.join(' ') });
}

/** The receiver as this connection shows it (D16). */
export const bindingOf = (target: Target, session: SftpSession): TargetBinding => ({
  host: target.host,
  port: target.port,
  username: target.username,
  path: target.path,
  hostKey: session.hostKey.fingerprint,
});
