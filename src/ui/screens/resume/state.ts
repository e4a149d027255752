import { regionOf } from '../../../domain/regions.ts';
import { screens } from '../../../text.ts';
import type { Key } from '../../parts/key.ts';
import { type Menu, moveFocus } from '../../parts/menu.ts';
import { statusWord } from '../../region-status.ts';
import { type Next, READING_LOG, unfinished, viewOf, type WizardState } from '../../state.ts';
import { openRegion } from '../overview/state.ts';

type ResumeChoice = { readonly do: 'nothing' } | { readonly do: 'log' } | { readonly do: 'open' | 'resume'; readonly region: string };

/** R's choices: the first starts nothing. */
export function resumeChoices(state: WizardState): readonly Menu<ResumeChoice>[] {
  const text = screens.resume;
  return [
    { id: { do: 'nothing' }, label: text.nothing },
    ...unfinished(state).map(({ region, outcome }): Menu<ResumeChoice> => {
      const { name } = regionOf(region);
      const view = viewOf(state, region);
      const word = view ? statusWord(view, state.live[region]) : '';
      if (outcome === 'failed') return { id: { do: 'open', region }, label: text.seeFailure(name) };
      return outcome === 'running'
        ? { id: { do: 'open', region }, label: text.follow(name, word) }
        : { id: { do: 'resume', region }, label: text.resume(name, word) };
    }),
    { id: { do: 'log' }, label: text.log },
  ];
}

/** The focused choice; what came to its end meanwhile is no choice any more. */
export const resumeFocus = (state: WizardState, choices: readonly unknown[]): number => Math.min(state.resumeFocus, choices.length - 1);

/** R Återuppta. */
export function reduceResume(state: WizardState, key: Key): Next {
  const choices = resumeChoices(state);
  if (key.name === 'escape') return [{ ...state, hasChosenResume: true }];
  const focus = resumeFocus(state, choices);
  if (key.name !== 'enter') return [{ ...state, resumeFocus: moveFocus(focus, choices.length, key) }];
  const choice = choices[focus]?.id;
  if (!choice || choice.do === 'nothing') return [{ ...state, hasChosenResume: true }];
  if (choice.do === 'log') {
    return [
      { ...state, overlay: READING_LOG },
      { do: 'log', region: unfinished(state)[0]?.region },
    ];
  }
  const [opened, ...effects] = openRegion({ ...state, hasChosenResume: true }, choice.region);
  return choice.do === 'open' ? [opened, ...effects] : [opened, ...effects, { do: 'resume', region: choice.region }];
}
