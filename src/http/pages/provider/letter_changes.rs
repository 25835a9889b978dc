//! What is different between two letters, for whoever is about to publish one.

use crate::{
    domain::{
        address::AddressStyle,
        letter_setup::{LetterSetup, LogoChoice},
        name::NameStyle,
    },
    wording::dutch_pages::{order, window},
};

/// A line of a text that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub kind: Kind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Same,
    Added,
    Removed,
}

impl Line {
    pub fn is_added(&self) -> bool {
        self.kind == Kind::Added
    }

    pub fn is_removed(&self) -> bool {
        self.kind == Kind::Removed
    }
}

/// Lines beyond which two texts are shown one after the other: far more than fit on a sheet.
const MOST_LINES: usize = 400;

/// The lines of both texts in one list; none when they are the same.
pub(super) fn text_changes(before: &str, after: &str) -> Vec<Line> {
    let (before, after): (Vec<&str>, Vec<&str>) = (
        before.trim_end().lines().collect(),
        after.trim_end().lines().collect(),
    );
    if before == after {
        return Vec::new();
    }
    if before.len().max(after.len()) > MOST_LINES {
        let removed = before.iter().map(|text| line(Kind::Removed, text));
        let added = after.iter().map(|text| line(Kind::Added, text));
        return removed.chain(added).collect();
    }
    // How many lines the rest of both texts have in common, from every pair of places on.
    let mut common = vec![vec![0_usize; after.len() + 1]; before.len() + 1];
    for (i, old) in before.iter().enumerate().rev() {
        for (j, new) in after.iter().enumerate().rev() {
            common[i][j] = match old == new {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < before.len() || j < after.len() {
        if i < before.len() && j < after.len() && before[i] == after[j] {
            lines.push(line(Kind::Same, before[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == after.len() || (i < before.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(line(Kind::Removed, before[i]));
            i += 1;
        } else {
            lines.push(line(Kind::Added, after[j]));
            j += 1;
        }
    }
    lines
}

fn line(kind: Kind, text: &str) -> Line {
    Line {
        kind,
        text: text.to_owned(),
    }
}

/// A preference that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Preference {
    pub name: &'static str,
    pub before: String,
    pub after: String,
}

/// The preferences that differ, in the order of their form.
pub(super) fn preference_changes(before: &LetterSetup, after: &LetterSetup) -> Vec<Preference> {
    described(before)
        .into_iter()
        .zip(described(after))
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| Preference {
            name,
            before,
            after,
        })
        .collect()
}

/// Every preference as people read it.
pub(super) fn described(setup: &LetterSetup) -> Vec<(&'static str, String)> {
    let letter = &setup.letter;
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "geen".to_owned());
    let yes = |on: bool| if on { "ja" } else { "nee" }.to_owned();
    vec![
        ("Telefoonnummer", text(&setup.telephone)),
        ("E-mailadres", text(&setup.email)),
        ("Website", text(&setup.website)),
        ("Adres van het portaal", letter.portal_url.clone()),
        ("Venster", window(letter.address_window).to_owned()),
        ("Logo op de brief", yes(letter.with_logo)),
        ("Welk logo", logo(&setup.logo)),
        ("Geldigheid", format!("{} dagen", letter.validity_days)),
        (
            "Schrijfwijze van namen",
            name_style(letter.name_style).to_owned(),
        ),
        (
            "Schrijfwijze van adressen",
            address_style(letter.address_style).to_owned(),
        ),
        ("Volgorde", order(letter.order).to_owned()),
        ("Sjabloon", template(&letter.template)),
        ("KIX-code", yes(letter.kix)),
        ("QR-code", yes(letter.qr)),
        ("Vouwstreepjes", yes(letter.fold_marks)),
    ]
}

/// The templates that ship with the product have Dutch names.
pub(super) fn template(name: &str) -> String {
    match name {
        "uitnodiging" => "Gewone letter".to_owned(),
        "uitnodiging-groot" => "Grote letter".to_owned(),
        own => own.to_owned(),
    }
}

fn logo(choice: &LogoChoice) -> String {
    match choice {
        LogoChoice::AsInExport => "uit de export".to_owned(),
        // Two that were uploaded are told apart by how their hash begins.
        LogoChoice::Uploaded(hash) => {
            let start: String = hash.chars().take(8).collect();
            format!("toegevoegd logo {start}")
        }
    }
}

fn name_style(style: NameStyle) -> &'static str {
    match style {
        NameStyle::Ons => "zoals in Ons",
        NameStyle::Brp => "volgens de BRP",
    }
}

fn address_style(style: AddressStyle) -> &'static str {
    match style {
        AddressStyle::Ons => "zoals in Ons",
        AddressStyle::PostNl => "volgens PostNL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> Vec<String> {
        text_changes(before, after)
            .into_iter()
            .map(|line| {
                let sign = match line.kind {
                    Kind::Same => ' ',
                    Kind::Added => '+',
                    Kind::Removed => '-',
                };
                format!("{sign}{}", line.text)
            })
            .collect()
    }

    #[test]
    fn lines_that_were_changed_stand_between_those_that_were_not() {
        assert_eq!(
            shown(
                "Geachte,\n\nOud.\n\nGroet",
                "Geachte,\n\nNieuw.\nMeer.\n\nGroet"
            ),
            [
                " Geachte,",
                " ",
                "-Oud.",
                "+Nieuw.",
                "+Meer.",
                " ",
                " Groet"
            ]
        );
        assert_eq!(shown("", "A\nB"), ["+A", "+B"]);
        assert_eq!(shown("A\nB", "A"), [" A", "-B"]);
        assert_eq!(shown("A\n", "A"), Vec::<String>::new());
    }

    #[test]
    fn texts_beyond_measure_are_shown_one_after_the_other() {
        let long = "a\n".repeat(MOST_LINES + 1);
        assert_eq!(text_changes(&long, "b").len(), MOST_LINES + 2);
    }
}
