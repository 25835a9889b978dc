//! `organisation.toml`, with the logo and the text it names: the provider and its preferences.

use toml::Spanned;

use crate::domain::{
    address::{AddressStyle, normalise_postcode},
    name::NameStyle,
    organisation::{
        AddressWindow, LetterOrder, LetterPreferences, Logo, OfficeAddress, Organisation, OwnText,
        Slug, TemplateFiles,
    },
};

use super::{
    error::{ExportError, KeyFault},
    folder::Folder,
    logo,
    organisation_toml::{
        FILE, RawAddress, RawLetter, RawOrganisation, Text, key_error, parse, short_quote,
    },
    values::clean_text,
};

/// Largest `organisation.toml` and largest letter text, in MB: more than anybody types.
const TEXT_MB: u64 = 1;

/// A year.
pub const MOST_VALIDITY_DAYS: i64 = 365;
const MOST_HOUSE_NUMBER: i64 = 99_999;

pub(super) fn read(folder: &mut Folder) -> Result<(Organisation, Option<Logo>), ExportError> {
    let source = folder.read_text(FILE, TEXT_MB)?.content;
    let raw = parse(&source)?;
    let keys = Keys { source: &source };
    let missing = missing_keys(&raw);
    let (Some(slug), Some(name)) = (raw.slug, raw.name) else {
        return Err(missing);
    };
    let Some(address) = keys.address(raw.address)? else {
        return Err(missing);
    };
    let slug = keys.slug(slug)?;
    let name = keys.required("name", name)?;
    let telephone = keys.optional("telephone", raw.telephone)?;
    let email = keys.optional("email", raw.email)?;
    let website = keys.optional("website", raw.website)?;
    let logo = keys.logo(folder, raw.logo)?;
    let organisation = Organisation {
        slug,
        name,
        telephone,
        email,
        website,
        address,
        letter: keys.letter(folder, raw.letter, logo.is_some())?,
    };
    Ok((organisation, logo))
}

/// A value as it may stand on a letter; empty counts as absent.
///
/// # Errors
/// [`KeyFault::ForbiddenCharacter`] or [`KeyFault::TooLong`].
pub fn clean_value(typed: &str) -> Result<Option<String>, KeyFault> {
    let clean = clean_text(typed);
    match (clean.had_forbidden, clean.was_too_long) {
        (true, _) => Err(KeyFault::ForbiddenCharacter),
        (_, true) => Err(KeyFault::TooLong),
        _ => Ok(Some(clean.text).filter(|text| !text.is_empty())),
    }
}

/// The error that names all required keys that are missing.
fn missing_keys(raw: &RawOrganisation) -> ExportError {
    let required = [
        ("slug", raw.slug.is_none()),
        ("name", raw.name.is_none()),
        ("address.street", raw.address.street.is_none()),
        ("address.house_number", raw.address.house_number.is_none()),
        ("address.postcode", raw.address.postcode.is_none()),
        ("address.city", raw.address.city.is_none()),
    ];
    let missing = required.into_iter().filter(|(_, missing)| *missing);
    ExportError::MissingKeys {
        file: FILE,
        keys: missing.map(|(key, _)| key).collect(),
    }
}

/// Turns the values of the file into those of the domain; it has the text of the file to say where one is wrong.
struct Keys<'s> {
    source: &'s str,
}

impl Keys<'_> {
    fn slug(&self, raw: Spanned<String>) -> Result<Slug, ExportError> {
        let span = raw.span();
        Slug::try_from(raw.get_ref().trim().to_owned()).map_err(|_| {
            let fault = KeyFault::NotASlug(short_quote(raw.get_ref()));
            key_error(self.source, span, "slug", fault)
        })
    }

    /// `None` when a required key is missing.
    fn address(&self, raw: RawAddress) -> Result<Option<OfficeAddress>, ExportError> {
        let (Some(street), Some(number), Some(postcode), Some(city)) =
            (raw.street, raw.house_number, raw.postcode, raw.city)
        else {
            return Ok(None);
        };
        let number = self.in_range("house_number", number, MOST_HOUSE_NUMBER)?;
        let extension = raw.house_number_extension;
        Ok(Some(OfficeAddress {
            street: self.required("street", street)?,
            house_number: number,
            house_number_extension: self.optional("house_number_extension", extension)?,
            postcode: normalise_postcode(postcode.get_ref()).ok_or_else(|| {
                key_error(
                    self.source,
                    postcode.span(),
                    "postcode",
                    KeyFault::NotAPostcode,
                )
            })?,
            city: self.required("city", city)?,
        }))
    }

    fn letter(
        &self,
        folder: &mut Folder,
        raw: RawLetter,
        has_logo: bool,
    ) -> Result<LetterPreferences, ExportError> {
        let default = LetterPreferences::default();
        let validity_days = match raw.validity_days {
            Some(days) => self.in_range("validity_days", days, MOST_VALIDITY_DAYS)?,
            None => default.validity_days,
        };
        let template = match raw.template {
            Some(raw) => self.template(raw)?,
            None => default.template,
        };
        Ok(LetterPreferences {
            own_template: own_template(folder, &template)?,
            template,
            text: self.letter_text(folder, raw.text)?,
            address_window: self.choice(
                "address_window",
                raw.address_window,
                &["left", "right"],
                &[AddressWindow::Left, AddressWindow::Right],
            )?,
            with_logo: self.with_logo(raw.with_logo, has_logo)?,
            validity_days,
            name_style: self.choice(
                "name_style",
                raw.name_style,
                &["ons", "brp"],
                &[NameStyle::Ons, NameStyle::Brp],
            )?,
            address_style: self.choice(
                "address_style",
                raw.address_style,
                &["ons", "postnl"],
                &[AddressStyle::Ons, AddressStyle::PostNl],
            )?,
            order: self.choice(
                "order",
                raw.order,
                &["name", "address", "client-id"],
                &[
                    LetterOrder::Name,
                    LetterOrder::Address,
                    LetterOrder::ClientId,
                ],
            )?,
            portal_url: self
                .optional("portal_url", raw.portal_url)?
                .unwrap_or(default.portal_url),
            kix: raw.kix.is_some_and(Spanned::into_inner),
            qr: raw.qr.is_some_and(Spanned::into_inner),
            fold_marks: raw.fold_marks.is_some_and(Spanned::into_inner),
        })
    }

    fn template(&self, raw: Spanned<String>) -> Result<String, ExportError> {
        // It becomes part of a path, so it may not lead anywhere else.
        let name = raw.get_ref().trim();
        let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if !name.is_empty() && name.bytes().all(safe) {
            return Ok(name.to_owned());
        }
        let fault = KeyFault::NotATemplate(short_quote(name));
        Err(key_error(self.source, raw.span(), "template", fault))
    }

    fn letter_text(&self, folder: &mut Folder, raw: Text) -> Result<Option<OwnText>, ExportError> {
        let Some(name) = self.optional("text", raw)? else {
            return Ok(None);
        };
        let text = folder.read_text(&name, TEXT_MB)?.content;
        if text.trim().is_empty() {
            return Err(ExportError::Empty { file: name });
        }
        Ok(Some(OwnText {
            file: name,
            content: text.replace("\r\n", "\n"),
        }))
    }

    fn logo(&self, folder: &mut Folder, raw: Text) -> Result<Option<Logo>, ExportError> {
        let span = raw.as_ref().map(Spanned::span).unwrap_or_default();
        let Some(name) = self.optional("logo", raw)? else {
            return Ok(None);
        };
        match logo::format_of_name(&name) {
            Some(format) => logo::read(folder, &name, format).map(Some),
            None => {
                let fault = KeyFault::NotALogo(short_quote(&name));
                Err(key_error(self.source, span, "logo", fault))
            }
        }
    }

    /// Without the key a logo that is there is used.
    fn with_logo(&self, raw: Option<Spanned<bool>>, has_logo: bool) -> Result<bool, ExportError> {
        match raw {
            None => Ok(has_logo),
            Some(raw) if *raw.get_ref() && !has_logo => Err(key_error(
                self.source,
                raw.span(),
                "with_logo",
                KeyFault::NoLogo,
            )),
            Some(raw) => Ok(raw.into_inner()),
        }
    }

    fn required(&self, key: &str, raw: Spanned<String>) -> Result<String, ExportError> {
        let span = raw.span();
        self.optional(key, Some(raw))?
            .ok_or_else(|| key_error(self.source, span, key, KeyFault::Empty))
    }

    /// Text for a letter; empty counts as absent.
    fn optional(&self, key: &str, raw: Text) -> Result<Option<String>, ExportError> {
        let Some(raw) = raw else {
            return Ok(None);
        };
        clean_value(raw.get_ref()).map_err(|fault| key_error(self.source, raw.span(), key, fault))
    }

    /// A whole number from 1 to `most`.
    fn in_range<N: TryFrom<i64>>(
        &self,
        key: &str,
        raw: Spanned<i64>,
        most: i64,
    ) -> Result<N, ExportError> {
        let number = *raw.get_ref();
        let in_range = (1..=most).contains(&number).then_some(number);
        in_range
            .and_then(|number| N::try_from(number).ok())
            .ok_or_else(|| {
                let fault = KeyFault::OutOfRange { least: 1, most };
                key_error(self.source, raw.span(), key, fault)
            })
    }

    /// The value whose name stands at the same place in `names`; the default when the key is absent.
    fn choice<T: Copy + Default>(
        &self,
        key: &str,
        raw: Text,
        names: &'static [&'static str],
        values: &[T],
    ) -> Result<T, ExportError> {
        let Some(raw) = raw else {
            return Ok(T::default());
        };
        let found = names
            .iter()
            .zip(values)
            .find(|(name, _)| *name == raw.get_ref());
        found.map(|(_, value)| *value).ok_or_else(|| {
            let fault = KeyFault::NotAChoice {
                found: short_quote(raw.get_ref()),
                choices: names,
            };
            key_error(self.source, raw.span(), key, fault)
        })
    }
}

/// The provider's own template: the folder of that name in `letter-templates` of the export, when there is one.
/// Whether it can be used is for the letter workshop to say.
fn own_template(folder: &mut Folder, name: &str) -> Result<Option<TemplateFiles>, ExportError> {
    let inside = format!("letter-templates/{name}");
    if !folder.has(&inside) {
        return Ok(None);
    }
    let mut read = |file: &str| -> Result<String, ExportError> {
        let text = folder.read_text(&format!("{inside}/{file}"), TEXT_MB)?;
        Ok(text.content.replace("\r\n", "\n"))
    };
    Ok(Some(TemplateFiles {
        description: read("template.toml")?,
        text: read("text.txt")?,
        layout: read("layout.typ")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::organisation::LogoFormat;
    use crate::exports::{organisation_toml::KEYS, testing::Sample};

    fn read_toml(text: &str) -> Result<(Organisation, Option<Logo>), ExportError> {
        let sample = Sample::new();
        sample.write("organisation.toml", text);
        sample.write("brief.txt", "Beste [CLIENT_NAME],\r\n\r\nWelkom.");
        sample.write("leeg.txt", " \n");
        sample.write(
            "letter-templates/kort_1/template.toml",
            "name = \"kort_1\"\n",
        );
        sample.write("letter-templates/kort_1/text.txt", "Kort.\r\n");
        sample.write("letter-templates/kort_1/layout.typ", "#a\r\n#b");
        sample.write("letter-templates/half/template.toml", "");
        sample.write("logo.png", b"\x89PNG\r\n\x1A\nrest");
        sample.write("photo.jpeg", b"\xFF\xD8\xFF\xE0");
        sample.write("logo.pdf", "%PDF-1.7");
        sample.write("logo.svg", "\u{FEFF}<?xml version=\"1.0\"?>\n<svg/>");
        sample.write("wrong.png", b"\xFF\xD8\xFF\xE0");
        sample.write("wrong.svg", "plain text");
        read(&mut Folder::open(sample.path()).unwrap())
    }

    const LEAST: &str = "slug = \"de-beste-zorg\"\nname = \"De Beste Zorg\"\n[address]\nstreet = \"Stationsplein\"\nhouse_number = 14\npostcode = \"7511jd\"\ncity = \"Enschede\"\n";

    /// The least file with `line` added at its top.
    fn on_top(line: &str) -> String {
        format!("{line}\n{LEAST}")
    }

    /// The least file with the section `[letter]` and `line`.
    fn letter(line: &str) -> String {
        format!("{LEAST}[letter]\n{line}\n")
    }

    #[test]
    fn the_least_file_gets_the_defaults() {
        let (organisation, logo) = read_toml(LEAST).unwrap();
        assert_eq!(organisation.slug.as_str(), "de-beste-zorg");
        assert_eq!(organisation.address.postcode, "7511 JD");
        assert_eq!(organisation.telephone, None);
        assert_eq!(logo, None);
        let expected = LetterPreferences {
            validity_days: 42,
            address_window: AddressWindow::Left,
            portal_url: "www.caren.nl".into(),
            ..LetterPreferences::default()
        };
        assert_eq!(organisation.letter, expected);
    }

    #[test]
    fn everything_can_be_said() {
        let text = "slug = \"zorg\"\nname = \" Zorg & Zo\u{A0}\"\ntelephone = \"053 123 45 67\"\nemail = \"\"\nwebsite = \"zorg.example\"\nlogo = \"logo.png\"\n\
            [address]\nstreet = \"Plein\"\nhouse_number = 1\nhouse_number_extension = \"a\"\npostcode = \"1234 AB\"\ncity = \"Hengelo\"\n\
            [letter]\ntemplate = \"kort_1\"\ntext = \"brief.txt\"\naddress_window = \"right\"\nwith_logo = false\nvalidity_days = 365\nname_style = \"brp\"\naddress_style = \"postnl\"\norder = \"client-id\"\nportal_url = \"caren.example\"\nkix = true\nqr = true\nfold_marks = true\n";
        for text in [
            text.to_owned(),
            text.replace('\n', "\r\n"),
            format!("\u{FEFF}{text}"),
        ] {
            let (organisation, logo) = read_toml(&text).unwrap();
            assert_eq!(organisation.name, "Zorg & Zo");
            assert_eq!(organisation.email, None);
            assert_eq!(
                organisation.address.house_number_extension.as_deref(),
                Some("a")
            );
            assert_eq!(logo.unwrap().format, LogoFormat::Png);
            let expected = LetterPreferences {
                template: "kort_1".into(),
                own_template: Some(TemplateFiles {
                    description: "name = \"kort_1\"\n".into(),
                    text: "Kort.\n".into(),
                    layout: "#a\n#b".into(),
                }),
                text: Some(OwnText {
                    file: "brief.txt".into(),
                    content: "Beste [CLIENT_NAME],\n\nWelkom.".into(),
                }),
                address_window: AddressWindow::Right,
                with_logo: false,
                validity_days: 365,
                name_style: NameStyle::Brp,
                address_style: AddressStyle::PostNl,
                order: LetterOrder::ClientId,
                portal_url: "caren.example".into(),
                kix: true,
                qr: true,
                fold_marks: true,
            };
            assert_eq!(organisation.letter, expected);
        }
    }

    #[test]
    fn a_logo_is_what_its_name_says() {
        for (name, format) in [
            ("logo.png", LogoFormat::Png),
            ("photo.jpeg", LogoFormat::Jpg),
            ("logo.pdf", LogoFormat::Pdf),
            ("logo.svg", LogoFormat::Svg),
        ] {
            let (organisation, logo) = read_toml(&on_top(&format!("logo = \"{name}\""))).unwrap();
            assert_eq!(logo.unwrap().format, format);
            assert!(organisation.letter.with_logo);
        }
    }

    #[test]
    fn a_mistake_is_named_with_its_line_and_column() {
        let cases = [
            (
                on_top("slogan = \"x\""),
                "unknown_key",
                "organisation.toml, line 1, column 1: slogan ",
            ),
            (
                on_top("wesbite = \"x\""),
                "unknown_key",
                "line 1, column 1: wesbite is not a known key",
            ),
            (
                letter("validty_days = 3"),
                "unknown_key",
                "line 9, column 1: validty_days ",
            ),
            (
                letter("validity_days = 0"),
                "out_of_range",
                "line 9, column 17: validity_days must be between 1 and 365",
            ),
            (letter("validity_days = 366"), "out_of_range", "line 9"),
            (
                letter("validity_days = \"42\""),
                "wrong_type",
                "line 9, column 17: validity_days must be a whole number",
            ),
            (
                letter("with_logo = \"yes\""),
                "wrong_type",
                "with_logo must be true or false",
            ),
            (
                letter("order = \"naam\""),
                "not_a_choice",
                "line 9, column 9: order 'naam' is not known",
            ),
            (
                letter("template = \"../x\""),
                "not_a_template",
                "line 9, column 12",
            ),
            (
                letter("template = \"half\""),
                "file_missing",
                "letter-templates/half/text.txt",
            ),
            (
                letter("kix = \"ja\""),
                "wrong_type",
                "line 9, column 7: kix must be true or false",
            ),
            (letter("with_logo = true"), "no_logo", "line 9, column 13"),
            (
                letter("text = \"../brief.txt\""),
                "outside_folder",
                "../brief.txt",
            ),
            (letter("text = \"leeg.txt\""), "empty_file", "leeg.txt"),
            (letter("text = \"weg.txt\""), "file_missing", "weg.txt"),
            (
                on_top("telephone = 531234567"),
                "wrong_type",
                "line 1, column 13: telephone must be text in quotes",
            ),
            (on_top("email = jan@zorg"), "not_toml", "line 1, column 9"),
            (on_top("name = \"a\""), "not_toml", "line 3, column 1"),
            (
                on_top("website = \"a\\u0007\""),
                "forbidden_character",
                "line 1, column 11: website",
            ),
            (
                on_top(&format!("website = \"{}\"", "a".repeat(201))),
                "too_long",
                "line 1",
            ),
            (on_top("logo = \"logo.gif\""), "not_a_logo", "'logo.gif'"),
            (
                on_top("logo = \"wrong.png\""),
                "not_the_logo_format",
                "wrong.png is called PNG, but its content is JPEG",
            ),
            (
                on_top("logo = \"wrong.svg\""),
                "not_the_logo_format",
                "something else",
            ),
            (on_top("logo = \"weg.svg\""), "file_missing", "weg.svg"),
            (
                on_top("logo = \"/etc/logo.svg\""),
                "outside_folder",
                "/etc/logo.svg",
            ),
            (
                LEAST.replace("de-beste-zorg", "De Beste"),
                "not_a_slug",
                "line 1, column 8: slug 'De Beste'",
            ),
            (
                LEAST.replace("De Beste Zorg", " "),
                "empty_key",
                "line 2, column 8: name",
            ),
            (
                LEAST.replace("7511jd", "0511 JD"),
                "not_a_postcode",
                "line 6, column 12: postcode",
            ),
            (
                LEAST.replace("= 14", "= 0"),
                "out_of_range",
                "line 5, column 16: house_number",
            ),
            (
                "name = \"A\"\n[address]\ncity = \"B\"".into(),
                "missing_keys",
                "slug, address.street, address.house_number, address.postcode are missing",
            ),
            ("".into(), "missing_keys", "slug, name, address.street"),
            (
                "[[letter]]\n".into(),
                "wrong_type",
                "line 1, column 1: letter must be a table",
            ),
            (
                "address = 3".into(),
                "wrong_type",
                "line 1, column 11: address must be a table",
            ),
        ];
        for (text, code, part) in cases {
            let error = read_toml(&text).unwrap_err();
            let shown = error.to_string();
            assert_eq!(error.code(), code, "{shown}");
            assert!(shown.contains(part), "{shown}");
            assert!(!shown.contains('\n') && !error.hint().is_empty(), "{shown}");
        }
    }

    #[test]
    fn every_misspelt_key_finds_the_right_one() {
        for key in KEYS {
            let (table, name) = key.split_once('.').unwrap_or(("", key));
            let slip = format!("{name}x");
            let text = match table {
                "" => on_top(&format!("{slip} = 1")),
                "address" => format!("{LEAST}{slip} = 1\n"),
                _ => letter(&format!("{slip} = 1")),
            };
            let error = read_toml(&text).unwrap_err();
            assert_eq!(error.hint(), format!("did you mean {key}?"), "{error}");
        }
    }

    #[test]
    fn no_value_of_a_wrong_type_is_repeated() {
        let error = read_toml(&LEAST.replace("= 14", "= \"jan@geheim\"")).unwrap_err();
        assert!(!error.to_string().contains("geheim"), "{error}");
    }

    #[test]
    fn postcodes_are_normalised_or_refused() {
        for text in ["7511jd", " 7511\u{A0}JD ", "7511 Jd"] {
            assert_eq!(normalise_postcode(text).as_deref(), Some("7511 JD"));
        }
        for text in ["0511JD", "7511SS", "7511", "7511J", "7511JDX", "751é1J", ""] {
            assert_eq!(normalise_postcode(text), None, "{text}");
        }
    }
}
