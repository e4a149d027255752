import { join } from 'node:path';

const MiB = 1024 * 1024;

/**
 * The text of a process that sends a bag from a compiled `src/`, keeps its journal in the file `journalFile` of its request (its last
 * argument, JSON), and prints every event, progress in whole MiB.
 */
export const sender = (compiled: string): string => `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { sendBag } from ${JSON.stringify(join(compiled, 'transfer/send-bag.js'))};
import { GrowingList } from ${JSON.stringify(join(compiled, 'domain/growing-list.js'))};
const { journalFile, ...request } = JSON.parse(process.argv.at(-1));
const files = GrowingList.of(request.files);
const records = existsSync(journalFile) ? readFileSync(journalFile, 'utf8').trim().split('\\n').map((line) => JSON.parse(line)) : [];
const journal = { records, append: async (record) => appendFileSync(journalFile, JSON.stringify(record) + '\\n') };
const sending = sendBag({ ...request, files, expectedBytes: 0, journal, verifyBinding: async () => {}, signal: new AbortController().signal });
for await (const event of sending) {
  if (event.type === 'progress') console.log(event.stage + ' ' + Math.floor(event.bytes / ${MiB}) + ' MiB;');
  else console.log(event.type + ';');
}
console.log('published;');
`;
