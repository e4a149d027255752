import { areaOf } from '../../../domain/areas.ts';
import { ANSWERS, REPORT_TAKEN } from '../../../domain/decision.ts';
import { decisionWarnings } from '../../../domain/decision-problems.ts';
import { areaEstimate } from '../../../domain/estimate.ts';
import type { RegionView } from '../../../domain/region-view.ts';
import { regionOf } from '../../../domain/regions.ts';
import { areas, retentionText, screens, decisionWarnings as warningTexts } from '../../../text.ts';
import { FormRows } from '../../parts/form.ts';
import { type Page, page } from '../../parts/page.ts';
import { type Row, row, wrap } from '../../parts/rows.ts';
import { countLabel, regionSizes, sizeLabel } from '../../sizes.ts';
import type { WizardState } from '../../state.ts';
import { formFoot } from '../form-foot.ts';
import { besideHeading, theirAnswer, theirsBeside } from './beside.ts';
import { asksCards, asksNewEnd, CARDS, type DecisionForm, draftOf, stopsOf } from './form.ts';

/** What the answer means for this area and what it adds to the delivery: live, before anything is saved. */
function consequences(state: WizardState, view: RegionView, form: DecisionForm): Row[] {
  const text = screens.decision;
  const { width } = state.room;
  const size = areaEstimate(state.estimates, view.record.region, form.area);
  const draft = draftOf(form);
  const answer = draft.answer;
  const asIfSaved: RegionView = {
    ...view,
    areas: view.areas.map((each) =>
      each.area === form.area && answer
        ? {
            ...each,
            decision: {
              area: form.area,
              answer,
              date: '',
              decidedBy: '',
              cards: draft.cards?.choice && { choice: draft.cards.choice, reportTaken: 'vet_ej' as const },
              registeredBy: '',
              registeredAt: '',
            },
          }
        : each,
    ),
  };
  const total = regionSizes(state.estimates, asIfSaved).decided;
  return [
    ...decisionWarnings(draft).map((code) => `! ${warningTexts[code]}`),
    ...(areaOf(form.area).retention.length > 1 ? [areaOf(form.area).retention.map(retentionText).join('. '), text.laterRules] : []),
    text.responsibility,
    size ? text.size(countLabel(size), sizeLabel(size), answer && total && sizeLabel(total)) : text.sizeUnknown,
  ].flatMap((sentence) => wrap(sentence, width - 4).map((line) => row(`   ${line}`, 'dim')));
}

/** S3 Beslut. */
export function drawDecision(state: WizardState, view: RegionView, form: DecisionForm): Page {
  const text = screens.decision;
  const rows = new FormRows(form, stopsOf(form), state.room.width, theirsBeside(form));
  const proposed = areaOf(form.area).proposedDisposal;
  const heading = besideHeading(form, state.room.width);
  return page(state.room, {
    crumbs: [regionOf(view.record.region).name, `${form.area} ${areas[form.area].short}`],
    fact: form.saved ? text.isDecided : text.isMissing,
    body: [
      row(),
      ...rows.options(
        'answer',
        text.answer,
        ANSWERS.map((value) => ({
          value,
          label: screens.answers[value],
          note: theirAnswer(form, value) ?? text.answerNotes[value](proposed),
        })),
      ),
      row(`${form.saved && !heading ? '   ' : ' '.repeat(20)}${heading ?? (form.saved ? text.supersedes : text.nothingChosen)}`, 'dim'),
      ...(asksCards(form)
        ? [
            rows.inline(
              'cards',
              text.cards,
              CARDS.map((value) => ({ value, label: text.cardChoices[value] })),
            ),
            rows.inline(
              'report',
              text.report,
              REPORT_TAKEN.map((value) => ({ value, label: text.reportAnswers[value] })),
            ),
          ]
        : []),
      rows.text('date', text.date, text.dayHint),
      rows.text('decidedBy', text.decidedBy),
      ...(asksNewEnd(form) ? [rows.text('newEnd', text.newEnd, text.newEndHint(proposed))] : []),
      rows.text('received', text.received, text.dayHint),
      rows.text('dnr', text.dnr),
      rows.text('plan', text.plan, text.planHint),
      rows.text('comment', text.comment, text.commentHint),
      row(),
      ...consequences(state, view, form),
    ],
    ...formFoot(form, state.message),
  });
}
