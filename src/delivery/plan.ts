import { AREAS, type AreaFile, type AreaId } from '../domain/areas.ts';
import type { Day } from '../domain/calendar.ts';
import { type Decision, deliversPart } from '../domain/decision.ts';
import type { Dialect } from '../domain/dialect.ts';
import type { Region } from '../domain/regions.ts';
import type { TargetBinding } from '../domain/target.ts';

/** One table file that the plan promises. `path` is relative to the bag. */
export interface PlannedFile {
  readonly path: string;
  readonly view: string;
  readonly area: AreaId;
  readonly attachments: boolean;
}

/**
 * What one delivery will do, written before anything is done and never changed but once: `target` and the number in `bag`
 * are frozen at the first connection (D14), which is at once unless the target was not known yet (R31).
 */
export interface DeliveryPlan {
  readonly version: 1;
  readonly id: string;
  readonly region: string;
  readonly bag: string;
  readonly operator: string;
  readonly createdAt: string;
  readonly day: Day;
  /** The seven decisions as they ruled when the plan was made (D16). */
  readonly decisions: readonly Decision[];
  readonly areas: readonly AreaId[];
  readonly files: readonly PlannedFile[];
  readonly dialect: Dialect;
  readonly estimate: { readonly bytes: number; readonly rows: number };
  readonly target: TargetBinding | null;
}

export const BAG_PREFIX = 'SMINET2_';

/** A delivery is called as the first bag that it was planned to be, without the prefix that they all share. */
export const deliveryId = (bag: string): string => bag.slice(BAG_PREFIX.length);

/** `SMINET2_12_skane_2026-11-22-1`. */
export const bagName = (region: Region, day: Day, number: number): string => `${BAG_PREFIX}${region.code}_${region.slug}_${day}-${number}`;

/** The first number from 1 that no bag of this region and day has, in the state or on the server (D14). */
export function nextNumber(region: Region, day: Day, taken: readonly string[]): number {
  let number = 1;
  while (taken.includes(bagName(region, day, number))) number += 1;
  return number;
}

const delivered = (decisions: readonly Decision[], area: AreaId, file: AreaFile): boolean =>
  deliversPart(
    decisions.find((decision) => decision.area === area),
    file.part,
  );

/** The files that these decisions promise, in area order. Empty when every area may be disposed of. */
export const plannedFiles = (decisions: readonly Decision[]): PlannedFile[] =>
  AREAS.flatMap((area) =>
    area.files
      .filter((file) => delivered(decisions, area.id, file))
      .map((file) => ({ path: `data/${file.view}.csv`, view: file.view, area: area.id, attachments: file.attachments === true })),
  );
