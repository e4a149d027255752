import { test, expect } from 'vitest';
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { startPostgres, run } from '../support/postgres.ts';
import { startEmbeddedSource } from '../../src/demo/embedded-source.ts';
import { openSource } from '../../src/source/open-source.ts';
import { AREAS } from '../../src/domain/areas.ts';
import { REGIONS } from '../../src/domain/regions.ts';
import { DEFAULT_DIALECT } from '../../src/domain/dialect.ts';
import { headerBytes } from '../../src/bag/csv-writer.ts';
const VIEWS = AREAS.flatMap(a=>a.files.map(f=>f.view));
async function go(url, regions=['12','23']) {
  const s = openSource({sminet2:url});
  let t=Date.now(); console.log(await s.check(), Date.now()-t);
  t=Date.now(); const est = await s.estimate(()=>DEFAULT_DIALECT); console.log('estimate', est.length, Date.now()-t);
  const dir = await mkdtemp('/tmp/src-helper/out-');
  for (const region of regions) {
    const snap = await s.snapshot([1,2,3,4,5,6,7]); console.log(snap.takenAt, await snap.lockRegion(region));
    let tot=0, e=0; t=Date.now();
    for (const v of VIEWS) { if (v==='omrade2_bilagor') continue; const shape = await snap.shape(v, region); 
      const w = await snap.writeTable(shape, region, `${dir}/${region}-${v}.csv`, headerBytes(shape, DEFAULT_DIALECT), {dialect: DEFAULT_DIALECT});
      const es = est.find(x=>x.view===v&&x.region===region); tot+=w.bytes; e+=es.bytes; if (region==='12') console.log(v, w.rows, w.lines, w.bytes, 'est', es.rows, es.bytes, ((es.bytes/w.bytes-1)*100).toFixed(1)+'%'); }
    const rows = await snap.attachments(region); let n=0; 
    for await (const a of snap.writeAttachments(region, rows, nr=>`${dir}/${region}-${nr}`, {})) n++;
    console.log(region, 'tot', tot, 'est', e, ((e/tot-1)*100).toFixed(1)+'%', 'att', rows.length, n, await snap.viewsWithoutChangeLog(), Date.now()-t, 'ms');
    await snap.close();
  }
  t=Date.now(); for (const v of VIEWS) { const x = await s.exactSize(v,'12',DEFAULT_DIALECT); if (v!=='omrade2_bilagor') expect(x.bytes, v).toBe((await stat(`${dir}/12-${v}.csv`)).size);} console.log('exact', Date.now()-t);
  await s.close();
}
test('pglite', async () => {
  const e = await startEmbeddedSource({dataDir:'/tmp/src-helper/pgl', seed:1, scale:0.02});
  try { await go(e.url);} finally { await e.close(); }
});
test('pg', async () => {
  const p = await startPostgres();
  try { const t=Date.now(); const u = await p.createSource('s', {scale:Number(process.env.SC??0.2)}); console.log('load', Date.now()-t); await go(u, REGIONS.map(r=>r.code)); } finally { await p.stop(); }
});
