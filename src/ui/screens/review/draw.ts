import { areasToDeliver } from '../../../domain/checklist.ts';
import { disposesCards } from '../../../domain/decision.ts';
import type { RegionView } from '../../../domain/region-view.ts';
import { confirmsRegion, findRegion, type Region, regionOf } from '../../../domain/regions.ts';
import { areas, screens } from '../../../text.ts';
import { visiblePart } from '../../parts/field.ts';
import { type Page, page } from '../../parts/page.ts';
import { labelled, type Row, row } from '../../parts/rows.ts';
import { countLabel, regionSizes, sizeLabel } from '../../sizes.ts';
import type { WizardState } from '../../state.ts';
import type { ReviewDetour } from './state.ts';

/** The letter's "up to a couple of gigabytes"; more is said aloud, never refused (R33). */
const UNEXPECTED_BYTES = 2 * 2 ** 30;

function attachmentsOf(state: WizardState, view: RegionView): number {
  return state.estimates.find(({ region, view: name }) => region === view.record.region && name === 'omrade2_bilagor')?.rows ?? 0;
}

/** S4 Granska: what happens at Enter, and the name that must be typed first. */
export function drawReview(state: WizardState, view: RegionView, detour: ReviewDetour): Page {
  const text = screens.review;
  const { width } = state.room;
  const region = regionOf(view.record.region);
  const delivered = areasToDeliver(view.record);
  const { decided } = regionSizes(state.estimates, view);
  const beside = { label: 12, width };
  const { review } = detour;
  const dnrs = [...new Set(view.areas.flatMap(({ decision }) => decision?.dnr ?? []))];
  const disposed = view.areas.filter(({ decision }) => decision?.answer === 'gallra').map(({ area }) => area);
  const disposesOfCards = view.areas.some(({ decision }) => decision && disposesCards(decision));
  const hasCards = view.areas.some(({ area, decision }) => area === 2 && decision?.answer !== 'gallra');
  const names = delivered.map((area) => `${area} ${areas[area].short}`).join(', ');
  const sizes =
    decided && text.sizes(delivered.length, countLabel(decided), hasCards ? attachmentsOf(state, view) : undefined, sizeLabel(decided));
  const matches = confirmsRegion(region, detour.name.text);
  const hint = matches ? text.matches : detour.hasMissed ? missed(region, detour.name.text) : text.noMatchYet;
  return page(state.room, {
    crumbs: [text.title, region.name],
    fact: screens.step(3),
    body: [
      row(),
      row(` ${text.intro}`),
      row(),
      ...labelled(text.delivers, `${sizes ?? text.counting} ${names}`, beside),
      ...labelled(text.disposes, text.disposedAreas(disposed, disposesOfCards), beside),
      row(),
      ...labelled(text.to, review ? text.target(review.target) : text.readingTarget, beside),
      ...labelled(text.bag, review?.bag ?? '…', beside),
      ...labelled(text.decisions, dnrs.join(', ') || text.noDnr, beside),
      ...(decided && decided.bytes > UNEXPECTED_BYTES ? [row(` ! ${text.unexpectedSize}`, 'warning')] : []),
      row(),
      ...labelled('', text.personalData, { label: 0, width, mark: ' ! ', look: 'warning' }),
      row(),
      row(`   ${text.typeName}`),
      row(`   ${region.name}`, 'bold'),
      nameRow(detour, width),
      ...labelled('', detour.isStarting ? text.starting : hint, { label: 0, width }),
    ],
    messages: state.message ? [state.message] : [],
    keys: detour.isStarting ? text.startingKeys : text.keys,
  });
}

/** Another region's name is not a matter of the keyboard, nor is this one's in other letters. */
function missed({ code, slug, name }: Region, typed: string): string {
  const other = findRegion(typed);
  if (!other) return screens.review.missed(name, `${code} ${slug}`);
  return other.code === code ? screens.review.inexact(`${code} ${slug}`) : screens.review.otherRegion(other.name, name);
}

function nameRow({ name }: ReviewDetour, width: number): Row {
  const { text, cursor } = visiblePart(name, width - 4);
  return { spans: [{ text: ' > ', look: 'bold' }, { text }], cursor: 3 + cursor };
}
