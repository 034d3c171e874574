// Countries by their codes, ISO 3166-1 alpha-2, with the names that the browser has.

const CODES = 'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF '
  + 'CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM '
  + 'GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI '
  + 'LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA '
  + 'PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG '
  + 'TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW';

/** Those without postal codes, by the Universal Postal Union; the server has the same. */
const WITHOUT_POSTAL_CODES = new Set(('AE AG AO AW BF BI BJ BO BQ BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GQ GY HK JM KI KM KN '
  + 'KP LC ML MO MR MW NR NU QA RW SB SC SL SR SS ST SX SY TD TG TK TL TO TV UG VU YE ZW').split(' '));

export const hasPostalCodes = country => !WITHOUT_POSTAL_CODES.has(country);

let names = null;

export function countryName(code) {
  names ??= new Intl.DisplayNames(document.documentElement.lang, {type: 'region'});
  try {
    return names.of(code) ?? code;
  } catch {
    return code ?? '';
  }
}

/** {code, name} of all, by name. */
export const countries = () => CODES.split(' ')
  .map(code => ({code, name: countryName(code)}))
  .sort((one, other) => one.name.localeCompare(other.name));

/** The country of the browser's language, or empty. */
export function countryHere() {
  try {
    const {region = ''} = new Intl.Locale(navigator.language);
    return CODES.split(' ').includes(region) ? region : '';
  } catch {
    return '';
  }
}
