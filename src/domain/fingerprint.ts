/** A host key's fingerprint as somebody typed or pasted it: `SHA256:` and 43 characters; undefined when it is none. */
export function readFingerprint(typed: string): string | undefined {
  const [, hash] = /^\s*(?:SHA256:)?([A-Za-z0-9+/]{43})=?\s*$/.exec(typed) ?? [];
  return hash && `SHA256:${hash}`;
}
