/** One of the 21 regions. `code` is the länskod as two characters: 02, 11, 15 and 16 are not in use and `01` keeps its zero. */
export interface Region {
  readonly code: string;
  readonly letter: string;
  readonly name: string;
  readonly legalName: string;
  readonly county: string;
  readonly slug: string;
  /** 2021-12-31; weights the synthetic source, nothing else. */
  readonly population: number;
}

const region = (
  code: string,
  letter: string,
  name: string,
  county: string,
  slug: string,
  population: number,
  legalName = name,
): Region => ({ code, letter, name, legalName, county, slug, population });

/** All 21 regions in länskod order, the order of every table and file. */
export const REGIONS: readonly Region[] = [
  region('01', 'AB', 'Region Stockholm', 'Stockholms län', 'stockholm', 2_415_139),
  region('03', 'C', 'Region Uppsala', 'Uppsala län', 'uppsala', 395_026),
  region('04', 'D', 'Region Sörmland', 'Södermanlands län', 'sormland', 301_801),
  region('05', 'E', 'Region Östergötland', 'Östergötlands län', 'ostergotland', 469_704),
  region('06', 'F', 'Region Jönköpings län', 'Jönköpings län', 'jonkoping', 367_064),
  region('07', 'G', 'Region Kronoberg', 'Kronobergs län', 'kronoberg', 203_340),
  region('08', 'H', 'Region Kalmar län', 'Kalmar län', 'kalmar', 247_175),
  // Legally a municipality with a region's duties, entitled to call itself region.
  region('09', 'I', 'Region Gotland', 'Gotlands län', 'gotland', 61_001, 'Gotlands kommun'),
  region('10', 'K', 'Region Blekinge', 'Blekinge län', 'blekinge', 158_937),
  region('12', 'M', 'Region Skåne', 'Skåne län', 'skane', 1_402_425),
  region('13', 'N', 'Region Halland', 'Hallands län', 'halland', 340_243),
  region('14', 'O', 'Västra Götalandsregionen', 'Västra Götalands län', 'vastragotaland', 1_744_859),
  region('17', 'S', 'Region Värmland', 'Värmlands län', 'varmland', 283_196),
  region('18', 'T', 'Region Örebro län', 'Örebro län', 'orebro', 306_792),
  region('19', 'U', 'Region Västmanland', 'Västmanlands län', 'vastmanland', 278_967),
  region('20', 'W', 'Region Dalarna', 'Dalarnas län', 'dalarna', 288_387),
  region('21', 'X', 'Region Gävleborg', 'Gävleborgs län', 'gavleborg', 287_767),
  region('22', 'Y', 'Region Västernorrland', 'Västernorrlands län', 'vasternorrland', 244_193),
  region('23', 'Z', 'Region Jämtland Härjedalen', 'Jämtlands län', 'jamtlandharjedalen', 132_054),
  region('24', 'AC', 'Region Västerbotten', 'Västerbottens län', 'vasterbotten', 274_563),
  region('25', 'BD', 'Region Norrbotten', 'Norrbottens län', 'norrbotten', 249_693),
];

const byCode = new Map(REGIONS.map((r) => [r.code, r]));

/** The region with this länskod; a code that is none of the 21 is our bug, since input goes through `findRegion`. */
export function regionOf(code: string): Region {
  const found = byCode.get(code);
  if (!found) throw new Error(`no region has the code ${code}`);
  return found;
}

/** Folds case and Unicode form, so that NFD from a Mac and `SKÅNE` both match; å ä ö stay letters of their own. */
export const foldName = (text: string): string => text.normalize('NFC').trim().toLocaleLowerCase('sv');

/** The region named by länskod, slug or name (with or without "Region"), else `undefined`. */
export function findRegion(input: string): Region | undefined {
  const wanted = foldName(input);
  return REGIONS.find(
    (r) => r.code === wanted || r.slug === wanted || foldName(r.name) === wanted || foldName(r.name).replace(/^region /, '') === wanted,
  );
}

/**
 * Whether the typed text confirms this region: its name after NFC and trimming, case kept;
 * or länskod and slug, for a keyboard without å ä ö (S4).
 */
export function confirmsRegion(region: Region, typed: string): boolean {
  const text = typed.normalize('NFC').trim();
  return text === region.name.normalize('NFC') || text === `${region.code} ${region.slug}`;
}
