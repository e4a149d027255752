import { OperatorError } from '../../domain/operator-error.ts';
import type { Target } from '../../domain/target.ts';
import type { HostKey } from '../login/host-keys.ts';
import { isSameKey, type KnownKey } from '../login/known-hosts.ts';
import type { Login } from '../login/login.ts';
import { algorithmsFor, algorithmsOfKeyType } from '../login/ssh-algorithms.ts';
import { targetFacts } from '../sftp-errors.ts';
import type { SessionPatience } from './pending-requests.ts';
import { SftpSession } from './sftp-session.ts';
import { dial, HostKeyRefused } from './ssh-connection.ts';

/** TCP, key exchange, login and the SFTP channel together; the time that a person takes to answer is not counted. */
const CONNECT_MS = 20_000;

export interface SessionRequest {
  readonly target: Target;
  /** As in `SendRequest`. */
  readonly pinnedHostKeys: readonly KnownKey[];
  readonly auth: Login;
  readonly signal: AbortSignal;
  readonly patience?: SessionPatience;
}

/**
 * Connects and logs in to a server whose key is pinned. The types that are known are asked for first; a server that shows another of its
 * keys is asked again without that type, until one matches or none is left that could; nothing is authenticated before one matches (N01).
 * Throws OperatorError `host_key_unknown` (fact `seen`), `host_key_changed` (`seen`, `pinned`, and `keyIn` where the settings hold the key),
 * `host_key_revoked` (`seen`), `sftp_login`, `sftp_failed`; or ConnectionLost.
 */
export async function openSession({ target, pinnedHostKeys, auth, signal, patience }: SessionRequest): Promise<SftpSession> {
  const { host, port, username, route } = target;
  const { accepts, ...trust } = trustIn(target, pinnedHostKeys);
  const refused: HostKey[] = [];
  for (;;) {
    const tried = refused.flatMap((key) => algorithmsOfKeyType(key.type));
    const keyAlgorithms = trust.algorithms.filter((name) => !tried.includes(name));
    try {
      if (keyAlgorithms.length === 0) throw notPinned(target, trust.pinned, refused);
      return new SftpSession(
        await dial({ host, port, username, jump: route?.jump, auth, keyAlgorithms, accepts, connectMs: CONNECT_MS, signal }),
        patience,
      );
    } catch (error) {
      if (error instanceof HostKeyRefused) {
        refused.push(error.key);
        if (trust.revokes(error.key)) throw new OperatorError('host_key_revoked', keyFacts(target, error.key));
        if (!trust.mayHaveAnother(refused)) throw notPinned(target, trust.pinned, refused);
        continue;
      }
      const isOutOfKeys = error instanceof OperatorError && error.facts.reason === 'algorithms' && refused.length > 0;
      if (isOutOfKeys) throw notPinned(target, trust.pinned, refused);
      throw error;
    }
  }
}

/** What is believed of the server before it has said anything. */
function trustIn({ hostKey }: Target, known: readonly KnownKey[]) {
  const good = hostKey ? [] : known.filter(({ isRevoked }) => !isRevoked);
  const types = [...new Set(good.map(({ type }) => type))];
  const revokes = (key: HostKey): boolean => known.some((each) => each.isRevoked && isSameKey(each, key));
  return {
    pinned: hostKey ? [hostKey] : good.map(({ fingerprint }) => fingerprint),
    algorithms: algorithmsFor(types),
    revokes,
    accepts: (key: HostKey): boolean =>
      !revokes(key) && (hostKey ? key.fingerprint === hostKey : good.some((each) => isSameKey(each, key))),
    /** A fingerprint does not say its key's type, so every type is tried for it; whole keys are looked for among their own types. */
    mayHaveAnother: (seen: readonly HostKey[]): boolean =>
      hostKey !== undefined || types.some((type) => !seen.some((key) => key.type === type)),
  };
}

const keyFacts = (target: Target, key: HostKey | undefined) => ({
  ...targetFacts(target),
  seen: key?.fingerprint ?? '',
  keyType: key?.type ?? '',
});

function notPinned(target: Target, pinned: readonly string[], [first]: readonly HostKey[]): OperatorError {
  if (pinned.length === 0) return new OperatorError('host_key_unknown', keyFacts(target, first));
  return new OperatorError('host_key_changed', {
    ...keyFacts(target, first),
    pinned: pinned.join(' '),
    ...(target.hostKey && { keyIn: 'settings' }),
  });
}
