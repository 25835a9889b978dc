//! What the cells of an export may say: pure functions from text to a value, or `None` for what is not one.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::domain::{
    client::{Gender, LinkStatus},
    name::PreferredName,
};

use super::nearest::plain;

/// Longest name or address field, in characters.
pub(super) const MAX_CHARS: usize = 200;

/// Text as it may stand on a letter, and what had to be done for that.
pub(super) struct CleanText {
    pub text: String,
    pub had_forbidden: bool,
    pub was_too_long: bool,
}

/// Trims and composes (NFC) `text`, drops forbidden characters and everything after [`MAX_CHARS`]: nothing is printed
/// from a text that was cut, so only its size matters.
pub(super) fn clean_text(text: &str) -> CleanText {
    let had_forbidden = text.trim().chars().any(is_forbidden);
    let mut text: Cow<'_, str> = if had_forbidden {
        let allowed = text.trim().chars().filter(|c| !is_forbidden(*c));
        Cow::Owned(allowed.collect::<String>().trim().to_owned())
    } else {
        Cow::Borrowed(text.trim())
    };
    if !is_nfc(&text) {
        text = Cow::Owned(text.nfc().collect());
    }
    let end = text.char_indices().nth(MAX_CHARS).map(|(at, _)| at);
    CleanText {
        text: text[..end.unwrap_or(text.len())].to_owned(),
        had_forbidden,
        was_too_long: end.is_some(),
    }
}

/// A question mark in a text with letters: a table saved as Windows-1252 has one for every letter that is not in it, and
/// nobody knows which it was. Nothing but question marks is no name, and is found missing.
pub(super) fn has_lost_character(text: &str) -> bool {
    text.contains('?') && text.contains(char::is_alphabetic)
}

/// Control characters; what reverses the direction of text; breaks of lines and paragraphs; and the mark that a
/// program leaves in place of a character it could not read, because then the name is damaged already.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061C}'
                | '\u{200E}'
                | '\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2066}'..='\u{2069}'
                | '\u{FFFD}'
        )
}

/// A whole number in digits, at most 99999: house numbers and PO boxes. `Some(None)` for 0, which Ons writes for none.
pub(super) fn read_number(text: &str) -> Option<Option<u32>> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match text.parse() {
        Ok(0) => Some(None),
        Ok(number @ 1..=99_999) => Some(Some(number)),
        _ => None,
    }
}

pub(super) fn read_flag(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "1" | "ja" | "j" | "waar" => Some(true),
        "false" | "0" | "nee" | "n" | "onwaar" => Some(false),
        _ => None,
    }
}

/// Whatever is not clearly one of the two is [`Gender::Other`]; nobody's letter has to wait for it.
pub(super) fn read_gender(text: &str) -> Gender {
    match text.to_lowercase().as_str() {
        "m" | "male" | "man" => Gender::Male,
        "f" | "v" | "female" | "vrouw" => Gender::Female,
        _ => Gender::Other,
    }
}

/// The number of Ons, or the names people give to it.
pub(super) fn read_preferred_name(text: &str) -> Option<PreferredName> {
    match plain(text).as_str() {
        "0" | "birth" | "birthname" | "geboortenaam" => Some(PreferredName::Birth),
        "1" | "partner" | "partnername" | "partnernaam" => Some(PreferredName::Partner),
        "2" | "birthpartner" | "birthnamepartnername" | "geboortenaampartnernaam" => {
            Some(PreferredName::BirthPartner)
        }
        "3" | "partnerbirth" | "partnernamebirthname" | "partnernaamgeboortenaam" => {
            Some(PreferredName::PartnerBirth)
        }
        _ => None,
    }
}

/// The four texts that Ons shows as *Carenstatus*.
pub(super) fn read_link_status(text: &str) -> Option<LinkStatus> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        ["actieve", "koppeling"] => Some(LinkStatus::Linked),
        ["niet", "gekoppeld"] => Some(LinkStatus::NotLinked),
        ["onbekend"] => Some(LinkStatus::Unknown),
        ["uitnodiging", "is", "nog", days, "dag" | "dagen", "geldig"]
            if days.bytes().all(|b| b.is_ascii_digit()) =>
        {
            let days_left = days.parse().ok()?;
            Some(LinkStatus::Invited { days_left })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_composed_and_freed_of_what_may_not_be_printed() {
        let cases = [
            ("\u{A0} de Vries\t", "de Vries", false),
            ("Zoe\u{308}", "Zoë", false),
            ("van \u{202E}Puffelen\u{2069}", "van Puffelen", true),
            ("A\u{7}\u{85}B\nC", "ABC", true),
            ("\u{200F} Jansen", "Jansen", true),
            ("Ren\u{FFFD}", "Ren", true),
            ("Ş. \u{133} 張 d’Ancona", "Ş. \u{133} 張 d’Ancona", false),
        ];
        for (raw, expected, forbidden) in cases {
            let clean = clean_text(raw);
            assert_eq!(
                (clean.text.as_str(), clean.had_forbidden),
                (expected, forbidden)
            );
            assert!(!clean.was_too_long);
        }
        for c in "\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}".chars() {
            assert!(is_forbidden(c), "{c:?}");
        }
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(!clean_text(&"é".repeat(200)).was_too_long);
        let long = clean_text(&"é".repeat(201));
        assert!(long.was_too_long);
        assert_eq!(long.text.chars().count(), 200);
    }

    #[test]
    fn numbers() {
        let cases = [
            ("1", Some(Some(1))),
            ("99999", Some(Some(99_999))),
            ("0014", Some(Some(14))),
            ("0", Some(None)),
            ("100000", None),
            ("-1", None),
            ("+1", None),
            ("14.0", None),
            ("14a", None),
            ("١٤", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read_number(text), expected, "{text}");
        }
    }

    #[test]
    fn flags_genders_and_preferred_names() {
        for text in ["true", "TRUE", "1", "ja", "J", "Waar"] {
            assert_eq!(read_flag(text), Some(true), "{text}");
        }
        for text in ["false", "False", "0", "nee", "N", "onwaar"] {
            assert_eq!(read_flag(text), Some(false), "{text}");
        }
        for text in ["2", "yes", "x", "-"] {
            assert_eq!(read_flag(text), None, "{text}");
        }
        for text in ["M", "male", "Man"] {
            assert_eq!(read_gender(text), Gender::Male, "{text}");
        }
        for text in ["f", "V", "FEMALE", "vrouw"] {
            assert_eq!(read_gender(text), Gender::Female, "{text}");
        }
        for text in ["", "X", "Onbekend", "Niet gespecificeerd"] {
            assert_eq!(read_gender(text), Gender::Other, "{text}");
        }
        let names = [
            ("0", "birth", PreferredName::Birth),
            ("1", "Partner", PreferredName::Partner),
            ("2", "birth-partner", PreferredName::BirthPartner),
            ("3", "PARTNER_BIRTH", PreferredName::PartnerBirth),
        ];
        for (number, name, expected) in names {
            assert_eq!(read_preferred_name(number), Some(expected));
            assert_eq!(read_preferred_name(name), Some(expected));
        }
        assert_eq!(read_preferred_name("4"), None);
    }

    #[test]
    fn the_texts_of_the_caren_status() {
        let cases = [
            ("Actieve koppeling", Some(LinkStatus::Linked)),
            ("NIET  gekoppeld", Some(LinkStatus::NotLinked)),
            ("onbekend", Some(LinkStatus::Unknown)),
            (
                "Uitnodiging is nog 12 dagen geldig",
                Some(LinkStatus::Invited { days_left: 12 }),
            ),
            (
                "uitnodiging is nog 1 dag geldig",
                Some(LinkStatus::Invited { days_left: 1 }),
            ),
            ("Uitnodiging is nog N dagen geldig", None),
            ("Uitnodiging is nog -3 dagen geldig", None),
            ("Uitnodiging is nog 99999999999 dagen geldig", None),
            ("gekoppeld", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read_link_status(text), expected, "{text}");
        }
    }
}
