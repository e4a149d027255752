import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

/** Modern types only (`ssh-rsa` is SHA-1), strongest first. Which one is negotiated decides which of the server's keys is shown. */
export const HOST_KEY_ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Every algorithm, those of the key types that are known of a server first (as OpenSSH does): else its other key would look like a change. */
export const algorithmsFor = (knownTypes: readonly string[]): readonly ServerHostKeyAlgorithm[] => {
  const known = knownTypes.flatMap(algorithmsOfKeyType);
  return [...known, ...HOST_KEY_ALGORITHMS.filter((name) => !known.includes(name))];
};

/** The algorithms that show a key of the same type as `keyType`, the name inside the key blob (`ssh-rsa` is the blob's name for both RSA signatures). */
export const algorithmsOfKeyType = (keyType: string): readonly ServerHostKeyAlgorithm[] =>
  HOST_KEY_ALGORITHMS.filter((name) => (keyType === 'ssh-rsa' ? name.startsWith('rsa-') : name === keyType));

/**
 * What we offer. AES-GCM first: OpenSSH rekeys chacha20 every GiB and Terrapin does not touch GCM.
 * No compression: it is synchronous work in this process.
 */
export const sshAlgorithms = (serverHostKey: readonly ServerHostKeyAlgorithm[]): Algorithms => ({
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha256',
  ],
  serverHostKey: [...serverHostKey],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
});
