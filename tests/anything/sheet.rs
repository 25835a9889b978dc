//! What a letter is made of, and all that the sheet should then say.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    sync::Arc,
};

use chrono::NaiveDate;

use brievenbus::{
    domain::{
        invitation::Code,
        organisation::{
            AddressWindow, LetterPreferences, OfficeAddress, Organisation, OwnText, Slug,
        },
    },
    letters::{
        Edition, EditionError, EditionSpec, LetterContent, LetterWords, Misfit, Press, PressError,
    },
};

use super::reading::{bare, printed_text, printed_value};

/// What all letters of a team share and a provider fills in.
#[derive(Debug, Clone)]
pub struct House {
    pub name: String,
    pub city: String,
    pub contact: [Option<String>; 3],
    pub portal: String,
    pub team: String,
}

/// What one letter has for itself.
#[derive(Debug, Clone)]
pub struct Words {
    pub addressee: String,
    pub lines: Vec<String>,
    pub salutation: String,
    pub client: String,
    pub code: String,
}

impl House {
    pub fn plain() -> Self {
        Self {
            name: "De Beste Zorg".into(),
            city: "Enschede".into(),
            contact: ["0123-456789", "info@zorg.example", "www.zorg.example"]
                .map(|contact| Some(contact.into())),
            portal: "www.caren.nl".into(),
            team: "Team \"Noord\" [CODE]".into(),
        }
    }

    pub fn edition(&self, text: &str, press: &Press) -> Result<Edition, EditionError> {
        let [telephone, email, website] = self.contact.clone();
        let organisation = Organisation {
            slug: Slug::try_from("de-beste-zorg".to_owned()).unwrap(),
            name: self.name.clone(),
            telephone,
            email,
            website,
            address: OfficeAddress {
                street: "Stationsplein".into(),
                house_number: 14,
                house_number_extension: None,
                postcode: "7511 JD".into(),
                city: self.city.clone(),
            },
            letter: LetterPreferences {
                text: Some(OwnText {
                    file: "brief.txt".into(),
                    content: text.into(),
                }),
                portal_url: self.portal.clone(),
                ..LetterPreferences::default()
            },
        };
        let spec = EditionSpec {
            organisation: &organisation,
            window: AddressWindow::Left,
            logo: None,
            team_name: &self.team,
            letter_date: NaiveDate::from_ymd_opt(2021, 2, 3).unwrap(),
            valid_until: NaiveDate::from_ymd_opt(2021, 3, 17).unwrap(),
        };
        Edition::new(spec, press)
    }

    /// All values, as they were filled in.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        [&self.name, &self.city, &self.portal, &self.team]
            .into_iter()
            .chain(self.contact.iter().flatten())
            .map(String::as_str)
    }

    /// All that a letter says, from top to bottom and without white space. The return line has the name only where
    /// there is room for it, so there are two answers.
    pub fn sheets(&self, text: &str, words: &Words) -> [String; 2] {
        let name = printed_value(&self.name);
        let city = printed_value(&self.city);
        let portal = printed_value(&self.portal);
        let all = |values: &mut dyn Iterator<Item = &String>| -> String {
            values.map(|value| printed_value(value)).collect()
        };
        let contact = all(&mut self.contact.iter().flatten());
        let address = all(&mut std::iter::once(&words.addressee).chain(&words.lines));
        let body = printed_text(text, |placeholder| self.value(words, placeholder));
        let Words { code, .. } = words;
        let client = printed_value(&words.client);
        [format!("{name} · "), String::new()].map(|sender| {
            bare(&format!(
                "{name} Stationsplein 14 7511 JD {city} {contact} {sender} Stationsplein 14 · 7511 JD {city} {address} \
                 {city}, 3 februari 2021 Uitnodiging voor Caren {body} \
                 Code voor {client} {code} Geldig tot 17 maart 2021 Vul deze code in op {portal}."
            ))
        })
    }

    /// The printed value of a placeholder.
    fn value(&self, words: &Words, placeholder: &str) -> String {
        let [telephone, email, website] = self.contact.each_ref().map(Option::as_deref);
        printed_value(match placeholder.trim().to_uppercase().as_str() {
            "ADDRESSEE_NAME" => &words.addressee,
            "SALUTATION" => &words.salutation,
            "CLIENT_NAME" => &words.client,
            "TELEPHONE" => telephone.unwrap_or_default(),
            "EMAIL" => email.unwrap_or_default(),
            "WEBSITE" => website.unwrap_or_default(),
            "PORTAL_URL" => &self.portal,
            "CARE_PROVIDER_NAME" => &self.name,
            "TEAM_NAME" => &self.team,
            "LETTER_DATE" => "3 februari 2021",
            "VALID_UNTIL" => "17 maart 2021",
            "CODE" => &words.code,
            other => panic!("[{other}] was accepted"),
        })
    }
}

impl Words {
    pub fn plain() -> Self {
        Self {
            addressee: "Mevr. C. de Vries - Heemsberge".into(),
            lines: vec!["Sesamstraat 1".into(), "1234 AB Enschede".into()],
            salutation: "Geachte [CODE] **de Vries**".into(),
            client: "Dhr. J. 'de Wit'".into(),
            code: "0482915630".into(),
        }
    }

    /// All values, as they were filled in.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        [&self.addressee, &self.salutation, &self.client]
            .into_iter()
            .chain(&self.lines)
            .map(String::as_str)
    }

    fn content(&self) -> LetterContent {
        LetterContent {
            words: LetterWords {
                addressee: self.addressee.clone(),
                address_lines: self.lines.clone(),
                salutation: self.salutation.clone(),
                client_name: self.client.clone(),
                kix: None,
            },
            code: Code::parse(&self.code).unwrap(),
        }
    }
}

/// The print file, when any letter fits, and who gets none.
pub type Set = (Option<Vec<u8>>, Vec<(usize, Misfit)>);

/// The file to print of letters that fit, if any does, and who gets none.
pub fn set(press: &Press, edition: Edition, letters: &[Words]) -> Result<Set, PressError> {
    let typeset = press.typeset_letters(
        &Arc::new(edition),
        letters.iter().map(Words::content).collect(),
        tempfile::tempfile().unwrap(),
        &|_| {},
        &|| true,
    )?;
    assert!(typeset.prints.len() < 2, "a batch is one file to print");
    let print = typeset.prints.first().map(|print| {
        let mut file: &File = &typeset.spool;
        let mut bytes = vec![0; usize::try_from(print.bytes).unwrap()];
        file.seek(SeekFrom::Start(print.offset)).unwrap();
        file.read_exact(&mut bytes).unwrap();
        bytes
    });
    Ok((print, typeset.misfits))
}
