import { screens } from '../../../text.ts';
import { type Menu, menuRows } from '../../parts/menu.ts';
import { type Message, type Page, page, type Room } from '../../parts/page.ts';
import { labelled, row } from '../../parts/rows.ts';
import type { Problem } from '../../problem.ts';

interface Parts {
  readonly crumbs: readonly string[];
  readonly problem: Problem;
  readonly choices: readonly Menu<unknown>[];
  readonly focus: number;
  readonly messages: readonly Message[];
  readonly keys: readonly string[];
}

/** E: what happened, what it affects, what is safe, what to do; then the choices, the harmless one first. */
export function drawError(room: Room, { crumbs, problem, choices, focus, messages, keys }: Parts): Page {
  const text = screens.error;
  const beside = { label: 14, width: room.width };
  return page(room, {
    crumbs: [...crumbs, text.title(problem.code)],
    body: [
      row(),
      ...labelled('', problem.what, { label: 0, width: room.width, mark: ' ! ', look: 'alarm' }),
      row(),
      ...(problem.affects ? labelled(text.affects, problem.affects, beside) : []),
      ...(problem.safe ? labelled(text.safe, problem.safe, beside) : []),
      ...problem.todo.flatMap((step, index) => labelled(index === 0 ? text.todo : '', step, beside)),
      row(),
      row(` ${text.question}`),
      ...menuRows(choices, focus),
    ],
    messages,
    keys,
  });
}
