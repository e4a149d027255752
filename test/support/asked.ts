import type { SecretNeed } from '../../src/domain/secret-need.ts';
import type { Credentials } from '../../src/transfer/transfer.ts';

/** Somebody who answers in this order and then nothing more, and what was asked. */
export function answering(...answers: readonly string[]): Credentials & { readonly asked: SecretNeed[] } {
  const asked: SecretNeed[] = [];
  const left = [...answers];
  return {
    asked,
    ask: async (need) => {
      asked.push(need);
      return left.shift();
    },
  };
}
