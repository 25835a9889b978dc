//! Characters as a Dutch letter has them: `’` for an apostrophe, `“ ”` for straight double quotes.
//!
//! Typst makes no quotes smart that come in as data and knows no Dutch ones, so it is done here.

use unicode_normalization::UnicodeNormalization;

/// A value of the export or the settings as it is printed: composed (NFC), one kind of space, typographic quotes.
///
/// Runs of spaces stay: the postnl address style has two between postcode and city. An opening single quote is
/// always an apostrophe that a word processor got wrong (`‘s-Hertogenbosch`), so it becomes `’`.
pub(super) fn value(raw: &str) -> String {
    let clean: String = raw
        .nfc()
        .filter(|c| !is_invisible(*c))
        .map(|c| match c {
            '\t' | '\n' | '\r' | '\u{a0}' | '\u{2007}' | '\u{202f}' => ' ',
            '‘' => '’',
            other => other,
        })
        .collect();
    quotes(clean.trim(), None)
}

/// The provider's text as it is printed. `before` is the character that stands before it in the same paragraph,
/// which decides whether a double quote opens or closes.
pub(super) fn quotes(raw: &str, before: Option<char>) -> String {
    let mut before = before;
    raw.chars()
        .map(|c| {
            let printed = match c {
                '\'' => '’',
                '"' if before.is_none_or(opens_a_quote) => '“',
                '"' => '”',
                other => other,
            };
            before = Some(c);
            printed
        })
        .collect()
}

/// What the provider typed, composed (NFC) and without characters nobody can see; a tab is a space.
pub(super) fn composed(raw: &str) -> String {
    raw.nfc()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c == '\t' { ' ' } else { c })
        .collect()
}

fn opens_a_quote(before: char) -> bool {
    before.is_whitespace() || matches!(before, '(' | '[' | '{' | '/' | '-' | '–' | '—' | '“' | '‘')
}

/// Whether `c` is no sign but an order to the program that shows it: control characters, breaks of lines and
/// paragraphs, and what turns the direction of text around. Whoever typed them did not mean to, and a letter that
/// obeys them says something else than what was typed, so they are never printed, although the typeface has some.
pub(super) fn is_instruction(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

/// What comes along when text is pasted and leaves no ink: the zero-width space, joiner and non-joiner, the word and
/// the grapheme joiner, the byte order mark, the soft hyphen, and the wish for a sign in colours or without them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{200b}'
            ..='\u{200d}' | '\u{2060}' | '\u{fe0e}' | '\u{fe0f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_apostrophe_never_opens() {
        assert_eq!(value("'s-Hertogenbosch"), "’s-Hertogenbosch");
        assert_eq!(value("‘s-Gravenhage"), "’s-Gravenhage");
        assert_eq!(value("van 't Hof"), "van ’t Hof");
        assert_eq!(quotes("foto's en 'zo'", None), "foto’s en ’zo’");
    }

    #[test]
    fn double_quotes_open_and_close_by_what_stands_before() {
        assert_eq!(quotes("\"Ja\" (\"nee\")", None), "“Ja” (“nee”)");
        assert_eq!(quotes("\" zei hij", Some('a')), "” zei hij");
    }

    #[test]
    fn values_are_composed_and_keep_two_spaces() {
        assert_eq!(value(" Zoe\u{308}\u{200b} "), "Zoë");
        assert_eq!(value("1234\u{a0}AB  ENSCHEDE"), "1234 AB  ENSCHEDE");
    }
}
