//! How a text of an export is spelled before a rule looks at it.
//!
//! Exports come from people and from several systems: accents as separate characters, hard spaces copied
//! from a web page, four kinds of apostrophe, and words that only say that there is nothing to say.

use deunicode::deunicode;
use unicode_normalization::UnicodeNormalization;

/// The text in NFC, with single spaces between its words and none around it.
///
/// Zero-width spaces and soft hyphens, which come along from web pages, are dropped, because no reader of the
/// letter can see why a rule failed on them. A grave, an acute, a prime and an opening quote become `'`: nobody
/// types them on purpose before a name, and print would show `‘t Hart`. Both right forms, `'` and `’`, stay as
/// they came.
pub(super) fn tidy(text: &str) -> String {
    let spelled: String = text
        .nfc()
        .filter(|c| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}'))
        .map(|c| match c {
            '‘' | '‛' | '`' | '´' | '′' | 'ʼ' => '\'',
            other => other,
        })
        .collect();
    spelled.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text in lower case ASCII, to compare and to sort by; never to print.
pub(super) fn fold(text: &str) -> String {
    // A transliteration may bring spaces of its own, as in `Bei Jing `.
    tidy(&deunicode(&tidy(text))).to_lowercase()
}

/// Whether a tidy text stands for nothing: `.` (how the BRP writes an unknown value), `-`, `none`, `n.v.t.`.
///
/// `null` counts only in all small letters or all capitals, as programs write it: *Null* is a family name.
pub(super) fn is_nothing(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() || matches!(bare, "null" | "NULL") {
        return true;
    }
    let word = bare.to_lowercase().replace('.', "");
    matches!(
        word.as_str(),
        "none"
            | "geen"
            | "nvt"
            | "niet van toepassing"
            | "n/a"
            | "onbekend"
            | "niet bekend"
            | "unknown"
    )
}

/// `'` or `’`: exports have both, and the rules treat them alike.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_composed_and_its_spaces_are_single() {
        let cases = [
            ("  Jan \u{a0}\t Peter ", "Jan Peter"),
            ("Rene\u{301}", "René"),
            ("Jan\u{200b}sen\u{feff}", "Jansen"),
            ("‘t Hart", "'t Hart"),
            ("`s-Gravenhage", "'s-Gravenhage"),
            ("d´Ancona", "d'Ancona"),
            ("d\u{2bc}Ancona", "d'Ancona"),
            ("in\u{2009}′t Veld", "in 't Veld"),
            ("’t Hart", "’t Hart"),
            ("Wit\u{ad}te\u{2060}veen", "Witteveen"),
            ("Nguye\u{302}\u{303}n", "Nguyễn"),
            ("\u{202f}", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(tidy(text), expected, "{text:?}");
        }
    }

    #[test]
    fn folded_text_is_lower_case_ascii() {
        let cases = [
            ("Şahin-Özdoğan", "sahin-ozdogan"),
            ("Ĳmuiden", "ijmuiden"),
            ("’s-Gravenhage", "'s-gravenhage"),
            (" 北京 ", "bei jing"),
        ];
        for (text, expected) in cases {
            assert_eq!(fold(text), expected, "{text:?}");
        }
    }

    #[test]
    fn nothing_has_many_spellings_and_a_name_is_none_of_them() {
        for nothing in [
            "",
            ".",
            "-",
            "--",
            "?",
            "none",
            "None",
            "NONE",
            "(none)",
            "geen",
            "N.v.t.",
            "nvt",
            "Niet van toepassing",
            "n/a",
            "Onbekend",
            "(niet bekend)",
            "null",
            "NULL",
            "...",
        ] {
            assert!(is_nothing(nothing), "{nothing:?}");
        }
        for name in [
            "Null", "Na", "Noné", "Nonet", "O", "'t Hart", "Geenen", "李",
        ] {
            assert!(!is_nothing(name), "{name:?}");
        }
    }
}
