import { holdRegion } from '../delivery/hold-region.ts';
import type { House } from '../delivery/house.ts';
import { Interruption } from '../delivery/interruption.ts';
import { latestDelivery } from '../delivery/region-views.ts';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import type { Region } from '../domain/regions.ts';
import { commandText } from '../text.ts';
import { type CommandContext, textOption } from './command.ts';
import { parseDuration } from './duration.ts';
import { watch } from './watch.ts';

const FOREGROUND_OFFLINE = '10m';

/**
 * `leverera --forgrund`: the work in this very process. A signal stops it safely, and a full disk or ten minutes without contact end it.
 * What a signal left, and how to go on, is said before the program ends.
 */
export async function inForeground(context: CommandContext, house: House, region: Region, typed: string): Promise<number> {
  try {
    return await watch(context, house, region, deliverHere(context, house, region, typed));
  } catch (error) {
    // Whatever it broke off with, a connection that was being made for one, is not what went wrong.
    if (context.signal.aborted) context.output.note(commandText.interrupted(region, await latestDelivery(house.state, region.code)));
    throw error;
  }
}

function deliverHere(context: CommandContext, house: House, region: Region, typed: string): AsyncGenerator<DeliveryEvent> {
  const interruption = new Interruption();
  const stop = () => interruption.request('signal');
  context.signal.addEventListener('abort', stop);
  if (context.signal.aborted) stop();
  const maxOfflineMs = parseDuration(textOption(context, 'max-offline') ?? FOREGROUND_OFFLINE, '--max-offline');
  const wish = {
    region,
    typedName: typed,
    asNew: context.options.ny === true,
    maxOfflineMs,
    waitForSpace: false,
    allowsVisible: context.globals.yes,
  };
  return holdRegion(house, wish, interruption, false);
}
