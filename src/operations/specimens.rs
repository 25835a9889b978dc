//! The letters that a template is tried and shown with: every sample in every look, with the words of the template or
//! of an organisation.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::{Failure, import_export::read_export};
use crate::{
    domain::{
        client::Client,
        organisation::{AddressWindow, Logo, Organisation},
    },
    exports::sample::invented_organisation,
    letters::{Addressee, EditionSpec, LetterWords},
};

/// Whose letters are set: the invented organisation, with the template's standard text, or one that was named.
#[derive(Clone)]
pub struct Sender {
    pub organisation: Organisation,
    pub logo: Option<Logo>,
    /// A client made of the longest name and the longest address of its export.
    pub longest: Option<LetterWords>,
    /// The options that it did not ask for are tried too.
    invented: bool,
}

/// How a letter may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub window: AddressWindow,
    pub with_logo: bool,
    /// Barcode, QR code and fold marks, whatever the organisation prefers.
    pub extras: bool,
}

impl Sender {
    /// The sender of a template's own text.
    pub fn invented() -> Self {
        let (organisation, logo) = invented_organisation();
        Self {
            organisation,
            logo: Some(logo),
            longest: None,
            invented: true,
        }
    }

    /// The organisation of an export.
    pub async fn read(folder: PathBuf) -> Result<Self, Failure> {
        let export = read_export(folder).await?;
        Ok(Self {
            longest: longest(&export.clients, &export.organisation),
            organisation: export.organisation,
            logo: export.logo,
            invented: false,
        })
    }

    /// Every look that its letters may have.
    pub fn looks(&self) -> Vec<Look> {
        let of_window = |window| {
            let look = |with_logo, extras| Look {
                window,
                with_logo,
                extras,
            };
            let mut looks = vec![look(false, false)];
            if self.logo.is_some() {
                looks.push(look(true, false));
            }
            if self.invented {
                looks.push(look(true, true));
            }
            looks
        };
        [AddressWindow::Left, AddressWindow::Right]
            .into_iter()
            .flat_map(of_window)
            .collect()
    }

    /// The organisation as it is in `look`.
    pub fn in_look(&self, look: Look) -> Organisation {
        let mut organisation = self.organisation.clone();
        if look.extras {
            organisation.letter.kix = true;
            organisation.letter.qr = true;
            organisation.letter.fold_marks = true;
        }
        organisation
    }

    /// What an edition of `look` is made of. The dates stand still, so that a picture is the same on every day.
    pub fn spec<'a>(&self, organisation: &'a Organisation, look: Look) -> EditionSpec<'a> {
        let letter_date = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap_or_default();
        let validity = chrono::Days::new(organisation.letter.validity_days.into());
        EditionSpec {
            organisation,
            window: look.window,
            logo: self.logo.clone().filter(|_| look.with_logo),
            team_name: "Wijkteam Noord",
            letter_date,
            valid_until: letter_date
                .checked_add_days(validity)
                .unwrap_or(letter_date),
        }
    }
}

impl Look {
    /// Part of a file name: `left-logo`.
    pub fn slug(self) -> &'static str {
        match (self.window, self.with_logo, self.extras) {
            (AddressWindow::Left, _, true) => "left-extras",
            (AddressWindow::Left, true, _) => "left-logo",
            (AddressWindow::Left, false, _) => "left",
            (AddressWindow::Right, _, true) => "right-extras",
            (AddressWindow::Right, true, _) => "right-logo",
            (AddressWindow::Right, false, _) => "right",
        }
    }
}

/// Of all clients whose letter could be written, the longest name, and the longest address.
fn longest(clients: &[Client], organisation: &Organisation) -> Option<LetterWords> {
    let words: Vec<LetterWords> = clients
        .iter()
        .map(|client| LetterWords::new(Addressee::from(client), &organisation.letter))
        .filter(|words| !words.address_lines.is_empty() && !words.addressee.is_empty())
        .collect();
    let characters =
        |lines: &[String]| lines.iter().map(|line| line.chars().count()).sum::<usize>();
    let name = words
        .iter()
        .max_by_key(|words| words.addressee.chars().count())?;
    let address = words
        .iter()
        .max_by_key(|words| characters(&words.address_lines))?;
    Some(LetterWords {
        address_lines: address.address_lines.clone(),
        kix: address.kix.clone(),
        ..name.clone()
    })
}
