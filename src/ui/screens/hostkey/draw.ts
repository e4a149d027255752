import { regionOf } from '../../../domain/regions.ts';
import { screens } from '../../../text.ts';
import { visiblePart } from '../../parts/field.ts';
import { type Page, page } from '../../parts/page.ts';
import { labelled, type Row, row } from '../../parts/rows.ts';
import type { WizardState } from '../../state.ts';
import { type HostKeyOverlay, matchOf } from './overlay.ts';

const text = screens.hostKey;

/** V1 Okänd värdnyckel and V2 Ändrad värdnyckel. */
export function drawHostKey(state: WizardState, overlay: HostKeyOverlay): Page {
  const { kind, shown } = overlay;
  const { width } = state.room;
  const host = String(overlay.facts.host ?? '');
  const body = kind === 'unknown' ? (shown ? comparedRows(overlay, width) : askingRows(overlay, width)) : changedRows(overlay, width);
  const match = matchOf(overlay);
  return page(state.room, {
    crumbs: ['SFTP', kind === 'unknown' ? text.unknownTitle : text.changedTitle],
    fact: host,
    body: [row(), ...body],
    messages: state.message ? [state.message] : [],
    keys: kind === 'unknown' ? (shown ? (match ? text.trustKeys : [screens.back]) : text.compareKeys) : text.changedKeys,
  });
}

const beside = (width: number) => ({ label: 16, width });

const serverRows = ({ region, facts }: HostKeyOverlay, width: number): Row[] =>
  labelled(text.server, text.serverName(String(facts.host), String(facts.port), regionOf(region).name), beside(width));

const marked = (words: string, width: number, look: Row['spans'][number]['look']): Row[] =>
  labelled('', words, { label: 0, width, mark: ' ! ', look });

/** The server's fingerprint is not here yet: it could be copied instead of compared. */
function askingRows(overlay: HostKeyOverlay, width: number): Row[] {
  const { text: typed, cursor } = visiblePart(overlay.given, width - 4);
  return [
    ...marked(text.unknown, width, 'warning'),
    row(),
    ...serverRows(overlay, width),
    row(),
    ...labelled('', text.howToCompare, { label: 0, width, mark: ' ' }),
    row(),
    row(`   ${text.typeFingerprint}`),
    { spans: [{ text: ' > ', look: 'bold' }, { text: typed }], cursor: 3 + cursor },
    row(),
    row(`   ${overlay.isWaiting ? text.asking : overlay.hasMissed ? text.noFingerprint : ''}`),
  ];
}

function comparedRows(overlay: HostKeyOverlay, width: number): Row[] {
  const { given, shown = [], isWaiting } = overlay;
  const match = matchOf(overlay);
  if (!match)
    return [
      ...marked(text.differs, width, 'alarm'),
      row(),
      ...serverRows(overlay, width),
      ...labelled(text.regions, given.text.trim(), beside(width)),
      ...shown.flatMap(({ type, fingerprint }) => labelled(text.servers, `${fingerprint} ${type}`, beside(width))),
      row(),
      ...labelled('', text.whenDiffers, { label: 0, width, mark: ' ' }),
    ];
  return [
    ...labelled('', text.agrees, { label: 0, width }),
    row(),
    ...serverRows(overlay, width),
    ...labelled(text.type, match.type, beside(width)),
    ...labelled(text.fingerprint, match.fingerprint, beside(width)),
    row(),
    ...labelled('', isWaiting ? text.saving : text.saves(regionOf(overlay.region).name), { label: 0, width }),
  ];
}

function changedRows({ region, kind, facts }: HostKeyOverlay, width: number): Row[] {
  return [
    ...marked(kind === 'revoked' ? text.revoked : text.changed, width, 'alarm'),
    row(),
    ...(facts.pinned ? labelled(text.saved, String(facts.pinned), beside(width)) : []),
    ...labelled(text.servers, `${facts.seen} ${facts.keyType ?? ''}`.trim(), beside(width)),
    row(),
    ...labelled('', text.stopped, { label: 0, width, mark: ' ' }),
    row(),
    ...(kind === 'revoked' ? text.revokedSteps : text.changedSteps(regionOf(region), facts)).map((step) => row(`   ${step}`)),
  ];
}
