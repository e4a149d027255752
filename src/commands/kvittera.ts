import { noDelivery } from '../delivery/no-delivery.ts';
import { viewRegion } from '../delivery/region-views.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { saveKvittens } from '../store/save-kvittens.ts';
import { commandText } from '../text.ts';
import { type CommandContext, textOption } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionArgument } from './region-argument.ts';

/** `kvittera REGION …`: registers the region's signed answer to its latest finished delivery. */
export async function run(context: CommandContext): Promise<number> {
  const region = regionArgument(context);
  for (const name of ['mottaget', 'av']) {
    if (textOption(context, name) === undefined) throw new OperatorError('answer_missing', { flag: `--${name}` });
  }
  const house = await openHouse(context, { writes: true });
  const { deliveries, record: read } = await viewRegion(house.state, region.code);
  const finished = deliveries.findLast(({ outcome }) => outcome === 'done');
  if (!finished) throw noDelivery(region, deliveries.at(-1));
  const record = await saveKvittens({ ...house, expectedRevision: read.revision }, finished, {
    receivedOn: textOption(context, 'mottaget'),
    receivedBy: textOption(context, 'av'),
    dnr: textOption(context, 'dnr'),
    file: textOption(context, 'fil'),
    deviation: textOption(context, 'avvikelse'),
    manifest: textOption(context, 'manifest'),
  });
  context.output.object({ region: region.code, delivery: finished.id, kvittens: record.receipts.at(-1) });
  context.output.line(commandText.receiptSaved(finished.bag));
  return 0;
}
