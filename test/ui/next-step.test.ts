import { describe, expect, it } from 'vitest';
import type { DeliverySummary } from '../../src/domain/delivery-record.ts';
import { regionStatus } from '../../src/ui/region-status.ts';
import { viewOf } from '../../src/ui/state.ts';
import { Driver } from './driver.ts';
import { BEVARA, MemoryCore } from './memory-core.ts';

/** What Skåne's S2 says under "Kvar att göra", and the state that it says it of. */
async function stepOf(prepare: (core: MemoryCore) => unknown, ...keys: string[]): Promise<{ status: string; step: string }> {
  const core = new MemoryCore();
  prepare(core);
  const driver = await new Driver(core).toOverview();
  if (driver.place === 'resume') await driver.press('escape');
  await driver.open('skåne');
  await driver.press(...keys);
  if (driver.place !== 'region') await driver.press('b');
  expect(driver.place).toBe('region');
  const from = driver.lines.findIndex((line) => line.includes('Kvar att göra'));
  const lines = driver.lines.slice(from);
  const view = viewOf(driver.state, '12');
  const text = lines.slice(0, lines.indexOf('')).map((line) => line.slice(19));
  return { status: view ? regionStatus(view) : '', step: text.join(' ') };
}

const delivered = (change: Partial<DeliverySummary>) => (core: MemoryCore) => {
  core.decideAll('12', { 1: BEVARA });
  core.deliver('12', change);
};
const finished =
  (...more: readonly ((core: MemoryCore) => unknown)[]) =>
  (core: MemoryCore) => {
    core.decideAll('12', { 1: BEVARA });
    core.finish('12');
    for (const each of more) each(core);
  };
const receipted = (deviation?: string) => (core: MemoryCore) => {
  const draft = { receivedOn: '2026-11-22', receivedBy: 'Regionarkivet', ...(deviation && { deviation }) };
  return core.saveReceipt('12', '12-2026-11-22-1', draft, 7);
};

describe('S2 says what is left to do', () => {
  it('a worker that does not answer is not followed', async () => {
    const core = new MemoryCore();
    core.silent.add('12');
    delivered({ stage: 'upload' })(core);
    await new Driver(core).toOverview();
    expect(core.calls).not.toContain('follow');
  });

  it('a worker that does not answer is told of on the delivery’s screen too, which promises nothing then', async () => {
    const core = new MemoryCore();
    core.silent.add('12');
    delivered({ stage: 'upload' })(core);
    const driver = await new Driver(core).toOverview();
    if (driver.place === 'resume') await driver.press('escape');
    await driver.open('skåne');
    expect(driver.place).toBe('delivery');
    expect(driver.text.replace(/\s+/g, ' ')).toContain('Processen som gör leveransen svarar inte. Vad du gör: sminet-leverans folj skane');
    expect(driver.text).not.toContain('arbetet fortsätter');
  });

  it.each([
    ['saknas', (core: MemoryCore) => core.decide('12', { 1: BEVARA }), 'Registrera beslut för område 2, 3, 4, 5, 6 och 7.'],
    ['beslutad', (core: MemoryCore) => core.decideAll('12', { 1: BEVARA }), 'Granska leveransen med g.'],
    ['gallring', (core: MemoryCore) => core.decideAll('12'), 'Inget ska levereras'],
    ['running', delivered({ stage: 'upload' }), 'Leveransen pågår (skickas)'],
    [
      'running',
      (core: MemoryCore) => {
        core.silent.add('12');
        delivered({ stage: 'upload' })(core);
      },
      'Processen som gör leveransen svarar inte. Vad du gör: sminet-leverans folj skane',
    ],
    ['pausad', delivered({ outcome: 'paused' }), 'där fortsätter p.'],
    ['avbruten', delivered({ outcome: 'cut' }), 'där fortsätter o.'],
    ['fel', delivered({ outcome: 'failed', error: { code: 'sftp_down', facts: {} } }), 'Esc visar felet'],
    ['verifierad', finished(), 'Vänta på regionens underskrivna kvittens.'],
    ['overford', finished((core) => core.finish('12', { contentVerified: false })), 'Innehållet är inte verifierat.'],
    ['avvikelse', finished(receipted('En fil saknas')), 'Reda ut avvikelsen'],
    ['kvitterad', finished(receipted()), 'Vad som får gallras i dag: sminet-leverans gallringsunderlag skane'],
    ['andrad', finished((core) => core.decide('12', { 2: BEVARA })), 'sminet-leverans leverera skane --ny'],
  ])('%s', async (status, prepare, words) => {
    const found = await stepOf(prepare);
    expect(found.status).toBe(status);
    expect(found.step).toContain(words);
    if (status !== 'beslutad') expect(found.step).not.toContain('Granska');
  });

  it('g says the same while a delivery is there, and how a new one is made after it', async () => {
    const core = new MemoryCore();
    core.decideAll('12', { 1: BEVARA });
    core.deliver('12', { outcome: 'paused' });
    const driver = await new Driver(core).toOverview();
    await driver.press('escape');
    await driver.open('skåne');
    await driver.press('b', 'g');
    expect([driver.place, driver.lines.filter((line) => line.includes('där fortsätter p.')).length]).toEqual(['region', 2]);
    core.finish('12');
    core.clock.advance(6000);
    driver.store.dispatch({ type: 'tick' });
    await driver.press('g');
    expect(driver.text.replace(/\s+/g, ' ')).toContain('En ny görs med: sminet-leverans leverera skane --ny');
  });

  it('counts what was delivered once it is, and reads the gate again when the region receipts it', async () => {
    const core = new MemoryCore();
    core.decideAll('12', { 1: BEVARA });
    core.finish('12');
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    await driver.press('b');
    expect(driver.text.replace(/\s+/g, ' ')).toContain('Levererat 822,0 MB med styrfiler, 2 400 poster. Klart 2026-11-22 15:03.');
    expect(driver.text).toContain('1: Leveransen är inte kvitterad.');
    await receipted()(core);
    core.clock.advance(6000);
    driver.store.dispatch({ type: 'tick' });
    await driver.settle();
    expect(driver.text).not.toContain('Leveransen är inte kvitterad.');
    expect(driver.text.replace(/\s+/g, ' ')).toContain('Vad som får gallras i dag');
  });

  it('names the areas that nothing holds back any more beside what holds the others', async () => {
    const core = new MemoryCore();
    core.decideAll('12');
    const driver = await (await new Driver(core).toOverview()).open('skåne');
    expect(driver.text).toContain('Gallringsspärr  Öppen för 1, 2, 3, 4 och 7, stängd för 5 och 6:');
    expect(driver.text).toContain('5 och 6: Datum ej nått.');
  });
});
