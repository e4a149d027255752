import { receiverOf, verifyDialect } from '../delivery/bind-target.ts';
import { chooseDelivery } from '../delivery/choose-delivery.ts';
import type { House } from '../delivery/house.ts';
import { draftPlan, takenNames } from '../delivery/make-plan.ts';
import { mayBePublished } from '../delivery/may-be-published.ts';
import type { DeliveryPlan } from '../delivery/plan.ts';
import { readPlan } from '../delivery/read-deliveries.ts';
import { viewRegion } from '../delivery/region-views.ts';
import { disposesCards } from '../domain/decision.ts';
import type { DeliverySummary } from '../domain/delivery-record.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { currentDecisions } from '../domain/region-record.ts';
import type { RegionView } from '../domain/region-view.ts';
import type { Region } from '../domain/regions.ts';
import { sameReceiver } from '../domain/target.ts';
import { openSource } from '../source/open-source.ts';
import { sourceSettings } from '../store/source-settings.ts';
import { areas, dryRunText } from '../text.ts';
import type { CommandContext } from './command.ts';

/** What `leverera` would do now: the whole of D14, and to join whoever works on the region already. */
type Deed = { readonly does: 'new' } | { readonly does: 'resume' | 'follow' | 'nothing'; readonly delivery: DeliverySummary };

/** Throws `decisions_changed`, as `leverera` does. */
async function deedFor({ state }: House, { record, deliveries }: RegionView, asNew: boolean): Promise<Deed> {
  const latest = deliveries.at(-1);
  if (latest?.outcome === 'running') return { does: 'follow', delivery: latest };
  const choice = await chooseDelivery(latest, currentDecisions(record), asNew, (id) => mayBePublished(state.dir, id));
  if (choice.kind === 'new') return { does: 'new' };
  return { does: choice.kind === 'finished' ? 'nothing' : 'resume', delivery: choice.delivery };
}

/** What would end a resumed delivery before it does anything. Throws `journal_damaged`, `dialect_changed` and `target_changed`. */
async function verifyResumable({ settings }: House, region: Region, { id, error }: DeliverySummary, plan: DeliveryPlan): Promise<void> {
  if (error?.code === 'journal_damaged') throw new OperatorError('journal_damaged', error.facts);
  verifyDialect(settings, plan);
  const { target } = plan;
  if (!target || !settings.targets[region.code]) return;
  const { host, port, username, path } = await receiverOf(settings, region.code);
  if (!sameReceiver(target, { host, port, username, path, hostKey: target.hostKey }))
    throw new OperatorError('target_changed', { region: region.name, delivery: id });
}

async function newPlan(context: CommandContext, house: House, region: Region, { record, deliveries }: RegionView): Promise<DeliveryPlan> {
  const source = openSource(sourceSettings(house.settings));
  try {
    const taken = await takenNames(house.state, deliveries);
    return await draftPlan(house, region, currentDecisions(record), taken, source, context.signal);
  } finally {
    await source.close();
  }
}

/**
 * `leverera --torrkorning`: what `leverera` would do, with the whole plan: sizes, names and target. Nothing is written anywhere, and nothing
 * is connected but, for a new plan, the source (N15).
 */
export async function dryRun(context: CommandContext, house: House, region: Region): Promise<number> {
  const { output, clock } = context;
  const view = await viewRegion(house.state, region.code);
  const deed = await deedFor(house, view, context.options.ny === true);
  const plan = deed.does === 'new' ? await newPlan(context, house, region, view) : await readPlan(house.state.dir, deed.delivery.id);
  if (deed.does === 'resume') await verifyResumable(house, region, deed.delivery, plan);
  const target = house.settings.targets[region.code];
  const to = target ? { host: target.host, port: target.port, username: target.username, path: target.path } : null;
  output.object({ type: 'plan', dryRun: true, planning: clock.planning, does: deed.does, ...plan, target: to });
  output.row(dryRunText.heading(plan.bag, clock.planning ? clock.today() : undefined));
  output.line(deed.does === 'new' ? dryRunText.isNew : dryRunText.exists[deed.does](deed.delivery));
  if (deed.does !== 'nothing') {
    output.line(dryRunText.target(to && `${to.username}@${to.host}:${to.port}${to.path}`));
    output.line(dryRunText.total(plan.estimate.rows, plan.estimate.bytes));
    if (plan.decisions.some(disposesCards)) output.line(dryRunText.cardsNotDelivered);
    for (const { area, path } of plan.files) output.row(`  ${area}  ${areas[area].short.padEnd(22)}  ${path}`);
  }
  output.line(dryRunText.nothingWritten);
  return 0;
}
