import { AREAS, type AreaId } from '../domain/areas.ts';
import type { DeliveryEvent, ResultEvent, Stage } from '../domain/delivery-events.ts';

/** How far one stage has come. */
export interface StageProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly rows: number;
  /** Bytes per second, or null when not known. */
  readonly rate: number | null;
  /** 0–1; never falls while the delivery and its export are the same, whatever is sent again or was paused meanwhile. */
  readonly fraction: number;
  /** Bytes that were done when the delivery was last at rest; 0 when it was not. */
  readonly stood: number;
}

/** Files that have come through each stage. */
export interface FileCounts {
  readonly exported: number;
  readonly uploaded: number;
  readonly verified: number;
  readonly bytes: number;
  readonly rows: number;
}

/** What the events of one running delivery add up to. */
export interface Live {
  readonly delivery: string | undefined;
  /** The export while it goes on, though files of it are sent already; then what is done now. */
  readonly stage: Stage | undefined;
  readonly stages: Readonly<Partial<Record<Stage, StageProgress>>>;
  /** By area; what belongs to no area (manifests and the like) is under 0. */
  readonly files: Readonly<Partial<Record<AreaId | 0, FileCounts>>>;
  readonly lastFile: { readonly file: string; readonly resumed: boolean } | undefined;
  /** The next try, as milliseconds since the epoch. */
  readonly retry: { readonly attempt: number; readonly at: number; readonly reason: string } | undefined;
  readonly isPaused: boolean;
  /** The plan was told again, and nothing of the export since: whether it is made again is not known yet. */
  readonly isToldAgain: boolean;
  /** The export was begun before, and is made again in full. */
  readonly exportsAgain: boolean;
  readonly result: ResultEvent | undefined;
  readonly failure: string | undefined;
}

export const NOTHING_YET: Live = {
  delivery: undefined,
  stage: undefined,
  stages: {},
  files: {},
  lastFile: undefined,
  retry: undefined,
  isPaused: false,
  isToldAgain: false,
  exportsAgain: false,
  result: undefined,
  failure: undefined,
};

const isOfTransfer = (stage: Stage): boolean => stage !== 'export' && stage !== 'bag';

const NO_FILES: FileCounts = { exported: 0, uploaded: 0, verified: 0, bytes: 0, rows: 0 };

/** The area that a file of the package belongs to, by its name; 0 for the bag's own files. */
function areaOfFile(file: string): AreaId | 0 {
  const number = Number(/(?:^|\/)omrade([1-7])_/.exec(file)?.[1] ?? 0);
  return AREAS.find(({ id }) => id === number)?.id ?? 0;
}

function counted(before: FileCounts = NO_FILES, event: Extract<DeliveryEvent, { type: 'file' }>): FileCounts {
  if (event.stage === 'upload') return { ...before, uploaded: before.uploaded + 1 };
  if (event.stage === 'verify') return { ...before, verified: before.verified + 1 };
  return { ...before, exported: before.exported + 1, bytes: before.bytes + event.bytes, rows: before.rows + event.rows };
}

/** What stays of the picture of a delivery when nobody works on it: how far its stages had come. */
export const resting = ({ delivery, stages }: Live): Live => ({
  ...NOTHING_YET,
  delivery,
  stages: Object.fromEntries(
    Object.entries(stages).map(([stage, progress]) => [stage, { ...progress, stood: Math.max(progress.stood, progress.bytes) }]),
  ),
});

/**
 * The picture after one more event, received at `now` (ms). A `plan` that is told again lets the stages stand where they stood; an export
 * that then stands lower is made again in full, and so may all that follows from it be (D15).
 */
export function follow(live: Live, event: DeliveryEvent, now: number): Live {
  switch (event.type) {
    case 'plan':
      return live.delivery === event.delivery ? { ...resting(live), isToldAgain: true } : { ...NOTHING_YET, delivery: event.delivery };
    case 'status': {
      const { stage, bytes, totalBytes, rows, rate } = event;
      const reached = totalBytes > 0 ? Math.min(1, bytes / totalBytes) : 0;
      const isNewExport = live.isToldAgain && stage === 'export' && reached < (live.stages.export?.fraction ?? 0);
      const known = isNewExport ? {} : live.stages;
      const { fraction = 0, stood = 0 } = known[stage] ?? {};
      // A wait for the server is over when something is sent again; the export goes on meanwhile.
      const isSending = isOfTransfer(stage) && bytes > (live.stages[stage]?.bytes ?? 0);
      const isExporting = live.stage === 'export' && (live.stages.export?.fraction ?? 0) < 1;
      return {
        ...live,
        stage: isExporting && stage !== 'export' ? live.stage : stage,
        stages: { ...known, [stage]: { bytes, totalBytes, rows, rate, fraction: Math.max(reached, fraction), stood } },
        retry: isSending ? undefined : live.retry,
        isPaused: event.paused === true,
        isToldAgain: live.isToldAgain && stage !== 'export',
        exportsAgain: live.exportsAgain || isNewExport,
      };
    }
    case 'file': {
      const area = areaOfFile(event.file);
      return {
        ...live,
        files: { ...live.files, [area]: counted(live.files[area], event) },
        lastFile: { file: event.file, resumed: event.resumed === true },
        retry: isOfTransfer(event.stage) ? undefined : live.retry,
      };
    }
    case 'credentials':
      return live;
    case 'retry':
      return { ...live, retry: { attempt: event.attempt, at: now + event.wait * 1000, reason: event.reason } };
    case 'result':
      return { ...live, result: event, retry: undefined };
    case 'error':
      return { ...live, failure: event.message, retry: undefined };
  }
}
