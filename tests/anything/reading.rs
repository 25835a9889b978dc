//! What a letter should say, worked out from the rules by a reading of its own that is simpler than the program's.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What is printed of a text that was accepted; `value` answers with the printed value of a placeholder.
pub fn printed_text(source: &str, value: impl Fn(&str) -> String) -> String {
    let printed = |(is_item, paragraph): &(bool, String)| {
        let bullet = if *is_item { "•" } else { "" };
        format!("{bullet}{}", printed_paragraph(paragraph, &value))
    };
    paragraphs(source).iter().map(printed).collect()
}

/// What is printed of a value.
pub fn printed_value(raw: &str) -> String {
    let mut before = None;
    let value = visible(raw);
    let printed = value.trim().chars().map(|c| match c {
        '‘' => printed_char('’', &mut before),
        '\t' | '\n' | '\r' => printed_char(' ', &mut before),
        other => printed_char(other, &mut before),
    });
    printed.collect()
}

/// Composed, and without white space: where lines end is the layout's affair.
pub fn bare(text: &str) -> String {
    text.nfc().filter(|c| !c.is_whitespace()).collect()
}

/// Each paragraph or list item as one line, and whether it is an item.
fn paragraphs(source: &str) -> Vec<(bool, String)> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut paragraphs: Vec<(bool, String)> = Vec::new();
    let mut goes_on = false;
    for line in source.replace("\r\n", "\n").split('\n') {
        let rest = line.trim_start_matches([' ', '\t']);
        let indent = line[..line.len() - rest.len()].chars();
        let column = indent.fold(0, |column, c| match c {
            '\t' => (column / 4 + 1) * 4,
            _ => column + 1,
        });
        let item = rest
            .strip_prefix('-')
            .filter(|item| column < 4 && (item.is_empty() || item.starts_with([' ', '\t'])));
        match (item, paragraphs.last_mut()) {
            _ if rest.is_empty() => {}
            (Some(item), _) => paragraphs.push((true, item.trim_start().to_owned())),
            (None, Some((_, paragraph))) if goes_on => {
                // A backslash at the end of a line breaks it, unless the backslash is itself escaped.
                let backslashes = paragraph.len() - paragraph.trim_end_matches('\\').len();
                paragraph.truncate(paragraph.len() - backslashes % 2);
                paragraph.push(' ');
                paragraph.push_str(rest);
            }
            _ => paragraphs.push((false, rest.to_owned())),
        }
        goes_on = !rest.is_empty();
    }
    paragraphs
}

fn printed_paragraph(paragraph: &str, value: impl Fn(&str) -> String) -> String {
    let mut printed = String::new();
    let mut before = None;
    let visible = visible(paragraph);
    let mut rest = visible.as_str();
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '\\' if rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) => {
                let escaped = rest[1..].chars().next().unwrap();
                printed.push(printed_char(escaped, &mut before));
                taken = 2;
            }
            '*' if rest.starts_with("**") => taken = 2,
            '[' => {
                let end = rest.find(']').unwrap();
                printed.push_str(&value(&rest[1..end]));
                before = Some('x');
                taken = end + 1;
            }
            _ => printed.push(printed_char(c, &mut before)),
        }
        rest = &rest[taken..];
    }
    printed
}

/// A straight quote becomes the one that its place asks for; `before` is what stands before it.
fn printed_char(c: char, before: &mut Option<char>) -> char {
    let opens = before.is_none_or(|c| c.is_whitespace() || "([{/-–—“‘".contains(c));
    *before = Some(c);
    match c {
        '\'' => '’',
        '"' if opens => '“',
        '"' => '”',
        other => other,
    }
}

/// Composed, without the characters that nobody sees and that come along when text is pasted.
fn visible(text: &str) -> String {
    const UNSEEN: &str = "\u{ad}\u{34f}\u{200b}\u{200c}\u{200d}\u{2060}\u{fe0e}\u{fe0f}\u{feff}";
    text.nfc().filter(|c| !UNSEEN.contains(*c)).collect()
}

/// Whether a page says `expected`; both are bare.
///
/// Where there are accents that no character has in it, two things are the readers' and not the letter's. Typst puts a
/// letter whose accent is raised into the text of the PDF once for each stroke of it, so a letter with accents counts
/// once however often it comes in a row. Poppler takes an accent that stands by itself, close to the next character,
/// for an accent on that, so where there are such, accents do not count.
pub fn says(page: &str, expected: &str) -> bool {
    const ACCENTS: &str = "`´¨¯¸ˆ˜˙˚˛˝";
    let alone = |c: char| ACCENTS.contains(c);
    let plain = |text: &str| -> String {
        let apart = text.nfd();
        apart
            .filter(|c| !is_combining_mark(*c) && !alone(*c))
            .collect()
    };
    page == expected
        || (expected.contains(is_combining_mark) && once(page) == once(expected))
        || (expected.contains(alone) && plain(page) == plain(expected))
}

/// The characters with their accents; one with accents stands once for all that are the same in a row.
fn once(text: &str) -> Vec<String> {
    let mut signs: Vec<String> = Vec::new();
    for c in text.chars() {
        match signs.last_mut() {
            Some(sign) if is_combining_mark(c) => sign.push(c),
            _ => signs.push(c.to_string()),
        }
    }
    signs.dedup_by(|a, b| a == b && a.contains(is_combining_mark));
    signs
}
