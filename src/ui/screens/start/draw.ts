import { screens } from '../../../text.ts';
import type { StartCheck } from '../../core.ts';
import { type Page, page } from '../../parts/page.ts';
import { labelled, row } from '../../parts/rows.ts';
import type { WizardState } from '../../state.ts';

const MARKS: Readonly<Record<StartCheck['state'], string>> = { ok: '✓', running: '…', waiting: '·', warning: '!', failed: '!' };

/** S0 reads which keys are pinned and asks no server, so that a known key is not a verified one. */
const markOf = ({ id, state }: StartCheck): string => (id === 'host_keys' && state === 'ok' ? '?' : MARKS[state]);

/** S0 Startkontroll. */
export function drawStart(state: WizardState): Page {
  const text = screens.start;
  const done = state.checks.filter((check) => check.state !== 'running' && check.state !== 'waiting').length;
  return page(state.room, {
    crumbs: [text.title],
    fact: text.progress(done, state.checks.length),
    body: [
      row(),
      row(` ${text.intro}`),
      row(),
      ...state.checks.flatMap((check) =>
        labelled(screens.startChecks[check.id], check.detail, {
          label: 17,
          mark: `  ${markOf(check)}   `,
          width: state.room.width,
          ...(check.state === 'failed' || check.state === 'warning' ? { look: 'warning' as const } : {}),
        }),
      ),
      row(),
      ...(state.isNewState ? [row(` ! ${text.newState}`, 'warning')] : []),
      row(` ${text.sources}`),
      row(` ${text.readOnly}`),
    ],
    messages: state.message ? [state.message] : [],
    keys: text.keys,
  });
}
