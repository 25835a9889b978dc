//! Initials as they are printed: `PJ`, `p.j.` and `P J` all become `P.J.`.

use deunicode::deunicode_char;
use unicode_normalization::char::is_combining_mark;

/// What ends an initial. A comma is a slip for a dot.
const ENDS: [char; 4] = ['.', ',', ' ', '-'];

/// Two and three letters that make one initial in Dutch. Only looked at where the case of the letters does
/// not tell: `th.j.` is `Th.J.`.
const ONE_SOUND: [&str; 9] = ["ch", "chr", "dj", "kh", "ph", "sj", "st", "th", "tj"];

/// Longest run of small letters without dots that still is read as initials; a longer one is a name.
const MOST_SMALL_LETTERS: usize = 4;

/// Gives every initial its dot; `text` is tidy.
///
/// - Capitals are an initial each, `PJ` → `P.J.`; only a stored `IJ.` stays one.
/// - A capital and the small letters after it are one initial, `ThJ` → `Th.J.`, `Chr` → `Chr.`.
/// - When there is a vowel among two or more letters and no dot after them, someone wrote a first name
///   where initials belong: it is printed as a name, `Jan` → `Jan`.
/// - Small letters are an initial each, `pj` → `P.J.`, when there are no more than four and no capitals at
///   all; after capitals they are a stray prefix, and stay: `J. van`.
/// - A hyphen stays, `J-P` → `J.-P.`. What is no letter stays with its word.
///
/// No letter is ever lost.
pub(super) fn with_dots(text: &str) -> String {
    let has_capitals = text.chars().any(char::is_uppercase);
    let mut printed = String::new();
    let mut hyphen = false;
    let mut after_word = false;
    for run in text.split_inclusive(ENDS) {
        let chunk = run.trim_end_matches(ENDS);
        let end = &run[chunk.len()..];
        for piece in pieces(chunk, end == ".", has_capitals) {
            let is_word = !piece.ends_with('.');
            if std::mem::take(&mut hyphen) {
                printed.push('-');
            } else if !printed.is_empty() && (is_word || after_word) {
                printed.push(' ');
            }
            printed.push_str(&piece);
            after_word = is_word;
        }
        hyphen |= end == "-" && !printed.is_empty();
    }
    printed
}

/// The initials (with their dots) and names (without) in one run of characters.
fn pieces(chunk: &str, dotted: bool, has_capitals: bool) -> Vec<String> {
    if chunk.is_empty() {
        return Vec::new();
    }
    let letters = letters(chunk);
    let all = |test: fn(char) -> bool| {
        letters
            .iter()
            .all(|letter| letter.chars().next().is_some_and(test))
    };
    if !all(char::is_alphabetic) {
        let dot = if dotted { "." } else { "" };
        vec![format!("{chunk}{dot}")]
    } else if chunk.eq_ignore_ascii_case("ij") && (dotted || chunk == "Ij") {
        vec!["IJ.".to_owned()]
    } else if letters.len() == 1 || all(char::is_uppercase) {
        each_an_initial(&letters)
    } else if !all(char::is_lowercase) {
        split_at_capitals(&letters, dotted)
    } else if dotted && ONE_SOUND.contains(&chunk) {
        vec![format!("{}.", capitalised(chunk))]
    } else if !has_capitals && letters.len() <= MOST_SMALL_LETTERS {
        each_an_initial(&letters)
    } else {
        vec![chunk.to_owned()]
    }
}

/// Letters with the marks that belong to them, for those accents that NFC has no single character for.
fn letters(chunk: &str) -> Vec<String> {
    let mut letters: Vec<String> = Vec::new();
    for c in chunk.chars() {
        match letters.last_mut() {
            Some(letter) if is_combining_mark(c) => letter.push(c),
            _ => letters.push(c.to_string()),
        }
    }
    letters
}

fn each_an_initial(letters: &[String]) -> Vec<String> {
    letters
        .iter()
        .map(|letter| format!("{}.", letter.to_uppercase()))
        .collect()
}

/// `ThJ` is `Th.` and `J.`; `JPieter` is `J.` and the name `Pieter`.
fn split_at_capitals(letters: &[String], dotted: bool) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for letter in letters {
        match parts.last_mut() {
            Some(part) if !letter.starts_with(char::is_uppercase) => part.push_str(letter),
            _ => parts.push(letter.clone()),
        }
    }
    let last = parts.len().saturating_sub(1);
    for (i, part) in parts.iter_mut().enumerate() {
        let is_initial = (dotted && i == last) || is_abbreviation(part);
        *part = capitalised(part);
        if is_initial {
            part.push('.');
        }
    }
    parts
}

/// One letter, or two or three that nobody can say: `Th`, `Chr`, but not `Jo`.
fn is_abbreviation(part: &str) -> bool {
    let vowel = |c| {
        deunicode_char(c).is_some_and(|ascii| {
            ascii.starts_with(['a', 'e', 'i', 'o', 'u', 'y', 'A', 'E', 'I', 'O', 'U', 'Y'])
        })
    };
    let count = letters(part).len();
    count == 1 || (count <= 3 && !part.chars().any(vowel))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_get_their_dots() {
        let cases = [
            ("PJ", "P.J."),
            ("p.j.", "P.J."),
            ("P J", "P.J."),
            ("P. J.", "P.J."),
            ("pj", "P.J."),
            ("P", "P."),
            ("P.J", "P.J."),
            ("P,J", "P.J."),
            ("PJ.", "P.J."),
            ("Th.J.", "Th.J."),
            ("Th.", "Th."),
            ("Th", "Th."),
            ("Th J", "Th.J."),
            ("ThJ", "Th.J."),
            ("PJTh", "P.J.Th."),
            ("Chr", "Chr."),
            ("th.j.", "Th.J."),
            ("IJ.B.", "IJ.B."),
            ("IJ", "I.J."),
            ("Ij", "IJ."),
            ("Ç.", "Ç."),
            ("öş", "Ö.Ş."),
            ("J\u{30c}P", "J\u{30c}.P."),
            ("J-P", "J.-P."),
            ("J.-P.", "J.-P."),
            ("J. - P.", "J.-P."),
            ("-J", "J."),
            ("Jan", "Jan"),
            ("Jo", "Jo"),
            ("Jan Peter", "Jan Peter"),
            ("Jean-Pierre", "Jean-Pierre"),
            ("J Pieter", "J. Pieter"),
            ("Pieter J", "Pieter J."),
            ("pieter", "pieter"),
            ("J. van", "J. van"),
            ("A.B. (Jan)", "A.B. (Jan)"),
            ("Joh.", "Joh."),
            ("A.Chr.E.", "A.Chr.E."),
            ("j.chr.", "J.Chr."),
            ("Ph.M", "Ph.M."),
            ("J.Th.", "J.Th."),
            ("ij.", "IJ."),
            ("IJ.Th.", "IJ.Th."),
            ("Ĳ", "Ĳ."),
            ("ĳ.j.", "Ĳ.J."),
            ("F.Ş", "F.Ş."),
            ("R\u{303}A", "R\u{303}.A."),
            ("Øyvind", "Øyvind"),
            ("Jan-Peter A", "Jan-Peter A."),
            ("P.J. Piet", "P.J. Piet"),
            ("A.B.C.D.E.F.G.H.", "A.B.C.D.E.F.G.H."),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(with_dots(text), expected, "{text:?}");
        }
    }

    #[test]
    fn dots_are_given_once() {
        for text in [
            "PJ",
            "th.j.",
            "IJ.B.",
            "J-P",
            "Jan Peter",
            "J. van",
            "ThJ",
            "Chr",
        ] {
            let once = with_dots(text);
            assert_eq!(with_dots(&once), once, "{text:?}");
        }
    }
}
