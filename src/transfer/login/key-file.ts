import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';

/** What the settings' `privateKey` turned out to be. A file of a public key names the agent's key that is meant. */
export type KeyFile =
  | { readonly kind: 'open'; readonly key: ParsedKey }
  | { readonly kind: 'encrypted'; readonly bytes: Buffer; readonly publicBlob: Buffer | undefined }
  | { readonly kind: 'public'; readonly publicBlob: Buffer }
  | { readonly kind: 'unreadable' | 'invalid'; readonly cause: unknown };

/** Reads a key file without asking anyone. An encrypted key's public half is looked for beside it, in `<file>.pub`. */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const file = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    return { kind: 'unreadable', cause };
  }
  const key = parsed(bytes);
  if (!(key instanceof Error)) return key.isPrivateKey() ? { kind: 'open', key } : { kind: 'public', publicBlob: key.getPublicSSH() };
  if (!/encrypted|passphrase/i.test(key.message)) return { kind: 'invalid', cause: key };
  const beside = await readFile(`${file}.pub`).then(parsed, () => undefined);
  return { kind: 'encrypted', bytes, publicBlob: beside instanceof Error ? undefined : beside?.getPublicSSH() };
}

/** The key that this passphrase opens, or undefined when it is not the right one. */
export function decryptKey(bytes: Buffer, passphrase: string): ParsedKey | undefined {
  const key = parsed(bytes, passphrase);
  return key instanceof Error || !key.isPrivateKey() ? undefined : key;
}

/** A file may hold several keys; ssh2 then answers with a list, and its first is the one. */
function parsed(bytes: Buffer, passphrase?: string): ParsedKey | Error {
  const result = ssh2.utils.parseKey(bytes, passphrase) as ParsedKey | ParsedKey[] | Error;
  return Array.isArray(result) ? (result[0] ?? new Error('empty')) : result;
}
