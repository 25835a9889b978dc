//! The two clients whom a letter is shown to while somebody writes it: as plain as they come, and as long.

use crate::domain::{
    address::PostalAddress,
    client::Gender,
    name::{PersonName, PreferredName},
    organisation::LetterPreferences,
};

use super::content::{Addressee, LetterWords};

/// A short name and two lines of address; what does not fit for her fits for nobody.
pub(super) fn plain(preferences: &LetterPreferences) -> LetterWords {
    let name = PersonName {
        initials: "A.".to_owned(),
        birth_name: "Jansen".to_owned(),
        ..PersonName::default()
    };
    words(
        &name,
        &address("Sesamstraat", 1, "1234 AB", "Enschede"),
        preferences,
    )
}

/// Two long names and a long street: few are longer.
pub(super) fn longest(preferences: &LetterPreferences) -> LetterWords {
    let name = PersonName {
        initials: "W.F.M.A.C.".to_owned(),
        birth_name_prefix: "van".to_owned(),
        birth_name: "Oldenbarnevelt-Schimmelpenninck van der Oye".to_owned(),
        partner_name_prefix: "van".to_owned(),
        partner_name: "Heeckeren tot Walien".to_owned(),
        preferred: PreferredName::BirthPartner,
        ..PersonName::default()
    };
    let address = PostalAddress {
        extension: "bis".to_owned(),
        ..address(
            "Burgemeester van Heemstrakwartier",
            15_201,
            "5211 RW",
            "'s-Hertogenbosch",
        )
    };
    words(&name, &address, preferences)
}

fn words(
    name: &PersonName,
    address: &PostalAddress,
    preferences: &LetterPreferences,
) -> LetterWords {
    let addressee = Addressee {
        gender: Gender::Female,
        name,
        address,
        client_gender: Gender::Female,
        client_name: name,
    };
    LetterWords::new(addressee, preferences)
}

fn address(street: &str, number: u32, postcode: &str, city: &str) -> PostalAddress {
    PostalAddress {
        street: street.to_owned(),
        house_number: Some(number),
        postcode: postcode.to_owned(),
        city: city.to_owned(),
        ..PostalAddress::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_have_a_whole_address_in_every_style() {
        use crate::domain::{address::AddressStyle, name::NameStyle};
        for address_style in [AddressStyle::Ons, AddressStyle::PostNl] {
            for name_style in [NameStyle::Ons, NameStyle::Brp] {
                let preferences = LetterPreferences {
                    address_style,
                    name_style,
                    kix: true,
                    ..LetterPreferences::default()
                };
                for words in [plain(&preferences), longest(&preferences)] {
                    assert_eq!(words.address_lines.len(), 2);
                    assert!(words.addressee.len() > 5 && words.kix.is_some());
                }
            }
        }
    }
}
