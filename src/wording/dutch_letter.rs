//! Dutch, for whoever writes a care provider's letter: what is wrong with it, how it fits, and what is on it.

use crate::domain::{
    letter_fault::{LetterField, LogoProblem, Printed, TextProblem, Tight, ValueProblem},
    organisation::AddressWindow,
};

/// What is wrong with a text and what to do about it, without the place.
pub fn text_problem(problem: &TextProblem) -> String {
    let sentence = match problem {
        TextProblem::Heading => {
            "Een kop kan niet in de brief. Haal het # weg, of de regel met = of - eronder; gebruik **vet** voor nadruk."
        }
        TextProblem::Italic => {
            "Cursief kan niet in de brief. Gebruik **vet**, of schrijf \\* of \\_ om het teken zelf af te drukken."
        }
        TextProblem::Code => {
            "Haal de accenten grave (`) weg: die hebben in de brief geen betekenis."
        }
        TextProblem::IndentedCode => {
            "Deze regel begint met een tab of vier spaties. Haal het wit aan het begin weg."
        }
        TextProblem::FencedCode => {
            "Haal de regels met ``` of ~~~ weg: die hebben in de brief geen betekenis."
        }
        TextProblem::Quotation => {
            "Een citaat met > kan niet in de brief. Haal het > weg, of schrijf \\> om het teken af te drukken."
        }
        TextProblem::Html => {
            "HTML kan niet in de brief. Haal de code tussen < en > weg, of schrijf \\< om het teken af te drukken."
        }
        TextProblem::Link => {
            "Een link kan niet in een gedrukte brief. Schrijf het adres uit, zoals [PORTAL_URL] of www.caren.nl."
        }
        TextProblem::Picture => {
            "Een afbeelding kan niet in de tekst. Haal haar weg; uw logo kiest u bij de voorkeuren."
        }
        TextProblem::Table => {
            "Een tabel kan niet in de brief. Schrijf haar als alinea’s of als lijst met `- `."
        }
        TextProblem::Footnote => "Een voetnoot kan niet in de brief. Zet haar in de tekst zelf.",
        TextProblem::Markup => {
            "Deze opmaak kan niet in de brief. Gebruik alinea’s, lijsten met `- ` en **vet**."
        }
        TextProblem::DividingLine => {
            "Een scheidingslijn kan niet in de brief. Haal haar weg; een lege regel scheidt alinea’s."
        }
        TextProblem::SecondParagraphInItem => {
            "Een onderdeel van een lijst is één alinea. Voeg de alinea’s samen, of begin een nieuw onderdeel met `- `."
        }
        TextProblem::ListInList => {
            "Een lijst in een lijst kan niet in de brief. Maak er één lijst van."
        }
        TextProblem::NumberedList => {
            "Een genummerde lijst kan niet in de brief. Begin elk onderdeel met `- `, of schrijf `1\\.` om het nummer af te drukken."
        }
        TextProblem::OtherBullet => {
            "Begin elk onderdeel van een lijst met `- ` in plaats van met * of +."
        }
        TextProblem::UnderscoreBold => "Schrijf **vet** met sterretjes in plaats van met __.",
        TextProblem::UnknownPlaceholder { typed, nearest } => {
            return unknown_placeholder(typed, *nearest);
        }
        TextProblem::PlaceholderNotTaken(name) => {
            return format!(
                "Dit sjabloon kent [{name}] niet. Haal het weg of kies een ander sjabloon."
            );
        }
        TextProblem::LooseBracket('[') => {
            "Dit haakje [ wordt niet gesloten. Sluit het met ] op dezelfde regel, zoals [CODE], of schrijf \\[ om het af te drukken."
        }
        TextProblem::LooseBracket(_) => {
            "Dit haakje ] sluit niets. Open het met [ op dezelfde regel, zoals [CODE], of schrijf \\] om het af te drukken."
        }
        TextProblem::LooseStars => {
            "Bij deze ** hoort geen andere **. Zet ** vlak voor het eerste en vlak achter het laatste vette woord, of schrijf \\*\\* om ze af te drukken."
        }
        TextProblem::BrokenPlaceholder => {
            "Dit invulveld wordt onderbroken door andere opmaak. Schrijf het aan één stuk, zoals **[CLIENT_NAME]**."
        }
        TextProblem::Empty => "De tekst is leeg. Schrijf de brief, of kies de standaardtekst.",
        TextProblem::TooManyCharacters(most) => {
            return format!(
                "De tekst is langer dan {} tekens. Een brief is één A4: maak de tekst korter.",
                thousands(*most)
            );
        }
        TextProblem::InvisibleCharacter(c) => {
            return format!(
                "Hier staat een onzichtbaar teken dat niet in een tekst hoort (U+{:04X}). Typ de woorden eromheen opnieuw.",
                u32::from(*c)
            );
        }
    };
    sentence.to_owned()
}

fn unknown_placeholder(typed: &str, nearest: Option<&str>) -> String {
    match nearest {
        Some(near) => format!("Het invulveld [{typed}] bestaat niet. Bedoelt u [{near}]?"),
        None => format!(
            "Het invulveld [{typed}] bestaat niet. Kies er een uit de lijst, of schrijf \\[ om het haakje af te drukken."
        ),
    }
}

/// `20.000`
fn thousands(number: usize) -> String {
    match (number / 1000, number % 1000) {
        (0, rest) => rest.to_string(),
        (whole, rest) => format!("{whole}.{rest:03}"),
    }
}

pub fn logo_problem(problem: LogoProblem) -> &'static str {
    match problem {
        LogoProblem::TooManyBytes => {
            "Het logo is groter dan 8 MB. Sla het kleiner op; het wordt hooguit 60 mm breed afgedrukt."
        }
        LogoProblem::DrawingTooLarge => {
            "De tekening (SVG) is groter dan 512 kB. Maak haar eenvoudiger, of sla haar op als PNG."
        }
        LogoProblem::NotUtf8 => {
            "Dit is geen SVG in UTF-8. Sla de tekening opnieuw op als gewone SVG."
        }
        LogoProblem::ActiveContent => {
            "In deze SVG zit iets dat niet mag: een script, link, afbeelding, effect of animatie. Sla haar op als gewone SVG zonder die dingen, of als PNG."
        }
        LogoProblem::NestsTooDeep => {
            "De tekening heeft te veel groepen in elkaar. Hef de groepen op, of sla haar op als PNG."
        }
        LogoProblem::Unreadable => {
            "Dit bestand kan niet gelezen worden als logo. Open het in een tekenprogramma en sla het opnieuw op als SVG of PNG."
        }
        LogoProblem::TooManyPixels => {
            "Het logo heeft meer dan 40 megapixels. Sla het kleiner op; 1200 pixels breed is ruim genoeg."
        }
        LogoProblem::Animated => "Het logo is een bewegende PNG. Sla één beeld ervan op als PNG.",
        LogoProblem::TooHeavy => {
            "Het logo neemt op elke brief meer dan 2 MB in. Sla het kleiner op; 1200 pixels breed is ruim genoeg."
        }
        LogoProblem::Shape => {
            "Het logo heeft geen bruikbare breedte en hoogte. Sla het op in een gewone verhouding."
        }
        LogoProblem::Pages => {
            "Deze pdf heeft meer dan één pagina. Sla alleen de pagina met het logo op, als SVG, PNG of pdf."
        }
        LogoProblem::CannotBeSet => {
            "Dit logo kan niet op een brief gezet worden. Sla het op als gewone SVG, of als PNG in RGB-kleuren."
        }
        LogoProblem::NotThisFormat => {
            "De inhoud van dit bestand past niet bij zijn naam. Sla het logo opnieuw op als SVG, PNG, JPG of pdf."
        }
        LogoProblem::UnknownFormat => {
            "Een logo is een bestand dat eindigt op .svg, .png, .jpg of .pdf."
        }
        LogoProblem::Unknown => {
            "Dit logo is er niet meer. Kies een ander logo of voeg het opnieuw toe."
        }
    }
}

/// A value that the text asks for and the provider does not have.
pub fn missing_value(placeholder: &str, field: LetterField) -> String {
    match field {
        LetterField::Sender => {
            format!(
                "De tekst gebruikt [{placeholder}], maar dat is niet bekend. Haal het uit de tekst."
            )
        }
        _ => format!(
            "De tekst gebruikt [{placeholder}], maar bij de voorkeuren is dat niet ingevuld. Vul het in, of haal [{placeholder}] uit de tekst."
        ),
    }
}

/// Characters that the font does not have. `signs`: as they may be shown.
pub fn missing_characters(printed: Printed, signs: &str) -> String {
    let place = match printed {
        Printed::Sender => "De gegevens van de afzender bevatten",
        Printed::Text => "De tekst bevat",
        Printed::PortalUrl => "Het adres van het portaal bevat",
    };
    format!(
        "{place} tekens die niet gedrukt kunnen worden: {signs}. Schrijf het zonder die tekens."
    )
}

pub fn tight(tight: Tight) -> &'static str {
    match tight {
        Tight::Sender => {
            "Een regel van de afzender is te lang voor de brief. Gebruik een korter e-mailadres of een kortere website."
        }
        Tight::ReturnLine => {
            "Het retouradres is te lang voor het venster van de envelop. Vraag Nedap om een kortere schrijfwijze."
        }
        Tight::Word => {
            "Een woord in de tekst is breder dan de regel. Breek het af met een koppelteken of spaties."
        }
        Tight::QrCode => {
            "Het adres van het portaal past niet in een QR-code. Gebruik een korter adres, of laat de QR-code weg."
        }
    }
}

pub fn unknown_template(name: &str) -> String {
    format!("Het sjabloon ‘{name}’ bestaat niet. Kies er een uit de lijst.")
}

/// The template itself is at fault; whoever writes the text cannot mend it.
pub const LAYOUT_FAILS: &str = "Met dit sjabloon kan geen brief gemaakt worden. Kies een ander sjabloon, of vraag Nedap ernaar te kijken.";

/// What cannot be typed into a field, whatever the letter is.
pub fn bad_value(field: LetterField, problem: ValueProblem) -> String {
    let what = field_name(field);
    match problem {
        ValueProblem::ForbiddenCharacter => {
            format!("{what} bevat een onzichtbaar teken. Typ het opnieuw.")
        }
        ValueProblem::TooLong => format!("{what} is te lang. Gebruik een kortere schrijfwijze."),
        ValueProblem::Days => {
            format!("{what} moet een heel getal van 1 tot en met 365 zijn.")
        }
        ValueProblem::NoLogo => {
            "U wilt een logo op de brief, maar er is er geen. Voeg een logo toe, of kies voor een brief zonder logo."
                .to_owned()
        }
    }
}

/// What a field of the editor is called, with a capital.
pub fn field_name(field: LetterField) -> &'static str {
    match field {
        LetterField::Text => "De tekst",
        LetterField::Template => "Het sjabloon",
        LetterField::Logo => "Het logo",
        LetterField::WithLogo => "Het logo op de brief",
        LetterField::ValidityDays => "De geldigheid in dagen",
        LetterField::PortalUrl => "Het adres van het portaal",
        LetterField::Telephone => "Het telefoonnummer",
        LetterField::Email => "Het e-mailadres",
        LetterField::Website => "De website",
        LetterField::Sender => "De naam of het adres van de organisatie",
    }
}

/// One sentence about what stands in place of a placeholder, by its name; `None` for a name that is none.
pub fn placeholder(name: &str) -> Option<&'static str> {
    Some(match name {
        "ADDRESSEE_NAME" => "De naamregel van het adres: aan wie de brief gericht is.",
        "SALUTATION" => "De aanhef, zoals ‘Geachte mevrouw Jansen’, zonder komma erachter.",
        "CLIENT_NAME" => "De naam van de cliënt voor wie de code is.",
        "TELEPHONE" => "Het telefoonnummer van uw organisatie.",
        "EMAIL" => "Het e-mailadres van uw organisatie.",
        "WEBSITE" => "De website van uw organisatie.",
        "PORTAL_URL" => "Het adres waar de cliënt de code invult.",
        "CARE_PROVIDER_NAME" => "De naam van uw organisatie.",
        "TEAM_NAME" => "De naam van het team van de cliënt.",
        "LETTER_DATE" => "De datum van de brief, voluit.",
        "VALID_UNTIL" => "De laatste dag waarop de code werkt, voluit.",
        "CODE" => "De code van tien cijfers. Die staat ook altijd onderaan de brief.",
        _ => return None,
    })
}

/// How a letter fits, in a sentence.
pub fn fits(percent: u8, smaller: Option<f64>) -> String {
    match smaller {
        Some(size) => format!(
            "De tekst past op één A4, in een kleinere letter ({} punts).",
            decimal(size)
        ),
        None => format!("De tekst past op één A4: de ruimte is voor {percent}% gevuld."),
    }
}

pub fn too_long(lines: u32) -> String {
    match lines {
        1 => "De tekst is 1 regel te lang voor één A4. Maak de tekst korter.".to_owned(),
        lines => format!("De tekst is {lines} regels te lang voor één A4. Maak de tekst korter."),
    }
}

pub const ADDRESS_TOO_LARGE: &str =
    "De naam of het adres is te groot voor het venster van de envelop.";
pub const NAME_TOO_WIDE: &str = "Een woord is breder dan de regel.";
pub const CANNOT_BE_SET: &str = "Deze brief kan met dit sjabloon niet gemaakt worden.";

/// `10,5`
fn decimal(number: f64) -> String {
    number.to_string().replace('.', ",")
}

/// What a picture of a letter shows.
pub fn picture(window: AddressWindow, with_logo: bool, size: f64) -> String {
    let side = match window {
        AddressWindow::Left => "links",
        AddressWindow::Right => "rechts",
    };
    let logo = if with_logo { "met" } else { "zonder" };
    format!(
        "Voorbeeld van de brief op één A4: adresvenster {side}, {logo} logo, letter van {} punts, de code onderaan en het woord VOORBEELD dwars over het blad.",
        decimal(size)
    )
}

/// The lines of the block with the code, as a reader hears them.
pub fn code_block(client: &str, valid_until: &str, portal_url: &str) -> [String; 3] {
    [
        format!("Code voor {client}: in dit voorbeeld staat een code die niet werkt."),
        format!("Geldig tot {valid_until}"),
        format!("Vul deze code in op {portal_url}."),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_a_whole_sentence_of_its_own() {
        let texts = [
            TextProblem::Heading,
            TextProblem::Italic,
            TextProblem::Code,
            TextProblem::IndentedCode,
            TextProblem::FencedCode,
            TextProblem::Quotation,
            TextProblem::Html,
            TextProblem::Link,
            TextProblem::Picture,
            TextProblem::Table,
            TextProblem::Footnote,
            TextProblem::Markup,
            TextProblem::DividingLine,
            TextProblem::SecondParagraphInItem,
            TextProblem::ListInList,
            TextProblem::NumberedList,
            TextProblem::OtherBullet,
            TextProblem::UnderscoreBold,
            TextProblem::UnknownPlaceholder {
                typed: "TELEFOON".to_owned(),
                nearest: Some("TELEPHONE"),
            },
            TextProblem::UnknownPlaceholder {
                typed: "XYZZY".to_owned(),
                nearest: None,
            },
            TextProblem::PlaceholderNotTaken("CODE"),
            TextProblem::LooseBracket('['),
            TextProblem::LooseBracket(']'),
            TextProblem::LooseStars,
            TextProblem::BrokenPlaceholder,
            TextProblem::Empty,
            TextProblem::TooManyCharacters(20_000),
            TextProblem::InvisibleCharacter('\u{202e}'),
        ];
        let mut said = std::collections::BTreeSet::new();
        for problem in &texts {
            let sentence = text_problem(problem);
            assert!(
                sentence.ends_with(['.', '?']) && sentence.starts_with(char::is_uppercase),
                "{sentence}"
            );
            assert!(said.insert(sentence.clone()), "said twice: {sentence}");
        }
        assert!(
            said.iter()
                .any(|sentence| sentence.contains("20.000 tekens"))
        );
    }

    #[test]
    fn a_size_is_written_as_the_dutch_write_it() {
        assert_eq!(
            fits(104, Some(9.5)),
            "De tekst past op één A4, in een kleinere letter (9,5 punts)."
        );
        assert_eq!(
            too_long(1),
            "De tekst is 1 regel te lang voor één A4. Maak de tekst korter."
        );
    }
}
