//! Dutch and foreign postal addresses, from Ons fields to the lines on an envelope.
//!
//! House numbers are written as the population register's API does (NEN 5825:2002;
//! <https://github.com/BRP-API/Haal-Centraal-BRP-bevragen>, *adresregels*), postcode and city as the
//! provider prefers: as Ons does, or as PostNL asks
//! (<https://www.postnl.nl/en/sending/sending-a-parcel/addressing-tips/>).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    client::{Problem, ProblemKind},
    country::{self, capitals},
    spelling::{fold, is_nothing, tidy},
};

/// A postal address as Ons records it, read but not judged: a field may be absent or not fit for post.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PostalAddress {
    pub street: String,
    /// 1 to 99999 in the Netherlands; 0 is how an export writes none.
    pub house_number: Option<u32>,
    /// Letter and addition merged, `c`, `2`, `III`, `by`.
    pub extension: String,
    /// 1 to 99999; 0 is how an export writes none.
    pub po_box: Option<u32>,
    /// In any spelling, see [`normalise_postcode`]; abroad as it is written there.
    pub postcode: String,
    pub city: String,
    /// A name or an ISO 3166-1 code; empty for the Netherlands.
    pub country: String,
}

/// Nothing of it: what has a name or an address in it ends up in a log sooner or later.
impl fmt::Debug for PostalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostalAddress(…)")
    }
}

/// How postcode and city are written; an organisation chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddressStyle {
    /// `1234 AB Enschede`
    #[default]
    Ons,
    /// `1234 AB  ENSCHEDE`: two spaces and capitals, as PostNL asks.
    PostNl,
}

/// The highest house number and post box number; neither is ever 0.
const HIGHEST_NUMBER: u32 = 99_999;

/// The most letters and digits that an addition takes in a KIX code; with a postcode of 6 characters, a number of
/// at most 5 and the `X` that makes 18, to which the encoders that were written from the manual keep (Zint) †.
const LONGEST_KIX_ADDITION: usize = 6;

/// Letters that PostNL never issues in a postcode, for what they stood for in the war.
const NEVER_ISSUED: [&str; 3] = ["SA", "SD", "SS"];

impl PostalAddress {
    /// The lines under the name line, top to bottom, or every field that is missing or wrong.
    ///
    /// Two lines in the Netherlands, a third with the country in capitals abroad. A post box wins over the
    /// street. Fields are named as the columns of the export: `street`, `home_number`, `po_box_number`,
    /// `zipcode`, `city`, `country`.
    ///
    /// Abroad a street (or post box) and a city are enough: not every country has house numbers or
    /// postcodes. The order is the Dutch one, which most of the continent shares: the number after the street,
    /// and before the city a postcode as it came. An address that has another order keeps it when the whole
    /// line stands in one field, `10 Downing Street` in `street`, `London SW1A 2AA` in `city`.
    pub fn lines(&self, style: AddressStyle) -> Result<Vec<String>, Vec<Problem>> {
        let mut problems = Vec::new();
        let abroad = !country::is_netherlands(&self.country);
        let delivery = self.delivery_line(style, abroad, &mut problems);
        let place = self.place_line(style, abroad, &mut problems);
        let mut lines = vec![delivery, place];
        if abroad {
            match country::in_capitals(&self.country) {
                Some(country) => lines.push(country),
                None => problems.push(Problem::new("country", ProblemKind::UnknownValue)),
            }
        }
        if problems.is_empty() {
            Ok(lines)
        } else {
            Err(problems)
        }
    }

    /// What the KIX barcode under the address says, `1231FZ13XHS`: the postcode, the house number, and `X` with the
    /// addition when there is one; for a post box the postcode and its number. Capitals and digits only, 7 to 18
    /// characters.
    ///
    /// `None` abroad and when [`lines`](Self::lines) has problems. A code is optional, and without one PostNL reads
    /// the address itself, so there is also none when it would name another door than the letter does:
    /// - with an addition of more than six letters and digits, which is never cut;
    /// - with a letter in it that KIX does not have, `é`;
    /// - when digits would run together, as `1-2` would become `12`; other characters are left out, `A-3` is `XA3`;
    /// - for `bij` and `t/o`: the number is that of the house nearby, and KIX has no word for that.
    ///
    /// Source: PostNL, *Handleiding KIX code*, §2.1 and its four examples
    /// (<https://www.postnl.nl/Images/Brochure-KIX-code-van-PostNL_tcm10-10210.pdf>).
    pub fn kix(&self) -> Option<String> {
        if !country::is_netherlands(&self.country) {
            return None;
        }
        self.lines(AddressStyle::default()).ok()?;
        let postcode = normalise_postcode(&self.postcode)?.replace(' ', "");
        if let Some(number) = self.post_box() {
            return Some(format!("{postcode}{number}"));
        }
        let number = self.house_number?;
        let extension = said(&self.extension);
        let (before, addition) = before_number(bare_extension(&extension));
        if !before.is_empty() {
            return None;
        }
        let addition = kix_addition(addition)?;
        let separator = if addition.is_empty() { "" } else { "X" };
        Some(format!("{postcode}{number}{separator}{addition}"))
    }

    /// What letters are sorted by to walk a round: city, street, number, extension; all in lower case ASCII.
    ///
    /// Numbers in the extension are padded, so that `9-2` comes before `9-10`. A post box takes the place of
    /// the street, as it does on the envelope.
    pub fn sort_key(&self) -> (String, String, u32, String) {
        let city = fold(&self.city);
        match self.post_box() {
            Some(number) => (city, "postbus".to_owned(), number, String::new()),
            None => (
                city,
                fold(&self.street),
                self.house_number.unwrap_or(0),
                padded(&fold(bare_extension(&self.extension))),
            ),
        }
    }

    /// The post box, if the address has one: 0 is how an export writes an empty number.
    fn post_box(&self) -> Option<u32> {
        self.po_box.filter(|number| *number != 0)
    }

    /// `Sesamstraat 1` or `Postbus 30250`; only of use when it adds no problem.
    fn delivery_line(
        &self,
        style: AddressStyle,
        abroad: bool,
        problems: &mut Vec<Problem>,
    ) -> String {
        if let Some(number) = self.post_box() {
            if number > HIGHEST_NUMBER {
                problems.push(Problem::new("po_box_number", ProblemKind::NotANumber));
            }
            return format!("Postbus {number}");
        }
        let street = present(&self.street, "street", problems);
        if abroad {
            let number = self.house_number.filter(|number| *number != 0);
            return numbered_abroad(&street, number, &self.extension);
        }
        let number = self.house_number.unwrap_or_default();
        match self.house_number {
            None => problems.push(Problem::new("home_number", ProblemKind::Missing)),
            Some(1..=HIGHEST_NUMBER) => {}
            Some(_) => problems.push(Problem::new("home_number", ProblemKind::NotANumber)),
        }
        let street = match style {
            AddressStyle::Ons => street,
            AddressStyle::PostNl => street.replace('Ĳ', "IJ").replace('ĳ', "ij"),
        };
        street_line(&street, number, Some(&self.extension))
    }

    /// `1234 AB Enschede`; only of use when it adds no problem.
    ///
    /// The two spaces of PostNL are for Dutch postcodes: abroad a postcode is printed as it came.
    fn place_line(&self, style: AddressStyle, abroad: bool, problems: &mut Vec<Problem>) -> String {
        let postcode = if abroad {
            said(&self.postcode)
        } else {
            let given = present(&self.postcode, "zipcode", problems);
            let postcode = normalise_postcode(&given);
            if postcode.is_none() && !given.is_empty() {
                problems.push(Problem::new("zipcode", ProblemKind::NotAPostcode));
            }
            postcode.unwrap_or_default()
        };
        let city = present(&self.city, "city", problems);
        let (gap, city) = match style {
            AddressStyle::Ons => (" ", city),
            AddressStyle::PostNl if abroad => (" ", capitals(&city)),
            AddressStyle::PostNl => ("  ", capitals(&city)),
        };
        if postcode.is_empty() {
            city
        } else {
            format!("{postcode}{gap}{city}")
        }
    }
}

/// A Dutch postcode as `1234 AB`, from any case and with white space anywhere, U+00A0 too.
///
/// `None` when it is not `[1-9][0-9]{3}[A-Z]{2}`, or ends in SA, SD or SS, which are never issued.
pub fn normalise_postcode(text: &str) -> Option<String> {
    let bare = tidy(text).replace(' ', "").to_ascii_uppercase();
    let (digits, letters) = bare.split_at_checked(4)?;
    let fits = digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0')
        && letters.len() == 2
        && letters.bytes().all(|b| b.is_ascii_uppercase())
        && !NEVER_ISSUED.contains(&letters);
    fits.then(|| format!("{digits} {letters}"))
}

/// `Sesamstraat 1`, `Dorpsstraat 103 c`, `Kerkweg 9-2`, `Haven bij 15201`.
///
/// - An extension that begins with a digit is joined with a hyphen, as `9 2` may be read as 92: `9-2`, `9-1hg`.
/// - One that begins with a letter follows after a space: `103 c`, `35 III`, `12 bis`, `35 hs`, `400 L-2`.
/// - `by` and `to` go before the number, in words: `bij 15201` for a house boat, `t/o 3` for opposite to.
///   They may stand before or after a letter, `to c` and `c to`.
/// - A hyphen or slash that leads in the data is dropped, so it is not printed twice; the rest stays as it
///   came, in its own case.
pub fn street_line(street: &str, number: u32, extension: Option<&str>) -> String {
    let street = tidy(street);
    let extension = said(extension.unwrap_or_default());
    let (before, addition) = before_number(bare_extension(&extension));
    let gap = match addition.chars().next() {
        None => "",
        Some(first) if first.is_ascii_digit() => "-",
        Some(_) => " ",
    };
    format!("{street} {before}{number}{gap}{addition}")
}

/// `Hauptstraße 5/2/3`, `Kerkstraat 12 bus 3`, `Kaya Grandi`: abroad `-` and `/` mean what they mean there and stay,
/// and nothing stands before the number.
fn numbered_abroad(street: &str, number: Option<u32>, extension: &str) -> String {
    let extension = said(extension);
    let Some(number) = number else {
        return format!("{street} {extension}").trim().to_owned();
    };
    let (separator, addition) = match extension.chars().next() {
        None => ("", extension.as_str()),
        Some('-' | '/') => (&extension[..1], extension[1..].trim_start()),
        Some(first) if first.is_ascii_digit() => ("-", extension.as_str()),
        Some(_) => (" ", extension.as_str()),
    };
    format!("{street} {number}{separator}{addition}")
}

/// The addition in the characters of KIX; `None` when they can't tell it from another one.
fn kix_addition(addition: &str) -> Option<String> {
    let mut encoded = String::new();
    for part in addition.split(|c: char| !c.is_alphanumeric()) {
        let runs_together = encoded.ends_with(|c: char| c.is_ascii_digit())
            && part.starts_with(|c: char| c.is_ascii_digit());
        if runs_together || !part.is_ascii() {
            return None;
        }
        encoded.push_str(&part.to_ascii_uppercase());
    }
    (encoded.len() <= LONGEST_KIX_ADDITION).then_some(encoded)
}

/// What an extension asks to stand before the number, and the addition that is left of it.
fn before_number(extension: &str) -> (&'static str, &str) {
    let before = |word: &str| match word.to_ascii_lowercase().replace('.', "").as_str() {
        "by" | "bij" => Some("bij "),
        "to" | "t/o" | "tegenover" => Some("t/o "),
        _ => None,
    };
    let (first, after_first) = extension.split_once(' ').unwrap_or((extension, ""));
    let (before_last, last) = extension.rsplit_once(' ').unwrap_or(("", extension));
    if let Some(words) = before(first) {
        (words, bare_extension(after_first))
    } else if let Some(words) = before(last) {
        (words, before_last)
    } else {
        ("", extension)
    }
}

/// The extension without the hyphen or slash that some systems store before it; they are never meant twice.
fn bare_extension(extension: &str) -> &str {
    extension.trim_start_matches(|c: char| c.is_whitespace() || "-–/.,".contains(c))
}

/// Every run of digits in four places, which is the most that an addition has: `2` → `0002`.
fn padded(text: &str) -> String {
    let mut padded = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (words, numbers) = rest.split_at(start);
        let end = numbers
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(numbers.len());
        let (digits, after) = numbers.split_at(end);
        padded.push_str(words);
        padded.push_str(&format!("{digits:0>4}"));
        rest = after;
    }
    padded + rest
}

/// A tidy value; empty when it only says that there is nothing, as `.` and `onbekend` do.
fn said(text: &str) -> String {
    Some(tidy(text))
        .filter(|text| !is_nothing(text))
        .unwrap_or_default()
}

/// A tidy value that an address can't do without.
fn present(text: &str, field: &str, problems: &mut Vec<Problem>) -> String {
    let value = said(text);
    if value.is_empty() {
        problems.push(Problem::new(field, ProblemKind::Missing));
    }
    value
}

#[cfg(test)]
mod cases;

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> PostalAddress {
        PostalAddress {
            street: "Sesamstraat".into(),
            house_number: Some(1),
            postcode: "1234ab".into(),
            city: "Enschede".into(),
            ..PostalAddress::default()
        }
    }

    pub(super) fn problems(address: &PostalAddress) -> Vec<(String, ProblemKind)> {
        let problems = address.lines(AddressStyle::Ons).unwrap_err();
        problems.into_iter().map(|p| (p.field, p.kind)).collect()
    }

    #[test]
    fn postcodes_are_written_one_way() {
        let cases = [
            ("1234AB", Some("1234 AB")),
            ("1234 ab", Some("1234 AB")),
            (" 12 34\u{a0}a b ", Some("1234 AB")),
            ("1234\u{200b}AB", Some("1234 AB")),
            ("9999ZZ", Some("9999 ZZ")),
            ("1000SB", Some("1000 SB")),
            ("1234SA", None),
            ("1234 sd", None),
            ("1234SS", None),
            ("0234AB", None),
            ("1234", None),
            ("1234A", None),
            ("1234ABC", None),
            ("123 AB", None),
            ("12345AB", None),
            ("AB1234", None),
            ("1234-AB", None),
            ("1234ÁB", None),
            ("1234ıb", None),
            ("١٢٣٤AB", None),
            ("12€ab", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(normalise_postcode(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_house_number_is_written_as_a_postman_reads_it() {
        let cases = [
            (103, "c", "Dam 103 c"),
            (103, "A", "Dam 103 A"),
            (103, "-A", "Dam 103 A"),
            (9, "2", "Dam 9-2"),
            (9, "-2", "Dam 9-2"),
            (9, "- 2", "Dam 9-2"),
            (9, "/2", "Dam 9-2"),
            (35, "III", "Dam 35 III"),
            (35, "V", "Dam 35 V"),
            (35, "-III", "Dam 35 III"),
            (12, "bis", "Dam 12 bis"),
            (12, "bis A", "Dam 12 bis A"),
            (35, "hs", "Dam 35 hs"),
            (35, "huis", "Dam 35 huis"),
            (35, "1hg", "Dam 35-1hg"),
            (400, "LToe", "Dam 400 LToe"),
            (555, "B73c", "Dam 555 B73c"),
            (3, "A-3", "Dam 3 A-3"),
            (3, "a  2", "Dam 3 a 2"),
            (15201, "by", "Dam bij 15201"),
            (15201, "BY", "Dam bij 15201"),
            (3, "to", "Dam t/o 3"),
            (3, "-to", "Dam t/o 3"),
            (3, "t/o", "Dam t/o 3"),
            (3, "to c", "Dam t/o 3 c"),
            (3, "c to", "Dam t/o 3 c"),
            (3, "by 2", "Dam bij 3-2"),
            (3, "toren", "Dam 3 toren"),
            (3, "\u{a0}", "Dam 3"),
            (3, "-", "Dam 3"),
            (3, "", "Dam 3"),
        ];
        for (number, extension, expected) in cases {
            assert_eq!(
                street_line("Dam", number, Some(extension)),
                expected,
                "{extension:?}"
            );
        }
        assert_eq!(street_line(" Dam\u{a0}", 3, None), "Dam 3");
    }

    #[test]
    fn a_dutch_address_has_two_lines_in_the_style_of_the_provider() {
        let cases = [
            ("Enschede", "1234 AB Enschede", "1234 AB  ENSCHEDE"),
            (
                "'s-Gravenhage",
                "1234 AB 's-Gravenhage",
                "1234 AB  'S-GRAVENHAGE",
            ),
            (
                "’s-Hertogenbosch",
                "1234 AB ’s-Hertogenbosch",
                "1234 AB  ’S-HERTOGENBOSCH",
            ),
            ("Ĳmuiden", "1234 AB Ĳmuiden", "1234 AB  IJMUIDEN"),
            ("IJmuiden", "1234 AB IJmuiden", "1234 AB  IJMUIDEN"),
            ("Wĳk", "1234 AB Wĳk", "1234 AB  WIJK"),
            (
                "Sint  Jansteen",
                "1234 AB Sint Jansteen",
                "1234 AB  SINT JANSTEEN",
            ),
            ("Coevorden é", "1234 AB Coevorden é", "1234 AB  COEVORDEN É"),
        ];
        for (city, ons, postnl) in cases {
            let address = PostalAddress {
                city: city.into(),
                country: "Nederland".into(),
                ..address()
            };
            for (style, place) in [(AddressStyle::Ons, ons), (AddressStyle::PostNl, postnl)] {
                let lines = address.lines(style).unwrap();
                assert_eq!(lines, ["Sesamstraat 1", place]);
            }
        }
    }

    #[test]
    fn the_ligature_in_a_street_stays_in_ons_and_is_two_letters_for_postnl() {
        let address = PostalAddress {
            street: "Ĳsseldĳk".into(),
            ..address()
        };
        assert_eq!(address.lines(AddressStyle::Ons).unwrap()[0], "Ĳsseldĳk 1");
        assert_eq!(
            address.lines(AddressStyle::PostNl).unwrap()[0],
            "IJsseldijk 1"
        );
    }

    #[test]
    fn a_post_box_wins_over_a_street_and_needs_none() {
        let with_street = PostalAddress {
            po_box: Some(30250),
            ..address()
        };
        let alone = PostalAddress {
            street: String::new(),
            house_number: None,
            ..with_street.clone()
        };
        for address in [with_street, alone] {
            let lines = address.lines(AddressStyle::Ons).unwrap();
            assert_eq!(lines, ["Postbus 30250", "1234 AB Enschede"]);
        }
        let none = PostalAddress {
            po_box: Some(0),
            ..address()
        };
        assert_eq!(none.lines(AddressStyle::Ons).unwrap()[0], "Sesamstraat 1");
        let too_high = PostalAddress {
            po_box: Some(100_000),
            ..address()
        };
        assert_eq!(
            problems(&too_high),
            [("po_box_number".into(), ProblemKind::NotANumber)]
        );
    }

    #[test]
    fn every_missing_field_is_named_at_once() {
        let expected = [
            ("street".into(), ProblemKind::Missing),
            ("home_number".into(), ProblemKind::Missing),
            ("zipcode".into(), ProblemKind::Missing),
            ("city".into(), ProblemKind::Missing),
        ];
        assert_eq!(problems(&PostalAddress::default()), expected);
        let dots = PostalAddress {
            street: ".".into(),
            postcode: "\u{a0}".into(),
            city: "Onbekend".into(),
            ..PostalAddress::default()
        };
        assert_eq!(problems(&dots), expected);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let wrong = PostalAddress {
            house_number: Some(0),
            postcode: "1234 SS".into(),
            ..address()
        };
        let expected = [
            ("home_number".into(), ProblemKind::NotANumber),
            ("zipcode".into(), ProblemKind::NotAPostcode),
        ];
        assert_eq!(problems(&wrong), expected);
    }

    #[test]
    fn house_numbers_run_from_1_to_99999() {
        for (number, fits) in [(0, false), (1, true), (99_999, true), (100_000, false)] {
            let address = PostalAddress {
                house_number: Some(number),
                ..address()
            };
            assert_eq!(address.lines(AddressStyle::Ons).is_ok(), fits, "{number}");
        }
    }

    #[test]
    fn a_foreign_address_ends_with_its_country_in_capitals() {
        let abroad = PostalAddress {
            street: "Rue de la Loi".into(),
            house_number: Some(16),
            postcode: "B-1000".into(),
            city: "Bruxelles".into(),
            country: "be".into(),
            ..PostalAddress::default()
        };
        assert_eq!(
            abroad.lines(AddressStyle::Ons).unwrap(),
            ["Rue de la Loi 16", "B-1000 Bruxelles", "BELGIË"]
        );
        assert_eq!(
            abroad.lines(AddressStyle::PostNl).unwrap(),
            ["Rue de la Loi 16", "B-1000 BRUXELLES", "BELGIË"]
        );
    }

    #[test]
    fn abroad_street_and_city_are_enough_and_both_are_needed() {
        let abroad = PostalAddress {
            street: "Kaya Grandi".into(),
            city: "Kralendijk".into(),
            country: "Caribisch Nederland".into(),
            ..PostalAddress::default()
        };
        assert_eq!(
            abroad.lines(AddressStyle::Ons).unwrap(),
            ["Kaya Grandi", "Kralendijk", "CARIBISCH NEDERLAND"]
        );
        let lettered = PostalAddress {
            house_number: Some(0),
            extension: "b".into(),
            po_box: Some(0),
            ..abroad
        };
        assert_eq!(
            lettered.lines(AddressStyle::Ons).unwrap()[0],
            "Kaya Grandi b"
        );
        let empty = PostalAddress {
            country: "5010".into(),
            ..PostalAddress::default()
        };
        assert_eq!(
            problems(&empty),
            [
                ("street".into(), ProblemKind::Missing),
                ("city".into(), ProblemKind::Missing),
                ("country".into(), ProblemKind::UnknownValue),
            ]
        );
    }

    #[test]
    fn a_round_is_walked_by_city_street_number_and_extension() {
        let door = |city: &str, street: &str, number, extension: &str| PostalAddress {
            street: street.into(),
            house_number: Some(number),
            extension: extension.into(),
            city: city.into(),
            ..PostalAddress::default()
        };
        let key = door("ÉÉN ", "Çiftlik  straat", 9, "-2A").sort_key();
        assert_eq!(
            key,
            ("een".into(), "ciftlik straat".into(), 9, "0002a".into())
        );
        let walk = [
            door("Almelo", "Zand", 1, ""),
            door("ENSCHEDE", "Âbeel", 1, ""),
            door("Enschede", "dam", 9, ""),
            door("Enschede", "Dam", 9, "2"),
            door("enschede", "Dam", 9, "-10"),
            door("Enschede", "Dam", 9, "c"),
            door("Enschede", "DAM", 10, ""),
        ];
        assert!(walk.is_sorted_by_key(PostalAddress::sort_key));
        let boxed = PostalAddress {
            po_box: Some(12),
            ..door("Enschede", "Dam", 9, "c")
        };
        assert_eq!(
            boxed.sort_key(),
            ("enschede".into(), "postbus".into(), 12, String::new())
        );
    }
}
