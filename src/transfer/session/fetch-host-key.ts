import { OperatorError } from '../../domain/operator-error.ts';
import type { HostKey } from '../login/host-keys.ts';
import { algorithmsOfKeyType, HOST_KEY_ALGORITHMS } from '../login/ssh-algorithms.ts';
import { ConnectionLost, NOTHING_SENT, toOperatorError } from '../sftp-errors.ts';
import { dial, HostKeyRefused } from './ssh-connection.ts';

const CONNECT_MS = 20_000;

/**
 * Every host key that a server shows, one connection per key type, strongest first; each is refused by the verifier,
 * so no authentication is ever tried (N01). `jump` as in `Route`. Throws OperatorError `sftp_down` when the server does not answer.
 */
export async function fetchHostKey(host: string, port: number, signal: AbortSignal, jump?: string): Promise<HostKey[]> {
  const found: HostKey[] = [];
  let left = HOST_KEY_ALGORITHMS;
  while (left.length > 0) {
    const key = await shownKey(host, port, left, signal, jump);
    if (key === null) break;
    found.push(key);
    const same = algorithmsOfKeyType(key.type);
    left = left.filter((name) => !same.includes(name));
  }
  if (found.length === 0) throw new OperatorError('sftp_failed', { host, port, reason: 'algorithms', ...NOTHING_SENT });
  return found;
}

async function shownKey(
  host: string,
  port: number,
  keyAlgorithms: typeof HOST_KEY_ALGORITHMS,
  signal: AbortSignal,
  jump: string | undefined,
): Promise<HostKey | null> {
  try {
    const nobody = { username: 'nobody', auth: { handler: () => () => false as const } };
    await dial({ host, port, jump, ...nobody, keyAlgorithms, accepts: () => false, connectMs: CONNECT_MS, signal });
    throw new Error('a connection that refuses every host key was accepted');
  } catch (error) {
    if (error instanceof HostKeyRefused) return error.key;
    if (error instanceof OperatorError && error.facts.reason === 'algorithms') return null;
    if (error instanceof ConnectionLost) throw toOperatorError(error, { host, port, ...NOTHING_SENT });
    throw error;
  }
}
