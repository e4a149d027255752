import { deliversPart } from '../domain/decision.ts';
import type { BagFacts, ExportedTable } from '../domain/package.ts';
import { areas, decisionSentence, formatNumber, nullRule, ownerRule, packageText, lasmigText as text } from '../text.ts';
import { fileText, labelled, paragraph, section, WIDTH } from './plain-text.ts';
import { totalsOf } from './totals.ts';

const INDENT = '  ';
const fileName = ({ view }: Pick<ExportedTable, 'view'>): string => `${view}.csv`;

/** LASMIG.txt: what this is, what was decided, how the files are read, what is not in them and why, cautions per area (T15, T20, T22, T30). */
export function lasmig(facts: BagFacts): string {
  return fileText([
    section(`${text.title}  ${facts.bag}`, separated(text.about(facts.region, facts.snapshotAt).map((about) => paragraph(about)))),
    section(text.decided, decided(facts)),
    section(text.content, content(facts)),
    section(text.reading, reading(facts)),
    section(text.missing, bullets(missing(facts))),
    section(text.cautions, cautions(facts)),
    section(text.checking, [...paragraph(text.checkingNote), '', ...text.checkingCommands.map((command) => `${INDENT}${command}`)]),
    section(text.questions, paragraph(text.contact)),
  ]);
}

function decided({ decisions, region }: BagFacts): string[] {
  const perArea = decisions.flatMap((decision) => {
    const indent = `${INDENT}   `;
    return [
      ...paragraph(areas[decision.area].name, `${INDENT}${decision.area}  `, indent),
      ...paragraph(
        `${decisionSentence(decision)} ${deliversPart(decision, undefined) ? packageText.delivered : packageText.notDelivered}`,
        indent,
      ),
    ];
  });
  return [...perArea, '', ...paragraph(`${packageText.responsibility(region)} ${text.wholeDecisions}`)];
}

function content({ tables, attachments }: BagFacts): string[] {
  const row = (file: string, records: string, lines: string) =>
    `${INDENT}${file.padEnd(WIDTH - 28)}${records.padStart(13)}${lines.padStart(13)}`.trimEnd();
  return [
    row(...text.contentHead),
    ...tables.map((table) => row(fileName(table), formatNumber(table.rows), formatNumber(table.lines))),
    ...(tables.some(({ view }) => view === 'omrade2_bilagor')
      ? ['', ...paragraph(text.attachments(attachments.length, totalsOf(attachments, []).bytes))]
      : []),
    '',
    ...paragraph(text.records),
  ];
}

const reading = ({ dialect }: BagFacts): string[] => [
  ...labelled(text.dialect(dialect), INDENT),
  '',
  ...bullets([nullRule(dialect), ...text.readingNotes]),
];

function missing({ decisions, distribution }: BagFacts): string[] {
  const disposed = decisions.filter(({ answer }) => answer === 'gallra').map(({ area }) => area);
  const cardsDisposed = decisions.some(
    (decision) => decision.area === 2 && deliversPart(decision, 'anteckningar') && !deliversPart(decision, 'patientkort'),
  );
  const reasons = [
    ...(disposed.length > 0 ? [text.disposed(disposed)] : []),
    ...(cardsDisposed ? [packageText.cardsNotDelivered] : []),
    ...distribution.filter(({ undistributed }) => undistributed > 0).map((view) => text.undistributed(fileName(view), view.undistributed)),
  ];
  return reasons.length > 0 ? reasons : [text.nothingMissing];
}

function cautions({ decisions, tables, withoutChangeLog }: BagFacts): string[] {
  const delivered = decisions.filter((decision) => deliversPart(decision, undefined));
  return separated(
    delivered.map(({ area }) => [
      `${INDENT}${area}  ${areas[area].short}`,
      ...bullets([
        ...areas[area].cautions,
        ...(area === 5 || area === 6 ? [ownerRule] : []),
        ...tables
          .filter((table) => table.area === area)
          .flatMap((table) => [
            ...(table.rows === 0 ? [`${fileName(table)}. ${packageText.noRows}`] : []),
            ...(withoutChangeLog.includes(table.view) ? [`${fileName(table)}. ${packageText.noChangeLog}`] : []),
          ]),
      ]),
    ]),
  );
}

const bullets = (texts: readonly string[]): string[] => texts.flatMap((each) => paragraph(each, `${INDENT}- `, `${INDENT}  `));

const separated = (blocks: readonly (readonly string[])[]): string[] =>
  blocks.flatMap((block, at) => (at === 0 ? [...block] : ['', ...block]));
