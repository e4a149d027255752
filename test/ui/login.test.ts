import { describe, expect, it } from 'vitest';
import type { DeliveryEvent } from '../../src/domain/delivery-events.ts';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { Driver } from './driver.ts';
import { BEVARA, MemoryCore } from './memory-core.ts';

const REGION = '12';
const GOOD = 'SHA256:3t0nq8fQv1mVw2pJxk7dQ2aZcH0sY5uB9rLkE4iGm1o';
const OTHER = 'SHA256:Zb1Yw0xk2Qp8rT5nV7mC3dF6gH9jL4sA2eU0iO8pN5q';
const SERVER = { host: 'sftp.region.example', port: 22, username: 'skane', path: '/in' };

const failed = (error: string, facts: Record<string, string>): DeliveryEvent => ({
  type: 'error',
  code: 14,
  message: '',
  error,
  facts: { ...SERVER, keyType: 'ssh-ed25519', ...facts },
});

/** The wizard in a region whose delivery runs, right after this event of it. */
async function driverAfter(event: DeliveryEvent): Promise<Driver> {
  const core = new MemoryCore();
  core.decideAll(REGION, { 1: BEVARA });
  core.deliver(REGION);
  core.shownHostKeys = [
    { type: 'ssh-ed25519', fingerprint: GOOD },
    { type: 'ecdsa-sha2-nistp256', fingerprint: OTHER },
  ];
  const driver = await new Driver(core).toOverview();
  if (driver.place === 'resume') await driver.press('escape');
  await driver.open('skåne');
  core.emit(REGION, event);
  await driver.settle();
  return driver;
}
const trusted = ({ core }: Driver) => core.calls.filter((call) => call === 'trustHostKey');

describe('V1 Okänd värdnyckel', () => {
  const unknown = () => driverAfter(failed('host_key_unknown', { seen: GOOD }));

  it('asks for the fingerprint that the region gave, and shows nothing of the server until it is compared (N01)', async () => {
    const driver = await unknown();
    expect(driver.place).toBe('hostKey');
    expect(driver.text).not.toContain('SHA256:3t0n');
    expect(driver.text).toMatchInlineSnapshot(`
      " Sminet-leverans › SFTP › Okänd server                      sftp.region.example

       ! Servern är inte känd sedan tidigare. Inget har skickats, inte heller
         användarnamn eller nyckel.

         Server          sftp.region.example, port 22 (Region Skåne)

       Fingeravtrycket ska regionen ha lämnat på annat sätt än via den här servern.
       Det jämförs med serverns innan serverns visas.

         Regionens fingeravtryck, SHA256: och 43 tecken:
       >










       Enter jämför  Esc avbryt"
    `);
    expect([driver.lines.length, Math.max(...driver.lines.map((line) => line.length))]).toEqual([
      23,
      expect.toSatisfy((width) => width <= 79),
    ]);
  });

  it('the right one, typed or pasted, is shown and trusted by one more Enter', async () => {
    const driver = await unknown();
    await driver.paste(` ${GOOD}\n`);
    await driver.press('enter');
    expect(driver.text).toMatchInlineSnapshot(`
      " Sminet-leverans › SFTP › Okänd server                      sftp.region.example

         Serverns nyckel är den som regionen har uppgett.

         Server          sftp.region.example, port 22 (Region Skåne)
         Nyckeltyp       ssh-ed25519
         Fingeravtryck   SHA256:3t0nq8fQv1mVw2pJxk7dQ2aZcH0sY5uB9rLkE4iGm1o

         Enter sparar nyckeln för Region Skåne. Starta sedan leveransen igen.













       Enter lita på servern  Esc avbryt"
    `);
    expect(trusted(driver)).toEqual([]);
    await driver.press('enter');
    expect(driver.effects).toContainEqual({ do: 'trustHostKey', region: REGION, fingerprint: GOOD });
    expect([driver.place === 'hostKey', driver.text.includes('Värdnyckeln är sparad.')]).toEqual([false, true]);
  });

  it('another one shows both and trusts nothing, whatever is pressed', async () => {
    const driver = await unknown();
    await driver.paste(`SHA256:${'A'.repeat(43)}`);
    await driver.press('enter');
    expect(driver.text).toMatchInlineSnapshot(`
      " Sminet-leverans › SFTP › Okänd server                      sftp.region.example

       ! STOPP. Servern visar inte den nyckel som regionen har uppgett.

         Server          sftp.region.example, port 22 (Region Skåne)
         Regionens       SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
         Serverns        SHA256:3t0nq8fQv1mVw2pJxk7dQ2aZcH0sY5uB9rLkE4iGm1o
                         ssh-ed25519
         Serverns        SHA256:Zb1Yw0xk2Qp8rT5nV7mC3dF6gH9jL4sA2eU0iO8pN5q
                         ecdsa-sha2-nistp256

       Lita inte på servern. Ring regionen och fråga vilket fingeravtryck som gäller.
       Inget har skickats.









       Esc tillbaka"
    `);
    await driver.paste(GOOD);
    await driver.press('enter', 'enter', 'j', 'enter');
    expect([driver.place, trusted(driver)]).toEqual(['hostKey', []]);
    expect((await driver.press('escape')).place).not.toBe('hostKey');
  });

  it('four characters, nothing at all, and Enter held down from before are no comparison', async () => {
    const driver = await unknown();
    await driver.press('enter');
    await driver.type('Gm1o');
    await driver.press('enter', 'enter');
    expect(driver.text).toContain('inget helt fingeravtryck');
    expect(driver.core.calls).not.toContain('hostKeys');
  });

  it('N20 when a second person must give it too, that is said and nothing is trusted', async () => {
    const driver = await unknown();
    driver.core.failNext('trustHostKey', new OperatorError('another_person', { region: 'Region Skåne', by: 'anna' }));
    await driver.paste(GOOD);
    await driver.press('enter', 'enter');
    expect(driver.place).toBe('error');
    expect(driver.text).toContain('En annan person');
  });
});

describe('V2 Ändrad värdnyckel', () => {
  it.each(['host_key_changed', 'host_key_revoked'])('%s has no way on: nothing but leaving does anything', async (code) => {
    const driver = await driverAfter(failed(code, { seen: OTHER, ...(code === 'host_key_changed' && { pinned: GOOD }) }));
    expect(driver.place).toBe('hostKey');
    expect(driver.text).toContain(OTHER);
    await driver.press('enter', 'j', 'tab', 'down', 'enter');
    await driver.paste(OTHER);
    await driver.press('enter');
    expect([driver.place, trusted(driver), driver.core.calls.includes('hostKeys')]).toEqual(['hostKey', [], false]);
    expect((await driver.press('escape')).place).not.toBe('hostKey');
  });

  it('a key that the settings hold is changed there: ta-bort would not forget it', async () => {
    const driver = await driverAfter(failed('host_key_changed', { seen: OTHER, pinned: GOOD, keyIn: 'settings' }));
    expect(driver.text).toContain('targets.12.hostKey');
    expect(driver.text).not.toContain('ta-bort');
  });

  it('shows both keys and what to do, at 80×24', async () => {
    const driver = await driverAfter(failed('host_key_changed', { seen: OTHER, pinned: GOOD }));
    expect(driver.text).toMatchInlineSnapshot(`
      " Sminet-leverans › SFTP › Serverns nyckel har ändrats       sftp.region.example

       ! STOPP. Servern visar en annan nyckel än förra gången. Det kan vara ett byte
         av server, eller någon som avlyssnar trafiken.

         Sparad nyckel   SHA256:3t0nq8fQv1mVw2pJxk7dQ2aZcH0sY5uB9rLkE4iGm1o
         Serverns        SHA256:Zb1Yw0xk2Qp8rT5nV7mC3dF6gH9jL4sA2eU0iO8pN5q
                         ssh-ed25519

       Överföringen är stoppad. Inget skickas dit. Den kan inte fortsätta här.

         1. Ring regionen och fråga om nyckeln har bytts.
         2. Be driften ta bort den gamla nyckeln:
            sminet-leverans vardnyckel ta-bort skane
            och ur ~/.ssh/known_hosts, om den står där:
            ssh-keygen -R sftp.region.example
         3. Starta överföringen igen och jämför det nya fingeravtrycket.





       Esc tillbaka  l logg  q avsluta"
    `);
    expect([driver.lines.length, Math.max(...driver.lines.map((line) => line.length))]).toEqual([
      23,
      expect.toSatisfy((width) => width <= 79),
    ]);
  });
});

describe('what a login lacks', () => {
  const question = { type: 'credentials', question: 3, reason: 'passphrase', subject: '/home/anna/.ssh/id_ed25519' } as const;

  it('is typed without being shown, and goes to the worker once', async () => {
    const driver = await driverAfter(question);
    await driver.type('qhemlig l?');
    expect(driver.text).toContain(' > ••••••••••');
    expect(driver.text).not.toContain('hemlig');
    expect(driver.text).toMatchInlineSnapshot(`
      " Sminet-leverans › Region Skåne › Inloggning

       ! Inloggningen behöver lösenfrasen till nyckeln /home/anna/.ssh/id_ed25519.

         Det som skrivs visas inte, sparas inte och finns bara i minnet hos den
         process som för över. Efter en minut utan svar pausas leveransen.

         Lösenfras till nyckeln /home/anna/.ssh/id_ed25519:
       > ••••••••••













       Enter skicka till den som väntar  Esc pausa utan att svara"
    `);
    await driver.press('enter');
    expect(driver.effects.at(-1)).toEqual({ do: 'answer', region: REGION, question: 3, secret: 'qhemlig l?' });
    expect(driver.place).toBe('delivery');
  });

  it('Esc says that nobody can, Enter alone says nothing, and a question that is over goes away', async () => {
    const driver = await driverAfter(question);
    await driver.press('enter');
    expect(driver.place).toBe('secret');
    driver.core.emit(REGION, { ...question, isOver: true });
    await driver.settle();
    expect(driver.place).toBe('delivery');
    driver.core.emit(REGION, { ...question, question: 4, isRetry: true });
    await driver.settle();
    expect(driver.text).toContain('Det stämde inte.');
    await driver.press('escape');
    expect(driver.effects.at(-1)).toEqual({ do: 'answer', region: REGION, question: 4, secret: null });
  });

  it('an agent is asked for in another terminal, not typed', async () => {
    const driver = await driverAfter({ ...question, reason: 'agent', subject: 'skane@sftp.region.example' });
    await driver.type('hemlig');
    await driver.press('enter');
    expect(driver.text).toContain('sminet-leverans folj skane');
    expect(driver.core.calls).not.toContain('answer');
  });
});
