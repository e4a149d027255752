import type { AskSecret } from '../../domain/secret-need.ts';
import type { Credentials } from '../transfer.ts';

/** Asks only for what was not answered before, or what proved wrong, so that the next connection of the same process asks nobody. */
export function remembering(ask: AskSecret): Credentials {
  const known = new Map<string, string>();
  return {
    async ask(need) {
      const question = JSON.stringify([need.reason, need.subject, need.prompt]);
      const before = need.isRetry ? undefined : known.get(question);
      if (before !== undefined) return before;
      const answer = await ask(need);
      if (answer !== undefined) known.set(question, answer);
      return answer;
    },
  };
}
