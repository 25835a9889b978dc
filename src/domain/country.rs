//! Countries as they are written on an envelope that is posted in the Netherlands.

use super::spelling::{fold, is_nothing, tidy};

/// What an export calls the Netherlands, folded and without dots; `6030` is its number in the BRP (table 34).
const NETHERLANDS: [&str; 8] = [
    "nederland",
    "nl",
    "nld",
    "the netherlands",
    "netherlands",
    "holland",
    "koninkrijk der nederlanden",
    "6030",
];

/// ISO 3166-1 codes, two and three letters, and the Dutch name: the neighbours, the countries of the kingdom
/// and those where clients and their families most often live. `UK` is no ISO code, but people write it.
const BY_CODE: [(&str, &str, &str); 62] = [
    ("AE", "ARE", "Verenigde Arabische Emiraten"),
    ("AF", "AFG", "Afghanistan"),
    ("AR", "ARG", "Argentinië"),
    ("AT", "AUT", "Oostenrijk"),
    ("AU", "AUS", "Australië"),
    ("AW", "ABW", "Aruba"),
    ("BA", "BIH", "Bosnië en Herzegovina"),
    ("BE", "BEL", "België"),
    ("BG", "BGR", "Bulgarije"),
    ("BQ", "BES", "Caribisch Nederland"),
    ("BR", "BRA", "Brazilië"),
    ("CA", "CAN", "Canada"),
    ("CH", "CHE", "Zwitserland"),
    ("CN", "CHN", "China"),
    ("CV", "CPV", "Kaapverdië"),
    ("CW", "CUW", "Curaçao"),
    ("CY", "CYP", "Cyprus"),
    ("CZ", "CZE", "Tsjechië"),
    ("DE", "DEU", "Duitsland"),
    ("DK", "DNK", "Denemarken"),
    ("EE", "EST", "Estland"),
    ("ES", "ESP", "Spanje"),
    ("FI", "FIN", "Finland"),
    ("FR", "FRA", "Frankrijk"),
    ("GB", "GBR", "Verenigd Koninkrijk"),
    ("UK", "", "Verenigd Koninkrijk"),
    ("GR", "GRC", "Griekenland"),
    ("HR", "HRV", "Kroatië"),
    ("HU", "HUN", "Hongarije"),
    ("ID", "IDN", "Indonesië"),
    ("IE", "IRL", "Ierland"),
    ("IL", "ISR", "Israël"),
    ("IN", "IND", "India"),
    ("IQ", "IRQ", "Irak"),
    ("IR", "IRN", "Iran"),
    ("IS", "ISL", "IJsland"),
    ("IT", "ITA", "Italië"),
    ("JP", "JPN", "Japan"),
    ("LT", "LTU", "Litouwen"),
    ("LU", "LUX", "Luxemburg"),
    ("LV", "LVA", "Letland"),
    ("MA", "MAR", "Marokko"),
    ("MC", "MCO", "Monaco"),
    ("MT", "MLT", "Malta"),
    ("NO", "NOR", "Noorwegen"),
    ("NZ", "NZL", "Nieuw-Zeeland"),
    ("PL", "POL", "Polen"),
    ("PT", "PRT", "Portugal"),
    ("RO", "ROU", "Roemenië"),
    ("RS", "SRB", "Servië"),
    ("SE", "SWE", "Zweden"),
    ("SI", "SVN", "Slovenië"),
    ("SK", "SVK", "Slowakije"),
    ("SR", "SUR", "Suriname"),
    ("SX", "SXM", "Sint Maarten"),
    ("SY", "SYR", "Syrië"),
    ("TH", "THA", "Thailand"),
    ("TN", "TUN", "Tunesië"),
    ("TR", "TUR", "Turkije"),
    ("UA", "UKR", "Oekraïne"),
    ("US", "USA", "Verenigde Staten"),
    ("ZA", "ZAF", "Zuid-Afrika"),
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
    is_nothing(&country) || NETHERLANDS.contains(&fold(&country).replace('.', "").as_str())
}

/// The last line of an address abroad, in capitals: as it was given, or the Dutch name for an ISO code.
/// `None` for a number, such as the BRP's `5010`: no sorter abroad can read it.
pub(super) fn in_capitals(country: &str) -> Option<String> {
    let country = tidy(country);
    if !country.contains(char::is_alphabetic) {
        return None;
    }
    let code = country.replace('.', "").to_uppercase();
    let dutch = BY_CODE
        .iter()
        .find(|(two, three, _)| code == *two || code == *three)
        .map(|(_, _, name)| *name);
    Some(capitals(dutch.unwrap_or(&country)))
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
        ] {
            assert!(is_netherlands(country), "{country:?}");
        }
        for country in [
            "België",
            "BE",
            "Caribisch Nederland",
            "Nederlandse Antillen",
            "5010",
            "New Holland",
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
            ("IS", Some("IJSLAND")),
            ("belgië", Some("BELGIË")),
            ("Österreich", Some("ÖSTERREICH")),
            ("ĳsland", Some("IJSLAND")),
            ("XX", Some("XX")),
            ("5010", None),
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
            .collect();
        codes.sort_unstable();
        assert!(codes.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
