import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { toAscii } from '../../src/ui/parts/glyphs.ts';
import { Driver } from './driver.ts';
import { BEVARA, GALLRA, MemoryCore } from './memory-core.ts';

/** A country in the middle of its work: every state of a region is somewhere. */
function country(): MemoryCore {
  const core = new MemoryCore();
  const cards = { choice: 'levereras', reportTaken: 'nej' } as const;
  const longer = {
    answer: 'langre_frist',
    newEnd: '2036-12-31',
    date: '2025-11-12',
    decidedBy: 'Regionarkivnämnden',
    dnr: 'RS 2025-1143',
  } as const;
  core.decideAll('01', { 1: BEVARA, 2: { ...BEVARA, cards }, 5: longer, 7: BEVARA });
  core.finish('01');
  core.decideAll('03', { 1: BEVARA, 7: BEVARA });
  core.deliver('03', { stage: 'upload' });
  core.emit(
    '03',
    { type: 'plan', delivery: '03', region: '03', areas: [1, 7], bag: 'SMINET2_03', estimate: { bytes: 1_670_000_000, rows: 2_417_960 } },
    { type: 'file', stage: 'export', file: 'data/omrade1_anmalningar.csv', bytes: 12_288, rows: 24, sha256: 'a' },
    { type: 'status', stage: 'export', bytes: 1_670_000_000, totalBytes: 1_670_000_000, rows: 2_417_960, rate: 24_000_000 },
    { type: 'status', stage: 'upload', bytes: 600_000_000, totalBytes: 1_670_000_000, rows: 0, rate: 1_900_000 },
    { type: 'retry', attempt: 2, wait: 4, reason: 'Anslutningen bröts.' },
  );
  core.decideAll('06');
  core.decideAll('07', { 1: BEVARA });
  core.deliver('07', {
    outcome: 'failed',
    stage: 'verify',
    error: { code: 'checksum_mismatch', facts: { file: 'data/omrade1_anmalningar.csv' } },
  });
  core.decideAll('08', { 7: BEVARA });
  core.deliver('08', { outcome: 'cut', stage: 'upload' });
  core.decide('12', { 1: BEVARA, 2: { ...BEVARA, cards }, 4: GALLRA, 5: longer, 6: GALLRA });
  core.decideAll('23', { 1: BEVARA, 2: { ...BEVARA, cards }, 3: BEVARA, 4: BEVARA, 5: longer, 6: BEVARA, 7: BEVARA });
  return core;
}

/** Every screen by the keys that lead there from the overview; names are opened with the filter. */
const WAYS: readonly (readonly [screen: string, region: string | undefined, keys: readonly string[]])[] = [
  ['overview', undefined, []],
  ['overview', undefined, ['/', 'g', 'ö']],
  ['overview', undefined, ['end']],
  ['help', undefined, ['?']],
  ['log', undefined, ['l']],
  ['quit', undefined, ['q']],
  ['region', 'skåne', []],
  ['region', 'halland', []],
  ['area', 'skåne', ['7', 'i']],
  ['decision', 'skåne', ['2', 'enter']],
  ['decision', 'skåne', ['5', 'enter']],
  ['decision', 'skåne', ['7', 'enter', 'enter']],
  ['decision', 'jamtland', ['2', 'enter', ' ', 'tab', 'backspace', 'enter']],
  ['decision', 'skåne', ['7', 'enter', ' ', 'escape']],
  ['region', 'stockholm', ['b']],
  ['region', 'uppsala', ['b']],
  ['region', 'kronoberg', ['b', 'g']],
  ['review', 'jamtland', ['g']],
  ['review', 'jamtland', ['g', 'x', 'enter']],
  ['delivery', 'uppsala', []],
  ['stop', 'uppsala', ['s']],
  ['delivery', 'kalmar', []],
  ['failure', 'kronoberg', []],
  ['receipts', 'stockholm', []],
  ['reversal', 'stockholm', ['v']],
  ['kvittens', 'stockholm', ['k', 'enter']],
  ['kvittens', 'stockholm', ['k', 'x', 'escape']],
];

async function arrive(terminal: { columns: number; rows: number }, region: string | undefined, keys: readonly string[]): Promise<Driver> {
  const driver = await new Driver(country(), terminal).toOverview();
  await driver.press('enter');
  if (region !== undefined) await driver.open(region);
  return driver.press(...keys);
}

describe.each([
  [80, 24],
  [100, 30],
  [120, 50],
])('N16 on %i × %i', (columns, rows) => {
  it.each(WAYS)('%s in %s after %o keeps to its room, in characters every terminal has', async (screen, region, keys) => {
    const driver = await arrive({ columns, rows }, region, keys);
    expect(driver.place).toBe(screen);
    const { lines } = driver;
    expect(lines).toHaveLength(rows - 1);
    for (const line of lines) expect(stringWidth(line), line).toBeLessThan(columns);
    expect(lines.join('').replace(/[\x20-\x7e\u00a0-\u00ff–…›✓↑↓←→•”]/g, '')).toBe('');
    expect(
      lines
        .map(toAscii)
        .join('')
        .replace(/[\x20-\x7eåäöÅÄÖ\u00a0]/g, ''),
    ).toBe('');
    expect(lines.at(-1), 'the keys are all there').not.toContain('…');
  });
});

describe('frames at 80 × 24', () => {
  const frame = async (region: string | undefined, ...keys: string[]): Promise<string> =>
    `\n${(await arrive({ columns: 80, rows: 24 }, region, keys)).text.replaceAll('\u00a0', ' ')}\n`;

  it('S0 Startkontroll', async () => {
    const driver = new Driver(country());
    await driver.settle();
    expect(`\n${driver.text}\n`).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Startkontroll                                  Klart: 7 av 7

       Programmet kontrollerar att allt är på plats innan du börjar.

        ✓   Terminal         80 × 24 tecken, UTF-8
        ✓   Inställningar    /etc/sminet-leverans/config.json
        ✓   Sparat läge      /var/lib/sminet-leverans
        ✓   Källdatabas      PostgreSQL 16.4 på db01, bara läsning
        !   Mål              20 av 21 regioner har ett mål i inställningarna
        !   Värdnycklar      Värdnyckeln för Region Halland är inte känd. Kör:
                             sminet-leverans vardnyckel visa halland
        ✓   Diskutrymme      412 GB fritt

       Beslut kan registreras redan nu. Överföring kräver att mottagaren svarar.
       Programmet läser bara ur databaserna. Det raderar aldrig något där.







       Enter fortsätter  o kontrollera igen  l logg  ? hjälp  q avsluta
      "
    `);
  });

  it('R Återuppta', async () => {
    const driver = await new Driver(country()).toOverview();
    expect(`\n${driver.text}\n`).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Återuppta

       Det här var inte klart när programmet startade.
       Inget har gått förlorat.

       > Gå till översikten utan att starta något
         Följ leveransen till Region Uppsala, den pågår (skickas 35 %)
         Se varför leveransen till Region Kronoberg slutade med fel
         Fortsätt leveransen till Region Kalmar län (avbruten)
         Visa loggen

       Det som finns hos mottagaren jämförs med lokala kontrollsummor innan
       överföringen fortsätter.









       ↑↓ välj  Enter kör  ? hjälp  q avsluta
      "
    `);
  });

  it('S1 Översikt', async () => {
    expect(await frame(undefined)).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Översikt          Sista svarsdag 2026-01-31, 295 dagar sedan
         Region                     1  2  3  4  5  6  7   Svar   Storlek Läge
       > Region Stockholm           Bv Bv G  G  Lv G  Bv  7/7    4,4 GB verifierad
         Region Uppsala             B^ G  G  G  G  G  B^  7/7  ~35,6 MB skickas 35 %
         Region Sörmland            –  –  –  –  –  –  –   0/7  ~45,3 MB beslut saknas
         Region Östergötland        –  –  –  –  –  –  –   0/7  ~70,5 MB beslut saknas
         Region Jönköpings län      G  G  G  G  G  G  G   7/7     – gallring beslutad
         Region Kronoberg           B! G  G  G  G  G  G   7/7      2 kB fel
         Region Kalmar län          G  G  G  G  G  G  B=  7/7  ~22,2 MB avbruten
         Region Gotland             –  –  –  –  –  –  –   0/7   ~9,2 MB beslut saknas
         Region Blekinge            –  –  –  –  –  –  –   0/7  ~23,8 MB beslut saknas
         Region Skåne               B· B· –  G  L· G  –   5/7 ~176,7 MB beslut saknas
         Region Halland             –  –  –  –  –  –  –   0/7  ~51,0 MB beslut saknas
         Västra Götalandsregionen   –  –  –  –  –  –  –   0/7 ~261,7 MB beslut saknas
         Region Värmland            –  –  –  –  –  –  –   0/7  ~42,5 MB beslut saknas
         Region Örebro län          –  –  –  –  –  –  –   0/7  ~46,0 MB beslut saknas
         Region Västmanland         –  –  –  –  –  –  –   0/7  ~41,8 MB beslut saknas
         Region Dalarna             –  –  –  –  –  –  –   0/7  ~43,3 MB beslut saknas
       ↓ 5          Kvitterade 0 · Pågår 1 · Enbart gallring 1 · Fel 1 · Saknar 15
       1 Vissa sjukdomar: Bevara, RS 2025-1141, 2025-11-12, verifierad.
       ! Region Kronoberg: leveransen slutade med fel. f visar felet.
         1 leverans arbetar i bakgrunden.
       ↑↓←→ flytta  Enter öppna  / sök  f fel  k kvittens  ? hjälp  q avsluta
      "
    `);
  });

  it('S2 Region', async () => {
    expect(await frame('skåne', '3')).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Region Skåne (12)                             Beslut: 5 av 7

         #  Område                Beslut            Diarienummer Datum        Storlek
         1  Vissa sjukdomar       Bevara            RS 2025-1141 2025-11-12      2 kB
         2  Patientkort, anteckn. Bevara            RS 2025-1141 2025-11-12  ~16,8 MB
       > 3  Diarier               – saknas –                                 ~16,8 MB
         4  Intressenter          Gallring beslutad RS 2025-1142 2025-11-12  ~16,8 MB
         5  Användarloggar        Längre till 2036  RS 2025-1143 2025-11-12  ~16,8 MB
         6  Dokumentloggar        Gallring beslutad RS 2025-1142 2025-11-12  ~16,8 MB
         7  Kopior av anmälningar – saknas –                                ~126,2 MB

         Att leverera    ~33,7 MB enligt besluten, upp till ~176,7 MB om område 3 och
                         7 levereras.
         Kvar att göra   Registrera beslut för område 3 och 7. Saknat beslut räknas
                         aldrig som godkänd gallring.

         Gallringsspärr  Öppen för 4, stängd för 1, 2, 3, 5, 6 och 7:
                         1, 2 och 5: Det gällande beslutet är inte levererat.
                         1, 2 och 5: Leveransen är inte kvitterad.
                         3 och 7: Beslut saknas. Ett saknat beslut är aldrig ett
                         godkännande.
                         5 och 6: Datum ej nått. Föreslaget av Fohm: 2031-09-06.
       Enter ändra  i om området  c kopiera ovanför  g granska  ? hjälp  Esc tillbaka
      "
    `);
  });

  it('S3 Beslut, area 2', async () => {
    expect(await frame('halland', '2', 'enter', 'down', ' ')).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Region Halland › 2 Patientkort, anteckn.       Beslut saknas

         Beslut           ( ) Godkänd gallring       Fohm gallrar, förslag 2026-09-06
       >                  (•) Bevara                 levereras till regionen
                          ( ) Längre gallringsfrist  levereras, ny frist anges
                          Inget är förvalt. Valet görs av regionen, inte av Fohm.
         Patientkort      ( ) levereras   ( ) gallras
         Rapport uttagen  ( ) ja   ( ) nej   ( ) vet ej
         Beslutsdatum     ÅÅÅÅ-MM-DD
         Beslutsfattare
         Inkom            ÅÅÅÅ-MM-DD
         Diarienummer
         Plan-referens    regionens dokumenthanteringsplan, kan vara tom
         Anteckning       inga personuppgifter

         Vid Bevara eller Längre frist ansvarar regionen för den fortsatta
         förvaringen.
         Området har ~34 023 poster, ~4,1 MB. Med det här svaret levereras
         sammanlagt ~4,1 MB till regionen.



       Tab nästa fält  ↑↓ flytta  Mellanslag välj  Enter spara  Esc ångra
      "
    `);
  });

  it('S3 Beslut, with problems', async () => {
    expect(await frame('halland', '7', 'enter', 'enter')).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Region Halland › 7 Kopior av anmälningar       Beslut saknas

      !> Beslut           ( ) Godkänd gallring       Fohm gallrar, förslag 2026-09-06
                          ( ) Bevara                 levereras till regionen
                          ( ) Längre gallringsfrist  levereras, ny frist anges
                          Inget är förvalt. Valet görs av regionen, inte av Fohm.
      !  Beslutsdatum     ÅÅÅÅ-MM-DD
      !  Beslutsfattare
         Inkom            ÅÅÅÅ-MM-DD
         Diarienummer
         Plan-referens    regionens dokumenthanteringsplan, kan vara tom
         Anteckning       inga personuppgifter

         Vid Bevara eller Längre frist ansvarar regionen för den fortsatta
         förvaringen.
         Området har ~34 024 poster, ~30,6 MB.



       ! Beslut är inte valt.
       ! Beslutsdatum saknas.
       ! Beslutsfattare saknas.
       Tab nästa fält  ↑↓ flytta  Mellanslag välj  Enter spara  Esc ångra
      "
    `);
  });

  it('S4 Granska', async () => {
    expect(await frame('jamtland', 'g', 'R', 'e')).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Granska › Region Jämtland Härjedalen             Steg 3 av 6

       Det här händer när du bekräftar:

         Levereras   7 områden, ~79 251 poster, 4 402 bilagor, ~19,8 MB: 1 Vissa
                     sjukdomar, 2 Patientkort, anteckn., 3 Diarier, 4 Intressenter, 5
                     Användarloggar, 6 Dokumentloggar, 7 Kopior av anmälningar
         Gallring    Inget område.

         Till        sminet@sftp.region.example:2222/in/sminet, värdnyckeln är känd
         Paket       SMINET2_23_jamtlandharjedalen_2026-11-22-1
         Beslut      RS 2025-1141, RS 2025-1143

       ! Paketet innehåller personuppgifter. Kontrollera att mottagaren är rätt
         region innan du går vidare.

         Skriv regionens namn för att bekräfta:
         Region Jämtland Härjedalen
       > Re
         Namnet stämmer inte ännu.


       Enter bekräfta (när namnet stämmer)  Esc tillbaka, inget har ändrats
      "
    `);
  });

  it('S6 Överföring, waiting to try again', async () => {
    expect(await frame('uppsala')).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Överföring › Region Uppsala                      Steg 5 av 6

       Export      [#######################################################] 100 %
                   1,7 GB av 1,7 GB
       Överföring  [###################------------------------------------]  35 %
                   600,0 MB av 1,7 GB

         #     Område                             Exporterat  Överfört  Kontrollerat
         1  >  Vissa sjukdomar               1 fil     12 kB
         2  –  Patientkort, anteckn.  gallring beslutad, levereras inte
         3  –  Diarier                gallring beslutad, levereras inte
         4  –  Intressenter           gallring beslutad, levereras inte
         5  –  Användarloggar         gallring beslutad, levereras inte
         6  –  Dokumentloggar         gallring beslutad, levereras inte
         7  ·  Kopior av anmälningar

       Senast klar: data/omrade1_anmalningar.csv
       Samma ögonblicksbild av databasen används för alla områden.


       ! Anslutningen bröts. Försök 2 om 1 s. Det som mottagaren har tagit emot
         behålls.
       o försök nu  p pausa  s stoppa  b beslut  l logg  ? hjälp  Esc översikt
      "
    `);
  });

  it('S7 Kvitton', async () => {
    expect(await frame('stockholm')).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Kvitton › Region Stockholm                       Steg 6 av 6

       ✓ Leveransen är överförd och innehållet är verifierat.
         329 filer, 4 388 990 976 byte, 9 600 poster. Klar 2026-11-22 15:03.

         Område                      Filer           Byte   Verifierat genom
         1 Vissa sjukdomar               2    821 992 448   ✓ återläsning, SHA-256
         2 Patientkort, anteckn.       315  2 333 993 472   ✓ återläsning, SHA-256
         5 Användarloggar                1    410 996 224   ✓ återläsning, SHA-256
         7 Kopior av anmälningar         2    821 992 448   ✓ återläsning, SHA-256
         Styrfiler                       9         16 384   ✓ återläsning, SHA-256

         Paket       /in/sminet/SMINET2_01_stockholm_2026-11-22-1
         Manifest    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb

         Nästa steg  Skicka leveransreversalen till Region Stockholm för underskrift.
                     Registrera svaret med k.
                     Gallringsspärren är stängd tills kvittensen är registrerad.
         Reversal    leveransreversal.txt, att skriva ut, på den här datorn i mappen
         /srv/sminet/leveranser/SMINET2_01_stockholm_2026-11-22-1

       Nästa region i listan: Region Uppsala. n går dit.
       k registrera kvittens  v reversal  b beslut  n nästa  ? hjälp  Esc översikt
      "
    `);
  });

  it('S7b Registrera kvittens', async () => {
    expect(await frame('stockholm', 'k')).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Kvitton › Region Stockholm › Registrera kvittens

       Fyll i det som står på den underskrivna leveransreversalen.

       > Mottaget den     ÅÅÅÅ-MM-DD
         Mottaget av
         Diarienummer
         Stämmer totalt   ( ) Ja, 320 filer och 4 388 974 592 byte
                          ( ) Nej, avvikelse (beskriv den)
         Avvikelse        inga personuppgifter
         Manifestsumma    sha256 som regionen själv räknat, kan vara tom
         Underskriven fil sökväg till den inskannade filen, kan vara tom

       När kvittensen är sparad utan avvikelse är leveransen till Region Stockholm
       kvitterad. Vad som då får gallras säger gallringsunderlag.







       Tab nästa fält  ↑↓ flytta  Mellanslag välj  Enter spara  Esc ångra
      "
    `);
  });

  it('E Fel', async () => {
    expect(await frame('kronoberg')).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Region Kronoberg › Fel 15

       ! data/omrade1_anmalningar.csv är inte densamma på servern som här, inte
         heller sedan den skickats en gång till.

         Påverkar      Inget är publicerat.
         Orört         Paketet är kvar lokalt och stämmer med sina kontrollsummor.
         Gör så här    Be den som sköter servern kontrollera dess disk.
                       Kör sedan samma kommando igen.

       Vad vill du göra?
       > Lämna den så länge, den visas som fel i översikten
         Försök igen, fortsätt där den var
         Visa loggen








       ↑↓ välj  Enter kör  b beslut  l logg  ? hjälp  Esc översikt
      "
    `);
  });

  it('Q Avsluta', async () => {
    expect(await frame(undefined, 'q')).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Avsluta

         Det här pågår:

         Region Uppsala: skickas 35 %

         Hur vill du göra?

       > Stanna kvar
         Stäng fönstret, arbetet fortsätter
         Pausa och avsluta (fortsätter där det var nästa gång)











       ↑↓ välj  Enter kör  Esc stanna kvar  Ctrl-C igen avslutar
      "
    `);
  });

  it('H Hjälp', async () => {
    expect(await frame(undefined, '?')).toMatchInlineSnapshot(`
      "
       Sminet-leverans › Hjälp                                            Esc stänger

         Flytta                  Välja och ändra            Alltid
         ↑ ↓    rad              Enter       öppna, spara   ?       den här hjälpen
         ← →    område           Mellanslag  välj svar      l       loggen
         PgUp PgDn  sida         Tab         nästa fält     q       avsluta
         Home End                c           kopiera beslut Esc     tillbaka
         1–7    till område      g           granska        Ctrl-L  rita om skärmen
         /      sök region       k           kvittens       Ctrl-C  avsluta

         Tecken i översikten
         –  beslut saknas        G  godkänd gallring        ·  beslutat, väntar
         ~  uppskattat           B  bevara, levereras       >  exporteras
         !  fel                  L  längre frist,           ^  skickas
         =  pausad eller avbruten   levereras               v  verifierad
         ?  ej verifierad                                   ✓  kvitterad av regionen

         Inget raderas eller börjar skickas utan en fråga. o och p fortsätter.
         Enter svarar aldrig ja på en fråga som inte går att ångra.
         Frågor: ert regionarkiv eller arkiv@folkhalsomyndigheten.se.


       Esc tillbaka
      "
    `);
  });

  it('T För litet fönster', async () => {
    const driver = new Driver(country(), { columns: 60, rows: 15 });
    expect(`\n${driver.text}\n`).toMatchInlineSnapshot(`
      "
       Sminet-leverans

       Fönstret är för litet: 60 × 15.
       Det behövs minst 80 × 24.

       Gör fönstret större så fortsätter programmet av sig
       självt. Export och överföring påverkas inte.






       q avsluta
      "
    `);
  });
});
