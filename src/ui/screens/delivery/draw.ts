import type { AreaId } from '../../../domain/areas.ts';
import type { Stage } from '../../../domain/delivery-events.ts';
import type { DeliverySummary } from '../../../domain/delivery-record.ts';
import { regionOf } from '../../../domain/regions.ts';
import { areas, formatBytes, formatDuration, formatNumber, screens } from '../../../text.ts';
import { type FileCounts, type Live, NOTHING_YET, type StageProgress } from '../../live.ts';
import { bar, percent } from '../../parts/bar.ts';
import { type Message, type Page, page } from '../../parts/page.ts';
import { left, type Row, right, row } from '../../parts/rows.ts';
import { viewOf, type WizardState } from '../../state.ts';

const STAGES: readonly Stage[] = ['export', 'bag', 'upload', 'verify', 'publish'];
const LABEL_WIDTH = 12;

/** How much of a stage is done: what the events say, else all or nothing of it. Nobody tells how far a stage had come that nobody works on. */
function fractionOf(stage: Stage, live: Live, delivery: DeliverySummary): number | undefined {
  const now = live.stage ?? delivery.stage;
  const isPast = STAGES.indexOf(now) > STAGES.indexOf(stage);
  return live.stages[stage]?.fraction ?? (isPast ? 1 : now === stage && delivery.outcome !== 'running' ? undefined : 0);
}

function barRows(label: string, fraction: number | undefined, detail: string, width: number): Row[] {
  const share = right(fraction === undefined ? '–' : percent(fraction), 5);
  return [
    row(` ${left(label, LABEL_WIDTH)}${bar(fraction ?? 0, width - LABEL_WIDTH - 12)} ${share}`),
    row(`${' '.repeat(LABEL_WIDTH + 1)}${detail}`, 'dim'),
  ];
}

function progressText(progress: StageProgress | undefined, fraction: number | undefined, isMoving: boolean): string {
  const text = screens.delivery;
  if (fraction === undefined) return text.stageUnknown;
  if (!progress) return fraction >= 1 ? text.stageDone : text.stageWaits;
  const { bytes, totalBytes, rate, stood } = progress;
  // What was sent before is counted in first; until then the bar stands where it stood.
  if (stood - bytes > totalBytes / 100) return text.catchingUp;
  const speed = isMoving && fraction < 1 ? rate : null;
  return text.progress(
    formatBytes(Math.min(bytes, totalBytes)),
    formatBytes(totalBytes),
    speed === null ? undefined : formatBytes(speed),
    speed ? formatDuration((totalBytes - bytes) / speed) : undefined,
  );
}

/** `✓` verified, `^` being sent, `>` being exported, `·` waiting. */
function areaMark({ exported, uploaded, verified }: FileCounts): string {
  if (verified > 0 && verified >= exported) return '✓';
  if (uploaded > 0) return '^';
  return exported > 0 ? '>' : '·';
}

const NO_FILES: FileCounts = { exported: 0, uploaded: 0, verified: 0, bytes: 0, rows: 0 };

function areaRow(area: AreaId, delivery: DeliverySummary, live: Live): Row {
  const text = screens.delivery;
  const name = `   ${area}`;
  const label = left(areas[area].short, 22);
  if (!delivery.areas.includes(area)) return row(`${name}  –  ${label} ${text.notDelivered}`, 'dim');
  const files = live.files[area] ?? NO_FILES;
  const counts = [
    right(files.exported > 0 ? text.files(files.exported) : '', 12),
    right(files.exported > 0 ? formatBytes(files.bytes) : '', 10),
    right(files.uploaded > 0 ? formatNumber(files.uploaded) : '', 10),
    right(files.verified > 0 ? formatNumber(files.verified) : '', 14),
  ];
  // Of a delivery that nobody works on, and that this wizard has not followed, no file is known here.
  const isTold = delivery.outcome === 'running' || Object.keys(live.files).length > 0;
  return row(`${name}  ${isTold ? areaMark(files) : ' '}  ${label} ${counts.join('')}`);
}

function situation(state: WizardState, live: Live, delivery: DeliverySummary, slug: string): Message[] {
  const text = screens.delivery;
  if (delivery.outcome === 'cut') return [{ kind: 'problem', text: text.isCut }];
  if (viewOf(state, delivery.region)?.worker?.pid === null) return [{ kind: 'problem', text: screens.silent(slug) }];
  if (live.isPaused || delivery.outcome === 'paused') return [{ kind: 'said', text: text.isPaused }];
  if (live.failure !== undefined) return [{ kind: 'problem', text: live.failure }];
  if (live.retry) {
    const wait = Math.max(0, Math.ceil((live.retry.at - state.now) / 1000));
    return [{ kind: 'problem', text: text.retry(live.retry.reason, live.retry.attempt, formatDuration(wait)) }];
  }
  const again: Message[] = live.exportsAgain && live.stage === 'export' ? [{ kind: 'said', text: text.exportsAgain }] : [];
  return [...again, { kind: 'said', text: text.mayClose(slug) }];
}

/** S5 Export and S6 Överföring in one: two bars, and what each area has come to. */
export function drawDelivery(state: WizardState, delivery: DeliverySummary): Page {
  const text = screens.delivery;
  const region = regionOf(delivery.region);
  const live = state.live[region.code] ?? NOTHING_YET;
  const stage = live.stage ?? delivery.stage;
  const isPaused = live.isPaused || delivery.outcome === 'paused';
  const isMoving = !live.retry && !isPaused && delivery.outcome === 'running';
  const { width } = state.room;
  const progress = (which: Stage, label: string): Row[] => {
    const fraction = fractionOf(which, live, delivery);
    return barRows(label, fraction, progressText(live.stages[which], fraction, isMoving), width);
  };
  const check = live.stages.verify;
  const isExporting = stage === 'export' || stage === 'bag';
  return page(state.room, {
    crumbs: [isExporting ? text.exportTitle : text.uploadTitle, region.name],
    fact: screens.step(isExporting ? 4 : 5),
    body: [
      row(),
      ...progress('export', text.export),
      ...progress('upload', text.upload),
      row(check ? ` ${left(text.verify, LABEL_WIDTH)}${text.verifying(percent(check.fraction))}` : ''),
      row(`   #     ${left(text.area, 22)} ${right(text.exported, 22)}${right(text.uploaded, 10)}${right(text.verified, 14)}`, 'dim'),
      ...([1, 2, 3, 4, 5, 6, 7] as const).map((area) => areaRow(area, delivery, live)),
      row(),
      row(live.lastFile ? ` ${text.lastFile(live.lastFile.file, live.lastFile.resumed)}` : '', 'dim'),
      row(` ${text.snapshot}`, 'dim'),
    ],
    messages: [...(state.message && !isPaused ? [state.message] : []), ...situation(state, live, delivery, region.slug)],
    keys: text.keys(delivery.outcome === 'cut' ? 'cut' : isPaused ? 'paused' : live.retry ? 'retry' : 'running'),
  });
}
