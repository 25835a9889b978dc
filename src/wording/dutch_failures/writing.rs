//! Of the letter, and of what a provider writes, chooses and takes out.

use super::{CALL_THE_OPERATOR, Sentence, say};

pub(super) fn letters(code: &str) -> Option<Sentence> {
    Some(match code {
        "letter_not_possible" | "template_broken" => say(
            "Met deze tekst of dit logo kan geen brief gemaakt worden.",
            "Controleer de tekst van de brief en het logo bij Brief en Voorkeuren.",
        ),
        "layout_fails" => say(
            "De opmaak van deze brief loopt vast.",
            "Laat de opmaak nakijken door wie hem gemaakt heeft.",
        ),
        "no_logo" => say(
            "Er is geen logo om op de brief te zetten.",
            "Voeg een logo toe bij Voorkeuren, of kies brieven zonder logo.",
        ),
        "press" => say("De brieven konden niet gezet worden.", CALL_THE_OPERATOR),
        "letters_look_different" | "nothing_to_compare" | "picture_unreadable" => say(
            "De voorbeelden konden niet vergeleken worden, of ze zien er anders uit.",
            "Kijk de voorbeelden na.",
        ),
        _ => return None,
    })
}

/// What a provider writes, chooses and takes out.
pub(super) fn of_a_provider(code: &str) -> Option<Sentence> {
    Some(match code {
        "letter_changed" => say(
            "Intussen heeft iemand anders de brief veranderd. Er is niets bewaard en niets gepubliceerd.",
            "Bekijk de brief opnieuw en doe daarna nog eens wat u wilde.",
        ),
        "no_draft" => say(
            "Er is geen concept van de brief.",
            "Verander eerst de tekst of de voorkeuren.",
        ),
        "unknown_version" => say(
            "Deze versie van de brief bestaat niet.",
            "De lijst met versies noemt ze allemaal.",
        ),
        "intake_changed" => say(
            "Intussen heeft iemand anders de keuzes voor Caren bewaard. Uw keuzes zijn niet bewaard.",
            "Bekijk de keuzes opnieuw en vul in wat anders moet.",
        ),
        "weak_password" => say(
            "Dit wachtwoord is korter dan 12 tekens.",
            "Kies een langer wachtwoord, zoals vier losse woorden.",
        ),
        "password_characters" => say(
            "In dit wachtwoord staat een teken dat niet elk programma hetzelfde schrijft.",
            "Gebruik letters zonder accenten, cijfers, spaties en leestekens.",
        ),
        "bundle_removed" => say(
            "Deze bundel is verwijderd, omdat de bewaartijd om was of geen van de codes nog werkte.",
            "Een brief waarvan de code nog werkt, downloadt u bij Uitnodigingen.",
        ),
        _ => return None,
    })
}
