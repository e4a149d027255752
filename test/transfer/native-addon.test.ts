import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const hasAddon = (() => {
  try {
    require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node');
    return true;
  } catch {
    return false;
  }
})();

it.skipIf(!hasAddon)(`ssh2's native cipher addon is built${hasAddon ? '' : ' (SKIPPED: it is not; transfers work, but slower)'}`, () => {
  expect(hasAddon).toBe(true);
});
