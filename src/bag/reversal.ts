import { type Decision, deliversPart } from '../domain/decision.ts';
import type { BagFacts } from '../domain/package.ts';
import { areas, decisionSentence, packageText, reversalText as text } from '../text.ts';
import { fileText, labelled, paragraph, section, WIDTH } from './plain-text.ts';
import { payloadFiles, totalsOf } from './totals.ts';

const INDENT = '   ';
const BLANK = (indent: string) => indent + '_'.repeat(WIDTH - indent.length);

/**
 * leveransreversal.txt, to sign and return: parties, decisions, files, totals and the manifest's hash (R17, R39, N14).
 * Attachments are a count and bytes, never names (D13).
 */
export function reversal(facts: BagFacts, manifestSha256: string): string {
  const total = totalsOf(payloadFiles(facts), facts.tables);
  return fileText([
    section(text.title, labelled(text.parties(facts.region, facts))),
    [text.areas],
    ...facts.decisions.map((decision) => areaLines(decision, facts)),
    section(text.totals, [
      ...labelled(text.totalRows({ ...total, attachments: facts.attachments.length }), INDENT),
      '',
      `${INDENT}${text.manifest}`,
      `${INDENT}${manifestSha256}`,
    ]),
    section(text.responsibility, paragraph(packageText.responsibility(facts.region))),
    section(text.receipt, [
      ...text.receiptChecks.map((check) => `${INDENT}[ ] ${check}`),
      ...text.receiptLines.flatMap((line) => ['', `${INDENT}${line}`, BLANK(INDENT)]),
    ]),
    section(
      text.signatures,
      text.signers(facts.region).flatMap((signer) => [...paragraph(signer), '', BLANK(INDENT), '']),
    ).slice(0, -1),
    paragraph(text.returned),
  ]);
}

function areaLines(decision: Decision, facts: BagFacts): string[] {
  const head = [
    ...paragraph(areas[decision.area].name, `${decision.area}  `, INDENT),
    ...paragraph(decisionSentence(decision), INDENT),
    ...(decision.plan ? paragraph(text.plan(decision.plan), INDENT) : []),
  ];
  if (!deliversPart(decision, undefined)) return [...head, `${INDENT}${packageText.notDelivered}`];
  const tables = facts.tables.filter(({ area }) => area === decision.area);
  const attachments = decision.area === 2 ? facts.attachments : [];
  const sum = totalsOf([...tables, ...attachments], tables);
  return [
    ...head,
    ...(deliversPart(decision, 'patientkort') ? [] : paragraph(packageText.cardsNotDelivered, INDENT)),
    ...tables.flatMap(({ path, rows, bytes, sha256 }) => [
      `${INDENT}${path}`,
      `${INDENT}  ${text.table(rows, bytes)}`,
      `${INDENT}  SHA-256 ${sha256}`,
    ]),
    ...(decision.area === 2 ? [`${INDENT}${text.attachments(attachments.length, totalsOf(attachments, []).bytes)}`] : []),
    `${INDENT}${text.subtotal(sum.files, sum.rows, sum.bytes)}`,
  ];
}
