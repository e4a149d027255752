import { isDeepStrictEqual } from 'node:util';
import { decisionProblems } from '../../../domain/decision-problems.ts';
import { decisionProblemText, screens } from '../../../text.ts';
import type { Key } from '../../parts/key.ts';
import type { Next, WizardState } from '../../state.ts';
import { reduceForm } from '../reduce-form.ts';
import { type DecisionForm, draftOf, stopsOf } from './form.ts';

/** The question that a field of the draft is asked by. */
const groupOf = (field: string): string => (field === 'cards.choice' ? 'cards' : field === 'cards.reportTaken' ? 'report' : field);

/** S3. Enter saves what is right and changed, and nothing else. */
export function reduceDecision(state: WizardState, form: DecisionForm, key: Key): Next {
  const show = (next: DecisionForm): WizardState => ({ ...state, detour: { id: 'decision', form: next } });
  const closed = { ...state, detour: undefined };
  return reduceForm(form, key, { stops: stopsOf(form), show, closed, save: () => save(state, form, show) });
}

function save(state: WizardState, form: DecisionForm, show: (form: DecisionForm) => WizardState): Next {
  if (state.region === undefined) return [state];
  const draft = draftOf(form);
  if (form.saved && isDeepStrictEqual(draft, form.saved))
    return [{ ...state, detour: undefined, message: { kind: 'said', text: screens.decision.unchanged } }];
  const order = stopsOf(form).map(({ group }) => group);
  const problems = decisionProblems(draft, state.today)
    .map((problem) => ({ group: groupOf(problem.field), text: decisionProblemText(problem) }))
    .sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
  if (problems.length > 0) return [show({ ...form, problems })];
  return [show({ ...form, isSaving: true }), { do: 'saveDecision', region: state.region, draft, revision: form.revision }];
}
