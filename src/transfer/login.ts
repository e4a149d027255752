import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AnyAuthMethod } from 'ssh2';
import ssh2 from 'ssh2';
import { OperatorError } from '../domain/operator-error.ts';
import type { Target } from '../domain/target.ts';
import { targetFacts } from './sftp-errors.ts';
import type { Credentials } from './transfer.ts';

/**
 * The ways to log in, in the order they are tried: the settings' key file, else the ssh-agent; then a password that was typed.
 * Read and decrypted once, so that a reconnection hours later asks nobody.
 * Throws OperatorError `sftp_login` with `reason`: `key_unreadable`, `key_invalid`, `passphrase_missing`, `passphrase_wrong`, `no_credentials`.
 */
export async function prepareLogin(target: Target, credentials: Credentials = {}): Promise<AnyAuthMethod[]> {
  const { username } = target;
  const methods: AnyAuthMethod[] = [];
  const agent = process.env.SSH_AUTH_SOCK;
  if (target.privateKey) methods.push({ type: 'publickey', username, key: await readKey(target, target.privateKey, credentials) });
  else if (agent) methods.push({ type: 'agent', username, agent });
  if (credentials.password !== undefined) methods.push({ type: 'password', username, password: credentials.password });
  if (methods.length === 0) throw new OperatorError('sftp_login', { ...targetFacts(target), reason: 'no_credentials' });
  return methods;
}

async function readKey(target: Target, path: string, { passphrase }: Credentials) {
  const facts = { ...targetFacts(target), key: path };
  const file = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
  const bytes = await readFile(file).catch((cause) => {
    throw new OperatorError('sftp_login', { ...facts, reason: 'key_unreadable' }, cause);
  });
  const key = ssh2.utils.parseKey(bytes, passphrase);
  if (!(key instanceof Error) && key.isPrivateKey()) return key;
  const isEncrypted = key instanceof Error && /encrypted|passphrase|decrypt|integrity check/i.test(key.message);
  const encrypted = passphrase === undefined ? 'passphrase_missing' : 'passphrase_wrong';
  throw new OperatorError('sftp_login', { ...facts, reason: isEncrypted ? encrypted : 'key_invalid' }, key);
}
