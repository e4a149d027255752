import { holdRegion } from '../delivery/hold-region.ts';
import type { House } from '../delivery/house.ts';
import { Interruption } from '../delivery/interruption.ts';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import type { Region } from '../domain/regions.ts';
import { type CommandContext, textOption } from './command.ts';
import { parseDuration } from './duration.ts';

const FOREGROUND_OFFLINE = '10m';

/** `leverera --forgrund`: the work in this very process. A signal stops it safely, and a full disk or ten minutes without contact end it. */
export function inForeground(context: CommandContext, house: House, region: Region, typed: string): AsyncGenerator<DeliveryEvent> {
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
