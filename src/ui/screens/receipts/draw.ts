import type { AreaId } from '../../../domain/areas.ts';
import type { DeliverySummary, Receipt } from '../../../domain/delivery-record.ts';
import { REVERSAL_FILE, stagedBag } from '../../../domain/package.ts';
import { latestKvittens } from '../../../domain/region-record.ts';
import type { RegionView } from '../../../domain/region-view.ts';
import { regionOf } from '../../../domain/regions.ts';
import { areas, formatNumber, screens } from '../../../text.ts';
import { type Page, page } from '../../parts/page.ts';
import { labelled, left, type Row, right, row } from '../../parts/rows.ts';
import { regionStatus } from '../../region-status.ts';
import type { WizardState } from '../../state.ts';
import { nextRegion } from './state.ts';

const NAME_WIDTH = 26;

interface Sum {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

function areaSum(receipt: Receipt, area: AreaId): Sum {
  const tables = receipt.tables.filter((table) => table.area === area);
  const attachments = area === 2 ? receipt.attachments : { count: 0, bytes: 0 };
  return {
    name: `${area} ${areas[area].short}`,
    files: tables.length + attachments.count,
    bytes: tables.reduce((sum, { bytes }) => sum + bytes, attachments.bytes),
  };
}

/** What the bag holds besides the areas: manifests, descriptions, the reversal. */
function controlFiles(receipt: Receipt, sums: readonly Sum[]): Sum {
  const rest = (of: (sum: Sum) => number) => sums.reduce((left, sum) => left - of(sum), 0);
  return {
    name: screens.receipts.controlFiles,
    files: receipt.files + rest(({ files }) => files),
    bytes: receipt.bytes + rest(({ bytes }) => bytes),
  };
}

function sumRow({ name, files, bytes }: Sum, receipt: Receipt): Row {
  const how = screens.receipts.how[receipt.verification];
  const mark = receipt.contentVerified ? '✓' : '!';
  return row(`   ${left(name, NAME_WIDTH)}${right(formatNumber(files), 7)}${right(formatNumber(bytes), 15)}   ${mark} ${how}`);
}

/** Where the paper lies that the region is to sign; its folder has a row of its own, so that it can be copied whole. */
const paper = (folder: string, width: number): Row[] => [
  ...labelled(screens.receipts.reversal, screens.receipts.paperIn(REVERSAL_FILE), { label: 12, width }),
  ...labelled('', folder, { label: 0, width }),
];

/** S7 Kvitton: what was delivered, how it was proven, and what the region has answered. */
export function drawReceipts(state: WizardState, view: RegionView, delivery: DeliverySummary): Page {
  const text = screens.receipts;
  const region = regionOf(view.record.region);
  const { receipt } = delivery;
  const beside = { label: 12, width: state.room.width };
  const crumbs = [text.title, region.name];
  const messages = state.message ? [state.message] : [];
  if (!receipt) return page(state.room, { crumbs, fact: screens.step(6), body: [row(), row(` ${text.none}`)], messages, keys: text.keys });
  const sums = receipt.areas.map((area) => areaSum(receipt, area));
  const kvittens = latestKvittens(view.record, delivery.id);
  const next = nextRegion(state, region.code);
  const steps = kvittens ? text.acknowledged(kvittens) : text.nextStep(region.name);
  const gate = !kvittens ? text.gateStays : kvittens.deviation === undefined ? screens.region.mayDispose(region.slug) : text.gateDeviates;
  return page(state.room, {
    crumbs,
    fact: screens.step(6),
    body: [
      row(),
      receipt.contentVerified ? row(` ✓ ${text.verified}`, 'bold') : row(` ! ${text.notVerified}`, 'alarm'),
      row(`   ${text.totals(receipt.files, receipt.bytes, receipt.rows, receipt.publishedAt)}`),
      row(),
      row(`   ${left(text.area, NAME_WIDTH)}${right(text.files, 7)}${right(text.bytes, 15)}   ${text.verifiedBy}`, 'dim'),
      ...sums.map((sum) => sumRow(sum, receipt)),
      sumRow(controlFiles(receipt, sums), receipt),
      row(),
      ...labelled(text.bag, receipt.remotePath, beside),
      ...labelled(text.manifest, receipt.manifestSha256, beside),
      row(),
      ...labelled(kvittens ? text.answer : text.next, steps, { ...beside, ...(kvittens?.deviation ? { look: 'warning' as const } : {}) }),
      ...labelled('', gate, beside),
      ...(regionStatus(view) === 'andrad'
        ? labelled('', screens.region.nextSteps.changed(region.slug), { ...beside, look: 'warning' })
        : []),
      ...(kvittens ? [] : paper(stagedBag(state.staging, receipt.bag), state.room.width)),
      row(),
      row(next ? ` ${text.nextRegion(regionOf(next.record.region).name)}` : ''),
    ],
    messages,
    keys: text.keys,
  });
}
