//! Countries as they are written on an envelope that is posted in the Netherlands.

use super::spelling::{fold, is_nothing, tidy};

/// Words that mean the Netherlands, folded and without dots: in the languages of the neighbours, the ISO 3166-1
/// codes (`NL`, `NLD`, `528`) and the number in the BRP (table 34, `6030`).
const NETHERLANDS: [&str; 10] = [
    "nederland",
    "nederlanden",
    "netherlands",
    "niederlande",
    "holland",
    "nl",
    "nld",
    "ned",
    "528",
    "6030",
];

/// Words that may stand around one of those and change nothing: `Koninkrijk der Nederlanden`,
/// `Netherlands (the)`, `Europees Nederland`. *Caribisch* is not among them: post for the islands goes by air.
const AROUND_NETHERLANDS: [&str; 9] = [
    "het",
    "de",
    "der",
    "the",
    "of",
    "koninkrijk",
    "kingdom",
    "europees",
    "european",
];

/// Abbreviations that people write and ISO 3166-1 does not have.
const BY_ABBREVIATION: [(&str, &str); 4] = [
    ("UK", "Verenigd Koninkrijk"),
    ("VK", "Verenigd Koninkrijk"),
    ("VS", "Verenigde Staten"),
    ("VAE", "Verenigde Arabische Emiraten"),
];

/// ISO 3166-1 codes, two and three letters, and the Dutch name, of every country but the Netherlands where
/// people live; `XK` is what the EU and the posts use for Kosovo.
const BY_CODE: [(&str, &str, &str); 242] = [
    ("AD", "AND", "Andorra"),
    ("AE", "ARE", "Verenigde Arabische Emiraten"),
    ("AF", "AFG", "Afghanistan"),
    ("AG", "ATG", "Antigua en Barbuda"),
    ("AI", "AIA", "Anguilla"),
    ("AL", "ALB", "Albanië"),
    ("AM", "ARM", "Armenië"),
    ("AO", "AGO", "Angola"),
    ("AR", "ARG", "Argentinië"),
    ("AS", "ASM", "Amerikaans-Samoa"),
    ("AT", "AUT", "Oostenrijk"),
    ("AU", "AUS", "Australië"),
    ("AW", "ABW", "Aruba"),
    ("AX", "ALA", "Ålandseilanden"),
    ("AZ", "AZE", "Azerbeidzjan"),
    ("BA", "BIH", "Bosnië en Herzegovina"),
    ("BB", "BRB", "Barbados"),
    ("BD", "BGD", "Bangladesh"),
    ("BE", "BEL", "België"),
    ("BF", "BFA", "Burkina Faso"),
    ("BG", "BGR", "Bulgarije"),
    ("BH", "BHR", "Bahrein"),
    ("BI", "BDI", "Burundi"),
    ("BJ", "BEN", "Benin"),
    ("BL", "BLM", "Saint-Barthélemy"),
    ("BM", "BMU", "Bermuda"),
    ("BN", "BRN", "Brunei"),
    ("BO", "BOL", "Bolivia"),
    ("BQ", "BES", "Caribisch Nederland"),
    ("BR", "BRA", "Brazilië"),
    ("BS", "BHS", "Bahama's"),
    ("BT", "BTN", "Bhutan"),
    ("BW", "BWA", "Botswana"),
    ("BY", "BLR", "Belarus"),
    ("BZ", "BLZ", "Belize"),
    ("CA", "CAN", "Canada"),
    ("CC", "CCK", "Cocoseilanden"),
    ("CD", "COD", "Democratische Republiek Congo"),
    ("CF", "CAF", "Centraal-Afrikaanse Republiek"),
    ("CG", "COG", "Congo"),
    ("CH", "CHE", "Zwitserland"),
    ("CI", "CIV", "Ivoorkust"),
    ("CK", "COK", "Cookeilanden"),
    ("CL", "CHL", "Chili"),
    ("CM", "CMR", "Kameroen"),
    ("CN", "CHN", "China"),
    ("CO", "COL", "Colombia"),
    ("CR", "CRI", "Costa Rica"),
    ("CU", "CUB", "Cuba"),
    ("CV", "CPV", "Kaapverdië"),
    ("CW", "CUW", "Curaçao"),
    ("CX", "CXR", "Christmaseiland"),
    ("CY", "CYP", "Cyprus"),
    ("CZ", "CZE", "Tsjechië"),
    ("DE", "DEU", "Duitsland"),
    ("DJ", "DJI", "Djibouti"),
    ("DK", "DNK", "Denemarken"),
    ("DM", "DMA", "Dominica"),
    ("DO", "DOM", "Dominicaanse Republiek"),
    ("DZ", "DZA", "Algerije"),
    ("EC", "ECU", "Ecuador"),
    ("EE", "EST", "Estland"),
    ("EG", "EGY", "Egypte"),
    ("EH", "ESH", "Westelijke Sahara"),
    ("ER", "ERI", "Eritrea"),
    ("ES", "ESP", "Spanje"),
    ("ET", "ETH", "Ethiopië"),
    ("FI", "FIN", "Finland"),
    ("FJ", "FJI", "Fiji"),
    ("FK", "FLK", "Falklandeilanden"),
    ("FM", "FSM", "Micronesia"),
    ("FO", "FRO", "Faeröer"),
    ("FR", "FRA", "Frankrijk"),
    ("GA", "GAB", "Gabon"),
    ("GB", "GBR", "Verenigd Koninkrijk"),
    ("GD", "GRD", "Grenada"),
    ("GE", "GEO", "Georgië"),
    ("GF", "GUF", "Frans-Guyana"),
    ("GG", "GGY", "Guernsey"),
    ("GH", "GHA", "Ghana"),
    ("GI", "GIB", "Gibraltar"),
    ("GL", "GRL", "Groenland"),
    ("GM", "GMB", "Gambia"),
    ("GN", "GIN", "Guinee"),
    ("GP", "GLP", "Guadeloupe"),
    ("GQ", "GNQ", "Equatoriaal-Guinea"),
    ("GR", "GRC", "Griekenland"),
    ("GT", "GTM", "Guatemala"),
    ("GU", "GUM", "Guam"),
    ("GW", "GNB", "Guinee-Bissau"),
    ("GY", "GUY", "Guyana"),
    ("HK", "HKG", "Hongkong"),
    ("HN", "HND", "Honduras"),
    ("HR", "HRV", "Kroatië"),
    ("HT", "HTI", "Haïti"),
    ("HU", "HUN", "Hongarije"),
    ("ID", "IDN", "Indonesië"),
    ("IE", "IRL", "Ierland"),
    ("IL", "ISR", "Israël"),
    ("IM", "IMN", "Man"),
    ("IN", "IND", "India"),
    ("IQ", "IRQ", "Irak"),
    ("IR", "IRN", "Iran"),
    ("IS", "ISL", "IJsland"),
    ("IT", "ITA", "Italië"),
    ("JE", "JEY", "Jersey"),
    ("JM", "JAM", "Jamaica"),
    ("JO", "JOR", "Jordanië"),
    ("JP", "JPN", "Japan"),
    ("KE", "KEN", "Kenia"),
    ("KG", "KGZ", "Kirgizië"),
    ("KH", "KHM", "Cambodja"),
    ("KI", "KIR", "Kiribati"),
    ("KM", "COM", "Comoren"),
    ("KN", "KNA", "Saint Kitts en Nevis"),
    ("KP", "PRK", "Noord-Korea"),
    ("KR", "KOR", "Zuid-Korea"),
    ("KW", "KWT", "Koeweit"),
    ("KY", "CYM", "Kaaimaneilanden"),
    ("KZ", "KAZ", "Kazachstan"),
    ("LA", "LAO", "Laos"),
    ("LB", "LBN", "Libanon"),
    ("LC", "LCA", "Saint Lucia"),
    ("LI", "LIE", "Liechtenstein"),
    ("LK", "LKA", "Sri Lanka"),
    ("LR", "LBR", "Liberia"),
    ("LS", "LSO", "Lesotho"),
    ("LT", "LTU", "Litouwen"),
    ("LU", "LUX", "Luxemburg"),
    ("LV", "LVA", "Letland"),
    ("LY", "LBY", "Libië"),
    ("MA", "MAR", "Marokko"),
    ("MC", "MCO", "Monaco"),
    ("MD", "MDA", "Moldavië"),
    ("ME", "MNE", "Montenegro"),
    ("MF", "MAF", "Saint-Martin"),
    ("MG", "MDG", "Madagaskar"),
    ("MH", "MHL", "Marshalleilanden"),
    ("MK", "MKD", "Noord-Macedonië"),
    ("ML", "MLI", "Mali"),
    ("MM", "MMR", "Myanmar"),
    ("MN", "MNG", "Mongolië"),
    ("MO", "MAC", "Macau"),
    ("MP", "MNP", "Noordelijke Marianen"),
    ("MQ", "MTQ", "Martinique"),
    ("MR", "MRT", "Mauritanië"),
    ("MS", "MSR", "Montserrat"),
    ("MT", "MLT", "Malta"),
    ("MU", "MUS", "Mauritius"),
    ("MV", "MDV", "Maldiven"),
    ("MW", "MWI", "Malawi"),
    ("MX", "MEX", "Mexico"),
    ("MY", "MYS", "Maleisië"),
    ("MZ", "MOZ", "Mozambique"),
    ("NA", "NAM", "Namibië"),
    ("NC", "NCL", "Nieuw-Caledonië"),
    ("NE", "NER", "Niger"),
    ("NF", "NFK", "Norfolk"),
    ("NG", "NGA", "Nigeria"),
    ("NI", "NIC", "Nicaragua"),
    ("NO", "NOR", "Noorwegen"),
    ("NP", "NPL", "Nepal"),
    ("NR", "NRU", "Nauru"),
    ("NU", "NIU", "Niue"),
    ("NZ", "NZL", "Nieuw-Zeeland"),
    ("OM", "OMN", "Oman"),
    ("PA", "PAN", "Panama"),
    ("PE", "PER", "Peru"),
    ("PF", "PYF", "Frans-Polynesië"),
    ("PG", "PNG", "Papoea-Nieuw-Guinea"),
    ("PH", "PHL", "Filipijnen"),
    ("PK", "PAK", "Pakistan"),
    ("PL", "POL", "Polen"),
    ("PM", "SPM", "Saint-Pierre en Miquelon"),
    ("PN", "PCN", "Pitcairneilanden"),
    ("PR", "PRI", "Puerto Rico"),
    ("PS", "PSE", "Palestina"),
    ("PT", "PRT", "Portugal"),
    ("PW", "PLW", "Palau"),
    ("PY", "PRY", "Paraguay"),
    ("QA", "QAT", "Qatar"),
    ("RE", "REU", "Réunion"),
    ("RO", "ROU", "Roemenië"),
    ("RS", "SRB", "Servië"),
    ("RU", "RUS", "Rusland"),
    ("RW", "RWA", "Rwanda"),
    ("SA", "SAU", "Saoedi-Arabië"),
    ("SB", "SLB", "Salomonseilanden"),
    ("SC", "SYC", "Seychellen"),
    ("SD", "SDN", "Soedan"),
    ("SE", "SWE", "Zweden"),
    ("SG", "SGP", "Singapore"),
    ("SH", "SHN", "Sint-Helena"),
    ("SI", "SVN", "Slovenië"),
    ("SJ", "SJM", "Spitsbergen"),
    ("SK", "SVK", "Slowakije"),
    ("SL", "SLE", "Sierra Leone"),
    ("SM", "SMR", "San Marino"),
    ("SN", "SEN", "Senegal"),
    ("SO", "SOM", "Somalië"),
    ("SR", "SUR", "Suriname"),
    ("SS", "SSD", "Zuid-Soedan"),
    ("ST", "STP", "Sao Tomé en Principe"),
    ("SV", "SLV", "El Salvador"),
    ("SX", "SXM", "Sint Maarten"),
    ("SY", "SYR", "Syrië"),
    ("SZ", "SWZ", "Eswatini"),
    ("TC", "TCA", "Turks- en Caicoseilanden"),
    ("TD", "TCD", "Tsjaad"),
    ("TG", "TGO", "Togo"),
    ("TH", "THA", "Thailand"),
    ("TJ", "TJK", "Tadzjikistan"),
    ("TK", "TKL", "Tokelau"),
    ("TL", "TLS", "Oost-Timor"),
    ("TM", "TKM", "Turkmenistan"),
    ("TN", "TUN", "Tunesië"),
    ("TO", "TON", "Tonga"),
    ("TR", "TUR", "Turkije"),
    ("TT", "TTO", "Trinidad en Tobago"),
    ("TV", "TUV", "Tuvalu"),
    ("TW", "TWN", "Taiwan"),
    ("TZ", "TZA", "Tanzania"),
    ("UA", "UKR", "Oekraïne"),
    ("UG", "UGA", "Oeganda"),
    ("US", "USA", "Verenigde Staten"),
    ("UY", "URY", "Uruguay"),
    ("UZ", "UZB", "Oezbekistan"),
    ("VA", "VAT", "Vaticaanstad"),
    ("VC", "VCT", "Saint Vincent en de Grenadines"),
    ("VE", "VEN", "Venezuela"),
    ("VG", "VGB", "Britse Maagdeneilanden"),
    ("VI", "VIR", "Amerikaanse Maagdeneilanden"),
    ("VN", "VNM", "Vietnam"),
    ("VU", "VUT", "Vanuatu"),
    ("WF", "WLF", "Wallis en Futuna"),
    ("WS", "WSM", "Samoa"),
    ("XK", "XKX", "Kosovo"),
    ("YE", "YEM", "Jemen"),
    ("YT", "MYT", "Mayotte"),
    ("ZA", "ZAF", "Zuid-Afrika"),
    ("ZM", "ZMB", "Zambia"),
    ("ZW", "ZWE", "Zimbabwe"),
];

/// The country as it is, or empty for the Netherlands, which no address line mentions.
pub fn foreign(country: String) -> String {
    if is_netherlands(&country) {
        String::new()
    } else {
        country
    }
}

/// Whether a country means the Netherlands. No country does, and so does `onbekend`: the postcode is checked
/// then, and an address abroad does not pass that check.
pub(super) fn is_netherlands(country: &str) -> bool {
    let country = tidy(country);
    if is_nothing(&country) {
        return true;
    }
    let folded = fold(&country).replace('.', "");
    let mut words = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.clone().any(|word| NETHERLANDS.contains(&word))
        && words.all(|word| NETHERLANDS.contains(&word) || AROUND_NETHERLANDS.contains(&word))
}

/// The last line of an address abroad, in capitals: as it was given, or the Dutch name for an ISO code or an
/// abbreviation.
///
/// `None` for what no sorter can read: a number, such as the BRP's `5010`, and one or two letters that are no
/// code.
pub(super) fn in_capitals(country: &str) -> Option<String> {
    let country = tidy(country);
    let code = country.replace('.', "").to_uppercase();
    let by_code = BY_CODE
        .iter()
        .find(|(two, three, _)| code == *two || code == *three)
        .map(|(_, _, name)| *name);
    let by_abbreviation = BY_ABBREVIATION
        .iter()
        .find(|(letters, _)| code == *letters)
        .map(|(_, name)| *name);
    let is_name = code.chars().filter(|c| c.is_alphabetic()).count() > 2;
    by_code
        .or(by_abbreviation)
        .or(is_name.then_some(country.as_str()))
        .map(capitals)
}

/// Capitals for sorting machines: the ligature `Ĳ` becomes two letters.
pub(super) fn capitals(text: &str) -> String {
    text.to_uppercase().replace('Ĳ', "IJ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_netherlands_has_many_names() {
        for country in [
            "",
            " ",
            "-",
            "Nederland",
            "NEDERLAND ",
            "nl",
            "NL",
            "N.L.",
            "NLD",
            "The Netherlands",
            "netherlands",
            "Holland",
            "6030",
            "onbekend",
            "n.v.t.",
            "NL - Nederland",
            "Nederland (NL)",
            "\u{a0}Neder\u{ad}land",
            "Netherlands (the)",
            "Netherlands, Kingdom of the",
            "Koninkrijk der Nederlanden",
            "Europees Nederland",
            "Niederlande",
        ] {
            assert!(is_netherlands(country), "{country:?}");
        }
        for country in [
            "België",
            "BE",
            "Caribisch Nederland",
            "Nederlandse Antillen",
            "5010",
            "0000",
            "New Holland",
            "Verenigd Koninkrijk",
            "the",
        ] {
            assert!(!is_netherlands(country), "{country:?}");
        }
    }

    #[test]
    fn codes_get_their_dutch_name_and_names_stay() {
        let cases = [
            ("BE", Some("BELGIË")),
            ("be", Some("BELGIË")),
            ("DEU", Some("DUITSLAND")),
            ("U.K.", Some("VERENIGD KONINKRIJK")),
            ("V.S.", Some("VERENIGDE STATEN")),
            ("IS", Some("IJSLAND")),
            ("ET", Some("ETHIOPIË")),
            ("cuw", Some("CURAÇAO")),
            ("BQ", Some("CARIBISCH NEDERLAND")),
            ("belgië", Some("BELGIË")),
            ("Belgium", Some("BELGIUM")),
            ("Österreich", Some("ÖSTERREICH")),
            ("Oostenrijk ", Some("OOSTENRIJK")),
            ("Sint\u{a0} Maarten", Some("SINT MAARTEN")),
            ("ĳsland", Some("IJSLAND")),
            ("XX", None),
            ("D", None),
            ("5010", None),
            ("0000", None),
        ];
        for (country, expected) in cases {
            assert_eq!(in_capitals(country).as_deref(), expected, "{country:?}");
        }
    }

    #[test]
    fn every_code_is_there_once() {
        let mut codes: Vec<&str> = BY_CODE
            .iter()
            .flat_map(|(two, three, _)| [*two, *three])
            .chain(BY_ABBREVIATION.iter().map(|(letters, _)| *letters))
            .collect();
        codes.sort_unstable();
        assert!(codes.windows(2).all(|pair| pair[0] != pair[1]));
        for (two, three, name) in BY_CODE {
            assert_eq!((two.len(), three.len()), (2, 3), "{name}");
            assert!(!is_netherlands(two) && !is_netherlands(three) && !is_netherlands(name));
        }
    }
}
