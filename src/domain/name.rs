//! How a person is named on a letter.
//!
//! Two styles: **ons**, as the example letter of Ons writes it, and **brp**, the rules for *aanschrijfwijze*
//! and *aanhef* of the population register's API (<https://github.com/BRP-API/Haal-Centraal-BRP-bevragen>,
//! `features/bevragen/persoon/adressering`), with the capitals of Onze Taal
//! (<https://onzetaal.nl/taalloket/hoofdletters-namen-nederland>). Nothing here cuts a name short: a long one is
//! wrapped where it is printed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    client::{Gender, Problem, ProblemKind},
    initials,
    spelling::{fold, is_apostrophe, is_nothing, tidy},
};

/// The parts of a name as Ons records them. All are trimmed; absent is empty.
///
/// Every method reads them with the same mercy: hard and double spaces, `.` or `none` for nothing, and a
/// title (`Dhr Mike Wazowski`) or a prefix (`van` before `van Dijk`) that would be printed twice.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PersonName {
    /// With or without dots: `P.J.`, `PJ`, `Th.J.`.
    pub initials: String,
    /// Printed when there are no initials, or when it was typed there as well.
    pub given_name: String,
    /// `van der`, `d'`, `in 't`, with the capitals that are registered.
    pub birth_name_prefix: String,
    pub birth_name: String,
    pub partner_name_prefix: String,
    pub partner_name: String,
    pub preferred: PreferredName,
}

/// Nothing of it: what has a name or an address in it ends up in a log sooner or later.
impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

/// Ons `preferredNameType`: which names the person goes by, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PreferredName {
    /// 0
    #[default]
    Birth,
    /// 1
    Partner,
    /// 2
    BirthPartner,
    /// 3
    PartnerBirth,
}

/// How a person is addressed and greeted; an organisation chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NameStyle {
    /// `Mevr. C. de Vries - Heemsberge`, as Ons writes it.
    #[default]
    Ons,
    /// `C. de Vries-Heemsberge`, the rules of the population register (BRP) and Onze Taal.
    Brp,
}

impl PersonName {
    /// The name line of the address; empty when there is no name at all.
    ///
    /// `Mevr. C. de Vries - Heemsberge` (ons), `C. de Vries-Heemsberge` (brp). Without initials the given
    /// name takes their place, as a line with a family name alone may reach the wrong member of a household.
    pub fn addressee(&self, gender: Gender, style: NameStyle) -> String {
        let name = self.full_name(style);
        match (style, gender) {
            (NameStyle::Ons, Gender::Male) if !name.is_empty() => format!("Dhr. {name}"),
            (NameStyle::Ons, Gender::Female) if !name.is_empty() => format!("Mevr. {name}"),
            _ => name,
        }
    }

    /// What stands after `Geachte `, without the comma.
    ///
    /// ons repeats the addressee. brp has `heer` or `mevrouw` and the family name, and for any other gender
    /// the addressee: a gender is never guessed.
    pub fn salutation(&self, gender: Gender, style: NameStyle) -> String {
        let form = match (style, gender) {
            (NameStyle::Ons, _) | (_, Gender::Other) => return self.addressee(gender, style),
            (NameStyle::Brp, Gender::Male) => "heer",
            (NameStyle::Brp, Gender::Female) => "mevrouw",
        };
        let family = self.family_name(style);
        let name = if family.is_empty() {
            self.forenames()
        } else {
            family
        };
        joined(&[form, &with_capital(&name)])
    }

    /// What a list of letters is sorted by: family name first, without prefix, in lower case without accents,
    /// then two spaces and the initials or the given name.
    ///
    /// A space sorts before any letter, so two of them put all of `berg` before `berg boer`.
    pub fn sort_key(&self) -> String {
        let families: Vec<String> = self
            .family_names()
            .iter()
            .map(|family| fold(family.without_prefix()))
            .collect();
        let key = format!("{}  {}", families.join("-"), fold(&self.forenames()));
        key.trim().to_owned()
    }

    /// What is missing for a letter: `birth_name`, when there is no birth name and no partner name either.
    pub fn problems(&self) -> Vec<Problem> {
        if self.family_names().is_empty() {
            vec![Problem::new("birth_name", ProblemKind::Missing)]
        } else {
            Vec::new()
        }
    }

    fn full_name(&self, style: NameStyle) -> String {
        let name = joined(&[&self.forenames(), &self.family_name(style)]);
        match style {
            NameStyle::Ons => name,
            // The first part of a name has a capital there, whichever part it is.
            NameStyle::Brp => with_capital(&name),
        }
    }

    /// What stands before the family name: the initials, or the given name when there are none, or when it
    /// was typed in place of the initials (`JAN` of a Jan is no `J.A.N.`).
    fn forenames(&self) -> String {
        let initials = read(&self.initials, Field::Initials);
        let given_name = read(&self.given_name, Field::Other);
        if initials.is_empty() || is_same_name(&initials, &given_name) {
            given_name
        } else {
            initials::with_dots(&initials)
        }
    }

    fn family_name(&self, style: NameStyle) -> String {
        let names: Vec<String> = self
            .family_names()
            .iter()
            .map(FamilyName::written)
            .collect();
        match style {
            NameStyle::Ons => names.join(" - "),
            NameStyle::Brp => with_tight_hyphens(&names.join("-")),
        }
    }

    /// The family names that the person goes by, in their order. When only one of the two is known it is
    /// that one, whatever the preference says: the BRP would give no name at all then, but a letter without
    /// one can't be sent, and this is the only name that the provider knows the person by.
    fn family_names(&self) -> Vec<FamilyName> {
        let birth = FamilyName::read(&self.birth_name_prefix, &self.birth_name);
        let partner = FamilyName::read(&self.partner_name_prefix, &self.partner_name);
        match (birth, partner, self.preferred) {
            (Some(birth), Some(_), PreferredName::Birth) => vec![birth],
            (Some(_), Some(partner), PreferredName::Partner) => vec![partner],
            (Some(birth), Some(partner), PreferredName::BirthPartner) => vec![birth, partner],
            (Some(birth), Some(partner), PreferredName::PartnerBirth) => vec![partner, birth],
            (birth, partner, _) => birth.or(partner).into_iter().collect(),
        }
    }
}

/// One family name, tidy; the prefix is empty when there is none.
struct FamilyName {
    prefix: String,
    name: String,
}

impl FamilyName {
    /// `None` when the name says that there is none; a prefix alone is not a name.
    fn read(prefix: &str, name: &str) -> Option<Self> {
        let prefix = read(prefix, Field::Other);
        let mut name_read = read(name, Field::FamilyName);
        // *Geen* is a word for nothing, but *van Geen* is a family.
        if name_read.is_empty() && !prefix.is_empty() && tidy(name).eq_ignore_ascii_case("geen") {
            name_read = tidy(name);
        }
        if let Some(rest) = after_prefix(&name_read, &prefix) {
            name_read = rest.to_owned();
        }
        (!name_read.is_empty()).then_some(Self {
            prefix,
            name: name_read,
        })
    }

    /// Prefix and name: `de Vries`, `'t Hart`, but `d'Ancona`, as no space follows an apostrophe.
    fn written(&self) -> String {
        let mut written = String::new();
        for word in self.prefix.split(' ').chain(self.name.split(' ')) {
            if !written.is_empty() && !written.ends_with(is_apostrophe) {
                written.push(' ');
            }
            written.push_str(word);
        }
        written
    }

    /// The name to look someone up by: `Steen` and `Ancona` too when the prefix stands in the name itself, as in
    /// `van der Steen` and `d'Ancona`.
    fn without_prefix(&self) -> &str {
        let is_prefix =
            |word: &str| word.starts_with(|c: char| is_apostrophe(c) || c.is_lowercase());
        let mut rest = self.name.as_str();
        while let Some((word, after)) = rest.split_once(' ')
            && is_prefix(word)
        {
            rest = after;
        }
        if let Some((elision, after)) = rest.split_once(is_apostrophe)
            && !elision.contains(char::is_uppercase)
            && after.starts_with(char::is_uppercase)
        {
            rest = after;
        }
        // A name in small letters only has no prefix that can be told from the rest.
        if is_prefix(rest) { &self.name } else { rest }
    }
}

/// What follows a prefix that stands in the name itself as well, so that it is not printed twice; `None` when it
/// does not, or when nothing follows it.
fn after_prefix<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, after) = name.split_at_checked(prefix.len())?;
    let is_elided = prefix.ends_with(is_apostrophe);
    let rest = after.trim_start();
    let is_there = !prefix.is_empty()
        && start.eq_ignore_ascii_case(prefix)
        && (is_elided || after.starts_with(' '))
        && !rest.is_empty();
    is_there.then_some(rest)
}

/// Where a value was found, which decides what can be a title there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    /// `DHR`, `MEJ` and `MW` in capitals, a bare `mw` or `hr`, and `N.V.T.`, are initials here.
    Initials,
    /// `de Heer` with nothing after it is a name here.
    FamilyName,
    Other,
}

/// Forms of address that people type in front of a name, in lower case without a dot.
const TITLES: [&str; 10] = [
    "dhr",
    "hr",
    "mevr",
    "mvr",
    "mevrouw",
    "mw",
    "de heer",
    "meneer",
    "mej",
    "mejuffrouw",
];

/// Words that join two titles, `Dhr. en Mevr.`, in lower case with the space after them.
const BETWEEN_TITLES: [&str; 4] = ["en ", "of ", "& ", "+ "];

/// Titles that are family names when nothing follows them.
const TITLES_THAT_ARE_NAMES: [&str; 2] = ["de heer", "meneer"];

/// A field without stray spaces and titles; empty when it says nothing.
fn read(text: &str, field: Field) -> String {
    let text = tidy(text);
    let value = without_titles(&text, field);
    let is_initials = field == Field::Initials && value.replace(['.', ' '], "") == "NVT";
    if is_nothing(value) && !is_initials {
        String::new()
    } else {
        value.to_owned()
    }
}

/// `Dhr Mike Wazowski` → `Mike Wazowski`, `Dhr./Mevr. Jansen` and `Dhr. en Mevr. Jansen` → `Jansen`; a title
/// inside a name stays.
fn without_titles(text: &str, field: Field) -> &str {
    let mut rest = text;
    while let Some(after) = after_title(rest, field) {
        rest = after;
    }
    rest
}

/// What follows the title that `text` begins with; `None` when it does not begin with one.
fn after_title(text: &str, field: Field) -> Option<&str> {
    const ENDS: [char; 4] = ['.', ',', '/', ' '];
    TITLES.iter().find_map(|title| {
        let (start, after) = text.split_at_checked(title.len())?;
        let ends_here = after.is_empty() || after.starts_with(ENDS);
        if !ends_here || !start.eq_ignore_ascii_case(title) {
            return None;
        }
        let after = after.trim_start_matches(ENDS);
        let after = BETWEEN_TITLES
            .iter()
            .find_map(|word| after.strip_prefix(word))
            .filter(|rest| after_title(rest, field).is_some())
            .unwrap_or(after);
        let is_value = match field {
            Field::Initials => matches!(text, "mw" | "hr") || !start.contains(char::is_lowercase),
            Field::FamilyName => after.is_empty() && TITLES_THAT_ARE_NAMES.contains(title),
            Field::Other => false,
        };
        (!is_value).then_some(after)
    })
}

/// The first letter as a capital, for a name with nothing before it: `Van Puffelen`.
///
/// `'t` stays, as its first character has no capital, and so does `d'`, but no other elision: `L'Ami`. `ij` is
/// one letter. (Onze Taal; <https://taaladvies.net/mevrouw-van-der-ven-van-dijk/>, <https://taaladvies.net/ijsland/>)
fn with_capital(name: &str) -> String {
    let is_elided_de = name
        .strip_prefix('d')
        .is_some_and(|rest| rest.starts_with(is_apostrophe));
    if is_elided_de {
        return name.to_owned();
    }
    let first = name.chars().next().map_or(0, char::len_utf8);
    let letters = if name.starts_with("ij") { 2 } else { first };
    let (start, rest) = name.split_at(letters);
    start.to_uppercase() + rest
}

/// Hyphens without spaces around them, also where the data has a dash (`Jansen – de Boer`): the BRP drops every
/// space beside a hyphen.
fn with_tight_hyphens(name: &str) -> String {
    let name = name.replace(" – ", "-");
    let parts: Vec<&str> = name.split('-').map(str::trim).collect();
    parts.join("-")
}

/// Whether the initials are the given name. Three letters at least, one of them small: a *PJ* is called by their
/// initials.
fn is_same_name(initials: &str, given_name: &str) -> bool {
    given_name.chars().count() >= 3
        && given_name.contains(char::is_lowercase)
        && initials.to_lowercase() == given_name.to_lowercase()
}

/// The parts that are there, with a space between them.
fn joined(parts: &[&str]) -> String {
    let there: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    there.join(" ")
}

#[cfg(test)]
mod cases;

#[cfg(test)]
mod tests {
    use super::*;

    /// A person from `gender; initials; type; own; partner`, where `de|Vries` is a prefix and a name.
    pub(super) fn person(row: &str) -> (Gender, PersonName, Vec<&str>) {
        let cells: Vec<&str> = row.split(';').map(str::trim).collect();
        let gender = match cells[0] {
            "M" => Gender::Male,
            "F" => Gender::Female,
            "X" => Gender::Other,
            other => panic!("no gender: {other}"),
        };
        let preferred = match cells[2] {
            "0" => PreferredName::Birth,
            "1" => PreferredName::Partner,
            "2" => PreferredName::BirthPartner,
            "3" => PreferredName::PartnerBirth,
            other => panic!("no type: {other}"),
        };
        let own = cells[3].split_once('|').unwrap_or(("", cells[3]));
        let partner = cells[4].split_once('|').unwrap_or(("", cells[4]));
        let name = PersonName {
            initials: cells[1].into(),
            given_name: String::new(),
            birth_name_prefix: own.0.into(),
            birth_name: own.1.into(),
            partner_name_prefix: partner.0.into(),
            partner_name: partner.1.into(),
            preferred,
        };
        (gender, name, cells[5..].to_vec())
    }

    pub(super) fn check(style: NameStyle, rows: &[&str]) {
        for row in rows {
            let (gender, name, expected) = person(row);
            let printed = [
                name.addressee(gender, style),
                name.salutation(gender, style),
            ];
            assert_eq!(printed.as_slice(), expected, "{row}");
        }
    }

    #[test]
    fn brp_names_follow_the_table_of_the_domain() {
        check(
            NameStyle::Brp,
            &[
                "F; J.R.; 0; Groenen; ; J.R. Groenen; mevrouw Groenen",
                "X; J.R.; 0; Groenen; ; J.R. Groenen; J.R. Groenen",
                "M; R.M.; 0; van|Puffelen; ; R.M. van Puffelen; heer Van Puffelen",
                "F; O.; 3; van|Velzen; Van Den|Berg; O. Van Den Berg-van Velzen; mevrouw Van Den Berg-van Velzen",
                "M; P.; 2; van|Velzen; Van Den|Berg; P. van Velzen-Van Den Berg; heer Van Velzen-Van Den Berg",
                "F; J.R.; 1; in het|Zonnetje; 't|Wolkje; J.R. 't Wolkje; mevrouw 't Wolkje",
                "X; ; 0; in het|Zonnetje; ; In het Zonnetje; In het Zonnetje",
                "F; H.; 0; d'|Ancona; ; H. d'Ancona; mevrouw d'Ancona",
                "M; A.; 0; 't|Hart; ; A. 't Hart; heer 't Hart",
                "F; Ç.; 0; Şahin-Özdoğan; ; Ç. Şahin-Özdoğan; mevrouw Şahin-Özdoğan",
                "M; Th.J.; 0; ten|Thije; ; Th.J. ten Thije; heer Ten Thije",
            ],
        );
    }

    #[test]
    fn brp_names_follow_its_rules_beyond_the_table() {
        check(
            NameStyle::Brp,
            &[
                "F; C.; 2; de|Vries; Heemsberge; C. de Vries-Heemsberge; mevrouw De Vries-Heemsberge",
                "F; C.; 3; de|Vries; Heemsberge; C. Heemsberge-de Vries; mevrouw Heemsberge-de Vries",
                "F; C.; 0; de|Vries; Heemsberge; C. de Vries; mevrouw De Vries",
                "F; C.; 1; de|Vries; Heemsberge; C. Heemsberge; mevrouw Heemsberge",
                "F; J.R.; 3; in het|Zonnetje; 't|Wolkje; J.R. 't Wolkje-in het Zonnetje; mevrouw 't Wolkje-in het Zonnetje",
                "F; J.R.; 2; in het|Zonnetje; 't|Wolkje; J.R. in het Zonnetje-'t Wolkje; mevrouw In het Zonnetje-'t Wolkje",
                "X; ; 3; Ali bin Mohammed; van|Velzen; Van Velzen-Ali bin Mohammed; Van Velzen-Ali bin Mohammed",
                "X; ; 2; Ali bin Mohammed; van|Velzen; Ali bin Mohammed-van Velzen; Ali bin Mohammed-van Velzen",
                "M; J.; 0; van 't|Hof; ; J. van 't Hof; heer Van 't Hof",
                "M; J.; 0; van ’t|Hof; ; J. van ’t Hof; heer Van ’t Hof",
                "M; J.; 0; ’t|Hart; ; J. ’t Hart; heer ’t Hart",
                "F; H.; 0; d’|Ancona; ; H. d’Ancona; mevrouw d’Ancona",
                "F; H.; 0; d' Ancona; ; H. d'Ancona; mevrouw d'Ancona",
                "M; P.; 0; de l'|Isle; ; P. de l'Isle; heer De l'Isle",
                "M; P.; 0; van der Steen; ; P. van der Steen; heer Van der Steen",
                "X; ; 0; ijzerman; ; IJzerman; IJzerman",
                "M; ; 0; van|Puffelen; ; Van Puffelen; heer Van Puffelen",
                "M; ; 0; 's|Gravesande; ; 's Gravesande; heer 's Gravesande",
                "F; Ö.; 0; özcan; ; Ö. özcan; mevrouw Özcan",
            ],
        );
    }

    #[test]
    fn ons_names_have_a_title_and_spaces_around_the_hyphen() {
        check(
            NameStyle::Ons,
            &[
                "F; C.; 2; de|Vries; Heemsberge; Mevr. C. de Vries - Heemsberge; Mevr. C. de Vries - Heemsberge",
                "F; C.; 3; de|Vries; Heemsberge; Mevr. C. Heemsberge - de Vries; Mevr. C. Heemsberge - de Vries",
                "M; PJ; 0; van|Puffelen; ; Dhr. P.J. van Puffelen; Dhr. P.J. van Puffelen",
                "X; P J; 0; van|Puffelen; ; P.J. van Puffelen; P.J. van Puffelen",
                "M; ; 0; van|Puffelen; ; Dhr. van Puffelen; Dhr. van Puffelen",
                "F; Ç.; 0; Şahin-Özdoğan; ; Mevr. Ç. Şahin-Özdoğan; Mevr. Ç. Şahin-Özdoğan",
                "F; H.; 1; Jansen; d'|Ancona; Mevr. H. d'Ancona; Mevr. H. d'Ancona",
                "M; ; 0; ; ; ; ",
            ],
        );
    }

    #[test]
    fn without_a_partner_name_it_is_the_own_name_whatever_the_type() {
        for nothing in [
            "", ".", "none", "None", "NONE", "-", " - ", "n.v.t.", "geen", "van|", "van|-",
            "de|none",
        ] {
            for preferred in ["0", "1", "2", "3"] {
                let row = format!("F; C.; {preferred}; de|Vries; {nothing}");
                let (gender, name, _) = person(&row);
                assert_eq!(
                    name.addressee(gender, NameStyle::Brp),
                    "C. de Vries",
                    "{row}"
                );
            }
        }
    }

    #[test]
    fn without_an_own_name_it_is_the_partner_name_whatever_the_type() {
        for preferred in ["0", "1", "2", "3"] {
            let row = format!("F; C.; {preferred}; .; van|Geen");
            let (gender, name, _) = person(&row);
            assert_eq!(
                name.addressee(gender, NameStyle::Brp),
                "C. van Geen",
                "{row}"
            );
            assert_eq!(name.problems(), []);
        }
    }

    #[test]
    fn a_nameless_person_is_a_problem_of_the_birth_name() {
        for row in [
            "F; C.; 0; ; ",
            "M; ; 2; .; none",
            "X; J.; 1; van|; de|",
            "M; P.; 0; Dhr.; ",
        ] {
            let (_, name, _) = person(row);
            let missing = Problem::new("birth_name", ProblemKind::Missing);
            assert_eq!(name.problems(), [missing], "{row}");
        }
    }

    #[test]
    fn titles_in_the_data_are_not_printed_twice() {
        check(
            NameStyle::Ons,
            &[
                "M; ; 0; Dhr Mike Wazowski; ; Dhr. Mike Wazowski; Dhr. Mike Wazowski",
                "M; P.; 0; Dhr.|Jansen; ; Dhr. P. Jansen; Dhr. P. Jansen",
                "F; P.; 0; Mevr. de|Jong; ; Mevr. P. de Jong; Mevr. P. de Jong",
                "F; P.; 0; mevrouw|Jansen; ; Mevr. P. Jansen; Mevr. P. Jansen",
                "F; P.; 1; Jansen; Mw. Pietersen; Mevr. P. Pietersen; Mevr. P. Pietersen",
                "M; P.; 0; de heer Jansen; ; Dhr. P. Jansen; Dhr. P. Jansen",
                "X; P.; 0; Dhr./Mevr. Jansen; ; P. Jansen; P. Jansen",
                "M; Dhr. P.J.; 0; Jansen; ; Dhr. P.J. Jansen; Dhr. P.J. Jansen",
                "F; Mw.; 0; Jansen; ; Mevr. Jansen; Mevr. Jansen",
                "F; MW; 0; Jansen; ; Mevr. M.W. Jansen; Mevr. M.W. Jansen",
                "F; mw; 0; Jansen; ; Mevr. M.W. Jansen; Mevr. M.W. Jansen",
                "M; DHR; 0; Jansen; ; Dhr. D.H.R. Jansen; Dhr. D.H.R. Jansen",
                "M; P.; 0; de|Heer; ; Dhr. P. de Heer; Dhr. P. de Heer",
                "M; P.; 0; de Heer; ; Dhr. P. de Heer; Dhr. P. de Heer",
                "M; P.; 0; de Heer-Vos; ; Dhr. P. de Heer-Vos; Dhr. P. de Heer-Vos",
                "F; P.; 0; Mevrouwen; ; Mevr. P. Mevrouwen; Mevr. P. Mevrouwen",
            ],
        );
    }

    #[test]
    fn a_given_name_stands_in_for_missing_initials() {
        let (_, name, _) = person("M; ; 0; van|Puffelen; ");
        let cases = [
            ("", "Rob", "Rob van Puffelen"),
            ("-", "dhr. Rob  Jan", "Rob Jan van Puffelen"),
            ("R", "Rob", "R. van Puffelen"),
            ("", ".", "Van Puffelen"),
        ];
        for (initials, given_name, expected) in cases {
            let name = PersonName {
                initials: initials.into(),
                given_name: given_name.into(),
                ..name.clone()
            };
            assert_eq!(name.addressee(Gender::Male, NameStyle::Brp), expected);
            assert_eq!(name.salutation(Gender::Other, NameStyle::Brp), expected);
            assert_eq!(
                name.salutation(Gender::Male, NameStyle::Brp),
                "heer Van Puffelen"
            );
        }
        let only_given = PersonName {
            given_name: "Rob".into(),
            ..PersonName::default()
        };
        assert_eq!(
            only_given.salutation(Gender::Male, NameStyle::Brp),
            "heer Rob"
        );
    }

    #[test]
    fn stray_spaces_and_loose_accents_are_mended() {
        check(
            NameStyle::Brp,
            &[
                "F; C.\u{a0}; 0; van\u{a0} der|Meer  Jansen; ; C. van der Meer Jansen; mevrouw Van der Meer Jansen",
                "M; P.; 0; S\u{327}ahin; ; P. \u{15e}ahin; heer \u{15e}ahin",
                "M; P.; 0; ‘t|Hart; ; P. 't Hart; heer 't Hart",
            ],
        );
    }

    #[test]
    fn lists_are_sorted_by_family_name_without_prefix_and_accents() {
        let cases = [
            ("F; C.; 2; de|Vries; Heemsberge", "vries-heemsberge  c."),
            ("F; C.; 3; de|Vries; Heemsberge", "heemsberge-vries  c."),
            ("F; Ç; 0; Şahin-Özdoğan; ", "sahin-ozdogan  c."),
            ("M; p; 0; van der Steen; ", "steen  p."),
            ("M; P.; 0; 't Hart; ", "hart  p."),
            ("M; P.; 0; d'|Ancona; ", "ancona  p."),
            ("M; P.; 0; de vries; ", "de vries  p."),
            ("M; ; 0; Łukasz; ", "lukasz"),
            ("M; P.; 0; ; ", "p."),
        ];
        for (row, expected) in cases {
            assert_eq!(person(row).1.sort_key(), expected, "{row}");
        }
        let sorted = [
            "M; C.; 0; van den|Berg; ",
            "M; A.; 0; Berg Boer; ",
            "M; A.; 0; Bergman; ",
        ];
        assert!(sorted.is_sorted_by_key(|row| person(row).1.sort_key()));
    }

    #[test]
    fn every_word_that_goes_in_comes_out() {
        let prefixes = [
            "", "van", "van der", "Van Den", "'t", "d'", "in 't", "de l'",
        ];
        let names = [
            "Bos",
            "Şahin-Özdoğan",
            "bin Mohammed Ali",
            "Wolfeschlegelsteinhausenbergerdorff",
            "’s Jacob",
        ];
        let initials = ["", "PJ", "Th.J.", "A.B.C.D.E.F.G.H.", "Jan Peter"];
        let spoken = |text: &str| text.to_lowercase().replace(['.', ' '], "");
        for (i, prefix) in prefixes.iter().enumerate() {
            for (j, name) in names.iter().enumerate() {
                for letters in initials {
                    let other = (
                        prefixes[(i + j) % prefixes.len()],
                        names[(i + 1) % names.len()],
                    );
                    let row = format!("F; {letters}; 2; {prefix}|{name}; {}|{}", other.0, other.1);
                    let (gender, person, _) = person(&row);
                    for style in [NameStyle::Ons, NameStyle::Brp] {
                        let printed = spoken(&person.addressee(gender, style));
                        let greeted = spoken(&person.salutation(gender, style));
                        let own = spoken(&format!("{prefix}{name}"));
                        let partner = spoken(&format!("{}{}", other.0, other.1));
                        let whole = format!("{}{own}-{partner}", spoken(letters));
                        assert!(printed.ends_with(&whole), "{row}: {printed}");
                        assert!(
                            greeted.ends_with(&format!("{own}-{partner}")),
                            "{row}: {greeted}"
                        );
                    }
                }
            }
        }
    }
}
