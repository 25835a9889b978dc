//! From what somebody typed in an editor to a letter's setup: each value is checked as that of an export is.

use super::letter_faults::LetterFault;
use crate::{
    domain::{
        letter_fault::{LetterField, LogoProblem, TextProblem, ValueProblem},
        letter_setup::{LetterChanges, LetterSetup, LogoChoice},
        organisation::{LetterPreferences, OwnText, TemplateFiles},
    },
    exports::{KeyFault, MOST_VALIDITY_DAYS, clean_value},
    letters::{MOST_CHARACTERS, Template},
};

/// What errors call a text that somebody typed.
pub(super) const LETTER_TEXT: &str = "letter text";

/// What there is to choose from.
pub(super) struct Choices<'a> {
    /// The letter of the last export.
    pub(super) exported: &'a LetterPreferences,
    /// Hashes of the logos that were uploaded.
    pub(super) logos: &'a [String],
}

/// `base` with `changes`.
///
/// # Errors
/// Every value that a letter cannot have. Whether a letter can be made of the text is not asked here.
pub(super) fn change(
    base: &LetterSetup,
    changes: &LetterChanges,
    choices: &Choices<'_>,
) -> Result<LetterSetup, Vec<LetterFault>> {
    let mut faults = Vec::new();
    let letter = &base.letter;
    let mut value = |field, typed: &Option<String>, old: &Option<String>| match typed {
        None => old.clone(),
        Some(typed) => clean_value(typed).unwrap_or_else(|fault| {
            faults.push(LetterFault::of_value(field, value_problem(&fault)));
            None
        }),
    };
    let telephone = value(LetterField::Telephone, &changes.telephone, &base.telephone);
    let email = value(LetterField::Email, &changes.email, &base.email);
    let website = value(LetterField::Website, &changes.website, &base.website);
    let portal_url = value(
        LetterField::PortalUrl,
        &changes.portal_url,
        &Some(letter.portal_url.clone()),
    );
    let validity_days = changes.validity_days.unwrap_or(letter.validity_days);
    if !(1..=MOST_VALIDITY_DAYS).contains(&i64::from(validity_days)) {
        let problem = ValueProblem::Days;
        faults.push(LetterFault::of_value(LetterField::ValidityDays, problem));
    }
    let template = changes
        .template
        .clone()
        .unwrap_or_else(|| letter.template.clone());
    let own_template = own_template(&template, letter, choices.exported);
    if own_template.is_none()
        && !Template::shipped_names()
            .into_iter()
            .any(|name| name == template)
    {
        faults.push(LetterFault::of_template(&template));
    }
    let logo = changes.logo.clone().unwrap_or_else(|| base.logo.clone());
    if let LogoChoice::Uploaded(hash) = &logo
        && !choices.logos.contains(hash)
    {
        faults.push(LetterFault::of_logo(LogoProblem::Unknown));
    }
    let text = match &changes.text {
        None => letter.text.clone(),
        Some(typed) => text(typed).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        }),
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(LetterSetup {
        letter: LetterPreferences {
            template,
            own_template,
            text,
            address_window: changes.address_window.unwrap_or(letter.address_window),
            with_logo: changes.with_logo.unwrap_or(letter.with_logo),
            validity_days,
            name_style: changes.name_style.unwrap_or(letter.name_style),
            address_style: changes.address_style.unwrap_or(letter.address_style),
            order: changes.order.unwrap_or(letter.order),
            portal_url: portal_url.unwrap_or_else(|| LetterPreferences::default().portal_url),
            kix: changes.kix.unwrap_or(letter.kix),
            qr: changes.qr.unwrap_or(letter.qr),
            fold_marks: changes.fold_marks.unwrap_or(letter.fold_marks),
        },
        telephone,
        email,
        website,
        logo,
    })
}

/// The files of a template that is the provider's own: of the last export, or else those that were kept with the letter,
/// when a later export has none any more.
fn own_template(
    name: &str,
    base: &LetterPreferences,
    exported: &LetterPreferences,
) -> Option<TemplateFiles> {
    [exported, base]
        .into_iter()
        .filter(|letter| letter.template == name)
        .find_map(|letter| letter.own_template.clone())
}

/// Empty is none. A text that no letter could hold is not kept; whatever else is wrong with one is told later.
fn text(typed: &str) -> Result<Option<OwnText>, LetterFault> {
    if typed.chars().nth(MOST_CHARACTERS).is_some() {
        let problem = TextProblem::TooManyCharacters(MOST_CHARACTERS);
        return Err(LetterFault::of_whole_text(&problem));
    }
    // Forms send the line ends of old typewriters.
    let content = typed.replace("\r\n", "\n");
    let written = !content.trim().is_empty();
    Ok(written.then(|| OwnText {
        file: LETTER_TEXT.to_owned(),
        content,
    }))
}

fn value_problem(fault: &KeyFault) -> ValueProblem {
    match fault {
        KeyFault::TooLong => ValueProblem::TooLong,
        _ => ValueProblem::ForbiddenCharacter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exports::sample::invented_organisation;

    fn base() -> LetterSetup {
        LetterSetup::of(&invented_organisation().0)
    }

    fn changed(changes: LetterChanges) -> Result<LetterSetup, Vec<LetterField>> {
        let base = base();
        let choices = Choices {
            exported: &base.letter,
            logos: &["abc".to_owned()],
        };
        change(&base, &changes, &choices)
            .map_err(|faults| faults.iter().map(|fault| fault.field).collect())
    }

    #[test]
    fn what_is_absent_stays_and_what_is_empty_goes() {
        assert_eq!(changed(LetterChanges::default()).unwrap(), base());
        let emptied = changed(LetterChanges {
            text: Some(" \r\n".to_owned()),
            telephone: Some(String::new()),
            portal_url: Some(String::new()),
            ..LetterChanges::default()
        });
        let emptied = emptied.unwrap();
        assert_eq!((emptied.letter.text, emptied.telephone), (None, None));
        assert_eq!(emptied.letter.portal_url, "www.caren.nl");
        assert_eq!(emptied.email, base().email);
    }

    #[test]
    fn every_value_that_cannot_be_is_told_at_once() {
        let faults = changed(LetterChanges {
            text: Some("a".repeat(1_000_000)),
            template: Some("../../etc".to_owned()),
            validity_days: Some(0),
            telephone: Some("06\u{202e}1234".to_owned()),
            email: Some("x".repeat(500)),
            logo: Some(LogoChoice::Uploaded("def".to_owned())),
            ..LetterChanges::default()
        });
        assert_eq!(
            faults.unwrap_err(),
            [
                LetterField::Telephone,
                LetterField::Email,
                LetterField::ValidityDays,
                LetterField::Template,
                LetterField::Logo,
                LetterField::Text,
            ]
        );
    }

    #[test]
    fn a_template_of_the_provider_goes_along_and_a_shipped_one_does_not() {
        let files = |text: &str| TemplateFiles {
            description: String::new(),
            text: text.to_owned(),
            layout: String::new(),
        };
        let own = |text: &str| LetterPreferences {
            template: "eigen".to_owned(),
            own_template: Some(files(text)),
            ..LetterPreferences::default()
        };
        let shipped = LetterPreferences::default();
        assert_eq!(
            own_template("eigen", &own("old"), &own("new")),
            Some(files("new"))
        );
        assert_eq!(
            own_template("eigen", &own("old"), &shipped),
            Some(files("old"))
        );
        assert_eq!(own_template("uitnodiging", &own("old"), &own("new")), None);
    }
}
