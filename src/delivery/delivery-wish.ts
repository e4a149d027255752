import type { Region } from '../domain/regions.ts';

/** What an operator asks for. */
export interface DeliveryWish {
  readonly region: Region;
  /** The region's name as the operator typed it. */
  readonly typedName: string;
  /** A new bag although the last delivery is finished (`--ny`). */
  readonly asNew: boolean;
  /** How long to go on without contact, in ms. */
  readonly maxOfflineMs: number;
  /** A full disk on the other side is waited out, not an end (the worker). */
  readonly waitForSpace: boolean;
  /** The receiver may see the bag grow, on a server that takes no hidden folder or renames none (`--ja`). */
  readonly allowsVisible: boolean;
}
