import { noDelivery } from '../delivery/no-delivery.ts';
import { viewRegion } from '../delivery/region-views.ts';
import { answeredDelivery } from '../domain/answered-delivery.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { saveKvittens } from '../store/save-kvittens.ts';
import { commandText } from '../text.ts';
import { type CommandContext, textOption } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';

/** `kvittera REGION …`: registers the region's signed answer to the finished delivery that it names by its manifest, else to the latest. */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  for (const name of ['mottaget', 'av']) {
    if (textOption(context, name) === undefined) throw new OperatorError('answer_missing', { flag: `--${name}` });
  }
  const house = await openHouse(context, { writes: true });
  const { deliveries, record: before } = await viewRegion(house.state, region.code);
  const finished = answeredDelivery(deliveries, before, textOption(context, 'manifest'));
  if (finished === 'ambiguous') throw new OperatorError('answer_missing', { flag: '--manifest SHA256' });
  if (!finished) throw noDelivery(region, deliveries.at(-1));
  const record = await saveKvittens({ ...house, expectedRevision: before.revision }, finished, {
    receivedOn: textOption(context, 'mottaget'),
    receivedBy: textOption(context, 'av'),
    dnr: textOption(context, 'dnr'),
    file: textOption(context, 'fil'),
    deviation: textOption(context, 'avvikelse'),
    manifest: textOption(context, 'manifest'),
  });
  context.output.object({ region: region.code, delivery: finished.id, kvittens: record.receipts.at(-1) });
  const isAgain = before.receipts.some(({ delivery }) => delivery === finished.id);
  context.output.line(commandText.receiptSaved(finished.bag, record.receipts.at(-1)?.deviation !== undefined, isAgain));
  return 0;
}
