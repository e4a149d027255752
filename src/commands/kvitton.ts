import { deliveryFolder } from '../delivery/delivery-folder.ts';
import { readDeliveries } from '../delivery/read-deliveries.ts';
import { readRegion } from '../store/regions.ts';
import { commandText, receiptText } from '../text.ts';
import type { CommandContext } from './command.ts';
import { openHouse } from './open-house.ts';
import { regionsAsked } from './region-argument.ts';
import { tellReversal } from './tell-reversal.ts';

/** `kvitton [REGION]`: what every finished delivery proved, with the answers that the region gave. */
export async function run(context: CommandContext): Promise<number> {
  const { output } = context;
  const { state, settings } = await openHouse(context, { writes: false });
  const found = await Promise.all(
    regionsAsked(context).map(async ({ code }) => {
      const record = await readRegion(state, code);
      const deliveries = await readDeliveries(state.dir, record.deliveries, false);
      return deliveries.flatMap(({ id, receipt }) =>
        receipt
          ? [
              {
                ...receipt,
                file: deliveryFolder(state.dir, id).receipt,
                kvittenser: record.receipts.filter(({ delivery }) => delivery === id),
              },
            ]
          : [],
      );
    }),
  );
  const receipts = found.flat();
  output.object({ receipts });
  if (receipts.length === 0) output.line(commandText.noReceipts);
  for (const receipt of receipts) {
    output.row(receiptText(receipt));
    for (const kvittens of receipt.kvittenser) output.line(commandText.kvittens(kvittens));
    if (receipt.kvittenser.length > 0) continue;
    output.line(commandText.noKvittens);
    tellReversal(output, settings.staging, receipt.bag);
  }
  return 0;
}
