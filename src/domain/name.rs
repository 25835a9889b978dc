//! How a person is named on a letter.

use serde::{Deserialize, Serialize};

use super::client::Gender;

/// The parts of a name as Ons records them. All are trimmed; absent is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PersonName {
    pub initials: String,
    pub given_name: String,
    pub birth_name_prefix: String,
    pub birth_name: String,
    pub partner_name_prefix: String,
    pub partner_name: String,
    pub preferred: PreferredName,
}

/// Ons `preferredNameType`.
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
    /// The name line of the address.
    pub fn addressee(&self, _gender: Gender, _style: NameStyle) -> String {
        String::new()
    }

    /// What stands after `Geachte `, without the comma.
    pub fn salutation(&self, _gender: Gender, _style: NameStyle) -> String {
        String::new()
    }

    /// What a list of letters is sorted by: family name first, without prefix, in lower case without accents.
    pub fn sort_key(&self) -> String {
        String::new()
    }
}
