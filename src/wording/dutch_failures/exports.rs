//! Of an export that arrives.

use super::{Sentence, say};

pub(super) fn sentence(code: &str) -> Option<Sentence> {
    Some(match code {
        "folder_missing" | "not_a_folder" | "folder_unreadable" => say(
            "Er is geen map met een export gevonden.",
            "Pak de map met organisation.toml en de tabellen in als zip en stuur die.",
        ),
        "file_missing" => say(
            "Een bestand dat bij een export hoort, ontbreekt.",
            "Een export heeft organisation.toml, locations.csv, clients.csv en location_assignments.csv. Let op hoofdletters.",
        ),
        "not_a_file" | "outside_folder" => say(
            "Een bestand in de export is een map of een verwijzing naar iets buiten de export.",
            "Zet het bestand zelf in de export.",
        ),
        "not_a_zip" | "not_an_export" => say(
            "Dit bestand is geen zip.",
            "Pak de map met organisation.toml en de tabellen in als zip en kies die.",
        ),
        "file_encrypted" => say(
            "De zip heeft een wachtwoord.",
            "Maak een zip zonder wachtwoord.",
        ),
        "file_swollen" | "file_twice" | "unsafe_name" => say(
            "In de zip zit een bestand dat daar niet zo hoort: te groot, dubbel of met een vreemde naam.",
            "Maak de zip opnieuw van alleen de map met de export.",
        ),
        "no_export" => say("Er is geen bestand gekozen.", "Kies de zip met de export."),
        "body_broken_off" => say(
            "Het bestand kwam niet helemaal aan.",
            "Kies het opnieuw en verstuur het nog eens.",
        ),
        "other_organisation" => say(
            "Dit is een export van een andere organisatie.",
            "Controleer de slug in organisation.toml, of lees de export in via Organisaties.",
        ),
        "export_too_large" | "too_many_files" => say(
            "De export is te groot of heeft te veel bestanden.",
            "Stuur alleen wat bij de export hoort. Een heel grote export leest de beheerder in op de server zelf.",
        ),
        "file_unreadable" => say(
            "Een bestand van de export kon niet gelezen worden.",
            "Maak de zip opnieuw en probeer het nog eens.",
        ),
        "too_large" => say(
            "Een bestand van de export is te groot.",
            "Deel de export op per organisatie, of maak het logo kleiner.",
        ),
        "empty_file" => say(
            "Een bestand van de export is leeg.",
            "Maak de export opnieuw; een tabel heeft ten minste een kopregel.",
        ),
        "nul_character" | "broken_utf8" | "broken_utf16" => say(
            "De tekens in een bestand zijn niet te lezen.",
            "Bewaar het bestand opnieuw als UTF-8; in Excel heet dat ‘CSV UTF-8’.",
        ),
        "missing_columns" => say(
            "In een tabel ontbreken kolommen die nodig zijn.",
            "Voeg de genoemde kolommen toe. De volgorde maakt niet uit.",
        ),
        "repeated_column" => say(
            "Een kolom komt twee keer voor in een tabel.",
            "Verwijder of hernoem een van de twee.",
        ),
        "unclosed_quote" | "text_after_quote" | "field_count" => say(
            "Een regel van een tabel klopt niet: een aanhalingsteken te veel of te weinig, of een ander aantal kolommen.",
            "Herstel de genoemde regel.",
        ),
        "empty_cell" | "not_a_client_id" | "not_a_date" | "forbidden_character" | "too_long" => {
            say(
                "Een cel waar de hele export van afhangt, is niet goed ingevuld.",
                "Herstel de genoemde regel en kolom.",
            )
        }
        "location_twice" | "unknown_parent" | "location_circle" => say(
            "Het locatiegram klopt niet: een locatie staat er twee keer in, of hoort bij een locatie die er niet is.",
            "Herstel locations.csv.",
        ),
        "not_toml" | "missing_keys" | "unknown_key" | "wrong_type" | "empty_key" | "not_a_slug"
        | "not_a_template" | "out_of_range" | "not_a_postcode" | "not_a_choice" => say(
            "In organisation.toml staat iets dat niet klopt.",
            "Herstel de genoemde regel.",
        ),
        "not_a_logo" | "not_the_logo_format" => say(
            "Het logo is geen svg, png, jpg of pdf, of het heet anders dan het is.",
            "Bewaar het logo opnieuw in een van deze vormen.",
        ),
        _ => return None,
    })
}
