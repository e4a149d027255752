import { appendFileSync } from 'node:fs';
import type { TransferRecord } from '../../src/transfer/transfer.ts';
import { send } from '../support/bag-to-send.ts';

// A process that the bench kills: sends what its argument says and keeps its journal in a file, as the product does.
const { journalFile, target, bag } = JSON.parse(process.argv[2] ?? '');
const records: TransferRecord[] = [];
const append = async (record: TransferRecord) => {
  records.push(record);
  appendFileSync(journalFile, `${JSON.stringify(record)}\n`);
};
const onEvent = ({ type }: { readonly type: string }) => {
  if (type === 'progress') process.send?.('sending');
};
await send({ target, bag, journal: { records, append } }, { onEvent });
