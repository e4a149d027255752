import type { DecisionDraft } from '../domain/decision.ts';
import type { DeliveryEvent } from '../domain/delivery-events.ts';
import type { KvittensDraft } from '../domain/delivery-record.ts';
import type { ViewEstimate } from '../domain/estimate.ts';
import type { RegionView } from '../domain/region-view.ts';
import type { Review, ShownHostKey, StartCheck, UnmetConditions } from './core.ts';
import type { Key } from './parts/key.ts';
import type { Problem } from './problem.ts';

/** Everything that can happen to the wizard. */
export type WizardEvent =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'tick' }
  | { readonly type: 'checks'; readonly checks: readonly StartCheck[] }
  | { readonly type: 'regions'; readonly regions: readonly RegionView[] }
  | { readonly type: 'estimates'; readonly estimates: readonly ViewEstimate[] }
  | { readonly type: 'delivery'; readonly region: string; readonly event: DeliveryEvent }
  | { readonly type: 'unfollowed'; readonly region: string }
  | { readonly type: 'unmet'; readonly region: string; readonly unmet: UnmetConditions }
  | { readonly type: 'reviewed'; readonly region: string; readonly review: Review }
  | { readonly type: 'hostKeys'; readonly region: string; readonly shown: readonly ShownHostKey[] }
  | { readonly type: 'saved'; readonly view: RegionView; readonly effect: SaveEffect }
  | { readonly type: 'done'; readonly effect: Effect }
  | { readonly type: 'log'; readonly lines: readonly string[] }
  | { readonly type: 'reversal'; readonly text: string }
  | { readonly type: 'failed'; readonly effect: Effect; readonly problem: Problem };

/** What a form asks for. */
export type SaveEffect =
  | { readonly do: 'saveDecision'; readonly region: string; readonly draft: DecisionDraft; readonly revision: number }
  | {
      readonly do: 'saveReceipt';
      readonly region: string;
      readonly delivery: string;
      readonly draft: KvittensDraft;
      readonly revision: number;
    };

/** What a screen may ask for; the only way out of the reducers. */
export type Effect =
  | { readonly do: 'startChecks' }
  | { readonly do: 'overview' }
  | { readonly do: 'estimates' }
  | { readonly do: 'unmet'; readonly region: string }
  | { readonly do: 'follow'; readonly region: string }
  | SaveEffect
  | { readonly do: 'review'; readonly region: string }
  | { readonly do: 'start'; readonly region: string; readonly typedName: string }
  | { readonly do: 'pause' | 'resume' | 'retry' | 'stop'; readonly region: string }
  | { readonly do: 'answer'; readonly region: string; readonly question: number; readonly secret: string | null }
  | { readonly do: 'hostKeys'; readonly region: string }
  | { readonly do: 'trustHostKey'; readonly region: string; readonly fingerprint: string }
  | { readonly do: 'reversal'; readonly region: string; readonly delivery: string }
  | { readonly do: 'log'; readonly region: string | undefined }
  | { readonly do: 'repaint' }
  | { readonly do: 'pauseAndLeave'; readonly regions: readonly string[] }
  | { readonly do: 'leave'; readonly code: number };
