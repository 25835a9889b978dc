//! The care provider of every sample: `organisation.toml` and its logo, as files and as they are read.

use crate::domain::organisation::{
    LetterPreferences, Logo, LogoFormat, OfficeAddress, Organisation, Slug,
};

/// Name in letters and of the topmost location. Not that of `fixtures/de-beste-zorg`: both can be imported
/// side by side.
pub(super) const NAME: &str = "De Beste Zorg Voorbeeld";

/// `organisation.toml`, the same for every seed. Line ends are written out by the compiler as `\n`.
pub(super) const TOML: &str = r#"# An invented care provider: nobody in this export exists.
slug = "de-beste-zorg-voorbeeld"
name = "De Beste Zorg Voorbeeld"
telephone = "0123-456789"
email = "voorbeeld@debestezorg.example"
website = "www.debestezorg.example"
logo = "logo.svg"

[address]
street = "Marktplein"
house_number = 12
postcode = "7511 GX"
city = "Enschede"

[letter]
address_window = "left"
with_logo = true
validity_days = 42
order = "name"
"#;

/// `logo.svg`: four petals round a heart, shapes only.
pub(super) const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" width="15mm" height="15mm">
  <title>De Beste Zorg Voorbeeld</title>
  <g fill="#2f6f8f">
    <circle cx="60" cy="30" r="24"/>
    <circle cx="60" cy="90" r="24"/>
    <circle cx="30" cy="60" r="24"/>
    <circle cx="90" cy="60" r="24"/>
  </g>
  <circle cx="60" cy="60" r="30" fill="#ffffff"/>
  <path fill="#c8553d" d="M60 80 C46 69 40 62 40 54 C40 47 45 43 50 43 C54 43 58 45 60 49 C62 45 66 43 70 43 C75 43 80 47 80 54 C80 62 74 69 60 80 Z"/>
</svg>
"##;

/// The provider of [`TOML`] with its logo, for letters to nobody.
#[expect(clippy::expect_used, reason = "a slug that is written here")]
pub fn invented_organisation() -> (Organisation, Logo) {
    let slug = "de-beste-zorg-voorbeeld".to_owned();
    let organisation = Organisation {
        slug: Slug::try_from(slug).expect("lower-case letters and hyphens are a slug"),
        name: NAME.to_owned(),
        telephone: Some("0123-456789".to_owned()),
        email: Some("voorbeeld@debestezorg.example".to_owned()),
        website: Some("www.debestezorg.example".to_owned()),
        address: OfficeAddress {
            street: "Marktplein".to_owned(),
            house_number: 12,
            house_number_extension: None,
            postcode: "7511 GX".to_owned(),
            city: "Enschede".to_owned(),
        },
        letter: LetterPreferences {
            with_logo: true,
            ..LetterPreferences::default()
        },
    };
    let logo = Logo {
        format: LogoFormat::Svg,
        bytes: LOGO.into(),
    };
    (organisation, logo)
}
