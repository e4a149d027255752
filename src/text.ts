import type { Area, AreaId } from './domain/areas.ts';
import type { Answer, CardsChoice, Decision } from './domain/decision.ts';
import type { DecisionField, DecisionProblem, DecisionProblemCode, DecisionWarning } from './domain/decision-problems.ts';
import type { DeliveryEvent, Stage } from './domain/delivery-events.ts';
import type { DeliverySummary, Kvittens, Receipt } from './domain/delivery-record.ts';
import type { Dialect } from './domain/dialect.ts';
import type { Grade } from './domain/estimate.ts';
import type { GateCode } from './domain/gate.ts';
import type { PathProblem } from './domain/given-path.ts';
import type { ErrorCode, ErrorFacts, OperatorError } from './domain/operator-error.ts';
import type { AreaState } from './domain/region-view.ts';
import { type Region, regionOf } from './domain/regions.ts';
import type { SecretNeed } from './domain/secret-need.ts';
import type { Verification } from './domain/target.ts';

/**
 * All Swedish: what the operator sees, what the package says. Every sentence exists once, here.
 * Words: see the list of archive terms in `docs/ordlista.md`. Estimates carry "cirka" or "~"; nothing here names a person.
 */

// --- Numbers, bytes, times ---------------------------------------------------------------------------------------

const numbers = new Intl.NumberFormat('sv-SE');
const oneDecimal = new Intl.NumberFormat('sv-SE', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `1 245 310`, with no-break spaces inside. */
export const formatNumber = (value: number): string => numbers.format(value);

/** `2,1 GB` (10⁹), `24,6 MB`, `12 kB`, `512 byte`: short, for screens. Receipts carry exact bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${numbers.format(bytes)} byte`;
  if (bytes < 1e6) return `${numbers.format(Math.round(bytes / 1e3))} kB`;
  if (bytes < 1e9) return `${oneDecimal.format(bytes / 1e6)} MB`;
  return `${oneDecimal.format(bytes / 1e9)} GB`;
}

/** `3 min 3 s`, `2 h 5 min`. `Intl.DurationFormat` is not in Node 20. */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** `1 fil`, `2 filer`. */
export const counted = (count: number, one: string, many: string): string => `${formatNumber(count)} ${count === 1 ? one : many}`;

/** `1 post`, `2 poster`. */
export const countedRecords = (rows: number): string => counted(rows, 'post', 'poster');

/** `1`, `1 och 2`, `1, 2 och 3`. */
export const listed = (items: readonly string[]): string => new Intl.ListFormat('sv', { type: 'conjunction' }).format(items);

/** `1`, `1 eller 2`, `1, 2 eller 3`. */
export const oneOf = (items: readonly string[]): string => new Intl.ListFormat('sv', { type: 'disjunction' }).format(items);

// --- Areas -------------------------------------------------------------------------------------------------------

/** What a screen, `omraden` and the package say about one area. Texts are our own words; quotes are Fohm's. */
export interface AreaText {
  /** The official name, as in the letter's list (R08). */
  readonly name: string;
  /** At most 22 columns, for tables. */
  readonly short: string;
  /** What the area holds, a paragraph each (R40). */
  readonly explanation: readonly string[];
  /** What to think of before deciding. */
  readonly warnings: readonly string[];
  /** What a reader of the delivered files must know; printed in LASMIG when the area is delivered. */
  readonly cautions: readonly string[];
}

const LOGS_POINT_ELSEWHERE =
  'En loggpost kan peka på ett dokument som inte finns i paketet, eller som har gallrats. Dess id levereras ändå som det står.';
const LOG_DATES =
  'Två datum förekommer för loggarna, 2031-09-06 och 2031-09-03. Det senare, 2031-09-06, gäller. Båda är Fohms förslag, inte beslut.';

export const areas: Readonly<Record<AreaId, AreaText>> = {
  1: {
    name: 'Anmälningar enligt smittskyddslagen och fall rörande vissa sjukdomar som inte längre är anmälningspliktiga',
    short: 'Vissa sjukdomar',
    explanation: [
      'Anmälningar och fall för fyra diagnoser som inte längre är anmälningspliktiga: hepatit non A-E, toxoplasmainfektion, ulcus molle och återfallsfeber.',
      'I hela landet rör det sig om cirka 164 anmälningar. Alla 21 smittskyddsenheter har minst en.',
    ],
    warnings: [],
    cautions: [
      'Filerna har bara fyra diagnoser: hepatit non A-E, toxoplasmainfektion, ulcus molle och återfallsfeber, skrivna som de står i Sminet 2.',
      'Äldre uppgifter kan ha länskoder och länsbokstäver som inte längre används.',
    ],
  },
  2: {
    name: 'Patientkort och tillhörande daganteckningar',
    short: 'Patientkort, anteckn.',
    explanation: [
      'Patientkort skapades automatiskt när en anmälan, ett fall eller ett paragrafärende skapades, och kunde också skapas för hand. Till korten gick det att skriva daganteckningar och bifoga filer.',
      'Sminet 3 har inga patientkort. Varken korten eller daganteckningarna har migrerats dit.',
      'På webbinarier den 28 november och den 5 december 2019 fick smittskyddsenheterna veta att de själva behövde ta ut en rapport på sina patientkort innan Sminet 2 stängdes, och att daganteckningarna kunde levereras senare för den som önskar. En enhet som aldrig tog ut någon rapport kan få patientkorten levererade nu.',
      'Varje daganteckning har en kolumn med patient-id, som knyter den till sitt patientkort. Bifogade filer levereras med det namn och i det format de diariefördes med, och daganteckningens diarienummer står först i filnamnet.',
    ],
    warnings: [
      'En rapport som togs ut 2019 kan sakna patient-id. Då går daganteckningarna inte säkert att knyta till korten i den. Den som är osäker kan begära korten nu.',
      'Daganteckningar och bifogade filer följs alltid åt. Patientkorten levereras om regionen inte godkänner att de gallras.',
    ],
    cautions: [
      'Daganteckningens patient_id är patientkortets patient_id. En rapport över patientkort från 2019 kan sakna det. Det finns daganteckningar utan patientkort och patientkort utan daganteckningar.',
      'Bilagorna hör till daganteckningar, inte till patientkort. Innehållet är oförändrat. Filnamnet börjar med daganteckningens diarienummer, och tecken som ett filnamn inte kan ha är ersatta med bindestreck. omrade2_bilagor.csv har det exakta diarienumret, det exakta ursprungliga filnamnet och filens sökväg i paketet.',
    ],
  },
  3: {
    name: 'Diarier',
    short: 'Diarier',
    explanation: [
      'Sminet 2 hade en särskild vy som visade en postlista. Där stod dels daganteckningar som någon valt att visa, dels dokument som kom med automatiskt, t.ex. kliniska anmälningar och laboratorieanmälningar.',
      'För daganteckningar valdes det för hand. Nej var förvalt, och alla visste nog inte hur fältet skulle användas. En anmaning som skickats ut eller ett brev med intyg om provtagning kan därför saknas i listan.',
      'Det som levereras är en lista över de diarienummer där Ja har valts för respektive myndighet. Det gäller både daganteckningar och dokument som fick Ja automatiskt. Ingen annan uppgift levereras, utöver vad som redan är överfört till Sminet 3.',
      'Sminet 3 har en korrekt postlista, som skapas automatiskt av alla dokument som kommit in, gått ut eller upprättats på myndigheten. Där syns också dokument som migrerats från Sminet 2.',
    ],
    warnings: ['Listan är inte en fullständig postlista. Den korrekta postlistan finns i Sminet 3.'],
    cautions: [
      'Listan är inte en fullständig postlista. Den har bara de diarienummer där Ja var valt. Nej var förvalt i Sminet 2 och fältet missförstods, så handlingar som borde ha stått i postlistan kan saknas.',
      'Sminet 3 har en korrekt postlista, där också dokument som migrerats från Sminet 2 visas.',
      'Filen har en enda kolumn, diarienummer. Samma diarienummer kan finnas hos flera myndigheter.',
    ],
  },
  4: {
    name: 'Intressenter',
    short: 'Intressenter',
    explanation: [
      'Intressenter var en vy i Sminet 2. Enklast kan den beskrivas som en kontaktlista eller adressbok.',
      'Intressenterna skapades för hand, och kunde t.ex. bestå av namn och telefonnummer till kontaktpersoner på Fohm, läkare eller andra som smittskyddsenheten har kontakt med.',
      'Enheterna kunde skapa egna kontaktinformationstyper, t.ex. E-post arbete eller Faxnummer. Varje typ levereras som en egen kolumn.',
    ],
    warnings: [],
    cautions: [
      'Regionens egna kontaktinformationstyper är kolumner. En typ med flera värden har flera kolumner: Namn, Namn (2) och så vidare. En typ som aldrig användes är en kolumn utan värden.',
    ],
  },
  5: {
    name: 'Användarloggar',
    short: 'Användarloggar',
    explanation: [
      'Användarloggarna visar bland annat att en användare har loggat in i systemet och att en användare har öppnat ett visst dokument.',
      'Fohm kommer att spara användarloggarna i 10 år efter den senaste loggningen (2021-09-03).',
    ],
    warnings: [LOG_DATES],
    cautions: [LOGS_POINT_ELSEWHERE],
  },
  6: {
    name: 'Dokumentloggar',
    short: 'Dokumentloggar',
    explanation: [
      'Dokumentloggarna visar bland annat vem som skapade ett visst dokument och vem som gjorde vilka ändringar i det. Ändringar har dock inte loggats för alla typer.',
      'En del dokumentloggar är överförda till Sminet 3. Beslutet gäller de åtta typer som inte är det: patientkort, daganteckningar*, SMI-anteckningar*, frivilliga laboratorierapporter*, nämnardatarapporter*, vårdenheter, intressenter och användare.',
      '* För dessa fyra typer har loggposter (skapa och slutsignera) av tekniska skäl skapats i Sminet 3 vid migreringen, utifrån skapande handläggare och ”daganteckningens registreringsdatum”. Det är oklart om varje dokuments eget datum avses. Här gäller beslutet de ursprungliga loggarna i Sminet 2.',
      'Fohm kommer att spara dessa dokumentloggar i 10 år efter den senaste loggningen (2021-09-03).',
    ],
    warnings: [LOG_DATES],
    cautions: [
      'Loggarna är de ursprungliga ur Sminet 2. För daganteckningar, SMI-anteckningar, frivilliga laboratorierapporter och nämnardatarapporter finns i Sminet 3 dessutom loggposter (skapa och slutsignera) som skapades vid migreringen. De ingår inte här.',
      LOGS_POINT_ELSEWHERE,
    ],
  },
  7: {
    name: 'Kopior av kliniska anmälningar och laboratorieanmälningar',
    short: 'Kopior av anmälningar',
    explanation: [
      'Sminet 2 hade två databaser för anmälningar. I OrgArk sparades originalen så som de kom in, med två undantag: före mottag kunde en handläggare sätta en ålder som saknades, eller skicka vidare en anmälan som kommit till fel region. I EpiArk sparades kopior efter mottag, och där gick det att ändra i anmälningarna.',
      'Originalen (OrgArk) är överförda till Sminet 3. Kopiorna (EpiArk) är det inte, och det är dem som området gäller. Ändringarna i kopiorna är överförda. I Sminet 3 står de inte i själva anmälan, utan i sjukdomsfallet och i anmälans logg.',
      'Exempel från Sminet 3: i anmälan står Smittland Okänt. I anmälans logg står att Smittland är ändrat från Okänt till Spanien. I fallet står Smittland Spanien. I kopian, som beslutet gäller, står Spanien.',
      'Fohms tidigare bedömning att ”Gallringen medför ingen betydande informationsförlust” kvarstår. Bedömningen är Fohms egen. Beslutet är regionens.',
      'Området kom till efter vårens utskick. Smittskyddsenheten är arkivbildare. I vårens avtalsförslag var det Fohm, men det ändrades efter inkomna synpunkter, och därför måste smittskyddsenheten besluta också om det här området.',
    ],
    warnings: ['Svar på vårens utskick omfattar bara område 1–6 och är inget beslut om område 7.'],
    cautions: [
      'Anmälningarna är kopior ur EpiArk, där uppgifter kunde ändras efter mottag. Originalen (OrgArk) finns i Sminet 3 och kan ha andra värden: står det Smittland Okänt i originalet kan det stå Spanien här.',
      'Ändringarna finns också i Sminet 3, i sjukdomsfallet och i anmälans logg. Fohms bedömning är att ”Gallringen medför ingen betydande informationsförlust”. Bedömningen är Fohms egen.',
      'Vårens avtalsförslag har ersatts: arkivbildare för området är smittskyddsenheten.',
    ],
  },
};

/** What every decision rests on, in the order it is told (R01, R13, R17-R21, R38, R39). */
export const decisionBasics: readonly string[] = [
  'Inför avvecklingen av Sminet 2 beslutar varje region om sju områden: godkänd gallring eller leverans av uppgifterna. Besluten skulle ha inkommit senast den 31 januari 2026. Saknat beslut räknas aldrig som godkänd gallring.',
  'Enligt förslag från Fohm gallras uppgifterna 5 år efter driftsättningen av Sminet 3 (2026-09-06), och användar- och dokumentloggar (område 5 och 6) efter 10 år (2031-09-06).',
  'Beslutar regionen att bevara uppgifterna, eller om en längre gallringsfrist, levereras de innan Fohm gallrar dem. Regionen ansvarar då för den fortsatta förvaringen.',
  'Vad som ska levereras avgör regionen, t.ex. utifrån sin arkiverings- och dokumenthanteringsplan. Sminet-förvaltningen kan inte svara på det.',
  'Frågor besvaras av regionarkivet eller av arkiv@folkhalsomyndigheten.se.',
];

/** One proposed date and what it counts from, e.g. both 2031 dates of areas 5 and 6 (D4, R13, R16). */
export const retentionText = ({ date, from, years }: Area['retention'][number]): string =>
  from === 'sminet3_start'
    ? `${date}, ${years} år efter driftsättningen av Sminet 3 (enligt förslag från Fohm)`
    : `${date}, ${years} år efter den senaste loggningen (2021-09-03, enligt Fohm)`;

// --- Errors: what happened, what it affects, what is safe, what to do ---------------------------------------------

/** The four parts of every error an operator sees. `todo` is a list, the harmless step first. */
export interface ErrorText {
  readonly what: string;
  readonly affects: string;
  readonly safe: string;
  readonly todo: readonly string[];
}

type ErrorTexts = { readonly [code in ErrorCode]: (facts: ErrorFacts) => ErrorText };

/** `publishing` is a fact of errors that end a run of a delivery which was cut at its publishing, by them or before (I9). */
const published = (publishing: unknown): string =>
  publishing ? 'En publicering avbröts, så paketet kan redan ligga hos mottagaren. Nästa körning tar reda på det.' : 'Inget är publicerat.';

/** What an error of the server means before any byte was sent to it. */
const BEFORE_SENDING = {
  affects: 'Inget kan skickas till regionen just nu.',
  safe: 'Inget skickades, och inget har gått förlorat: beslut och lokala filer är orörda.',
};

/** What an account may be refused that only looks. */
const LOOKING = ['lstat', 'opendir', 'readdir'];

/** Swedish per error code. */
export const errors: ErrorTexts = {
  usage: (facts) => ({
    what: usageProblems[facts.problem as keyof typeof usageProblems](facts),
    affects: 'Kommandot kördes inte.',
    safe: 'Inget har ändrats.',
    todo: [
      ...(facts.nearest ? [`Menade du ${facts.nearest}?`] : []),
      ...(argumentForms[String(facts.argument)] ?? []),
      facts.command ? `Se sminet-leverans ${facts.command} --help` : 'Se sminet-leverans --help',
    ],
  }),
  answer_missing: ({ flag, asks }) => ({
    what: asks ? `Ett svar saknas, och programmet får inte fråga: ${flag}.` : `Ett svar saknas: ${flag}.`,
    affects: 'Kommandot kördes inte.',
    safe: 'Inget har ändrats eller skickats.',
    todo: [asks ? `Ange ${flag}, eller kör i en terminal.` : `Ange ${flag}.`],
  }),
  unknown_region: ({ given }) => ({
    what: `Det finns ingen region som heter ${given}.`,
    affects: 'Kommandot kördes inte.',
    safe: 'Inget har ändrats eller skickats.',
    todo: ['Skriv länskod, kortnamn eller namn: 12, skane eller "Region Skåne". Koderna 02, 11, 15 och 16 används inte.'],
  }),
  unknown_area: ({ given }) => ({
    what: `Det finns inget område ${given}.`,
    affects: 'Kommandot kördes inte.',
    safe: 'Inget har ändrats.',
    todo: ['Ange ett område från 1 till 7. Se sminet-leverans omraden'],
  }),
  confirmation_mismatch: ({ region, code, slug }) => ({
    what: `Den bekräftande texten är inte regionens namn, ${region}.`,
    affects: 'Leveransen startades inte.',
    safe: 'Inget har exporterats eller skickats.',
    todo: [`Kontrollera att det är rätt region. Skriv sedan --bekrafta "${region}", eller "${code} ${slug}".`],
  }),
  receipt_invalid: ({ problem }) => ({
    what: `Kvittensen kan inte registreras. ${receiptProblems[String(problem)] ?? problem}`,
    affects: 'Kvittensen sparades inte. Gallringsspärren är oförändrad.',
    safe: 'Leveransen och dess kvitto är orörda.',
    todo: ['Rätta uppgiften och registrera igen.'],
  }),
  export_incomplete: ({ views, code, ...facts }) => ({
    what: `Exporten blev inte hel. Det som saknas: ${views}. ${errors[code as ErrorCode]?.(facts).what ?? ''}`,
    affects: 'Inget har publicerats. Leveransen väntar.',
    safe: 'Databasen är bara läst. Det regionen har sedan tidigare är orört.',
    todo: ['Åtgärda orsaken och kör leverera igen. Exporten görs då om från början.', 'Kontrollera vyerna med sminet-leverans kontrollera'],
  }),
  paused: ({ region, publishing }) => ({
    what: 'Leveransen är pausad.',
    affects: published(publishing),
    safe: 'Det som servern har kvitterat behålls. Nästa körning fortsätter därifrån.',
    todo: [`Fortsätt med sminet-leverans fortsatt ${region}`],
  }),
  worker_died: ({ region }) => ({
    what: 'Arbetsprocessen dog innan leveransen var klar.',
    affects: 'Inget ofullständigt är publicerat.',
    safe: 'Allt som är gjort är sparat. Det som servern har kvitterat behålls.',
    todo: [`Fortsätt med sminet-leverans leverera ${region}`],
  }),
  abandoned: ({ region, publishing }) => ({
    what: 'Leveransen är stoppad och övergiven.',
    affects: publishing ? commandText.stoppedAtPublishing : 'Inget är publicerat. Nästa leverera gör en ny leverans.',
    safe: 'Databasen och tidigare leveranser är orörda.',
    todo: [`Lokala filer och rester på servern tas bort med sminet-leverans rensa ${region}`],
  }),
  decisions_incomplete: ({ region, areas: missing }) => ({
    what: `${region} har inte beslutat om alla sju områden. Beslut saknas för ${missing}.`,
    affects: 'Leveransen startades inte. Ett saknat beslut räknas aldrig som godkänd gallring.',
    safe: 'Inget har exporterats eller skickats.',
    todo: ['Registrera regionens beslut med sminet-leverans beslut satt, eller i guiden.'],
  }),
  decisions_changed: ({ finished, region, bag }) => ({
    what:
      finished === 'ja'
        ? 'Regionens beslut har ändrats sedan den senaste leveransen blev klar.'
        : 'Regionens beslut har ändrats sedan leveransen planerades.',
    affects:
      finished === 'ja'
        ? 'Det nya beslutet är inte levererat.'
        : finished === 'kanske'
          ? 'Leveransen stannar. Den avbröts vid publiceringen, så paketet kan redan ligga hos mottagaren.'
          : 'Leveransen stannar. Inget är publicerat.',
    safe: 'Det som redan är levererat är orört.',
    todo:
      finished === 'ja'
        ? [`Gör en ny leverans enligt de nya besluten med sminet-leverans leverera ${region} --ny`]
        : [
            ...(finished === 'kanske'
              ? [`Titta efter ${bag} hos mottagaren. Ligger paketet där: säg till regionen att ett nytt kommer.`]
              : []),
            `Överge den gamla leveransen med sminet-leverans stoppa ${region}, och kör sedan leverera.`,
          ],
  }),
  planning_clock: () => ({
    what: 'Med --today är allt PLANERING, och då kan inget registreras eller levereras.',
    affects: 'Kommandot gjorde ingenting.',
    safe: 'Inget har registrerats, exporterats eller skickats.',
    todo: ['Ta bort --today. Planen för en leverans visas med leverera --torrkorning.'],
  }),
  nothing_to_deliver: ({ region }) => ({
    what: `${region} har beslutat gallring för alla områden. Det finns inget att leverera.`,
    affects: 'Ingen leverans görs.',
    safe: 'Besluten är registrerade. Programmet raderar ingenting.',
    todo: ['Se vad som får gallras med sminet-leverans gallringsunderlag'],
  }),
  no_delivery: (facts) => ({
    what: `${facts.region} har ingen sådan leverans.`,
    affects: 'Kommandot gjorde ingenting.',
    safe: 'Inget har ändrats.',
    todo: [`Se läget med sminet-leverans status "${facts.region}"`],
    ...deliveriesInstead[String(facts.state)]?.(facts),
  }),
  delivery_running: ({ region, code }) => ({
    what: `Leveransen till ${region} pågår.`,
    affects: 'Kommandot gjorde ingenting.',
    safe: 'Leveransen fortsätter.',
    todo: [`Följ den med sminet-leverans folj ${code}`],
  }),
  target_missing: ({ region, code, file }) => ({
    what: `Inställningarna säger inte vart leveransen till ${region} ska skickas.`,
    affects: 'Det går inte att skicka till regionen. Exporten kan göras ändå och sparas tills målet finns.',
    safe: 'Inget har skickats. Det som är exporterat ligger kvar lokalt.',
    todo: [`Lägg till targets.${code} i ${file}, och kör leverera igen.`],
  }),
  worker_failed: ({ log }) => ({
    what: 'Processen som ska göra leveransen kunde inte starta.',
    affects: 'Leveransen startades inte.',
    safe: 'Inget har exporterats eller skickats i den här körningen.',
    todo: [`Se ${log}, och prova igen med --forgrund.`],
  }),
  locked: ({ region, by, host, since, pid, silent }) => ({
    what: since
      ? `${regionOf(String(region)).name} används av ${by} på ${host} sedan ${since} (pid ${pid}).`
      : `${regionOf(String(region)).name} används av en annan process${by === undefined ? ' (annan värd)' : ''}.`,
    affects: 'Två kan inte arbeta med samma region samtidigt. Kommandot gjorde ingenting.',
    safe: 'Det som pågår fortsätter.',
    todo: [`Följ arbetet med sminet-leverans folj ${region}, eller vänta tills det är klart.`],
    ...(silent && {
      what: `${regionOf(String(region)).name} används av en process som inte svarar. Den kan vara stoppad, eller vänta på en disk.`,
      safe: 'Allt som är gjort är sparat. Det som servern har kvitterat behålls.',
      todo: [
        `Leta upp processen, som kör arbetare eller leverera ${region}: ps -eo pid,stat,args`,
        'STAT T är en stoppad process, D en som väntar på en disk. Väck den med kill -CONT PID, eller avsluta den med kill -KILL PID.',
        'Kör sedan samma kommando igen.',
      ],
    }),
  }),
  target_changed: ({ region, publishing }) => ({
    what: `Mottagaren är inte den som leveransen${region ? ` till ${region}` : ''} planerades för.`,
    affects: `Leveransen stannar. ${published(publishing)}`,
    safe: 'Inget har nått någon annan. Lokala filer är orörda.',
    todo: [
      'Kontrollera värd, port, användare, sökväg och värdnyckel i inställningarna.',
      'Om målet ska vara nytt: överge leveransen med stoppa, och kör leverera igen.',
    ],
  }),
  dialect_changed: ({ region, code, publishing }) => ({
    what: `Inställningarna vill ha ett annat CSV-format (dialect) än det som leveransen till ${region} planerades med.`,
    affects: `Leveransen stannar. ${published(publishing)}`,
    safe: 'Inget byter format på vägen. Lokala filer är orörda.',
    todo: [
      `Kontrollera targets.${code}.dialect i inställningarna. Är det fel: rätta det, och kör leverera igen.`,
      `Är det rätt: överge leveransen med sminet-leverans stoppa ${code}, och kör leverera igen. Exporten görs då om i det formatet.`,
    ],
  }),
  sftp_down: ({ host, port, reason, nothingSent, publishing }) => ({
    what: `Det går inte att nå SFTP-servern ${host}, port ${port}. ${connectionProblems[String(reason)] ?? 'Förbindelsen bröts.'}`,
    ...(nothingSent
      ? {
          ...BEFORE_SENDING,
          todo: [
            'Kontrollera värd och port i inställningarna, och fråga regionen om servern är uppe och släpper in oss.',
            'Kör sedan samma kommando igen.',
          ],
        }
      : {
          affects: `Överföringen står. ${published(publishing)}`,
          safe: 'Paketet är kvar lokalt, och det som servern har kvitterat behålls.',
          todo: [
            'Kör samma kommando igen: överföringen fortsätter där den slutade.',
            'Fråga annars regionen om servern är uppe och släpper in oss.',
          ],
        }),
  }),
  sftp_login: ({ host, username, reason, key, publishing }) => ({
    what: `Inloggningen som ${username} på ${host} gick inte. ${loginProblems[String(reason)]?.(String(key)) ?? ''}`,
    affects: 'Inget kan skickas till regionen.',
    safe: `${published(publishing)} Programmet gör inga fler försök av sig självt, så att kontot inte spärras.`,
    todo: loginRemedies[String(reason)] ?? ['Rätta orsaken.', 'Kör sedan sminet-leverans kontrollera, och därefter samma kommando igen.'],
  }),
  sftp_failed: (facts) => ({
    what: `Servern${facts.host ? ` ${facts.host}` : ''} gör inte det som behövs. ${serverProblems[String(facts.reason)]?.(facts) ?? ''}`,
    affects: 'Leveransen stannar.',
    safe: 'Inget är överskrivet eller borttaget. Paketet är kvar lokalt.',
    ...(facts.nothingSent && BEFORE_SENDING),
    todo: [
      'Visa texten ovan för den som sköter servern.',
      'Kör samma kommando igen när orsaken är borta.',
      ...(serverRemedies[String(facts.reason)] ?? []),
    ],
  }),
  host_key_unknown: ({ host, port, seen }) => ({
    what: `Servern ${host}, port ${port}, visade en värdnyckel som inte är godkänd: ${seen}`,
    affects: 'Ingen inloggning har gjorts. Inget kan skickas förrän nyckeln är kontrollerad.',
    safe: 'Inga uppgifter har lämnat den här datorn.',
    todo: [
      'Jämför fingeravtrycket med det som regionen har lämnat på annat sätt, till exempel per telefon.',
      'Stämmer det: godkänn det med sminet-leverans vardnyckel lita. Stämmer det inte: skicka inget.',
    ],
  }),
  host_key_changed: ({ host, port, seen, pinned, publishing, keyIn = 'known_hosts' }) => ({
    what: `Servern ${host}, port ${port}, har en annan värdnyckel än den godkända. Visad: ${seen} Godkänd: ${pinned}`,
    affects: 'Någon kan ha satt sig emellan, eller så har regionen bytt nyckel. Ingen inloggning har gjorts.',
    safe: `Inga uppgifter har lämnats till servern med den nyckeln. ${published(publishing)}`,
    todo: ['Fråga regionen om nyckeln är bytt, på ett annat sätt än genom servern.', ...(changedKeyRemedies[keyIn] ?? [])],
  }),
  host_key_in_settings: ({ code, file }) => ({
    what: `Värdnyckeln står i inställningarna (targets.${code}.hostKey i ${file}), som går före sparade nycklar.`,
    affects: 'Kommandot kördes inte. Nyckeln i inställningarna gäller.',
    safe: 'Inget har ändrats.',
    todo: [`Ändra eller ta bort targets.${code}.hostKey i ${file}. Kör sedan kommandot igen, om nyckeln togs bort.`],
  }),
  host_key_revoked: ({ host, port, seen, publishing }) => ({
    what: `Servern ${host}, port ${port}, visade en värdnyckel som är spärrad (@revoked): ${seen}`,
    affects: 'Nyckeln är känd som röjd eller utdömd. Ingen inloggning har gjorts, och inget kan skickas.',
    safe: `Inga uppgifter har lämnats till servern med den nyckeln. ${published(publishing)}`,
    todo: [
      'Ring regionen: servern använder en nyckel som inte längre får användas.',
      'Spärren står i known_hosts och hävs aldrig av programmet.',
    ],
  }),
  permission_remote: ({ host, username, path, operation, nothingSent }) => ({
    what: `${username} har inte rätt att göra det som behövs i ${path} på ${host} (${operation}).`,
    affects: 'Leveransen stannar. Inget är publicerat.',
    safe: 'Det som redan fanns i mappen är orört.',
    ...(nothingSent && BEFORE_SENDING),
    todo: [
      operation === 'fstat'
        ? 'Be den som sköter servern ge kontot rätt att se storleken på en fil som det självt har öppen (FSTAT). Utan den syns det inte om allt kom fram.'
        : LOOKING.includes(String(operation))
          ? `Be den som sköter servern ge kontot rätt att se namn och storlek på det som ligger där (${String(operation).toUpperCase()}).`
          : 'Be den som sköter servern ge kontot rätt att skapa mappar och filer, byta namn på dem och ta bort dem där.',
      'Kör sedan samma kommando igen.',
    ],
  }),
  remote_disk_full: ({ host, path, needed, free, nothingSent }) => ({
    what: `Disken är full på ${host}: ${formatBytes(Number(needed))} behövs i ${path}${free === undefined ? ', men kvoten är slut' : `, ${formatBytes(Number(free))} är ledigt`}.`,
    affects: 'Överföringen står. Inget är publicerat.',
    safe: 'Det som redan är överfört behålls. Inget är avkortat eller borttaget.',
    ...(nothingSent && BEFORE_SENDING),
    todo: ['Be den som sköter servern göra plats.', `Kör sedan samma kommando igen${nothingSent ? '' : ': överföringen fortsätter'}.`],
  }),
  bag_exists: ({ host, path, bag }) => ({
    what: `Namnet ${bag} finns redan i ${path} på ${host}.`,
    affects: 'Paketet publiceras inte. Programmet skriver aldrig över något.',
    safe: 'Det som finns på servern är orört. Paketet är kvar lokalt.',
    todo: [
      'Fråga regionen vad som ligger under namnet.',
      'Är det en tidigare leverans: överge den här med sminet-leverans stoppa, så får nästa ett nytt nummer.',
    ],
  }),
  checksum_mismatch: ({ file }) => ({
    what: `${file} är inte densamma på servern som här, inte heller sedan den skickats en gång till.`,
    affects: 'Inget är publicerat.',
    safe: 'Paketet är kvar lokalt och stämmer med sina kontrollsummor.',
    todo: ['Be den som sköter servern kontrollera dess disk.', 'Kör sedan samma kommando igen.'],
  }),
  staged_file_changed: ({ file }) => ({
    what: `${file} är ändrad efter exporten.`,
    affects: 'Inget är publicerat. Exporten måste göras om.',
    safe: 'Databasen och det som redan är levererat är orört.',
    todo: ['Låt ingen ändra i mappen för leveranser.', 'Kör leverera igen: exporten görs då om från början.'],
  }),
  staged_file_unreadable: ({ file, reason }) => ({
    what: `${file} går inte att läsa från den här datorns disk (${reason}).`,
    affects: 'Överföringen stannar. Inget är publicerat.',
    safe: 'Det som redan är överfört behålls på servern.',
    todo: [
      'Be den som sköter datorn kontrollera disken.',
      'Kör sedan samma kommando igen. Är filen förlorad: överge leveransen med sminet-leverans stoppa.',
    ],
  }),
  bag_invalid: ({ path, problems }) => ({
    what: `Paketet ${path} är inte giltigt: ${problems} fel.`,
    affects: 'Paketet ska inte användas som bevis förrän det är utrett.',
    safe: 'Paketet är bara läst.',
    todo: ['Se felen ovan. Hämta eller leverera paketet på nytt.'],
  }),
  another_person: ({ region, by }) => ({
    what: by
      ? `Målet för ${region} är angivet av ${by}. En annan person ska bekräfta fingeravtryck och sökväg.`
      : `Målet för ${region} är inte bekräftat. Två personer ska ange samma fingeravtryck, var för sig.`,
    affects: 'Inget skickas dit förrän målet är bekräftat.',
    safe: 'Det som är angivet är sparat i revisionsloggen.',
    todo: ['Be en kollega logga in med sitt eget konto, jämföra med regionens uppgift och köra sminet-leverans vardnyckel lita.'],
  }),
  stopped: ({ publishing }) => ({
    what: 'Arbetet avbröts på begäran.',
    affects: published(publishing),
    safe: 'Allt som är gjort är sparat. Nästa körning fortsätter där det går.',
    todo: ['Kör samma kommando igen för att fortsätta.'],
  }),
  settings_missing: ({ files }) => ({
    what: `Inställningar saknas: ${files} finns inte.`,
    affects: 'Utan inställningar går det inte att registrera, hämta eller leverera något.',
    safe: 'Tidigare beslut och leveranser.',
    todo: ['Ange filen med --config FIL eller med SMINET_CONFIG.', 'Finns ingen fil: skapa en. Alla inställningar står i docs/handbok.md.'],
  }),
  settings_invalid: (facts) => ({
    what: `Inställningarna går inte att använda. ${settingProblems[String(facts.problem) as keyof typeof settingProblems](facts)}`,
    affects: 'Programmet gör inget med de här inställningarna.',
    safe: 'Beslut, leveranser och påbörjat arbete.',
    todo: [
      `Rätta ${facts.file}.${Number(facts.more) > 0 ? ` Där finns ${facts.more} fel till.` : ''}`,
      'Kör sedan sminet-leverans kontrollera.',
    ],
  }),
  path_invalid: ({ path, problem }) => ({
    what: pathProblems[String(problem) as PathProblem](String(path)),
    affects: 'Kommandot kördes inte.',
    safe: 'Inget har ändrats.',
    todo: ['Kontrollera sökvägen. En relativ sökväg räknas från den mapp du står i.'],
  }),
  path_too_long: ({ path, tooMany }) => ({
    what: `Sökvägen till tillståndsmappen är ${tooMany} byte för lång: ${path}`,
    affects: 'Leveranser kan inte startas eller följas.',
    safe: 'Inget är påbörjat.',
    todo: ['Välj en kortare sökväg för state i inställningarna. Å, ä och ö räknas som två byte.'],
  }),
  state_unmarked: ({ path }) => ({
    what: `${path} är inte en tillståndsmapp: där finns annat, men ingen fil .sminet.`,
    affects: 'Programmet skriver aldrig i en mapp som det inte känner igen.',
    safe: 'Allt som finns i mappen.',
    todo: [
      'Kontrollera state i inställningarna.',
      'Är mappen återställd ur en säkerhetskopia: återställ hela mappen, även .sminet.',
      'Ska ett nytt tillstånd börja: ange en mapp som är tom eller inte finns.',
    ],
  }),
  state_corrupt: (facts) => ({
    what: `Det sparade tillståndet stämmer inte. ${stateProblems[String(facts.problem)]?.(facts)}`,
    affects:
      facts.problem === 'audit'
        ? 'Inget registreras, levereras eller godkänns för gallring förrän det är utrett.'
        : 'Det som är skadat levereras inte och godkänns inte för gallring förrän det är utrett. Gå inte vidare med den regionen.',
    safe: 'Sminet 2 och det som redan är levererat. Programmet har inte ändrat något.',
    todo: [
      'Ta inte bort filen: en fil som saknas räknas aldrig som tom.',
      'Återställ hela tillståndsmappen ur den senaste säkerhetskopian, aldrig enstaka filer.',
      'Registrera på nytt det som hänt efter kopian, med hjälp av kvittona.',
    ],
  }),
  state_busy: ({ path, pid, host }) => ({
    what: `Process ${pid} på ${host} håller ${path} och släpper inte.`,
    affects: 'Ändringen är inte sparad.',
    safe: 'Allt som var sparat.',
    todo: ['Försök igen om en stund.', `Står processen stilla: låt den som äger den avsluta den (kill ${pid}).`],
  }),
  revision_conflict: ({ region, by, at, areas }) => ({
    what: `${region} har ändrats under tiden av ${by}, senast ${at}${areas ? `, område ${areas}` : ''}.`,
    affects: 'Din ändring är inte sparad.',
    safe: 'Det som kollegan sparade är kvar.',
    todo: ['Läs det som nu gäller och gör om ändringen om den fortfarande behövs.'],
  }),
  decision_invalid: ({ field, problem, ...facts }) => ({
    what: `Beslutet kan inte registreras. ${decisionProblemText({ field: field as DecisionField, code: problem as DecisionProblemCode, facts })}`,
    affects: 'Bara det här beslutet.',
    safe: 'Tidigare registrerade beslut.',
    todo: ['Rätta uppgiften och registrera igen.'],
  }),
  journal_damaged: ({ path, line, publishing }) => ({
    what: `Journalen ${path} är skadad på rad ${line}.`,
    affects: `Leveransen kan inte återupptas.${publishing ? ' Det går inte att utesluta att den publicerades: paketet kan redan ligga hos mottagaren.' : ''}`,
    safe: 'Beslut, kvitton och det som redan är levererat.',
    todo: [
      'Spara en kopia av filen för felsökning.',
      ...(publishing ? ['Be mottagaren se efter om paketet ligger i mappen.'] : []),
      'Kör sminet-leverans stoppa REGION och sedan leverera: då görs en ny leverans.',
    ],
  }),
  local_disk_full: ({ path }) => ({
    what: `Disken är full på den här datorn: ${path}`,
    affects: 'Arbetet har stannat. Inget ofullständigt är publicerat.',
    safe: 'Allt som var sparat, och det som redan är skickat.',
    todo: [
      'Frigör utrymme, t.ex. med sminet-leverans rensa REGION för en kvitterad leverans.',
      'Kör samma kommando igen. Arbetet fortsätter.',
    ],
  }),
  permission_local: ({ path }) => ({
    what: `Rättighet saknas på den här datorn: ${path}`,
    affects: 'Arbetet kan inte fortsätta utan den.',
    safe: 'Inget är ändrat.',
    todo: [
      'Kontrollera att du är med i programmets grupp (id).',
      'Låt den som äger filen eller mappen ge gruppen rätt att läsa och skriva.',
    ],
  }),
  database_down: ({ database }) => ({
    what: `Databasen ${database} svarar inte.`,
    affects: 'Inget kan läsas ur Sminet 2. En export som pågick görs om från början.',
    safe: 'Beslut, kvitton och det som redan är levererat.',
    todo: [
      'Kontrollera nätet och att servern är igång, och kör samma kommando igen.',
      'Kontrollera adressen under source i inställningarna.',
    ],
  }),
  database_login: ({ database }) => ({
    what: `Databasen ${database} släpper inte in programmet.`,
    affects: 'Inget kan läsas ur Sminet 2.',
    safe: 'Beslut, kvitton och det som redan är levererat.',
    todo: [
      'Kontrollera användare och databas under source i inställningarna.',
      'Lösenordet hämtas ur ~/.pgpass eller PGPASSWORD.',
      'Be databasförvaltaren kontrollera rollens rättigheter.',
    ],
  }),
  database_stalled: ({ database }) => ({
    what: `Databasen ${database} har tystnat mitt i arbetet.`,
    affects: 'Exporten är avbruten och görs om från början.',
    safe: 'Det som redan är levererat. Databasen är bara läst.',
    todo: ['Kör samma kommando igen.', 'Händer det igen: be databasförvaltaren se vad som låser eller belastar servern.'],
  }),
  contract_broken: (facts) => ({
    what: `Vyerna i schemat leverans följer inte kontraktet. ${
      sourceFindings[String(facts.reason)]?.(facts) ?? `Databasen ${facts.database} svarar med felkod ${facts.sqlstate}.`
    }`,
    affects: 'Området kan inte levereras.',
    safe: 'Inget ofullständigt är publicerat. Databasen är bara läst.',
    todo: ['Be databasförvaltaren rätta vyn.', 'Kontrollera med sminet-leverans kontrollera'],
  }),
  view_unknown: ({ view }) => ({
    what: `Databasen har en vy som programmet inte känner: ${view}.`,
    affects: 'Ingen export görs: det kan vara uppgifter som ska levereras men inte har något beslut.',
    safe: 'Inget har skickats. Databasen är bara läst.',
    todo: [
      'Fråga vad vyn är till för: arkiv@folkhalsomyndigheten.se',
      'Hör den inte till leveransen: ge den ett namn som inte börjar med omrade.',
    ],
  }),
  value_unsupported: ({ view, column, type }) => ({
    what: `Kolumnen ${column} i ${view} har typen ${type}, som inte kan levereras som text utan att värden ändras.`,
    affects: 'Området kan inte levereras.',
    safe: 'Inget ofullständigt är publicerat. Databasen är bara läst.',
    todo: ['Be databasförvaltaren göra om kolumnen i vyn, t.ex. till numeric eller text.'],
  }),
  value_unmappable: ({ view, key, column }) => ({
    what: `Ett tecken ryms inte i ISO 8859-1: ${view}, ${key === '' ? 'rubrikraden' : `raden med nyckel ${key}`}, kolumnen ${column}.`,
    affects: 'Exporten stannar. Programmet byter aldrig ut tecken.',
    safe: 'Inget ofullständigt är publicerat. Databasen är bara läst.',
    todo: ['Kom överens med regionen om UTF-8 och ändra dialect för målet i inställningarna.', 'Kör sedan leverera igen.'],
  }),
  rows_mismatch: ({ view, expected, found }) => ({
    what: `Antalet rader i ${view} stämmer inte: ${expected} enligt databasen, ${found} i exporten.`,
    affects: 'Exporten är avbruten. Filen är borttagen och finns inte i något paket.',
    safe: 'Inget ofullständigt är publicerat. Databasen är bara läst.',
    todo: ['Kör leverera igen.', 'Händer det igen: be databasförvaltaren kontrollera vyn.'],
  }),
  export_failed: ({ database, sqlstate }) => ({
    what: `Databasen ${database} avbröt arbetet med felkod ${sqlstate}.`,
    affects: 'Exporten är avbruten och görs om från början.',
    safe: 'Inget ofullständigt är publicerat. Databasen är bara läst.',
    todo: ['Kör samma kommando igen.', 'Händer det igen: ge databasförvaltaren felkoden och tidpunkten.'],
  }),
  attachment_unreadable: ({ nr, reason, expected, found, others }) => ({
    what: `Bilaga nr ${nr}${Number(others) > 0 ? ` och ${counted(Number(others), 'bilaga', 'bilagor')} till` : ''} går inte att läsa rätt. ${
      attachmentProblems[String(reason)]?.({ expected, found }) ?? ''
    }`,
    affects: 'Exporten stannar. Ett paket utan bilagan publiceras aldrig.',
    safe: 'Inget ofullständigt är publicerat. Bilagan är bara läst.',
    todo: [
      'Be databasförvaltaren kontrollera bilagan i vyn omrade2_bilagor; numret räknas i nyckelordning.',
      'Kontrollera source.bilagor i inställningarna.',
    ],
  }),
};

/** What is wrong with a command line; `given` is the word or the flag as it was typed. */
export const usageProblems = {
  unknown_command: ({ given }: ErrorFacts) => `Det finns inget kommando ${given}.`,
  half_command: ({ given, expected }: ErrorFacts) => `Kommandot ${given} ska följas av ${expected}.`,
  unknown_flag: ({ given, command }: ErrorFacts) =>
    command ? `Kommandot ${command} har ingen flagga ${given}.` : `Det finns ingen flagga ${given}.`,
  flag_without_value: ({ given }: ErrorFacts) => `Flaggan ${given} ska följas av ett värde.`,
  flag_with_value: ({ given }: ErrorFacts) => `Flaggan ${given} har inget värde.`,
  missing_argument: ({ command, argument }: ErrorFacts) => `Kommandot ${command} saknar ${argument}.`,
  surplus_argument: ({ command, surplus }: ErrorFacts) => `Kommandot ${command} har ett argument för mycket: ${surplus}.`,
  not_a_day: ({ given }: ErrorFacts) => `${given}: värdet ska vara ett datum, ÅÅÅÅ-MM-DD, till exempel 2026-02-01.`,
  not_a_duration: ({ given }: ErrorFacts) => `${given}: värdet ska vara en tid, till exempel 90s, 10m eller 24h.`,
  not_a_choice: ({ given, expected }: ErrorFacts) => `${given}: värdet ska vara ${expected}.`,
  not_a_fingerprint: ({ given }: ErrorFacts) => `${given}: ett fingeravtryck är SHA256: och 43 tecken.`,
} as const;

/** How an argument that is missing is written, by its name in the command's usage. */
const argumentForms: Readonly<Record<string, readonly string[]>> = {
  REGION: ['Skriv länskod, kortnamn eller namn: 12, skane eller "Region Skåne".'],
  OMRÅDE: ['Skriv områdets nummer, 1 till 7. De förklaras av sminet-leverans omraden'],
  MAPP: ['Skriv sökvägen till mappen med paketet.'],
};

/** What is wrong with a path that was given as an argument. */
export const pathProblems: Readonly<Record<PathProblem, (path: string) => string>> = {
  missing: (path) => `${path} finns inte.`,
  not_a_folder: (path) => `${path} är en fil, inte en mapp.`,
  not_a_file: (path) => `${path} är en mapp, inte en fil.`,
};

/** `2026-11-22 14:05` of a time with seconds and offset, as it stands there. */
const minuteOf = (at: string | number | undefined): string => String(at).slice(0, 16).replace('T', ' ');

/** What there is where a command finds no delivery to act on (`no_delivery`), by how the latest one stands. */
export const deliveriesInstead: Readonly<Record<string, (facts: ErrorFacts) => Partial<ErrorText>>> = {
  none: ({ region, code }) => ({
    what: `${region} har ingen leverans: ingen har startats.`,
    todo: [
      `Se planen med sminet-leverans leverera ${code} --torrkorning`,
      `Starta med sminet-leverans leverera ${code} --bekrafta "${region}"`,
    ],
  }),
  no_target: ({ region, code, bag, at }) => ({
    what: `Leveransen ${bag} väntar sedan ${minuteOf(at)}: inställningarna säger inte vart den till ${region} ska skickas.`,
    safe: 'Inget har skickats. Det som är exporterat ligger kvar lokalt.',
    todo: [`Lägg till targets.${code} i inställningarna.`, `Fortsätt sedan med sminet-leverans fortsatt ${code}`],
  }),
  running: ({ code, bag }) => ({
    what: `Leveransen ${bag} pågår.`,
    todo: [`Följ den med sminet-leverans folj ${code}`],
  }),
  paused: ({ code, bag, at, error }) => ({
    what: `Leveransen ${bag} är pausad sedan ${minuteOf(at)}${error === 'sftp_login' ? ': ingen svarade när inloggningen frågade' : ''}.`,
    safe: 'Det som servern har kvitterat behålls.',
    todo: [`Fortsätt med sminet-leverans fortsatt ${code}`],
  }),
  cut: ({ code, bag, at }) => ({
    what: `Leveransen ${bag} är avbruten: ingen process arbetar på den. Den påbörjades ${minuteOf(at)}.`,
    safe: 'Allt som är gjort är sparat. Det som servern har kvitterat behålls.',
    todo: [`Fortsätt med sminet-leverans fortsatt ${code}`],
  }),
  failed: (facts) => ({
    what: `Leveransen ${facts.bag} slutade med ett fel${facts.at ? ` ${minuteOf(facts.at)}` : ''}. ${errors[facts.error as ErrorCode]?.(facts).what ?? ourBugEvent}`,
    safe: 'Inget ofullständigt är publicerat.',
    todo: [
      `Åtgärda orsaken, och fortsätt med sminet-leverans fortsatt ${facts.code}`,
      `Går det inte: överge leveransen med sminet-leverans stoppa ${facts.code}, och kör sedan leverera.`,
    ],
  }),
  stopped: ({ region, code, bag, at }) => ({
    what: `Leveransen ${bag} stoppades ${minuteOf(at)} och är övergiven.`,
    safe: 'Databasen och tidigare leveranser är orörda.',
    todo: [
      `Gör en ny med sminet-leverans leverera ${code} --bekrafta "${region}"`,
      `Det som den stoppade lämnade tas bort med sminet-leverans rensa ${code}`,
    ],
  }),
  done: ({ region, code, bag, at }) => ({
    what: `Leveransen ${bag} är klar sedan ${minuteOf(at)}.`,
    safe: 'Det som är levererat är orört.',
    todo: [
      `Se kvittot med sminet-leverans kvitton ${code}`,
      `En ny leverans görs med sminet-leverans leverera ${code} --ny --bekrafta "${region}"`,
    ],
  }),
};

/** The four parts of an operator error. */
export const errorText = ({ code, facts }: OperatorError): ErrorText => errors[code](facts);

/** An error as lines for a terminal without the wizard: what happened first, the exit code last. */
export const errorLines = (text: ErrorText, exitCode: number): string[] => [
  `Fel: ${text.what}`,
  `  Påverkar: ${text.affects}`,
  `  Orört:    ${text.safe}`,
  ...text.todo.map((step, index) => `  ${index === 0 ? 'Gör så här:' : '           '} ${step}`),
  `  Felkod ${exitCode}.`,
];

/** Whether a line is one of those; what else stands in a file that a process was let write to is nobody's text. */
export const isErrorLine = (line: string): boolean =>
  /^(Fel: | {2}(Påverkar|Orört|Gör så här|Felkod)| {14}|Ett fel i programmet)/.test(line);

/** What the watchers of a delivery get when the error is ours; its stack is in the worker's log. */
export const ourBugEvent = 'Ett fel i programmet. Leveransen är inte klar, och inget ofullständigt är publicerat.';

/** Why a kvittens is refused. */
export const receiptProblems: Readonly<Record<string, string>> = {
  no_day: 'Mottaget datum saknas eller är inte ett datum (ÅÅÅÅ-MM-DD).',
  future: 'Mottaget datum ligger efter i dag.',
  before_delivery: 'Mottaget datum ligger före leveransen.',
  no_person: 'Vem som kvitterade saknas.',
  no_sha256: 'Kontrollsumman ska vara 64 hexadecimala tecken.',
  manifest_mismatch: 'Kontrollsumman är inte den som leveransens manifest-sha256.txt har. Registrera i stället en avvikelse.',
  no_file: 'Den underskrivna filen går inte att läsa.',
};

/** An error that is ours: one line, and where its details are. */
export const ourBug = (file: string): string =>
  `Ett fel i programmet. Inget du har gjort. Påbörjat arbete går att fortsätta. Skicka filen till utvecklarna: ${file} (felkod 1)`;

// --- Transfer ----------------------------------------------------------------------------------------------------

/** Why a connection was lost or never came, by ssh2's and Node's codes. */
const connectionProblems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Ingen tar emot på den porten.',
  ENOTFOUND: 'Namnet finns inte.',
  EAI_AGAIN: 'Namnet går inte att slå upp just nu.',
  ETIMEDOUT: 'Servern svarar inte.',
  EHOSTUNREACH: 'Det finns ingen väg dit.',
  ENETUNREACH: 'Det finns ingen väg dit.',
  ECONNRESET: 'Förbindelsen bröts av andra sidan.',
  stalled: 'Servern slutade svara.',
  keepalive: 'Servern slutade svara.',
  protocol: 'Servern svarade något som inte följer SFTP, eller på något som inte frågats.',
  size: 'Servern gav motstridiga besked om en fils storlek.',
};

/** What to do when a server shows another key, by where the key stands that it should have shown. */
const changedKeyRemedies: Readonly<Record<string, readonly string[]>> = {
  settings: ['Är bytet bekräftat: skriv den nya som hostKey för målet i inställningarna.'],
  known_hosts: [
    'Är bytet bekräftat: ta bort den gamla med sminet-leverans vardnyckel ta-bort, och godkänn den nya med sminet-leverans vardnyckel lita.',
    'Står den gamla i ~/.ssh/known_hosts: ta bort den där med ssh-keygen -R.',
  ],
  answer: ['Kontrollera att fingeravtrycket är rätt avskrivet. Skicka inget förrän det stämmer.'],
};

const loginProblems: Readonly<Record<string, (key: string) => string>> = {
  refused: () => 'Servern godtog varken nyckel eller lösenord.',
  agent: () => 'Nyckelagenten (ssh-agent) svarade inte eller kunde inte signera.',
  no_credentials: () => 'Inställningarna har ingen privateKey, och ingen nyckelagent är igång.',
  key_unreadable: (key) => `Nyckelfilen ${key} går inte att läsa.`,
  key_invalid: (key) => `${key} är inte en privat nyckel som programmet kan använda.`,
  passphrase_missing: (key) => `Nyckeln ${key} är skyddad med en lösenfras, och ingen har angetts.`,
  passphrase_wrong: (key) => `Lösenfrasen till ${key} är fel.`,
  password_missing: () => 'Servern frågar efter ett lösenord, och ingen har angett något.',
};

/** What to do when nobody answered; a key in the agent also serves those who have no terminal. */
const loginRemedies: Readonly<Record<string, readonly string[]>> = {
  agent: ['Logga in med nyckelagenten igen (ssh -A), eller kör ssh-add.', 'Kör sedan sminet-leverans folj eller fortsatt därifrån.'],
  passphrase_missing: [
    'Kör samma kommando, folj eller fortsatt i en terminal, så frågar programmet.',
    'Utan terminal: lägg nyckeln i nyckelagenten med ssh-add innan programmet startas.',
  ],
  password_missing: ['Kör samma kommando, folj eller fortsatt i en terminal, så frågar programmet.'],
};

/** What the operator may say yes to instead, where the receiver would then see the package grow. */
const serverRemedies: Readonly<Record<string, readonly string[]>> = {
  no_dotted_folder: ['Godtar mottagaren att se paketet växa fram i en synlig mapp: kör sminet-leverans fortsatt REGION --ja.'],
  no_folder_rename: [
    'Godtar mottagaren att se paketet växa fram: kör sminet-leverans fortsatt REGION --ja. Det är då klart först när tagmanifest-sha256.txt finns.',
  ],
  rename_unseen: ['Be mottagaren se efter om paketet redan finns i mappen. Finns det: kör stoppa REGION och leverera sedan igen.'],
  published_wrong: ['Be regionen att inte använda paketet. Kör sedan stoppa REGION och leverera igen: nästa paket får ett nytt nummer.'],
  outcome_unknown: ['Be mottagaren se efter om paketet har kommit fram. Kör sedan stoppa REGION och leverera igen.'],
  outcome_unseen: [
    'Be mottagaren se efter om paketet finns i mappen, och ta bort det i så fall. Kör sedan stoppa REGION och leverera igen.',
    'Be den som sköter servern om rätt att se vad som ligger i mappen, så händer det inte igen.',
  ],
};

const serverProblems: Readonly<Record<string, (facts: ErrorFacts) => string>> = {
  algorithms: () => 'Den har ingen krypteringsmetod gemensam med programmet, som inte använder föråldrade.',
  ssh_config: ({ host }) => `ssh kunde inte tolka ${host} enligt din ssh-konfiguration (ssh -G ${host}).`,
  folder_missing: ({ path }) => `Mappen ${path} finns inte.`,
  no_dotted_folder: () => 'Den tillåter inte mappar vars namn börjar med punkt, och en leverans byggs upp i en sådan.',
  no_folder_rename: () => 'Den kan inte byta namn på en mapp, och så publiceras en leverans.',
  no_rename: () => 'Den kan inte byta namn på någon fil, och utan det kan ett paket inte bli synligt först när det är helt.',
  foreign_file: ({ file }) => `Något som inte är vårt ligger i vägen: ${file}.`,
  surplus_files: ({ files, folder }) => `I ${folder} ligger ${files} filer eller mappar som inte hör till paketet.`,
  rename_refused: ({ bag }) => `Den vägrade ge paketet dess namn, ${bag}.`,
  rename_unseen: ({ bag }) =>
    `Den vägrade ge paketet dess namn, ${bag}. Troligen finns namnet redan; kontot får inte se vad som ligger i mappen (LSTAT).`,
  outcome_unseen: ({ bag }) =>
    `Svaret på namnbytet till ${bag} gick förlorat, och kontot får inte se vad som ligger i mappen (LSTAT). Det går inte att säga om paketet publicerades.`,
  published_wrong: ({ bag, file }) =>
    `Paketet ${bag} är publicerat, men ${file} är inte densamma på servern som här. Servern kan ha förlorat filen i ett strömavbrott.`,
  outcome_unknown: ({ bag }) => `Varken arbetsmappen eller paketet ${bag} finns kvar, så det går inte att säga om det publicerades.`,
  status: ({ operation, status, file }) =>
    `Den vägrade utan att säga varför (${operation}, kod ${status}${file ? `, ${file}` : ''}). Disken eller kontots kvot kan vara full.`,
};

/** What a server could not do, for receipts; the codes are `SendResult.notes`. */
export const transferNotes: Readonly<Record<string, string>> = {
  no_fsync: 'Servern kan inte bekräfta att data är sparat på dess disk.',
  small_files_not_synced:
    'Servern har bekräftat att filer över 256 kB är sparade på dess disk. Mindre filer är kvitterade och kontrollerade.',
  no_statvfs: 'Servern kan inte säga hur mycket plats som är ledig.',
  no_server_hash: 'Servern kan inte räkna kontrollsummor. Innehållet lästes i stället tillbaka och jämfördes.',
  no_read: 'Kontot får inte läsa på servern. EJ INNEHÅLLSVERIFIERAD.',
  journal_gap: 'Den lokala disken var full under överföringen. Leveransen är hel, men ett avbrott då hade krävt att mer skickats om.',
  differed:
    'Minst en fil på servern var borta eller hade ett annat innehåll än det som skickats. Det som skilde sig skickades om, och hela filen kontrollerades på nytt. Något annat kan ha skrivit i mappen.',
  no_limits: 'Servern anger inte hur stora delar den tar emot. Filerna skickades i små delar.',
  visible_folder: 'Servern tillåter inte dolda mappar. Paketet byggdes upp i en mapp som mottagaren kunde se växa fram.',
  visible_files:
    'Servern byter inte namn på mappar. Paketet byggdes upp i sin egen mapp, där mottagaren kunde se det växa fram. Varje fil fick sitt namn när allt var kontrollerat, och tagmanifest-sha256.txt sist.',
  no_listing:
    'Kontot får inte lista mappar på servern. Varje fils storlek kontrollerades för sig, men om något mer låg i mappen gick inte att se.',
  no_lstat:
    'Kontot får varken lista mappar eller se om ett namn finns på servern (LSTAT). Varje fils storlek lästes när filen var öppen. Att paketet fick sitt namn är serverns ord, och om något mer låg i mappen gick inte att se.',
  no_reopen: 'Servern öppnar inte en påbörjad fil på nytt. En avbruten fil skickades om från början.',
  careful:
    'Servern återgav inte rätt det som skickades med många samtidiga anrop. Allt skickades ett anrop i taget, och innehållet är kontrollerat.',
  no_modes: 'Servern godtog inte de filrättigheter som inställningarna anger.',
};

// --- Decisions and the gate --------------------------------------------------------------------------------------

/** The fields of a decision as sentences about them begin. */
const decisionFields: Readonly<Record<DecisionField, string>> = {
  answer: 'Beslut',
  date: 'Beslutsdatum',
  decidedBy: 'Beslutsfattare',
  dnr: 'Diarienummer',
  received: 'Inkommet datum',
  newEnd: 'Ny frist',
  'cards.choice': 'Svar om patientkort',
  'cards.reportTaken': 'Svar om uttagen rapport',
  plan: 'Dokumenthanteringsplan',
  letterSha256: 'Beslutsbrevets kontrollsumma',
  comment: 'Anteckning',
};

/** Why a decision cannot be registered, for the field it is about. */
export const decisionProblems: Readonly<Record<DecisionProblemCode, (field: string, facts: ErrorFacts) => string>> = {
  not_chosen: (field) => `${field} är inte valt.`,
  missing: (field) => `${field} saknas.`,
  missing_for_gallring: (field) => `${field} saknas. För gallring krävs beslutsdatum, beslutsfattare och diarienummer.`,
  not_a_day: (field) => `${field} är inte ett datum. Skriv ÅÅÅÅ-MM-DD.`,
  future: (field, { today }) => `${field} ligger efter i dag (${today}). Ändra datumet och spara igen.`,
  before_decision: (field) => `${field} ligger före beslutsdatum.`,
  not_later_than_proposed: (field, { proposed }) => `${field} ska vara senare än det föreslagna datumet, ${proposed}.`,
  only_langre_frist: (field) => `${field} anges bara vid längre gallringsfrist.`,
  only_delivered_cards: (field) => `${field} lämnas bara för område 2, och bara när området levereras.`,
  control_characters: (field) => `${field} innehåller tecken som inte kan skrivas ut.`,
  too_long: (field, { longest }) => `${field} får vara högst ${longest} tecken.`,
  not_sha256: (field) => `${field} ska vara en SHA-256: 64 tecken, 0-9 och a-f.`,
};

/** One problem of a draft as a sentence. */
export const decisionProblemText = ({ field, code, facts }: DecisionProblem): string =>
  decisionProblems[code](decisionFields[field], facts);

export const decisionWarnings: Readonly<Record<DecisionWarning, string>> = {
  report_already_taken: 'En rapport över patientkort har redan tagits ut. Korten kan levereras ändå.',
  report_may_lack_patient_id:
    'En rapport som togs ut 2019 kan sakna det patient-id som anteckningarna hänvisar till. Utan korten kan anteckningarna då vara svåra att knyta till rätt patient.',
};

const AUDITED_ACTS: Readonly<Record<string, string>> = { decision: 'Beslutet', published: 'Leveransen', receipt: 'Kvittensen' };

/** Why an area may not be disposed of (D8). */
export const gateConditions: Readonly<Record<GateCode, (facts: ErrorFacts) => string>> = {
  state_damaged: () => 'Regionens sparade tillstånd är skadat och bevisar inget. Se status.',
  undecided: () => 'Beslut saknas. Ett saknat beslut är aldrig ett godkännande.',
  date_not_reached: ({ date, sminet3_start: start, last_log: lastLog }) =>
    lastLog
      ? `Datum ej nått. Föreslaget av Fohm: ${start} (efter driftsättningen av Sminet 3) och ${lastLog} (efter den senaste loggningen). Det senare, ${date}, gäller.`
      : `Datum ej nått. Föreslaget av Fohm: ${date}.`,
  hold: ({ registeredAt }) => `Gallringsstopp sedan ${String(registeredAt).slice(0, 10)}.`,
  gallra_facts_missing: () => 'Gallringsbeslutet saknar datum, beslutsfattare eller diarienummer.',
  not_delivered: ({ view }) => (view ? `${view}.csv är inte levererad.` : 'Det gällande beslutet är inte levererat.'),
  not_verified: () => 'Leveransens innehåll är inte verifierat.',
  not_acknowledged: () => 'Leveransen är inte kvitterad.',
  deviation: () => 'Leveransen är kvitterad med avvikelse.',
  manifest_mismatch: () => 'Kontrollsumman i kvittensen är inte leveransens.',
  rows_changed: ({ view, delivered, now }) =>
    `Raderna har ändrats i ${view}: ${formatNumber(Number(delivered))} levererades, ${formatNumber(Number(now))} finns nu.`,
  source_unreachable: () => 'Raderna kunde inte räknas i alla databaser och vyer. De är inte jämförda med leveransen.',
  audit_broken: () => 'Revisionsloggen är inte hel.',
  act_not_in_audit: ({ act }) => `${AUDITED_ACTS[String(act)]} står inte i revisionsloggen.`,
  clock_skew: ({ minutes }) => `Datorns klocka skiljer sig ${minutes} minuter från databasens.`,
  undistributed: ({ rows }) =>
    `Ej fördelade rader (${rows === undefined ? 'antalet är okänt' : formatNumber(Number(rows))}) hör inte till någon region och får inte gallras.`,
};

// --- Settings and state ------------------------------------------------------------------------------------------

const SETTING_TYPES: Readonly<Record<string, string>> = {
  string: 'text inom citattecken',
  number: 'ett tal utan citattecken',
  int: 'ett heltal',
  boolean: 'true eller false',
  object: 'ett objekt inom klamrar',
};

/** What is wrong with the settings; `key` is the setting as it is reached from the top of the file. */
export const settingProblems = {
  not_json: ({ line }: ErrorFacts) => `Filen är inte giltig JSON, se rad ${line}.`,
  missing: ({ key }: ErrorFacts) => `${key} saknas.`,
  unknown_key: ({ key, nearest, allowed }: ErrorFacts) =>
    `${key} är inte en inställning. ${nearest ? `Närmast är ${nearest}.` : `Där kan finnas ${allowed}.`}`,
  unknown_region: ({ key }: ErrorFacts) => `${key}: det är inte länskoden för någon av de 21 regionerna.`,
  wrong_type: ({ key, allowed }: ErrorFacts) => `${key || 'Filen'} ska vara ${SETTING_TYPES[String(allowed)] ?? allowed}.`,
  not_one_of: ({ key, allowed }: ErrorFacts) => `${key} har ett okänt värde. Det kan vara ${allowed}.`,
  out_of_range: ({ key }: ErrorFacts) => `${key} ska vara ett tal från 1 till 65535.`,
  database_url: ({ key }: ErrorFacts) => `${key} ska vara en adress som börjar med postgresql://.`,
  host_key: ({ key }: ErrorFacts) => `${key} ska vara ett fingeravtryck som ssh skriver det: SHA256: och 43 tecken.`,
  mode: ({ key }: ErrorFacts) => `${key} ska vara rättigheter som "0640".`,
  null_token: ({ key }: ErrorFacts) => `${key} får inte innehålla citattecken, skiljetecken, tabb eller radbrytning.`,
  bom_latin1: ({ key }: ErrorFacts) => `${key} kan bara vara true med teckenuppsättningen utf-8.`,
  text: ({ key }: ErrorFacts) => `${key} får inte vara tom eller innehålla styrtecken.`,
  same_target: ({ key, other }: ErrorFacts) =>
    `${key} har samma värd, port, användare och mapp som targets.${other}. Två regioner kan inte ha samma mottagare.`,
  same_folder: ({ key, other, path }: ErrorFacts) =>
    `${key} leder på servern till samma mapp som targets.${other}, ${path}, fast de är skrivna olika. Två regioner kan inte ha samma mottagare.`,
} as const;

/** What is wrong with the saved state. */
export const stateProblems: Readonly<Record<string, (facts: ErrorFacts) => string>> = {
  audit: ({ path, line }) => `Revisionsloggen ${path} är ändrad eller skadad på rad ${line}.`,
  unreadable: ({ path }) => `${path} är skadad eller skriven av en annan version av programmet.`,
  missing: ({ path, audited }) => `${path} saknas, men revisionsloggen har ${audited} ändringar av regionen.`,
  older: ({ path, revision, audited }) =>
    `${path} har ändring ${revision}, men revisionsloggen har ändring ${audited}. Filen är troligen återställd ur en äldre säkerhetskopia.`,
  newer: ({ path, revision, audited }) =>
    `${path} har ändring ${revision}, men revisionsloggen slutar vid ändring ${audited}. Loggen är troligen återställd ur en äldre säkerhetskopia.`,
  changed: ({ path }) => `${path} är ändrad utanför programmet.`,
  delivery: ({ path }) => `${path} saknas eller är skadad, men regionens fil nämner leveransen.`,
};

// --- Source ------------------------------------------------------------------------------------------------------

/** What `kontrollera` finds in the databases, and why a contract is broken. */
export const sourceFindings: Readonly<Record<string, (facts: ErrorFacts) => string>> = {
  view_missing: ({ view }) => `Vyn leverans.${view} finns inte.`,
  view_unreadable: ({ view }) => `Rollen får inte läsa vyn leverans.${view}.`,
  view_unknown: ({ view }) => `Vyn leverans.${view} är okänd för programmet.`,
  key_missing: ({ view }) => `Vyn leverans.${view} har ingen nyckel som första kolumn.`,
  column_missing: ({ view, column }) => `Vyn leverans.${view} saknar kolumnen ${column}.`,
  column_unsupported: ({ view, column, type }) => `Kolumnen ${column} i leverans.${view} har typen ${type}, som inte kan levereras.`,
  own_fields_not_object: ({ view }) => `Minst en rad i leverans.${view} har ett egna_falt som inte är ett JSON-objekt.`,
  too_many_columns: ({ view, found, limit }) =>
    `Vyn leverans.${view} blir ${formatNumber(Number(found))} kolumner för regionen. En fil kan ha högst ${formatNumber(Number(limit))}.`,
  view_changed: ({ view }) => `Vyn leverans.${view} gjordes om medan exporten pågick.`,
  null_in_only_column: ({ view, column, rows }) =>
    `Vyn leverans.${view} har ${counted(Number(rows), 'rad', 'rader')} utan ${column}. Det skulle bli tomma rader i filen.`,
  comment_missing: ({ view, column }) => `Kolumnen ${column} i leverans.${view} har ingen kommentar, och förklaras därför inte i paketet.`,
  role_can_write: ({ role }) => `Databasrollen ${role} får skriva. Använd en roll som bara får läsa.`,
  area1_total: ({ found, expected }) => `Område 1 har ${found} anmälningar. Brevet säger cirka ${expected}.`,
  area1_region_empty: ({ region }) => `${regionOf(String(region)).name} har ingen anmälan i område 1. Alla 21 SME ska ha minst en.`,
  clock_skew: ({ minutes }) =>
    `Databasens klocka går ${formatNumber(Math.abs(Number(minutes)))} minuter ${Number(minutes) > 0 ? 'före' : 'efter'} den här datorns.`,
};

/** Why an attachment could not be read; it is named by its number only. */
const attachmentProblems: Readonly<Record<string, (facts: { expected?: string | number; found?: string | number }) => string>> = {
  size: ({ expected, found }) => `Storleken är ${found} byte, men vyn säger ${expected}.`,
  sha256: () => 'Kontrollsumman är inte den som vyn säger.',
  no_content: () => 'Vyn har varken innehåll eller sökväg för den.',
  no_directory: () => 'Den finns i bilagekatalogen, men source.bilagor saknas eller går inte att läsa.',
  missing: () => 'Filen finns inte i bilagekatalogen.',
  outside: () => 'Sökvägen leder ut ur bilagekatalogen.',
  unreadable: () => 'Filen går inte att läsa.',
  no_key: () => 'Den har ingen nyckel.',
  no_diarienummer: () => 'Den har inget diarienummer, som filnamnet ska börja med.',
  no_name: () => 'Den har inget filnamn.',
  no_size: () => 'Den har ingen storlek.',
};

// --- Package: LASMIG, leveransreversal, bag-info ------------------------------------------------------------------

/** The address for questions, as in the letter (R21). */
export const CONTACT = 'arkiv@folkhalsomyndigheten.se';

/** The region's answers as every text names them (D1). */
export const answerNames: Readonly<Record<Answer, string>> = {
  gallra: 'Godkänd gallring',
  bevara: 'Bevara',
  langre_frist: 'Längre gallringsfrist',
};

/** The same for every area, area 7 included (R72, T6). */
export const archiveCreator = (region: Region): string => `smittskyddsenheten i ${region.name}`;

/** The region as a party, with its legal name where that differs (Gotland). */
const legalParty = (region: Region): string => (region.legalName === region.name ? region.name : `${region.legalName} (${region.name})`);

/** Area 2 without its cards (D3), wherever somebody is about to deliver it. */
const CARDS_NOT_DELIVERED = 'Patientkorten i område 2 levereras INTE: gallring är beslutad.';

/** One decision as LASMIG and the reversal tell it. */
export function decisionSentence({ answer, date, dnr, newEnd }: Decision): string {
  const number = dnr ? `diarienummer ${dnr}` : 'diarienummer lämnas senare';
  return `${answerNames[answer]}${newEnd ? ` till ${newEnd}` : ''}. Beslutat ${date}, ${number}.`;
}

/** Whose log row it is, until Fohm decides otherwise (T24, T37). */
export const ownerRule =
  'En loggpost hör till den region vars myndighet användaren tillhör, inte till den region som dokumentet hör till. Poster som inte hör till någon av de 21 regionerna räknas som ej fördelade rader.';

/** What every column of `omrade2_bilagor.csv` means. */
export const attachmentColumns = {
  nr: 'Löpnummer i paketet, från 1',
  bilaga_id: 'Bilagans id i Sminet 2',
  anteckning_id: 'Id för den daganteckning som bilagan hör till',
  diarienummer: 'Daganteckningens diarienummer, exakt som i Sminet 2',
  filnamn: 'Filens namn, exakt som det diariefördes',
  levererad_sokvag: 'Filens sökväg i paketet',
  storlek: 'Filens storlek i byte',
  sha256: 'Kontrollsumma (SHA-256) för den levererade filen',
} as const;

/** What a delivered table is, for `datapackage.json`. */
export const tableTitles: Readonly<Record<string, string>> = {
  omrade1_anmalningar: 'Anmälningar',
  omrade1_fall: 'Fall',
  omrade2_patientkort: 'Patientkort',
  omrade2_daganteckningar: 'Daganteckningar',
  omrade2_bilagor: 'Förteckning över bilagor till daganteckningar',
  omrade3_diarienummer: 'Diarienummer där Ja har valts för visning i postlistan',
  omrade4_intressenter: 'Intressenter',
  omrade5_anvandarloggar: 'Användarloggar',
  omrade6_loggar_patientkort: 'Dokumentloggar för patientkort',
  omrade6_loggar_daganteckningar: 'Dokumentloggar för daganteckningar',
  omrade6_loggar_smi_anteckningar: 'Dokumentloggar för SMI-anteckningar',
  omrade6_loggar_frivilliga_laboratorierapporter: 'Dokumentloggar för frivilliga laboratorierapporter',
  omrade6_loggar_namnardatarapporter: 'Dokumentloggar för nämnardatarapporter',
  omrade6_loggar_vardenheter: 'Dokumentloggar för vårdenheter',
  omrade6_loggar_intressenter: 'Dokumentloggar för intressenter',
  omrade6_loggar_anvandare: 'Dokumentloggar för användare',
  omrade7_kliniska_anmalningar: 'Kopior av kliniska anmälningar (EpiArk)',
  omrade7_laboratorieanmalningar: 'Kopior av laboratorieanmälningar (EpiArk)',
};

const delimiterNames: Readonly<Record<Dialect['delimiter'], string>> = {
  ';': 'semikolon (;)',
  ',': 'komma (,)',
  '|': 'lodstreck (|)',
  '\t': 'tabb',
};

/** How NULL and the empty string differ in a dialect (D10). */
export const nullRule = ({ nullToken }: Pick<Dialect, 'nullToken'>): string =>
  nullToken === ''
    ? 'Inget alls mellan två fältavskiljare är NULL: uppgiften saknas. Två citattecken efter varandra ("") är en tom text.'
    : `${nullToken} utan citattecken är NULL: uppgiften saknas. Två citattecken efter varandra ("") är en tom text.`;

/** Words of `bag-info.txt` and `datapackage.json`. */
export const bagText = {
  sender: 'Folkhälsomyndigheten',
  description: (region: Region) => `Uppgifter ur Sminet 2 till ${region.name} med anledning av att Sminet 2 avvecklas`,
  spelling:
    'Fyra diagnoser: hepatit non A-E, toxoplasmainfektion, ulcus molle och återfallsfeber. Stavningen är den som står i Sminet 2 och är inte ändrad. Toxoplasmainfektion och toxoplasmos är samma diagnos.',
  attachments: 'Filer som hör till daganteckningar, oförändrade. Förteckningen är omrade2_bilagor.csv.',
  undistributed: 'Rader i källan som inte hör till någon av de 21 regionerna. De levereras inte till någon region.',
} as const;

/** Sentences that more than one file of the package has. */
export const packageText = {
  delivered: 'Levereras.',
  notDelivered: 'Levereras inte.',
  cardsNotDelivered: 'Patientkorten levereras inte: regionen har godkänt att de gallras.',
  responsibility: (region: Region) => `${region.name} ansvarar för den fortsatta förvaringen av de uppgifter som levereras.`,
  noChangeLog: 'Ändringslogg saknas för denna typ: Sminet 2 loggade inte ändringar i sådana dokument.',
  key: (column: string) =>
    `Kolumnen ${column} är radens nyckel enligt källan, och raderna står i dess ordning. Att varje värde finns en enda gång är inte kontrollerat.`,
  noRows: 'Inga rader: det fanns inga poster för regionen, och filen har bara rubrikrad.',
} as const;

/** LASMIG.txt: one page for whoever opens the package. */
export const lasmigText = {
  title: 'LÄS MIG',
  about: (region: Region, snapshotAt: string) => [
    `Paketet har uppgifter ur Sminet 2 som Folkhälsomyndigheten (Fohm) levererar till ${region.name} med anledning av att Sminet 2 avvecklas. Alla uppgifter är hämtade ur en ögonblicksbild av källan, tagen ${snapshotAt}.`,
    `Arkivbildare för alla områden är ${archiveCreator(region)}.`,
  ],
  decided: 'VAD REGIONEN HAR BESLUTAT',
  wholeDecisions: 'Besluten i sin helhet finns i beslut.csv.',
  content: 'VAD SOM FINNS I PAKETET',
  contentHead: ['Fil i mappen data', 'Poster', 'Rader'] as const,
  attachments: (count: number, bytes: number) =>
    count === 0 ? 'Bilagor: 0.' : `Mappen omrade2_bilagor: ${counted(count, 'bilaga', 'bilagor')}, ${formatNumber(bytes)} byte.`,
  records:
    'Varje dokument eller loggpost är en post, och varje fält är en kolumn. En text kan ha radbrytningar, och då går posten över flera rader i filen. Räkna därför poster, inte rader. Rubrikraden är inräknad i rader men inte i poster. En fil med 0 poster har bara rubrikrad: området skulle levereras, men det fanns inga uppgifter.',
  reading: 'HUR FILERNA LÄSES',
  dialect: (dialect: Dialect): readonly (readonly [string, string])[] => [
    ['Teckenuppsättning', dialect.encoding === 'utf-8' ? `UTF-8 ${dialect.bom ? 'med' : 'utan'} BOM` : 'ISO 8859-1'],
    ['Fältavskiljare', delimiterNames[dialect.delimiter]],
    ['Radslut', dialect.lineTerminator === '\n' ? 'LF' : 'CRLF'],
    ['Första raden', 'kolumnernas namn'],
    ['Värden', 'alltid inom citattecken ("); ett citattecken i ett värde är dubblat'],
    ['Datum och tid', 'ÅÅÅÅ-MM-DD, tidpunkter i svensk tid med tidszon (+01 eller +02)'],
    ['Sant och falskt', 't och f; i egna fält true och false'],
  ],
  readingNotes: [
    'Fält i egna_falt som saknas, är null, en tom lista [] eller [null] är alla NULL i filerna.',
    'Inga värden är ändrade. Läs in alla kolumner som text: ett kalkylprogram kan annars ta bort inledande nollor, göra om datum eller tolka ett värde som börjar med = + - eller @ som en formel.',
    'Vad varje kolumn betyder står i datapackage.json. Styrfilerna, beslut.csv bland dem, är alltid UTF-8.',
  ],
  missing: 'VAD SOM INTE FINNS HÄR, OCH VARFÖR',
  disposed: (areas: readonly number[]) =>
    `Område ${listed(areas.map(String))}: regionen har godkänt gallring, så uppgifterna levereras inte.`,
  undistributed: (file: string, rows: number) =>
    `${file}: ${counted(rows, 'rad', 'rader')} i källan hör inte till någon av de 21 regionerna (ej fördelade rader). De levereras inte till någon.`,
  nothingMissing: 'Inget av det som beslutats är utelämnat.',
  cautions: 'ATT TÄNKA PÅ',
  checking: 'KONTROLLERA PAKETET',
  checkingNote:
    'Paketet följer BagIt 1.0 (RFC 8493). Alla program för BagIt kan kontrollera att det är komplett och giltigt. Det kan också göras med ett av kommandona:',
  checkingCommands: ['sminet-leverans verifiera MAPP', 'sha256sum -c manifest-sha256.txt'],
  questions: 'FRÅGOR',
  contact: `Fråga regionarkivet eller skriv till ${CONTACT}.`,
} as const;

/** leveransreversal.txt: to sign and return. */
export const reversalText = {
  title: 'LEVERANSREVERSAL',
  parties: (region: Region, facts: { readonly bag: string; readonly day: string; readonly snapshotAt: string }) =>
    [
      ['Paket', facts.bag],
      ['Datum', facts.day],
      ['Avlämnar', 'Folkhälsomyndigheten'],
      ['Mottar', legalParty(region)],
      ['Arkivbildare', archiveCreator(region)],
      ['Avser', 'uppgifter ur Sminet 2, som avvecklas'],
      ['Ögonblicksbild', facts.snapshotAt],
    ] as const,
  areas: 'BESLUT OCH LEVERANS, OMRÅDE FÖR OMRÅDE',
  plan: (reference: string) => `Dokumenthanteringsplan: ${reference}`,
  table: (rows: number, bytes: number) => `${countedRecords(rows)}, ${formatNumber(bytes)} byte`,
  attachments: (count: number, bytes: number) => `${counted(count, 'bilaga', 'bilagor')} till daganteckningar, ${formatNumber(bytes)} byte`,
  subtotal: (files: number, rows: number, bytes: number) =>
    `Summa ${counted(files, 'fil', 'filer')}, ${countedRecords(rows)}, ${formatNumber(bytes)} byte`,
  totals: 'SUMMA FÖR PAKETETS DATA',
  totalRows: (total: { readonly files: number; readonly attachments: number; readonly rows: number; readonly bytes: number }) =>
    [
      ['Filer', `${formatNumber(total.files)}, varav bilagor ${formatNumber(total.attachments)}`],
      ['Poster', formatNumber(total.rows)],
      ['Byte', formatNumber(total.bytes)],
    ] as const,
  manifest: 'Kontrollsumma (SHA-256) för manifest-sha256.txt:',
  responsibility: 'ANSVAR',
  receipt: 'KVITTENS (fylls i av mottagaren)',
  receiptLines: [
    'Mottaget den',
    'Mottaget av',
    'Mottagarens diarienummer',
    'Avvikelse, om något inte stämmer',
    'SHA-256 för manifest-sha256.txt enligt egen kontroll',
  ],
  receiptChecks: ['Antal filer, poster och byte stämmer.', 'Paketet är kontrollerat och giltigt enligt BagIt.'],
  signatures: 'UNDERSKRIFTER',
  signers: (region: Region) => [
    `Mottagare, ${legalParty(region)}: ort och datum, underskrift, namnförtydligande`,
    'Avlämnare, Folkhälsomyndigheten: ort och datum, underskrift, namnförtydligande',
  ],
  returned: `Den underskrivna reversalen skickas till Sminet-förvaltningen. Frågor: ${CONTACT}.`,
} as const;

/** What the bag validator can find, by code. Paths are in the problem itself. */
export const bagProblems = {
  bagit_missing: 'Filen saknas, och utan den är mappen inget BagIt-paket.',
  bagit_invalid: 'bagit.txt följer inte BagIt.',
  data_missing: 'Mappen data saknas.',
  manifest_missing: 'Manifestet saknas.',
  manifest_malformed: 'Manifestet har en rad som inte är på rätt form, eller är ändrat.',
  algorithm_unknown: 'Manifestets kontrollsumma är av ett slag som inte kan räknas här.',
  path_unsafe: 'Sökvägen pekar ut ur paketet eller dit den inte får peka.',
  path_duplicate: 'Sökvägen står mer än en gång i manifestet.',
  not_a_file: 'Är varken fil eller mapp, eller är en länk.',
  file_unreadable: 'Filen går inte att läsa.',
  file_missing: 'Filen står i manifestet men finns inte i paketet.',
  file_surplus: 'Filen finns i paketet men står inte i manifestet.',
  checksum_mismatch: 'Filens innehåll stämmer inte med manifestet.',
  oxum_mismatch: 'Antal filer eller byte stämmer inte med Payload-Oxum i bag-info.txt.',
  oxum_missing: 'Payload-Oxum saknas i bag-info.txt.',
  datapackage_missing: 'datapackage.json saknas.',
  datapackage_invalid: 'datapackage.json går inte att läsa.',
  datapackage_file_missing: 'Filen beskrivs i datapackage.json men finns inte i paketet.',
  datapackage_undescribed: 'Tabellen beskrivs inte i datapackage.json.',
  datapackage_bytes: 'Filens storlek stämmer inte med datapackage.json.',
  datapackage_hash: 'Filens innehåll stämmer inte med kontrollsumman i datapackage.json.',
  datapackage_rows: 'Antalet poster stämmer inte med datapackage.json.',
  datapackage_header: 'Rubrikraden stämmer inte med kolumnerna i datapackage.json.',
} as const;

/** Said after a check of a bag that has no `datapackage.json`. */
export const bagWithoutDatapackage =
  'Paketet har ingen datapackage.json. Bara reglerna i BagIt är kontrollerade, inte tabellernas innehåll.';

/** What an area is, as the operator reads it: in the wizard and in `status`. */
export const stateNames: Readonly<Record<AreaState, string>> = {
  saknas: 'beslut saknas',
  beslutad: 'beslutat',
  exporteras: 'exporteras',
  skickas: 'skickas',
  pausad: 'pausad',
  avbruten: 'avbruten',
  overford: 'överförd, EJ VERIFIERAD',
  verifierad: 'verifierad',
  kvitterad: 'kvitterad',
  avvikelse: 'avvikelse',
  fel: 'fel',
};

// --- Screens -----------------------------------------------------------------------------------------------------

const clockTime = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', timeStyle: 'short' });

/** `område 3`, `område 3 och 7`. */
const areaNumbers = (ids: readonly AreaId[]): string => (ids.length === 7 ? 'alla sju områden' : `område ${listed(ids.map(String))}`);

/** Asked before a delivery is given up, on screen and at the command line. */
const abandonQuestion = (region: string): string =>
  `Ska leveransen till ${region} överges? Det som inte redan är publicerat publiceras inte, och nästa leverans blir en ny med ny export.`;

const days = (count: number): string => counted(count, 'dag', 'dagar');

/** Everything that the wizard shows, by screen. `keys` are the last row: at most seven, then help. */
export const screens = {
  back: 'Esc tillbaka',
  menuKeys: ['↑↓ välj', 'Enter kör', '? hjälp', 'q avsluta'],
  planning: (today: string) => `PLANERING ${today}`,
  step: (step: number) => `Steg ${step} av 6`,
  silent: (slug: string) => `Processen som gör leveransen svarar inte. Vad du gör: sminet-leverans folj ${slug}`,
  saveAnyway: 'Din ändring är inte sparad. Enter sparar den i alla fall, Esc lämnar det som nu gäller.',
  leaveForm: { question: 'Lämna utan att spara? j/n', keys: ['j lämna utan att spara', 'n eller Esc fortsätt fylla i'] },
  savedDecision: (at: Date, area: AreaId, missing: number) =>
    `Sparat ${clockTime.format(at)}: beslutet för område ${area}. ${missing === 0 ? 'Alla sju områden har beslut.' : `${counted(missing, 'område', 'områden')} saknar beslut.`}`,
  savedKvittens: (at: Date, region: string, hasDeviation: boolean) =>
    `Sparat ${clockTime.format(at)}: kvittensen från ${region}, ${hasDeviation ? 'med avvikelse' : 'utan avvikelse. Leveransen är kvitterad'}.`,

  answers: { gallra: 'Godkänd gallring', bevara: 'Bevara', langre_frist: 'Längre gallringsfrist' } satisfies Record<Answer, string>,
  answerLetters: { gallra: 'G', bevara: 'B', langre_frist: 'L' } satisfies Record<Answer, string>,
  answerShort: ({ answer, newEnd }: Decision) =>
    answer === 'gallra' ? 'Gallring beslutad' : answer === 'bevara' ? 'Bevara' : `Längre till ${newEnd?.slice(0, 4) ?? ''}`,
  statusWords: {
    kvitterad: 'kvitterad',
    verifierad: 'verifierad',
    overford: 'ej verifierad',
    avvikelse: 'avvikelse',
    andrad: 'beslut ändrat',
    pausad: 'pausad',
    avbruten: 'avbruten',
    fel: 'fel',
    skadad: 'skadad',
    gallring: 'gallring beslutad',
    beslutad: 'att granska',
    saknas: 'beslut saknas',
  },
  /** With its percent each has room in the Läge column of S1. */
  stageWords: { export: 'export', bag: 'packas', upload: 'skickas', verify: 'kontroll', publish: 'publiceras' } satisfies Record<
    Stage,
    string
  >,

  startChecks: {
    terminal: 'Terminal',
    settings: 'Inställningar',
    state: 'Sparat läge',
    source: 'Källdatabas',
    targets: 'Mål',
    host_keys: 'Värdnycklar',
    disk: 'Diskutrymme',
  },
  start: {
    title: 'Startkontroll',
    progress: (done: number, all: number) => (all === 0 ? '' : `Klart: ${done} av ${all}`),
    intro: 'Programmet kontrollerar att allt är på plats innan du börjar.',
    readingState: 'Det sparade läget läses in …',
    newState: 'Tillståndsmappen var tom. Inga beslut finns registrerade här ännu.',
    sources: 'Beslut kan registreras redan nu. Överföring kräver att mottagaren svarar.',
    readOnly: 'Programmet läser bara ur databaserna. Det raderar aldrig något där.',
    keys: ['Enter fortsätter', 'o kontrollera igen', 'l logg', '? hjälp', 'q avsluta'],
  },

  overview: {
    title: 'Översikt',
    region: 'Region',
    decisions: 'Svar',
    size: 'Storlek',
    status: 'Läge',
    reading: 'Läses in …',
    filter: 'Sök region:',
    noMatch: 'Ingen region stämmer. Esc visar alla.',
    noFailures: 'Ingen leverans har fel.',
    noReceipts: 'Regionen har ingen levererad leverans att kvittera.',
    empty: 'Inga beslut är registrerade ännu. Börja med Enter på en region.',
    damaged: (region: string) => `${region}: det sparade tillståndet är skadat. f visar vad som går att göra.`,
    failed: (region: string) => `${region}: leveransen slutade med fel. f visar felet.`,
    running: (count: number) => `${counted(count, 'leverans', 'leveranser')} arbetar i bakgrunden.`,
    allDone: 'Alla 21 regioner är kvitterade. Nästa: sminet-leverans gallringsunderlag',
    deadline: (day: string, since: number) =>
      `Sista svarsdag ${day}, ${since === 0 ? 'i dag' : since > 0 ? `${days(since)} sedan` : `om ${days(-since)}`}`,
    missingCell: (area: string, proposed: string, late: number) =>
      `${area}: saknas${late > 0 ? `, försenat ${days(late)}` : ''}. Fohms förslag ${proposed}.`,
    decidedCell: (area: string, decision: Decision, state: string) =>
      `${area}: ${[answerNames[decision.answer], decision.dnr, decision.date, state].filter(Boolean).join(', ')}.`,
    counts: (n: Readonly<Record<'kvitterade' | 'running' | 'gallring' | 'fel' | 'saknas', number>>) =>
      `Kvitterade ${n.kvitterade} · Pågår ${n.running} · Enbart gallring ${n.gallring} · Fel ${n.fel} · Saknar ${n.saknas}`,
    keys: ['↑↓←→ flytta', 'Enter öppna', '/ sök', 'f fel', 'k kvittens', '? hjälp', 'q avsluta'],
    filterKeys: ['Skriv en del av namnet', '↑↓ flytta', 'Enter öppna', 'Esc visa alla'],
  },

  region: {
    area: 'Område',
    decision: 'Beslut',
    dnr: 'Diarienummer',
    date: 'Datum',
    size: 'Storlek',
    missing: '– saknas –',
    decided: (count: number) => `Beslut: ${count} av 7`,
    toDeliver: 'Att leverera',
    delivered: 'Levererat',
    receipt: (bytes: number, rows: number, at: string) =>
      `${formatBytes(bytes)} med styrfiler, ${countedRecords(rows)}. Klart ${minuteOf(at)}.`,
    sizes: (decided: string | undefined, atMost: string | undefined, missing: readonly AreaId[]) => {
      if (!decided || !atMost) return 'Storleken räknas …';
      if (missing.length === 7) return `Inget är beslutat. Upp till ${atMost} om allt levereras.`;
      const more = missing.length === 0 ? '' : `, upp till ${atMost} om ${areaNumbers(missing)} levereras`;
      return `${decided} enligt besluten${more}.`;
    },
    within: (size: string) => `${size} (±10\u00a0%)`,
    todo: 'Kvar att göra',
    nextSteps: {
      missing: (missing: readonly AreaId[]) =>
        `Registrera beslut för ${areaNumbers(missing)}. Saknat beslut räknas aldrig som godkänd gallring.`,
      review: 'Granska leveransen med g.',
      nothingDelivered: 'Inget ska levereras: regionen har godkänt gallring för allt.',
      running: (word: string) => `Inget just nu. Leveransen pågår (${word}). Esc visar den.`,
      paused: 'Leveransen är pausad. Esc visar den, och där fortsätter p.',
      cut: 'Leveransen är avbruten. Esc visar den, och där fortsätter o.',
      damaged: 'Det sparade tillståndet är skadat.',
      failed: 'Leveransen slutade med fel. Esc visar felet och vad som går att göra.',
      changed: (slug: string) => `Beslut har ändrats efter leveransen. En ny görs med: sminet-leverans leverera ${slug} --ny`,
      notVerified:
        'Innehållet är inte verifierat. Be regionen kontrollera paketet, räkna manifestsumman och kvittera. Registrera svaret i Kvitton (Esc, sedan k).',
      awaiting: 'Vänta på regionens underskrivna kvittens. Den registreras i Kvitton (Esc, sedan k).',
      deviation: (slug: string) =>
        `Reda ut avvikelsen med regionen. Registrera sedan en ny kvittens i Kvitton (Esc, sedan k), eller leverera om: sminet-leverans leverera ${slug} --ny`,
      receipted: 'Inget för leveransen, den är kvitterad.',
    },
    mayDispose: (slug: string) => `Vad som får gallras i dag: sminet-leverans gallringsunderlag ${slug}`,
    gate: 'Gallringsspärr',
    gateReading: 'läses …',
    gateVerdict: (open: readonly AreaId[], shut: readonly AreaId[]) => {
      if (shut.length === 0) return 'Öppen för alla sju områden: inga hinder i dag.';
      if (open.length === 0) return 'Stängd för alla sju områden:';
      return `Öppen för ${listed(open.map(String))}, stängd för ${listed(shut.map(String))}:`;
    },
    gateAreas: (ids: readonly AreaId[], sentence: string) => `${ids.length === 7 ? 'Alla' : listed(ids.map(String))}: ${sentence}`,
    gateMore: (slug: string) => `Fler villkor visas av: sminet-leverans gallringsunderlag ${slug}`,
    nothingAbove: 'Det finns inget beslut ovanför att kopiera.',
    cannotReview: (missing: readonly AreaId[]) => `Granska går inte ännu: beslut saknas för ${areaNumbers(missing)}.`,
    alreadyDelivered: (bag: string, slug: string) => `Leveransen ${bag} finns redan. En ny görs med: sminet-leverans leverera ${slug} --ny`,
    keys: ['Enter ändra', 'i om området', 'c kopiera ovanför', 'g granska', '? hjälp', 'Esc tillbaka'],
  },

  decision: {
    isMissing: 'Beslut saknas',
    isDecided: 'Beslut finns',
    unchanged: 'Inget ändrades.',
    saving: 'Sparar …',
    answer: 'Beslut',
    answerNotes: {
      gallra: (proposed: string) => `Fohm gallrar, förslag ${proposed}`,
      bevara: () => 'levereras till regionen',
      langre_frist: () => 'levereras, ny frist anges',
    } satisfies Record<Answer, (proposed: string) => string>,
    nothingChosen: 'Inget är förvalt. Valet görs av regionen, inte av Fohm.',
    yours: 'Ditt, inte sparat',
    theirs: (by: string, at: string) => `${minuteOf(at)} av ${by}`,
    theirAnswer: (by: string, extra: string | undefined) => `${extra ? `${extra}, ` : ''}val av ${by}`,
    theirEnd: (newEnd: string) => `till ${newEnd}`,
    theirCards: (choice: string) => `korten ${choice}`,
    nothingTheirs: '–',
    supersedes: 'En ändring ersätter beslutet. Det gamla finns kvar i historiken.',
    cards: 'Patientkort',
    cardChoices: { levereras: 'levereras', gallras: 'gallras' },
    report: 'Rapport uttagen',
    reportAnswers: { ja: 'ja', nej: 'nej', vet_ej: 'vet ej' },
    date: 'Beslutsdatum',
    decidedBy: 'Beslutsfattare',
    newEnd: 'Ny frist',
    received: 'Inkom',
    dnr: 'Diarienummer',
    plan: 'Plan-referens',
    comment: 'Anteckning',
    dayHint: 'ÅÅÅÅ-MM-DD',
    newEndHint: (proposed: string) => `ÅÅÅÅ-MM-DD, senare än ${proposed}`,
    planHint: 'regionens dokumenthanteringsplan, kan vara tom',
    commentHint: 'inga personuppgifter',
    laterRules: 'Den senare dagen gäller.',
    responsibility: 'Vid Bevara eller Längre frist ansvarar regionen för den fortsatta förvaringen.',
    sizeUnknown: 'Storleken är inte uppskattad ännu. Beslut går att registrera ändå.',
    size: (rows: string, size: string, total: string | undefined) =>
      `Området har ${rows}, ${size}.${total ? ` Med det här svaret levereras sammanlagt ${total} till regionen.` : ''}`,
    keys: ['Tab nästa fält', '↑↓ flytta', 'Mellanslag välj', 'Enter spara', 'Esc ångra'],
  },

  review: {
    title: 'Granska',
    intro: 'Det här händer när du bekräftar:',
    delivers: 'Levereras',
    counting: 'Storleken räknas …',
    sizes: (count: number, rows: string, attachments: number | undefined, size: string) =>
      [counted(count, 'område', 'områden'), rows, attachments !== undefined && counted(attachments, 'bilaga', 'bilagor'), `${size}:`]
        .filter(Boolean)
        .join(', '),
    disposes: 'Gallring',
    disposedAreas: (ids: readonly AreaId[], cards: boolean) =>
      ids.length === 0 && !cards
        ? 'Inget område.'
        : [
            ...(ids.length > 0 ? [`beslutad för ${areaNumbers(ids)}.`] : []),
            ...(cards ? [CARDS_NOT_DELIVERED] : []),
            'Inget raderas av det här programmet.',
          ].join(' '),
    to: 'Till',
    readingTarget: 'läses …',
    target: (
      target: {
        readonly username: string;
        readonly host: string;
        readonly port: number;
        readonly path: string;
        readonly hostKeyKnown: boolean;
        readonly agent?: true;
      } | null,
    ) => {
      if (!target) return 'Målet saknas i inställningarna. Exporten görs, överföringen väntar.';
      const key = target.hostKeyKnown ? 'värdnyckeln är känd' : 'värdnyckeln är inte känd: inget skickas förrän den är godkänd';
      return `${target.username}@${target.host}:${target.port}${target.path}, ${key}${target.agent ? '. Inloggningen bygger på nyckelagenten: loggar du ut pausas överföringen' : ''}`;
    },
    bag: 'Paket',
    decisions: 'Beslut',
    noDnr: 'inget diarienummer angivet',
    unexpectedSize: 'Paketet är större än väntat (över 2 GiB). Det går att leverera ändå.',
    personalData: 'Paketet innehåller personuppgifter. Kontrollera att mottagaren är rätt region innan du går vidare.',
    typeName: 'Skriv regionens namn för att bekräfta:',
    matches: 'Namnet stämmer. Enter startar leveransen.',
    noMatchYet: 'Namnet stämmer inte ännu.',
    missed: (name: string, slug: string) =>
      /[åäö]/i.test(name)
        ? `Namnet stämmer inte. Saknas å, ä eller ö på tangentbordet: skriv ${slug}`
        : `Namnet stämmer inte. Det går också att skriva ${slug}`,
    inexact: (slug: string) => `Skriv exakt som ovan, stora och små bokstäver, eller ${slug}`,
    otherRegion: (typed: string, region: string) => `Du skrev ${typed}. Det här är ${region}.`,
    starting: 'Startar …',
    keys: ['Enter bekräfta (när namnet stämmer)', 'Esc tillbaka, inget har ändrats'],
    startingKeys: ['Esc tillbaka, starten fortsätter'],
  },

  delivery: {
    exportTitle: 'Export',
    uploadTitle: 'Överföring',
    export: 'Export',
    upload: 'Överföring',
    verify: 'Kontroll',
    verifying: (done: string) => `${done} återläst eller kontrollräknat, innan leveransen publiceras`,
    stageDone: 'klar',
    stageWaits: 'väntar',
    stageUnknown: 'påbörjad, hur långt den kommit visas när den fortsätter',
    progress: (done: string, total: string, rate: string | undefined, left: string | undefined) =>
      [`${done} av ${total}`, rate && `${rate}/s`, left && `klar om cirka ${left}`].filter(Boolean).join(' · '),
    area: 'Område',
    exported: 'Exporterat',
    uploaded: 'Överfört',
    verified: 'Kontrollerat',
    files: (count: number) => counted(count, 'fil', 'filer'),
    notDelivered: 'gallring beslutad, levereras inte',
    lastFile: (file: string, resumed: boolean) => `Senast klar: ${file}${resumed ? ' (återupptagen)' : ''}`,
    snapshot: 'Samma ögonblicksbild av databasen används för alla områden.',
    catchingUp: 'det som redan är skickat räknas in …',
    exportsAgain: 'Exporten görs om från början, ur en ny ögonblicksbild. En fil som blir likadan skickas inte om.',
    isCut: 'Leveransen är avbruten. Inget är förlorat. o fortsätter där den var.',
    isPaused: 'Leveransen är pausad. p fortsätter där den var.',
    pausing: 'Pausar. En export som pågår görs klar först.',
    retry: (reason: string, attempt: number, wait: string) =>
      `${reason} Försök ${attempt} om ${wait}. Det som mottagaren har tagit emot behålls.`,
    mayClose: (slug: string) => `Fönstret kan stängas, arbetet fortsätter. Följ det igen med: sminet-leverans folj ${slug}`,
    keys: (situation: 'running' | 'paused' | 'retry' | 'cut') => [
      ...(situation === 'retry' ? ['o försök nu'] : situation === 'cut' ? ['o fortsätt'] : []),
      ...(situation === 'cut' ? [] : [situation === 'paused' ? 'p fortsätt' : 'p pausa']),
      's stoppa',
      'b beslut',
      'l logg',
      '? hjälp',
      'Esc översikt',
    ],
  },

  receipts: {
    title: 'Kvitton',
    none: 'Inga kvitton ännu.',
    verified: 'Leveransen är överförd och innehållet är verifierat.',
    notVerified: 'EJ VERIFIERAD. Leveransen är överförd, men innehållet är inte kontrollerat.',
    totals: (files: number, bytes: number, rows: number, at: string) =>
      `${counted(files, 'fil', 'filer')}, ${formatNumber(bytes)} byte, ${countedRecords(rows)}. Klar ${minuteOf(at)}.`,
    area: 'Område',
    files: 'Filer',
    bytes: 'Byte',
    verifiedBy: 'Verifierat genom',
    how: {
      server: 'serverns SHA-256',
      full: 'återläsning, SHA-256',
      seam: 'bara skarvar',
      ack: 'bara serverns svar',
    } satisfies Record<Verification, string>,
    controlFiles: 'Styrfiler',
    bag: 'Paket',
    manifest: 'Manifest',
    reversal: 'Reversal',
    paperIn: (file: string) => `${file}, att skriva ut, på den här datorn i mappen`,
    next: 'Nästa steg',
    nextStep: (region: string) => `Skicka leveransreversalen till ${region} för underskrift. Registrera svaret med k.`,
    answer: 'Kvittens',
    acknowledged: ({ receivedOn, receivedBy, dnr, deviation }: Kvittens) =>
      `${receivedOn}, ${receivedBy}${dnr ? `, ${dnr}` : ''}.${deviation ? ` ! Avvikelse: ${deviation}` : ' Utan avvikelse.'}`,
    gateStays: 'Gallringsspärren är stängd tills kvittensen är registrerad.',
    gateDeviates: 'Gallringsspärren är stängd så länge avvikelsen kvarstår.',
    nextRegion: (region: string) => `Nästa region i listan: ${region}. n går dit.`,
    noNextRegion: 'Ingen annan region väntar på något.',
    keys: ['k registrera kvittens', 'v reversal', 'b beslut', 'n nästa', '? hjälp', 'Esc översikt'],
  },

  kvittens: {
    title: 'Registrera kvittens',
    intro: 'Fyll i det som står på den underskrivna leveransreversalen.',
    receivedOn: 'Mottaget den',
    receivedBy: 'Mottaget av',
    dnr: 'Diarienummer',
    file: 'Underskriven fil',
    fileHint: 'sökväg till den inskannade filen, kan vara tom',
    manifest: 'Manifestsumma',
    manifestHint: 'sha256 som regionen själv räknat, kan vara tom',
    agrees: 'Stämmer totalt',
    yes: ({ files, bytes }: { files: number; bytes: number }) => `Ja, ${counted(files, 'fil', 'filer')} och ${formatNumber(bytes)} byte`,
    yesPlain: 'Ja',
    no: 'Nej, avvikelse (beskriv den)',
    deviation: 'Avvikelse',
    deviationHint: 'inga personuppgifter',
    after: (region: string) =>
      `När kvittensen är sparad utan avvikelse är leveransen till ${region} kvitterad. Vad som då får gallras säger gallringsunderlag.`,
    problems: {
      receivedOn: 'Mottaget den ska vara en dag, ÅÅÅÅ-MM-DD.',
      future: (today: string) => `Mottaget den ligger efter i dag (${today}).`,
      receivedBy: 'Mottaget av saknas.',
      agrees: 'Svara om leveransen stämmer. Inget är förvalt.',
      deviation: 'Beskriv avvikelsen.',
      noDeviation: 'En avvikelse är beskriven, men svaret är ja. Välj ett av dem.',
    },
  },

  resume: {
    title: 'Återuppta',
    intro: 'Det här var inte klart när programmet startade.',
    nothingLost: 'Inget har gått förlorat.',
    nothing: 'Gå till översikten utan att starta något',
    resume: (region: string, word: string) => `Fortsätt leveransen till ${region} (${word})`,
    seeFailure: (region: string) => `Se varför leveransen till ${region} slutade med fel`,
    follow: (region: string, word: string) => `Följ leveransen till ${region}, den pågår (${word})`,
    log: 'Visa loggen',
    check: 'Det som finns hos mottagaren jämförs med lokala kontrollsummor innan överföringen fortsätter.',
  },

  error: {
    title: (code: number) => `Fel ${code}`,
    affects: 'Påverkar',
    safe: 'Orört',
    todo: 'Gör så här',
    question: 'Vad vill du göra?',
    back: 'Gå tillbaka, inget har ändrats',
    again: 'Försök igen',
    log: 'Visa loggen',
    keys: ['↑↓ välj', 'Enter kör', 'l logg', 'Esc tillbaka'],
  },
  hostKey: {
    unknownTitle: 'Okänd server',
    changedTitle: 'Serverns nyckel har ändrats',
    unknown: 'Servern är inte känd sedan tidigare. Inget har skickats, inte heller användarnamn eller nyckel.',
    server: 'Server',
    serverName: (host: string, port: string, region: string) => `${host}, port ${port} (${region})`,
    howToCompare:
      'Fingeravtrycket ska regionen ha lämnat på annat sätt än via den här servern. Det jämförs med serverns innan serverns visas.',
    typeFingerprint: 'Regionens fingeravtryck, SHA256: och 43 tecken:',
    noFingerprint: 'Det där är inget helt fingeravtryck: SHA256: och 43 tecken.',
    asking: 'Frågar servern …',
    differs: 'STOPP. Servern visar inte den nyckel som regionen har uppgett.',
    regions: 'Regionens',
    servers: 'Serverns',
    whenDiffers: 'Lita inte på servern. Ring regionen och fråga vilket fingeravtryck som gäller. Inget har skickats.',
    agrees: 'Serverns nyckel är den som regionen har uppgett.',
    type: 'Nyckeltyp',
    fingerprint: 'Fingeravtryck',
    saves: (region: string) => `Enter sparar nyckeln för ${region}. Starta sedan leveransen igen.`,
    saving: 'Sparar …',
    trusted: 'Värdnyckeln är sparad. Starta leveransen igen.',
    compareKeys: ['Enter jämför', 'Esc avbryt'],
    trustKeys: ['Enter lita på servern', 'Esc avbryt'],
    changed: 'STOPP. Servern visar en annan nyckel än förra gången. Det kan vara ett byte av server, eller någon som avlyssnar trafiken.',
    revoked: 'STOPP. Servern visar en nyckel som är spärrad (@revoked): den är känd som röjd eller utdömd.',
    saved: 'Sparad nyckel',
    stopped: 'Överföringen är stoppad. Inget skickas dit. Den kan inte fortsätta här.',
    changedSteps: ({ code, slug }: Region, { keyIn, host, port }: ErrorFacts) => [
      '1. Ring regionen och fråga om nyckeln har bytts.',
      ...(keyIn === 'settings'
        ? ['2. Be driften skriva den nya nyckeln i inställningarna:', `   targets.${code}.hostKey`]
        : [
            '2. Be driften ta bort den gamla nyckeln:',
            `   sminet-leverans vardnyckel ta-bort ${slug}`,
            '   och ur ~/.ssh/known_hosts, om den står där:',
            `   ssh-keygen -R ${port === 22 ? host : `"[${host}]:${port}"`}`,
          ]),
      '3. Starta överföringen igen och jämför det nya fingeravtrycket.',
    ],
    revokedSteps: [
      '1. Ring regionen: servern använder en nyckel som inte längre får användas.',
      '2. Starta överföringen igen när nyckeln är bytt.',
    ],
    changedKeys: ['Esc tillbaka', 'l logg', 'q avsluta'],
  },
  secret: {
    title: 'Inloggning',
    kept: 'Det som skrivs visas inte, sparas inte och finns bara i minnet hos den process som för över. Efter en minut utan svar pausas leveransen.',
    agent: (slug: string) =>
      `Logga in med nyckelagenten i en annan terminal (ssh -A) och kör där: sminet-leverans folj ${slug}. Efter en minut utan svar pausas leveransen.`,
    keys: ['Enter skicka till den som väntar', 'Esc pausa utan att svara'],
    agentKeys: ['Esc pausa utan att svara'],
  },
  failure: {
    unknown: (code: string | undefined) =>
      `Leveransen slutade med ett fel som den här versionen inte känner till${code ? ` (${code})` : ''}. Loggen säger mer.`,
    leave: 'Lämna den så länge, den visas som fel i översikten',
    resume: 'Försök igen, fortsätt där den var',
    keys: ['↑↓ välj', 'Enter kör', 'b beslut', 'l logg', '? hjälp', 'Esc översikt'],
  },

  quit: {
    title: 'Avsluta',
    intro: 'Det här pågår:',
    nothing: 'Inget pågår längre. Allt är sparat.',
    more: (count: number) => `och ${counted(count, 'leverans', 'leveranser')} till`,
    question: 'Hur vill du göra?',
    stay: 'Stanna kvar',
    leave: 'Stäng fönstret, arbetet fortsätter',
    leaveIdle: 'Avsluta',
    pause: 'Pausa och avsluta (fortsätter där det var nästa gång)',
    keys: ['↑↓ välj', 'Enter kör', 'Esc stanna kvar', 'Ctrl-C igen avslutar'],
  },
  stop: {
    title: 'Stoppa leveransen',
    intro: (region: string, isRunning: boolean) =>
      `${abandonQuestion(region)} ${isRunning ? 'Vill du bara göra uppehåll: gå tillbaka och välj p pausa.' : 'Annars ligger den kvar och kan fortsätta senare.'}`,
    goOn: 'Låt leveransen fortsätta',
    keep: 'Behåll leveransen som den är',
    stop: 'Stoppa och överge leveransen',
    keys: (isRunning: boolean) => ['↑↓ välj', 'Enter kör', isRunning ? 'Esc låt den fortsätta' : 'Esc behåll den'],
  },

  pager: {
    log: 'Logg',
    reversal: 'Leveransreversal',
    reading: 'Läses in …',
    empty: 'Här finns inget ännu.',
    where: (from: number, to: number, all: number) => `Rad ${from}–${to} av ${all}`,
    keys: ['↑↓ rad', 'PgUp PgDn sida', 'Home End', '? hjälp', 'Esc tillbaka'],
  },

  help: {
    title: 'Hjälp',
    close: 'Esc stänger',
    keyRows: [
      ['Flytta', 'Välja och ändra', 'Alltid'],
      ['↑ ↓    rad', 'Enter       öppna, spara', '?       den här hjälpen'],
      ['← →    område', 'Mellanslag  välj svar', 'l       loggen'],
      ['PgUp PgDn  sida', 'Tab         nästa fält', 'q       avsluta'],
      ['Home End', 'c           kopiera beslut', 'Esc     tillbaka'],
      ['1–7    till område', 'g           granska', 'Ctrl-L  rita om skärmen'],
      ['/      sök region', 'k           kvittens', 'Ctrl-C  avsluta'],
    ],
    marks: 'Tecken i översikten',
    markRows: [
      ['–  beslut saknas', 'G  godkänd gallring', '·  beslutat, väntar'],
      ['~  uppskattat', 'B  bevara, levereras', '>  exporteras'],
      ['!  fel', 'L  längre frist,', '^  skickas'],
      ['=  pausad eller avbruten', '   levereras', 'v  verifierad'],
      ['?  ej verifierad', '', '✓  kvitterad av regionen'],
    ],
    promises: (contact: string) => [
      'Inget raderas eller börjar skickas utan en fråga. o och p fortsätter.',
      'Enter svarar aldrig ja på en fråga som inte går att ångra.',
      `Frågor: ert regionarkiv eller ${contact}.`,
    ],
  },

  small: {
    size: (columns: number, rows: number) => `Fönstret är för litet: ${columns} × ${rows}.`,
    needed: (columns: number, rows: number) => `Det behövs minst ${columns} × ${rows}.`,
    enlarge: 'Gör fönstret större så fortsätter programmet av sig självt. Export och överföring påverkas inte.',
    quit: 'q avsluta',
  },

  summary: {
    running: (region: string, status: string, slug: string) =>
      `${region}: ${status}. Arbetet fortsätter. Följ det med: sminet-leverans folj ${slug}`,
    saved: 'Allt är sparat. Läget utan guide: sminet-leverans status',
  },
};

// --- Commands ----------------------------------------------------------------------------------------------------

/** The program's own help: usage and one line per command, by the names of `command-table.ts`. */
export const commands: Readonly<
  Record<string, { readonly usage: string; readonly summary: string; readonly details?: readonly string[] }>
> = {
  kontrollera: {
    usage: '[REGION]',
    summary: 'kontrollera inställningar, sparat läge, källa, mål, värdnycklar och disk',
  },
  info: { usage: '', summary: 'var allt finns, varifrån varje inställning kommer och vad som ska säkerhetskopieras' },
  omraden: { usage: '', summary: 'de sju områdena med förklaringar' },
  'beslut satt': {
    usage: 'REGION OMRÅDE --val gallra|bevara|langre_frist --datum D --beslutsfattare T',
    summary: 'registrera regionens beslut för ett område',
    details: [
      '--val VAL               gallra, bevara eller langre_frist; inget är förvalt',
      '--datum ÅÅÅÅ-MM-DD      beslutets datum',
      '--beslutsfattare TEXT   vem i regionen som beslutade',
      '--dnr TEXT              beslutets diarienummer, krävs för gallra',
      '--inkom ÅÅÅÅ-MM-DD      dagen då beslutet kom in till Fohm',
      '--ny-frist ÅÅÅÅ-MM-DD   regionens egen frist, bara med langre_frist',
      '--patientkort VAL       område 2: levereras eller gallras',
      '--rapport-uttagen VAL   område 2: ja, nej eller vet_ej (förval vet_ej)',
      '--plan TEXT             hänvisning till regionens dokumenthanteringsplan',
      '--brev FIL              beslutsbrevet; bara dess SHA-256 sparas',
      '--kommentar TEXT        inga personuppgifter',
    ],
  },
  'beslut visa': { usage: '[REGION]', summary: 'visa registrerade beslut' },
  uppskatta: {
    usage: '[REGION] [--exakt]',
    summary: 'uppskatta leveransens storlek',
    details: ['--exakt                 räkna exakt i databasen; tar ungefär halva exportens tid'],
  },
  leverera: {
    usage: 'REGION --bekrafta NAMN',
    summary: 'starta eller återuppta regionens leverans och följ den till slutet',
    details: [
      '--bekrafta NAMN         regionens namn, exakt; i terminal frågar programmet annars',
      '-n, --torrkorning       visa hela planen, skriv ingenting någonstans',
      '--forgrund              gör arbetet i den här processen',
      '--ny                    ny leverans trots att en är klar',
      '--max-offline TID       hur länge försöken fortsätter utan kontakt, t.ex. 24h, 10m',
    ],
  },
  folj: { usage: 'REGION', summary: 'följ en leverans som pågår' },
  pausa: { usage: 'REGION', summary: 'pausa leveransen; en export som pågår görs klar först' },
  fortsatt: { usage: 'REGION', summary: 'fortsätt en pausad eller avbruten leverans' },
  stoppa: {
    usage: 'REGION',
    summary: 'överge leveransen; nästa leverera gör en ny',
    details: ['--ja                    fråga inte; utan terminal frågas aldrig'],
  },
  kvitton: { usage: '[REGION]', summary: 'kvitton på genomförda leveranser' },
  kvittera: {
    usage: 'REGION --mottaget D --av T',
    summary: 'registrera regionens underskrivna kvittens',
    details: [
      '--mottaget ÅÅÅÅ-MM-DD   dagen då regionen tog emot leveransen',
      '--av TEXT               vem som kvitterade',
      '--dnr TEXT              regionens diarienummer',
      '--fil FIL               den underskrivna reversalen; bara dess SHA-256 sparas',
      '--avvikelse TEXT        vad som inte stämmer; spärren förblir stängd',
      '--manifest SHA256       kontrollsumman för manifest-sha256.txt som regionen själv har verifierat',
    ],
  },
  gallringsunderlag: {
    usage: '[REGION] [--per D] [--csv]',
    summary: 'vad som får gallras, och varje villkor som inte är uppfyllt',
    details: ['--per ÅÅÅÅ-MM-DD        räkna som om det vore denna dag (planering)', '--csv                   tabell i stället för text'],
  },
  status: { usage: '[REGION] [--csv]', summary: 'läget för alla regioner och områden' },
  'vardnyckel visa': { usage: 'REGION', summary: 'visa den värdnyckel som servern visar och den som är känd' },
  'vardnyckel lita': {
    usage: 'REGION --fingeravtryck SHA256:…',
    summary: 'lita på serverns värdnyckel, när regionens uppgift stämmer med den',
  },
  'vardnyckel ta-bort': { usage: 'REGION', summary: 'glöm den sparade värdnyckeln' },
  verifiera: { usage: 'MAPP', summary: 'läs tillbaka ett paket och kontrollera det; kräver inga inställningar' },
  rensa: { usage: 'REGION', summary: 'ta bort lokala filer för kvitterade leveranser och rester av stoppade' },
};

/** `--help`. */
export const help = {
  title: 'Sminet-leverans: beslut, leverans och bevis inför avvecklingen av Sminet 2',
  usage: 'Användning',
  wizard: 'sminet-leverans                  guiden (i en terminal)',
  command: 'sminet-leverans KOMMANDO …     ett kommando, se nedan',
  commands: 'Kommandon',
  options: 'Flaggor',
  region: 'REGION är länskod, kortnamn eller namn: 12, skane eller "Region Skåne".',
  global: [
    '--config FIL            inställningar (även SMINET_CONFIG)',
    '--today ÅÅÅÅ-MM-DD      räkna som om det vore denna dag; allt märks PLANERING',
    '--json                  ett JSON-dokument, eller ett objekt per rad för långa arbeten',
    '--utan-fragor           fråga aldrig; ett svar som saknas blir felkod 2',
    '--ja                    ja på vanliga frågor, aldrig på värdnyckel, namn eller en andra person',
    '-q, -v                  tystare, utförligare',
    '--no-color, --ascii     utan färg, utan andra tecken än ASCII och å ä ö',
    '-h, --help, --version   den här hjälpen, programmets version',
  ],
  exits: 'Slutkoder',
  /** Each fits in 80 columns with its indentation. */
  exitCodes: [
    '0 klart · 1 fel i programmet · 2 felaktig användning eller svar som saknas',
    '3 delvis klart, inget ofullständigt publicerat · 4 beslut saknas eller ändrade',
    '5 inget att göra · 10 inställningar · 11 upptaget · 12 databas',
    '13 SFTP eller inloggning · 14 värdnyckel · 15 kontrollsumma · 16 diskutrymme',
    '17 behörighet · 18 namnet finns redan på servern · 19 paketet är inte giltigt',
    '20 kräver en annan person · 129, 130, 143 avbrutet av signal',
  ],
  contact: 'Frågor om besluten: regionarkivet eller arkiv@folkhalsomyndigheten.se.',
} as const;

/** The words of `kvitto.txt` and of the receipt on screen. */
const verificationNames: Readonly<Record<Verification, string>> = {
  server: 'kontrollsumma beräknad på servern, SHA-256',
  full: 'full återläsning, SHA-256',
  seam: 'EJ INNEHÅLLSVERIFIERAD (bara skarvarna är återlästa)',
  ack: 'EJ INNEHÅLLSVERIFIERAD (bara serverns svar)',
};

/** `kvitto.txt`: what was delivered, where and how it was proven. Bytes are exact; attachments are counted, not named (D13). */
export function receiptText(receipt: Receipt): string {
  const region = regionOf(receipt.region);
  const row = (label: string, value: string | number): string =>
    `${label.padEnd(18)}${typeof value === 'number' ? formatNumber(value) : value}`;
  return [
    `KVITTO  ${receipt.bag}`,
    '',
    row('Mottagare', `${region.name} (${region.code})`),
    row('Server', `${receipt.target.username}@${receipt.target.host}:${receipt.target.port}`),
    row('Plats', receipt.remotePath),
    row('Värdnyckel', receipt.target.hostKey),
    row('Publicerat', receipt.publishedAt),
    row('Ögonblicksbild', receipt.snapshotAt),
    row('Operatör', receipt.operator),
    '',
    row('Filer', receipt.files),
    row('Byte', receipt.bytes),
    row('Poster', receipt.rows),
    row('Bilagor', `${formatNumber(receipt.attachments.count)} (${formatNumber(receipt.attachments.bytes)} byte)`),
    row('Sänt', `${formatNumber(receipt.bytesSent)} byte, varav ${formatNumber(receipt.bytesResent)} om igen`),
    row('Verifierat genom', verificationNames[receipt.verification]),
    ...receipt.notes.map((note) => row('Anmärkning', transferNotes[note] ?? note)),
    '',
    ...receipt.areas.map((area) => {
      const tables = receipt.tables.filter((table) => table.area === area);
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      return `Område ${area}  ${areas[area].short}: ${counted(tables.length, 'fil', 'filer')}, ${countedRecords(rows)}`;
    }),
    ...receipt.undistributed
      .filter(({ rows }) => rows > 0)
      .map(({ view, rows }) => `Ej fördelade rader i källan, inte levererade: ${view} ${formatNumber(rows)}`),
    '',
    'SHA-256 för manifest-sha256.txt',
    `  ${receipt.manifestSha256}`,
    'SHA-256 för tagmanifest-sha256.txt',
    `  ${receipt.tagManifestSha256}`,
    'Revisionsloggens huvud',
    `  ${receipt.auditHead}`,
    '',
    'Gallringsspärren öppnas först när regionens underskrivna kvittens är registrerad.',
    '',
  ].join('\n');
}

const MOST_BAGS_SHOWN = 10;

/** Of a delivery that was given up, and what there is to do then. */
const givenUp = (code: string): string =>
  `är stoppad och övergiven. Nästa leverera gör en ny. Det som den lämnade tas bort med sminet-leverans rensa ${code}`;

/** Words that several commands print. */
export const commandText = {
  newState: (dir: string) => `OBS: ${dir} är ett nytt, tomt läge. Inga tidigare beslut eller leveranser är kända.`,
  decisionSaved: (region: string, area: number, decided: number) =>
    `Sparat. ${region}, område ${area}. Regionen har ${decided} av 7 beslut.`,
  assumedCards: ({ choice, reportTaken }: Partial<CardsChoice>) =>
    `Inte angivet, och därför antaget: ${listed([
      ...(choice ? [`patientkorten ${choice} (--patientkort ${choice})`] : []),
      ...(reportTaken ? [`om en rapport är uttagen är inte känt (--rapport-uttagen ${reportTaken})`] : []),
    ])}. Stämmer det inte: registrera beslutet igen med rätt flagga.`,
  confirm: (region: string) => `Skriv regionens namn för att bekräfta (${region}): `,
  startedWorker: (code: string) =>
    `Leveransen arbetar i en egen process. Fönstret kan stängas, arbetet fortsätter. Följ den igen med: sminet-leverans folj ${code}`,
  interrupted: ({ code, name }: Region, latest: DeliverySummary | undefined) => {
    const isOpen = latest && latest.outcome !== 'done' && latest.outcome !== 'stopped';
    const left = isOpen
      ? `Leveransen ${latest.bag} är avbruten. Inget ofullständigt är publicerat. ${
          latest.stage === 'export' ? 'Exporten görs om från början' : 'Det som servern har kvitterat behålls'
        }. Fortsätt`
      : 'Avbrutet innan någon leverans påbörjades. Börja om';
    return `${left} med: sminet-leverans leverera ${code} --forgrund --bekrafta "${name}"`;
  },
  goesOn: (code: string) =>
    [
      `Leveransen går vidare i en egen process. Följ den igen med: sminet-leverans folj ${code}`,
      `Ska den göra uppehåll: sminet-leverans pausa ${code}`,
    ].join('\n'),
  isAtRest: (code: string) => `Ingen process arbetar på leveransen längre. Se hur den står med: sminet-leverans status ${code}`,
  pauseAsked: 'Paus begärd. En export som pågår görs klar först.',
  stopQuestion: abandonQuestion,
  notStopped: 'Inget är stoppat. Leveransen är som den var.',
  stopAsked: 'Stopp begärt.',
  stopped: (id: string, code: string) => `Leveransen ${id} ${givenUp(code)}`,
  stoppedAtPublishing: 'Den avbröts vid publiceringen: paketet kan redan ligga hos mottagaren. Titta där, och säg till regionen.',
  receiptSaved: (bag: string, hasDeviation: boolean, isAgain: boolean) =>
    [
      `Kvittensen för ${bag} är registrerad, ${hasDeviation ? 'MED AVVIKELSE. Gallringsspärren är stängd.' : 'utan avvikelse. Vad som nu får gallras säger gallringsunderlag.'}`,
      ...(isAgain ? ['Den gäller i stället för den som registrerades tidigare.'] : []),
    ].join(' '),
  kvittens: ({ receivedOn, receivedBy, deviation }: Kvittens) =>
    `Kvittens: mottaget ${receivedOn} av ${receivedBy}, ${deviation ? `avvikelse: ${deviation}` : 'utan avvikelse'}.`,
  noKvittens: 'Kvittens: ingen är registrerad.',
  reversal: (path: string) => `Leveransreversal, att skriva ut och skicka till regionen för underskrift: ${path}`,
  noReceipts: 'Inga kvitton ännu.',
  yesNo: ' (j/n): ',
  bagValid: (files: number, bytes: number, rows: number) =>
    `Paketet är komplett och giltigt: ${counted(files, 'fil', 'filer')}, ${formatNumber(bytes)} byte, ${countedRecords(rows)}.`,
  bagNotValid: 'Paketet är inte giltigt.',
  bagsInside: (bags: readonly string[]) => {
    const shown = bags.slice(0, MOST_BAGS_SHOWN);
    const more = bags.length > shown.length ? [`… och ${formatNumber(bags.length - shown.length)} till`] : [];
    const which = bags.length === 1 ? 'paketet' : `ett av de ${formatNumber(bags.length)} paketen`;
    return [`Mappen är inget paket. Kör verifiera på ${which} i den:`, ...[...shown, ...more].map((line) => `  ${line}`)].join('\n');
  },
  missingDecision: '– saknas –',
  withoutCards: 'patientkorten gallras',
  /** How a worker ended that was asked to, by `Ending`. */
  ended: (code: string) => ({
    paused: 'Leveransen är pausad. Det servern har kvitterat behålls.',
    stopped: `Leveransen ${givenUp(code)}`,
    done: 'Leveransen hann bli klar.',
    failed: 'Leveransen tog slut med ett fel. Se status.',
  }),
} as const;

const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  export: 'Exporterar',
  bag: 'Gör paketet',
  upload: 'Överför',
  verify: 'Verifierar',
  publish: 'Publicerar',
};

const FILE_DONE = { export: 'Exporterad', upload: 'Överförd', verify: 'Verifierad' } as const;

/** One event of a delivery as one line of text, without anything that moves. */
export function eventLine(event: DeliveryEvent): string {
  switch (event.type) {
    case 'plan':
      return `Leverans ${event.bag}. Områden ${event.areas.join(', ')}. Cirka ${formatBytes(event.estimate.bytes)}.`;
    case 'status': {
      const percent = event.totalBytes === 0 ? 100 : Math.floor((event.bytes / event.totalBytes) * 100);
      const rate = event.rate === null ? '' : `, ${formatBytes(event.rate)}/s`;
      return `${STAGE_NAMES[event.stage]}: ${percent} procent, ${formatBytes(event.bytes)} av ${formatBytes(event.totalBytes)}${rate}.`;
    }
    case 'file': {
      const rows = event.rows > 0 ? `, ${countedRecords(event.rows)}` : '';
      return `${FILE_DONE[event.stage]}: ${event.file}, ${formatNumber(event.bytes)} byte${rows}${event.resumed ? ' (återupptagen)' : ''}.`;
    }
    case 'retry':
      return `Kontakten med servern bröts. Nytt försök om ${formatDuration(event.wait)}, försök ${event.attempt}. Det servern har kvitterat behålls.`;
    case 'credentials':
      return event.isOver ? secretText.isOver : `${secretText.waits(event)} Leveransen väntar en minut på svar.`;
    case 'result':
      return [
        `Klar. ${counted(event.files, 'fil', 'filer')}, ${formatNumber(event.bytes)} byte och ${countedRecords(event.rows)} i ${event.remotePath}.`,
        event.contentVerified ? `Verifierad genom ${verificationNames[event.verification]}.` : `${verificationNames[event.verification]}.`,
        `Kvitto: ${event.receipt}`,
        'Gallringsspärren öppnas först när regionens kvittens är registrerad.',
      ].join('\n');
    case 'error':
      return event.message;
  }
}

/** Lines of the log that are not a delivery's events. */
export const logText = {
  bug: (kind: string) => `Ett fel i programmet (${kind}). Spåret står i loggfilen.`,
  withheld: (what: string) => `Något i programmet ville skriva på skärmen (${what}) och hölls undan. Spåret står i loggfilen.`,
  unknown: (type: string) => `En händelse som den här versionen inte känner till (${type}).`,
  hidden: 'Annan text, som bara visas i loggfilen.',
} as const;

/** `status`. */
export const statusText = {
  planning: (today: string) => `PLANERING: räknat som om det vore ${today}.`,
  csvHeader: ['länskod', 'område', 'beslut', 'läge'],
  region: (name: string, code: string, decided: number) => `${name} (${code}), ${decided} av 7 beslut`,
  damaged: (name: string, code: string, what: string) => `${name} (${code}), SKADAD: ${what}`,
  silent: (code: string) => `  Processen som arbetar med regionen svarar inte. Vad du gör: sminet-leverans folj ${code}`,
  area: (area: AreaId, short: string, decision: Decision | undefined, state: AreaState, late: number) => {
    const answer = decision ? answerNames[decision.answer] : '–';
    const lateness = late === 0 ? '' : `  försenat ${formatNumber(late)} ${late === 1 ? 'dag' : 'dagar'}`;
    return `  ${area}  ${short.padEnd(22)}  ${answer.padEnd(22)}  ${stateNames[state]}${lateness}`;
  },
} as const;

/** `info`. */
export const infoText = {
  program: (version: string) => `Sminet-leverans ${version}`,
  settings: 'Inställningar',
  state: 'Sparat läge',
  staging: 'Paket byggs i',
  audit: 'Revisionslogg',
  source: 'Källa Sminet 2',
  epiark: 'Källa EpiArk',
  target: (code: string) => `Mål ${code}`,
  origins: 'Varifrån inställningarna kommer',
  origin: { flag: 'flaggan --config', env: 'SMINET_CONFIG', file: 'filen', default: 'förval' },
  backUp: (paths: readonly string[]) => `Säkerhetskopiera: ${paths.join(' och ')}`,
} as const;

const gradeMark = (grade: Grade): string => (grade === 'exact' ? '=' : '~');

/** `uppskatta`: `=` is exact to the byte, `~` is an estimate. */
export const estimateText = {
  region: (name: string, code: string, bytes: number, grade: Grade) => `${name} (${code}): ${gradeMark(grade)}${formatBytes(bytes)}`,
  area: (area: AreaId, short: string, rows: number, bytes: number, grade: Grade) =>
    `  ${area}  ${short.padEnd(22)}  ${gradeMark(grade)}${formatBytes(bytes)}, ${gradeMark(grade)}${countedRecords(rows)}`,
} as const;

/** `gallringsunderlag`. */
export const gateText = {
  csvHeader: ['länskod', 'område', 'får gallras', 'ouppfyllda villkor'],
  verdict: (allowed: boolean) => (allowed ? 'får gallras' : 'FÅR INTE GALLRAS'),
  heading: (today: string, planning: boolean) => [
    `Gallringsunderlag ${today}${planning ? '  PLANERING' : ''}`,
    'Gäller den dag det gjordes. Programmet gallrar ingenting.',
    'Rättslig grund (fylls i av Fohm): ______________________________',
  ],
  noClock: 'Klockan i databasen för Sminet 2 kunde inte läsas. Att ett datum är nått vilar bara på den här datorns klocka.',
  notCounted: 'Raderna kunde inte räknas i alla databaser och vyer. Antalet är inte jämfört med det som är levererat.',
  undistributed: 'Ej fördelade rader, som inte hör till någon region',
  undistributedArea: (area: AreaId, rows: number | null, allowed: boolean) =>
    `  ${area}  ${areas[area].short.padEnd(22)}  ${gateText.verdict(allowed)}  ${rows === null ? 'antalet är okänt' : counted(rows, 'rad', 'rader')}`,
  footer: ['', `Frågor: regionarkivet eller ${CONTACT}.`],
} as const;

/** What a login lacks, and who is asked for it. */
export const secretText = {
  waits: ({ reason, subject }: SecretNeed) =>
    ({
      passphrase: `Inloggningen behöver lösenfrasen till nyckeln ${subject}.`,
      password: `Inloggningen som ${subject} behöver ett lösenord.`,
      agent: `Inloggningen behöver nyckelagenten (ssh-agent) för ${subject}, och den svarar inte eller saknar nyckeln.`,
    })[reason],
  isOver: 'Inloggningen väntar inte längre på svar.',
  question: ({ reason, subject, prompt, isRetry }: SecretNeed) => {
    const asked = reason === 'passphrase' ? `Lösenfras till nyckeln ${subject}` : `${prompt || 'Lösenord'} (${subject})`;
    return `${isRetry ? 'Det stämde inte. ' : ''}${asked}: `;
  },
} as const;

/** `vardnyckel`. */
export const hostKeyText = {
  server: (host: string, port: number) => `Värdnycklar på ${host}, port ${port}`,
  shown: (type: string, fingerprint: string, known: boolean) =>
    `  servern visar  ${type.padEnd(20)} ${fingerprint}${known ? '  känd' : '  OKÄND'}`,
  pinned: (fingerprint: string) => `  känd           ${fingerprint}`,
  revoked: (type: string, fingerprint: string) => `  servern visar  ${type.padEnd(20)} ${fingerprint}  SPÄRRAD (@revoked)`,
  proven: (type: string, fingerprint: string) => `  servern bevisar ${type.padEnd(19)} ${fingerprint}  kan läggas till med vardnyckel lita`,
  unknown: '  Ingen nyckel är känd. Inget skickas förrän regionens uppgift har jämförts: sminet-leverans vardnyckel lita',
  askFingerprint: 'Fingeravtrycket som regionen har lämnat på annat sätt än via servern: ',
  target: (account: string, path: string) => `Målet är ${account}, sökväg ${path}`,
  confirmed: (region: string) => `Fingeravtryck och sökväg är bekräftade för ${region} av två personer.`,
  trusted: (region: string) => `Värdnyckeln är sparad för ${region}.`,
  removed: (count: number) => {
    if (count === 0) return 'Det fanns ingen sparad nyckel.';
    return count === 1 ? '1 sparad nyckel är borttagen.' : `${formatNumber(count)} sparade nycklar är borttagna.`;
  },
} as const;

/** `rensa`. */
export const cleanText = {
  question: (bag: string, stopped: boolean) =>
    stopped
      ? `Ta bort lokala filer och rester på servern för den stoppade leveransen ${bag}?`
      : `Ta bort de lokala filerna för ${bag}? Leveransen är kvitterad, och på servern rörs inget.`,
  removed: (bag: string, parts: number) => `Borttaget: lokala filer för ${bag}${parts > 0 ? ' och resterna på servern' : ''}.`,
  damaged: (journal: string, line: number, bag: string) =>
    `Överföringsjournalen ${journal} är skadad på rad ${line}. Det som de hela raderna nämner är borttaget på servern. Kan mer ligga kvar: be den som sköter servern leta efter en mapp vars namn börjar med .${bag}.`,
  nothing: (region: string) =>
    `Det finns inget att rensa för ${region}. Lokala filer tas bort först när leveransen är kvitterad eller stoppad.`,
} as const;

/** `leverera --torrkorning`. */
export const dryRunText = {
  heading: (bag: string, planningDay: string | undefined) =>
    `TORRKÖRNING ${bag}${planningDay ? `  PLANERING, räknat som om det vore ${planningDay}` : ''}`,
  isNew: 'leverera gör en ny leverans.',
  exists: {
    resume: ({ outcome, stage, startedAt, endedAt }: DeliverySummary) =>
      `leverera fortsätter leveransen från ${minuteOf(startedAt)}, som ${
        outcome === 'cut' ? 'är avbruten' : `${outcome === 'paused' ? 'är pausad sedan' : 'slutade med ett fel'} ${minuteOf(endedAt)}`
      }. ${stage === 'export' ? 'Exporten görs från början.' : 'Exporten är gjord och görs inte om.'}`,
    follow: ({ startedAt }: DeliverySummary) =>
      `leverera följer leveransen från ${minuteOf(startedAt)}, som redan pågår, och startar ingen ny.`,
    nothing: ({ endedAt }: DeliverySummary) =>
      `Leveransen är klar sedan ${minuteOf(endedAt)}. leverera visar resultatet igen och skickar inget. En ny leverans görs med --ny.`,
  },
  target: (to: string | null) =>
    `Till: ${to ?? 'målet saknas i inställningarna. Exporten görs, och leveransen väntar sedan på det (felkod 10).'}`,
  total: (rows: number, bytes: number) => `Cirka ${countedRecords(rows)}, cirka ${formatBytes(bytes)}`,
  cardsNotDelivered: CARDS_NOT_DELIVERED,
  nothingWritten: 'Inget har skrivits eller skickats.',
} as const;

/** `kontrollera`, and S0. */
export const checkText = {
  labels: {
    terminal: 'Terminal',
    settings: 'Inställningar',
    state: 'Sparat läge',
    source: 'Källdatabas',
    targets: 'Mål',
    hostKeys: 'Värdnycklar',
    disk: 'Diskutrymme',
  },
  row: (state: 'ok' | 'warning' | 'failed', label: string, detail: string) =>
    `${{ ok: '✓', warning: '!', failed: 'FEL' }[state].padEnd(4)}${label.padEnd(26)}  ${detail}`,
  finding: (text: string) => `      ${text}`,
  state: (dir: string, lines: number) => `${dir}, revisionsloggen är hel (${formatNumber(lines)} rader)`,
  terminal: (columns: number, rows: number, ascii: boolean) =>
    `${columns} × ${rows} tecken, ${ascii ? 'ASCII (--ascii, eller LANG utan UTF-8)' : 'UTF-8'}`,
  withRemarks: (detail: string, count: number) => `${detail} · ${counted(count, 'anmärkning', 'anmärkningar')}, se kontrollera`,
  newState: (dir: string) => `${dir} är ett NYTT, TOMT läge. Inga tidigare beslut är kända.`,
  passwordInUrl: 'Databasens lösenord står i inställningarna. Lägg det hellre i ~/.pgpass.',
  source: (version: string, views: number) => `PostgreSQL ${version}, ${views} vyer, bara läsning`,
  targets: (named: number, regions: number) => `${named} av ${regions} regioner är angivna i inställningarna`,
  targetsMissing: 'En region utan mål kan exporteras men inte skickas.',
  hostKeys: (known: number, named: number) => `${known} av ${named} är kända, inte jämförda med servrarnas`,
  provenKey: (type: string, fingerprint: string) =>
    `Servern har bevisat att den också har nyckeln ${type} ${fingerprint}. Byter regionen till den: jämför, och lägg till med vardnyckel lita.`,
  forwardedAgent:
    'Inloggningen bygger på nyckelagenten (ssh-agent). Följde den med din inloggning hit (ssh -A) försvinner den när du loggar ut: leveransen pausar då, och folj frågar igen.',
  noLooking:
    'Kontot får inte se om ett namn finns i mappen (LSTAT). Leverans går, men att paketet publicerades är då serverns ord. Be den som sköter servern om den rätten.',
  unconfirmed: 'Målet väntar på att en annan person bekräftar det (twoPerson): vardnyckel lita.',
  hostKeysMissing: 'Inget skickas till en server vars nyckel inte är känd. Se vardnyckel visa.',
  target: (to: string, ident: string, free: string | undefined) => `${to} (${ident})${free ? `, ${free} ledigt` : ''}`,
  disk: (staging: string, free: string) => `${staging}, ${free} ledigt`,
} as const;

/** `npm run demo`. */
export const demoText = {
  starting: (dir: string) =>
    `Demo med SYNTETISKA data för alla 21 regioner. Allt sparas i ${dir}; npm run demo -- --ren börjar om. Startar …`,
  done: 'Klart: beslut, uppskattning, export, paket, överföring, verifiering och kvitto. Starta guiden med npm run demo i en terminal.',
  stepFailed: (code: number) => `Steget ovan slutade med kod ${code}. Inget mer körs. Vad som hände och vad du kan göra står ovanför.`,
  serversEnded: (words: string) => `Demons servrar kunde inte starta. ${words}`,
  portTaken: (port: number) =>
    `Port ${port} på den här datorn är upptagen, och påbörjade leveranser i demon går dit. Stäng det program som har porten och försök igen, eller börja om från början med npm run demo -- --ren.`,
} as const;
