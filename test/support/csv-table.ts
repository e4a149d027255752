import { CsvWriter, type Row, type TableHead, type WrittenCsv } from '../../src/bag/csv-writer.ts';
import type { Dialect } from '../../src/domain/dialect.ts';

/** A whole table by `CsvWriter`. */
export async function writeCsv(file: string, head: TableHead, rows: Iterable<Row>, dialect: Dialect): Promise<WrittenCsv> {
  const table = await CsvWriter.open(file, head, dialect);
  for (const row of rows) await table.add(row);
  return table.finish();
}
