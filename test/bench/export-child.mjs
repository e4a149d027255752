// One piece of work in a process of its own, so that its memory is its own: node export-child.mjs <compiled src> <work> <url> <view> [file]
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { stringify } from 'csv-stringify';
import pg from 'pg';

const [src, work, url, view, file] = process.argv.slice(2);
const { openSource } = await import(`${src}/source/open-source.js`);
const { headerBytes } = await import(`${src}/bag/csv-writer.js`);
const { DEFAULT_DIALECT: dialect } = await import(`${src}/domain/dialect.js`);
const { areaOfView } = await import(`${src}/domain/areas.js`);
const REGION = '12';

const rss = [];
const sampler = setInterval(() => rss.push(process.memoryUsage.rss()), 500);

/** As a delivery does it: snapshot, count, COPY, hash, fsync. */
async function ours() {
  const source = openSource({ sminet2: url });
  const snapshot = await source.snapshot([areaOfView(view).id]);
  const shape = await snapshot.shape(view, REGION);
  const written = await snapshot.writeTable(shape, REGION, file, headerBytes(shape, dialect), { dialect });
  await snapshot.close();
  return written;
}

/** What one would write without COPY: a cursor, 1,000 rows at a time, into csv-stringify. */
async function cursor() {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => (value) => value } });
  await client.connect();
  await client.query(`SET timezone = 'Europe/Stockholm'; BEGIN READ ONLY; DECLARE c CURSOR FOR
    SELECT * FROM leverans.${view} WHERE myndighet = '${REGION}' ORDER BY rad_id`);
  const csv = stringify({ delimiter: dialect.delimiter, quoted: true, quoted_string: true });
  const out = csv.pipe(createWriteStream(file));
  const hash = createHash('sha256');
  csv.on('data', (chunk) => hash.update(chunk));
  for (let isFirst = true, more = true; more; isFirst = false) {
    const { rows, fields } = await client.query({ text: 'FETCH 1000 FROM c', rowMode: 'array' });
    if (isFirst) csv.write(fields.map(({ name }) => name));
    for (const row of rows) if (!csv.write(row)) await once(csv, 'drain');
    more = rows.length > 0;
  }
  csv.end();
  await once(out, 'close');
  await client.end();
  return { sha256: hash.digest('hex') };
}

async function exact() {
  const source = openSource({ sminet2: url });
  return source.exactSize(view, REGION, dialect);
}

/** All 147 cells; the connections are part of it. */
async function plan() {
  const source = openSource({ sminet2: url });
  const cells = await source.estimate(() => dialect);
  return cells.find((cell) => cell.view === view && cell.region === REGION);
}

const begun = performance.now();
const result = await { ours, cursor, exact, plan }[work]();
const seconds = (performance.now() - begun) / 1000;
clearInterval(sampler);
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ ...result, seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakRss: maxRSS * 1024, rss }));
