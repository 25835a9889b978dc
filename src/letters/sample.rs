//! The invented clients of a template, `samples/*.toml`: the plain ones, and those at which letters go wrong.

use std::{fs, path::Path};

use serde::Deserialize;

use crate::domain::{
    address::PostalAddress,
    client::Gender,
    country,
    name::{PersonName, PreferredName},
    organisation::LetterPreferences,
};

use super::{
    content::{Addressee, LetterWords},
    error::TemplateFault,
    refusal::place,
};

/// An invented client, and what a letter to them must come to.
#[derive(Clone)]
pub struct Sample {
    /// File name without `.toml`.
    pub name: String,
    /// `samples/NAME.toml`
    pub file: String,
    /// One sentence, in Dutch: what the sample shows.
    pub description: String,
    pub outcome: SampleOutcome,
    client: Person,
    /// Who receives the letter instead.
    contact: Option<Person>,
}

/// What must become of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleOutcome {
    #[default]
    Letter,
    DoesNotFit,
    MissingGlyph,
}

#[derive(Clone)]
struct Person {
    gender: Gender,
    name: PersonName,
    address: PostalAddress,
}

impl Sample {
    /// All samples of the template in `folder`, by name.
    ///
    /// # Errors
    /// The first file that cannot be read, or a template without samples.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>, TemplateFault> {
        let mut names: Vec<String> = fs::read_dir(folder.join("samples"))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
            .collect();
        names.sort_unstable();
        if names.is_empty() {
            return Err(TemplateFault {
                file: "samples".to_owned(),
                place: None,
                problem: "there are no samples to try the letter on".to_owned(),
                hint: "add a file such as samples/jansen.toml; docs/letter-templates.md tells what is in it"
                    .to_owned(),
            });
        }
        names.into_iter().map(|name| read(folder, name)).collect()
    }

    /// The words of a letter to the sample, in the styles that an organisation prefers.
    pub fn words(&self, preferences: &LetterPreferences) -> LetterWords {
        let to = self.contact.as_ref().unwrap_or(&self.client);
        let addressee = Addressee {
            gender: to.gender,
            name: &to.name,
            address: &to.address,
            client_gender: self.client.gender,
            client_name: &self.client.name,
        };
        LetterWords::new(addressee, preferences)
    }
}

/// A sample as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSample {
    description: String,
    #[serde(default)]
    outcome: SampleOutcome,
    client: RawPerson,
    contact: Option<RawPerson>,
}

/// The columns of `clients.csv` that a letter needs.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RawPerson {
    gender: String,
    initials: String,
    given_name: String,
    birth_name_prefix: String,
    birth_name: String,
    partner_name_prefix: String,
    partner_name: String,
    preferred_name_type: u8,
    street: String,
    home_number: Option<u32>,
    home_number_extension: String,
    po_box_number: Option<u32>,
    zipcode: String,
    city: String,
    country: String,
}

const HINT: &str = "a sample has a description, perhaps an outcome (letter, does_not_fit or missing_glyph), and [client] and perhaps [contact] with the columns of clients.csv";

fn read(folder: &Path, name: String) -> Result<Sample, TemplateFault> {
    let file = format!("samples/{name}.toml");
    let fault = |place, problem: String| TemplateFault {
        file: file.clone(),
        place,
        problem,
        hint: HINT.to_owned(),
    };
    let source = fs::read_to_string(folder.join(&file))
        .map_err(|error| fault(None, format!("cannot be read: {error}")))?;
    let raw: RawSample = toml::from_str(&source).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        fault(
            Some(place(&source, at)),
            error.message().replace('\n', ", "),
        )
    })?;
    let person = |raw: RawPerson| {
        let person = Person {
            gender: match raw.gender.as_str() {
                "M" => Gender::Male,
                "F" => Gender::Female,
                _ => Gender::Other,
            },
            name: PersonName {
                initials: raw.initials,
                given_name: raw.given_name,
                birth_name_prefix: raw.birth_name_prefix,
                birth_name: raw.birth_name,
                partner_name_prefix: raw.partner_name_prefix,
                partner_name: raw.partner_name,
                preferred: match raw.preferred_name_type {
                    1 => PreferredName::Partner,
                    2 => PreferredName::BirthPartner,
                    3 => PreferredName::PartnerBirth,
                    _ => PreferredName::Birth,
                },
            },
            address: PostalAddress {
                street: raw.street,
                house_number: raw.home_number,
                extension: raw.home_number_extension,
                po_box: raw.po_box_number,
                postcode: raw.zipcode,
                city: raw.city,
                country: country::foreign(raw.country),
            },
        };
        let mut problems = person.name.problems();
        problems.extend(
            person
                .address
                .lines(Default::default())
                .err()
                .unwrap_or_default(),
        );
        match problems.first() {
            Some(problem) => Err(fault(
                None,
                format!("{} is missing or wrong", problem.field),
            )),
            None => Ok(person),
        }
    };
    let client = match (&raw.contact, raw.client) {
        // Whose letter goes to a contact needs no address.
        (Some(_), client) if client.street.is_empty() && client.po_box_number.is_none() => Person {
            address: PostalAddress::default(),
            ..person(RawPerson {
                street: "Straat".to_owned(),
                home_number: Some(1),
                zipcode: "1234 AB".to_owned(),
                city: "Plaats".to_owned(),
                ..client
            })?
        },
        (_, client) => person(client)?,
    };
    Ok(Sample {
        description: raw.description,
        outcome: raw.outcome,
        contact: raw.contact.map(person).transpose()?,
        client,
        file,
        name,
    })
}
