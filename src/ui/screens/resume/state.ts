import { regionOf } from '../../../domain/regions.ts';
import { screens } from '../../../text.ts';
import type { Key } from '../../parts/key.ts';
import { type Menu, moveFocus } from '../../parts/menu.ts';
import { type Next, READING_LOG, unfinished, type WizardState } from '../../state.ts';
import { openRegion } from '../overview/state.ts';

type ResumeChoice = { readonly do: 'nothing' } | { readonly do: 'log' } | { readonly do: 'open' | 'resume'; readonly region: string };

/** R's choices: the first starts nothing. */
export function resumeChoices(state: WizardState): readonly Menu<ResumeChoice>[] {
  const text = screens.resume;
  return [
    { id: { do: 'nothing' }, label: text.nothing },
    ...unfinished(state).map(({ region, outcome }): Menu<ResumeChoice> => {
      const { name } = regionOf(region);
      return outcome === 'running'
        ? { id: { do: 'open', region }, label: text.follow(name) }
        : { id: { do: 'resume', region }, label: text.resume(name) };
    }),
    { id: { do: 'log' }, label: text.log },
  ];
}

/** R Återuppta. */
export function reduceResume(state: WizardState, key: Key): Next {
  const choices = resumeChoices(state);
  if (key.name === 'escape') return [{ ...state, hasChosenResume: true }];
  if (key.name !== 'enter') return [{ ...state, resumeFocus: moveFocus(state.resumeFocus, choices.length, key) }];
  const choice = choices[state.resumeFocus]?.id;
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
