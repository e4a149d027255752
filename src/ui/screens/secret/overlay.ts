import type { DeliveryEvent } from '../../../domain/delivery-events.ts';
import type { Field } from '../../parts/field.ts';

/** A worker's login lacks something that only a person can type. */
export interface SecretOverlay {
  readonly id: 'secret';
  readonly openedAt: number;
  readonly region: string;
  readonly question: Extract<DeliveryEvent, { type: 'credentials' }>;
  readonly typed: Field;
}
