import { screens } from '../../text.ts';
import type { Form } from '../parts/form.ts';
import type { Message } from '../parts/page.ts';

/** What stands under a form: its problems and what it does, or the question whether to leave it. */
export function formFoot(form: Form, message: Message | undefined): { messages: readonly Message[]; keys: readonly string[] } {
  const { question, keys } = screens.leaveForm;
  if (form.asksToLeave) return { messages: [{ kind: 'problem', text: question }], keys };
  const messages: Message[] = [
    ...form.problems.map(({ text }): Message => ({ kind: 'problem', text })),
    ...(message ? [message] : []),
    ...(form.isSaving ? [{ kind: 'said', text: screens.decision.saving } as const] : []),
  ];
  return { messages, keys: screens.decision.keys };
}
