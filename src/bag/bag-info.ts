import type { BagFacts } from '../domain/package.ts';
import { archiveCreator, bagText, CONTACT } from '../text.ts';
import type { Totals } from './totals.ts';

/** The program that wrote a bag, as `Bag-Software-Agent` names it. */
export interface Writer {
  readonly program: string;
  readonly version: string;
}

/** The agent of bags that this program writes: the validator holds them to more than BagIt does. */
export const PROGRAM = 'sminet-leverans';

/** `bagit.txt` (RFC 8493 section 2.1.1). */
export const BAGIT_TXT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/** `bag-info.txt` (RFC 8493 section 2.2.2), with the arkivbildare, who is the region's own for every area (R72). */
export const bagInfo = (facts: BagFacts, payload: Totals, writtenBy: Writer): string =>
  [
    ['Source-Organization', bagText.sender],
    ['Contact-Email', CONTACT],
    ['External-Description', bagText.description(facts.region)],
    ['External-Identifier', facts.bag],
    ['Arkivbildare', archiveCreator(facts.region)],
    ['Bagging-Date', facts.day],
    ['Payload-Oxum', `${payload.bytes}.${payload.files}`],
    ['Bag-Software-Agent', `${writtenBy.program} ${writtenBy.version}`],
  ]
    .map(([label, value]) => `${label}: ${value}\n`)
    .join('');
