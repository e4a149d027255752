import ssh2 from 'ssh2';

/** A new ed25519 key pair in OpenSSH's form. One in some 200 that ssh2 makes cannot be used, so each is tried before it is given out. */
export function makeKeyPair(): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    const [secret, open] = [ssh2.utils.parseKey(pair.private), ssh2.utils.parseKey(pair.public)];
    if (secret instanceof Error || open instanceof Error) continue;
    const probe = Buffer.from('probe');
    if (open.verify(probe, secret.sign(probe)) === true) return pair;
  }
}
