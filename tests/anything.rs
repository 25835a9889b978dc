//! Any text and any value, by the thousand: what goes into a letter comes out of the PDF as it was, or is refused with
//! a reason. There is nothing in between, and no press breaks down over it.
//!
//! `scraps` puts together what people write and paste, `sheet` and `reading` work out by themselves what a letter
//! should say, and poppler tells what it says. `PROPTEST_CASES` and `PROPTEST_RNG_SEED` ask for more and for others.

mod batches;
mod reading;
mod scraps;
mod sheet;

use std::sync::LazyLock;

use proptest::{collection::vec, option, prelude::*};
use ttf_parser::Face;
use unicode_normalization::char::is_combining_mark;

use brievenbus::letters::{EditionError, Misfit, Press, PressProgram};

use crate::support::poppler;
use batches::{Fault, try_batches};
use reading::{bare, printed_value, says};
use sheet::{House, Words, set};

static PLAIN_HOUSE: LazyLock<House> = LazyLock::new(House::plain);

fn press() -> Press {
    Press::start(&PressProgram::at(env!("CARGO_BIN_EXE_brievenbus")), 1).unwrap()
}

#[test]
fn any_text_is_printed_as_it_was_written_or_refused_with_a_hint() {
    let (press, house, words) = (press(), &*PLAIN_HOUSE, Words::plain());
    try_batches(&Just(()), &scraps::text(), 34, |(), texts: &[String]| {
        let mut prints = Vec::new();
        let mut printed = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            let print = print_of(&press, house, &words, text).map_err(|why| (number, why))?;
            if let Some(print) = print {
                prints.push(print);
                printed.push(number);
            }
        }
        let pages = poppler::pages_as_set(&prints);
        assert_eq!(pages.len(), printed.len());
        for (number, page) in printed.iter().zip(&pages) {
            check_sheet(house, &texts[*number], &words, page).map_err(|why| (*number, why))?;
        }
        Ok(printed.len())
    });
}

/// The letter with this text; `None` when it was refused as it should be.
fn print_of(
    press: &Press,
    house: &House,
    words: &Words,
    text: &str,
) -> Result<Option<Vec<u8>>, String> {
    let edition = match house.edition(text, press) {
        Ok(edition) => edition,
        Err(error) => return check_refusal(&error, text).map(|()| None),
    };
    let made =
        set(press, edition, std::slice::from_ref(words)).map_err(|error| error.to_string())?;
    match (made, text.len() + 10 * text.lines().count()) {
        ((Some(print), misfits), _) if misfits.is_empty() => Ok(Some(print)),
        ((None, misfits), length)
            if length > 500 && matches!(misfits[..], [(0, Misfit::LinesTooLong(_))]) =>
        {
            Ok(None)
        }
        ((_, misfits), _) => Err(format!("{misfits:?}")),
    }
}

#[test]
fn a_short_value_is_printed_as_it_was_typed_unless_a_character_is_missing() {
    let press = press();
    let (house, words) = (house(scraps::short_value), words(scraps::short_value));
    try_batches(&house, &words, 92, |house, letters| {
        check_letters(&press, house, letters)
    });
}

#[test]
fn any_value_is_printed_as_it_was_typed_or_its_letter_is_left_out() {
    let press = press();
    let (house, words) = (house(scraps::value), words(scraps::value));
    try_batches(&house, &words, 32, |house, letters| {
        check_letters(&press, house, letters)
    });
}

#[test]
fn what_nobody_sees_is_refused_by_name_or_changes_nothing() {
    let (press, house, plain) = (press(), &*PLAIN_HOUSE, Words::plain());
    let with = |c: char| format!("Jan{c}sen");
    // What turns the direction of the text, ends a line or a paragraph, or is an order to a printer or a terminal.
    let orders = [
        '\u{202e}', '\u{202a}', '\u{202c}', '\u{200e}', '\u{200f}', '\u{61c}', '\u{2066}',
        '\u{2069}', '\u{206a}', '\u{2028}', '\u{2029}', '\u{0}', '\u{1}', '\u{7}', '\u{c}',
        '\u{1b}', '\u{7f}', '\u{85}',
    ];
    for c in orders {
        let name = format!("U+{:04X}", u32::from(c));
        let in_text = house.edition(&with(c), &press).err().unwrap().to_string();
        assert!(
            in_text.starts_with("brief.txt, line 1, column 4: ") && in_text.contains(&name),
            "{in_text}"
        );
        let with_name = House {
            name: with(c),
            ..house.clone()
        };
        let in_name = with_name.edition("Beste", &press).err().unwrap();
        assert_eq!(
            in_name.to_string(),
            format!("organisation.toml: the font has no {name} for the sender's details")
        );
        assert!(in_name.hint().unwrap().contains("cannot be seen"));
    }
    let letters = orders.map(|c| Words {
        client: with(c),
        ..plain.clone()
    });
    let (print, misfits) = set(&press, house.edition("Beste", &press).unwrap(), &letters).unwrap();
    let named: Vec<Misfit> = misfits.into_iter().map(|(_, misfit)| misfit).collect();
    assert!(print.is_none());
    assert_eq!(named, orders.map(|c| Misfit::MissingGlyph(vec![c])));

    // What comes along when text is pasted and leaves no ink is left out.
    for c in "\u{ad}\u{34f}\u{200b}\u{200c}\u{200d}\u{2060}\u{fe0e}\u{fe0f}\u{feff}".chars() {
        let text = format!("{} [CO{c}DE] [CLIENT_NAME]", with(c));
        let letter = Words {
            client: with(c),
            ..plain.clone()
        };
        let (print, _) = set(&press, house.edition(&text, &press).unwrap(), &[letter]).unwrap();
        let page = bare(&poppler::pages_as_set(print.as_slice())[0]);
        assert!(
            page.contains("Jansen0482915630JansenCodevoorJansen0482915630"),
            "{c:?}: {page}"
        );
    }
}

/// Sets the letters of a house, or of a plain one when this one is refused as it should be.
fn check_letters(press: &Press, house: &House, letters: &[Words]) -> Result<usize, Fault> {
    /// Every placeholder with a value that somebody fills in.
    const TEXT: &str = "[SALUTATION],\n\n[Client_Name]/[CODE]/[team_name] **[CARE_PROVIDER_NAME] [CLIENT_NAME]**\n\n\
        - [ADDRESSEE_NAME]\n- [WEBSITE]\n\n[PORTAL_URL] \"[TEAM_NAME]\"";
    let (house, edition) = match house.edition(TEXT, press) {
        Ok(edition) => (house, edition),
        Err(error) => {
            let refusal = check_refusal(&error, TEXT).and_then(|()| check_cause(&error, house));
            refusal.map_err(|why| (0, why))?;
            let plain = &*PLAIN_HOUSE;
            (plain, plain.edition(TEXT, press).unwrap())
        }
    };
    let (print, misfits) = set(press, edition, letters).map_err(|error| (0, error.to_string()))?;
    let printed = letters.len() - misfits.len();
    let mut pages = poppler::pages_as_set(print.as_slice()).into_iter();
    let mut misfits = misfits.into_iter().peekable();
    for (number, words) in letters.iter().enumerate() {
        let misfit = misfits.next_if(|(at, _)| *at == number);
        let checked = match misfit {
            None => check_sheet(house, TEXT, words, &pages.next().unwrap()),
            Some((_, misfit)) => check_misfit(&misfit, house, words),
        };
        checked.map_err(|why| (number, why))?;
    }
    assert_eq!((pages.next(), misfits.next()), (None, None));
    Ok(printed)
}

fn house<V: Strategy<Value = String>>(value: impl Fn(usize) -> V) -> impl Strategy<Value = House> {
    let short = || value(3);
    let contact = || option::of(short());
    let contact = (contact(), contact(), contact());
    (short(), short(), short(), short(), contact).prop_map(
        |(name, city, portal, team, (telephone, email, website))| House {
            name,
            city,
            portal,
            team,
            contact: [telephone, email, website],
        },
    )
}

fn words<V: Strategy<Value = String>>(value: impl Fn(usize) -> V) -> impl Strategy<Value = Words> {
    let (addressee, salutation, client) = (value(4), value(4), value(4));
    (
        addressee,
        vec(value(2), 0..5),
        salutation,
        client,
        "[0-9]{10}",
    )
        .prop_map(|(addressee, lines, salutation, client, code)| Words {
            addressee,
            lines,
            salutation,
            client,
            code,
        })
}

/// The page says all that it should in its order, and nothing else.
fn check_sheet(house: &House, text: &str, words: &Words, page: &str) -> Result<(), String> {
    let missing = unprintable(words.values().chain(house.values()));
    if !missing.is_empty() {
        return Err(format!("it is printed with {missing:?}"));
    }
    let page = bare(page);
    let sheets = house.sheets(text, words);
    match sheets.iter().any(|sheet| says(&page, sheet)) {
        true => Ok(()),
        false => Err(format!("the letter says\n{page}\nand not\n{}", sheets[0])),
    }
}

/// Names what cannot be printed, or is of a letter that may well be too large.
fn check_misfit(misfit: &Misfit, house: &House, words: &Words) -> Result<(), String> {
    let missing = unprintable(words.values());
    // An accent at the start of a line sticks out of it.
    let large = |value: &str| value.chars().count() > 25 || value.contains(is_combining_mark);
    let large = || words.values().chain(house.values()).any(large);
    let right = match misfit {
        Misfit::MissingGlyph(named) => !missing.is_empty() && *named == missing,
        Misfit::AddressTooLarge | Misfit::WordTooWide | Misfit::LinesTooLong(_) => {
            missing.is_empty() && large()
        }
        Misfit::CannotBeSet => false,
    };
    match right {
        true => Ok(()),
        false => Err(format!(
            "left out with {misfit:?}; {missing:?} cannot be printed"
        )),
    }
}

/// The reason is one that the house has.
fn check_cause(error: &EditionError, house: &House) -> Result<(), String> {
    let missing = unprintable(house.values());
    let right = match error {
        EditionError::MissingValue { .. } => {
            house.contact[2].is_none()
                || house.values().any(|value| printed_value(value).is_empty())
        }
        EditionError::MissingGlyph { characters, .. } => {
            characters.iter().all(|c| missing.contains(c))
        }
        EditionError::DoesNotFit { .. } => {
            missing.is_empty() && house.values().any(|value| value.chars().count() > 25)
        }
        _ => false,
    };
    match right {
        true => Ok(()),
        false => Err(format!("refused with: {error}")),
    }
}

/// One sentence and a hint that a provider understands, and the place when it is about the text.
fn check_refusal(error: &EditionError, text: &str) -> Result<(), String> {
    let sentence = error.to_string();
    let hint = error.hint().ok_or_else(|| format!("no hint: {sentence}"))?;
    for said in [&sentence, &hint] {
        let readable = !said.trim().is_empty()
            && said.chars().count() < 400
            && !said.chars().any(|c| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        let ours = [
            "ypst",
            "layout",
            "panic",
            "backtrace",
            "Error",
            "span",
            "None",
            "Some(",
        ];
        if !readable || ours.iter().any(|word| said.contains(word)) {
            return Err(format!("nobody understands {said:?}"));
        }
    }
    match error {
        EditionError::Text { error, .. } => {
            let lines = text
                .strip_prefix('\u{feff}')
                .unwrap_or(text)
                .replace("\r\n", "\n");
            let line = lines.split('\n').nth(error.line - 1);
            let there =
                line.is_some_and(|line| (1..=line.chars().count() + 1).contains(&error.column));
            there
                .then_some(())
                .ok_or_else(|| format!("there is no such place: {sentence}"))
        }
        EditionError::MissingGlyph { characters, .. } if !characters.is_empty() => Ok(()),
        EditionError::MissingValue { .. } | EditionError::DoesNotFit { .. } => Ok(()),
        _ => Err(format!("not for a provider to mend: {sentence}")),
    }
}

/// The characters of `values` that cannot be printed, sorted, each once: those that a face does not have, and those
/// that are no signs but orders to the program that shows them.
fn unprintable<'a>(values: impl Iterator<Item = &'a str>) -> Vec<char> {
    static FACES: LazyLock<[Face<'static>; 2]> = LazyLock::new(|| {
        [notosans::REGULAR_TTF, notosans::BOLD_TTF].map(|face| Face::parse(face, 0).unwrap())
    });
    let no_sign = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
            || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fffe}'..)
    };
    let known = |c: char| FACES.iter().all(|face| face.glyph_index(c).is_some());
    let mut found: Vec<char> = values
        .flat_map(|value| printed_value(value).chars().collect::<Vec<_>>())
        .filter(|c| no_sign(*c) || !known(*c))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}
