import { undecided } from '../domain/checklist.ts';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { currentDecisions } from '../domain/region-record.ts';
import { confirmsRegion } from '../domain/regions.ts';
import { openSource } from '../source/open-source.ts';
import type { Source } from '../source/source.ts';
import { readRegion } from '../store/regions.ts';
import { sourceSettings } from '../store/source-settings.ts';
import { carryOut } from './carry-out.ts';
import { chooseDelivery } from './choose-delivery.ts';
import type { DeliveryWish } from './delivery-wish.ts';
import type { House } from './house.ts';
import type { Interruption } from './interruption.ts';
import { makePlan, takenNames } from './make-plan.ts';
import { mayBePublished } from './may-be-published.ts';
import type { DeliveryPlan } from './plan.ts';
import { readDeliveries, readPlan } from './read-deliveries.ts';
import { resultOf } from './result-event.ts';

/**
 * One region's delivery from where it stands to its receipt: chooses between new, resumed and finished (D14), and keeps the journal.
 * The caller holds the region's lock. Ends with a `result` event; throws `OperatorError` for what an operator can mend, after it was recorded.
 */
export async function* runDelivery(house: House, wish: DeliveryWish, interruption: Interruption): AsyncGenerator<DeliveryEvent> {
  const { region } = wish;
  if (house.clock.planning) throw new OperatorError('planning_clock');
  if (!confirmsRegion(region, wish.typedName))
    throw new OperatorError('confirmation_mismatch', { region: region.name, code: region.code, slug: region.slug });
  const record = await readRegion(house.state, region.code);
  const missing = undecided(record);
  if (missing.length > 0) throw new OperatorError('decisions_incomplete', { region: region.name, areas: missing.join(', ') });
  const decisions = currentDecisions(record);
  const deliveries = await readDeliveries(house.state.dir, record.deliveries, false);
  const choice = await chooseDelivery(deliveries.at(-1), decisions, wish.asNew, (id) => mayBePublished(house.state.dir, id));
  if (choice.kind === 'finished' && choice.delivery.receipt) {
    yield resultOf(house.state.dir, choice.delivery.receipt);
    return;
  }
  const source = lazySource(house);
  try {
    const plan =
      choice.kind === 'new'
        ? await makePlan(house, region, decisions, await takenNames(house.state, deliveries), source.open(), interruption.exporting)
        : await readPlan(house.state.dir, choice.delivery.id);
    yield planEvent(plan);
    const taken = await takenNames(house.state, deliveries, plan.id);
    yield* carryOut(house, wish, plan, taken, source.open, interruption);
  } finally {
    await source.close();
  }
}

const planEvent = ({ id, region, areas, bag, estimate }: DeliveryPlan): DeliveryEvent => ({
  type: 'plan',
  delivery: id,
  region,
  areas,
  bag,
  estimate,
});

/** The source is opened at the first need: an upload that goes on needs no database. */
function lazySource({ settings }: House) {
  let source: Source | undefined;
  return {
    open(): Source {
      source ??= openSource(sourceSettings(settings));
      return source;
    },
    close: async () => source?.close(),
  };
}
