//! Of batches and their bundles, and of the invitations that came of them.

use super::{CALL_THE_OPERATOR, Sentence, say};

pub(super) fn batches(code: &str) -> Option<Sentence> {
    Some(match code {
        "unknown_organisation" => say(
            "Deze organisatie is hier niet bekend.",
            "Kies er een uit de lijst, of lees eerst haar export in.",
        ),
        "unknown_team" => say(
            "Deze locatie staat niet in het locatiegram.",
            "Kies een locatie uit het locatiegram van de laatste export.",
        ),
        "ambiguous_team" => say(
            "Er zijn meer locaties met deze naam.",
            "Kies de locatie in het locatiegram.",
        ),
        "no_teams" => say(
            "Geen enkele cliënt van deze export hoort bij een locatie.",
            "Controleer de locatietoewijzingen en lees een nieuwe export in.",
        ),
        "unknown_client" => say(
            "Er is geen cliënt met dit nummer.",
            "Controleer of het cliëntnummer uit Ons klopt en bij deze organisatie hoort.",
        ),
        "unknown_batch" => say(
            "Deze batch bestaat niet.",
            "De lijst met batches noemt ze allemaal.",
        ),
        "batch_has_ended" => say(
            "Deze batch is al afgelopen, dus er valt niets te annuleren.",
            "Wilt u een brief intrekken, doe dat dan bij Uitnodigingen.",
        ),
        "nothing_failed" => say(
            "Er is in deze batch geen team mislukt.",
            "Er hoeft niets opnieuw gemaakt te worden.",
        ),
        "batch_cancelled" | "cancelled" => say(
            "De batch is geannuleerd.",
            "Vraag hem opnieuw aan als de brieven toch nodig zijn.",
        ),
        "teams_failed" => say(
            "Een of meer teams van de batch zijn mislukt.",
            "Kijk bij het team waarom, herstel dat en probeer het opnieuw.",
        ),
        "idempotency_key_used" => say(
            "Met dit formulier is al een batch aangevraagd, voor andere teams of met andere keuzes.",
            "Controleer uw keuzes als u daarvoor nog een batch wilt aanvragen.",
        ),
        "invalid_dates" => say(
            "De codes zouden verlopen vóór de datum op de brief, of een datum ligt te ver weg.",
            "Kies een latere laatste geldige dag, of een briefdatum dichter bij vandaag.",
        ),
        "unknown_bundle" => say(
            "Deze bundel bestaat niet of is al opgeruimd.",
            "De lijst met bundels noemt wat er nog is.",
        ),
        "too_many_teams" => say(
            "Dit zijn te veel locaties voor één batch.",
            "Kies er minder, of kies een locatie die erboven ligt.",
        ),
        "bundle_lost" => say(
            "De bundel kon niet worden gelezen uit de opslag.",
            CALL_THE_OPERATOR,
        ),
        "handed_back" => say(
            "Het werk is teruggegeven omdat de server stopte.",
            "U hoeft niets te doen: een andere server gaat ermee verder.",
        ),
        "deadline" => say(
            "Het duurde te lang om de brieven te maken.",
            "Het wordt vanzelf opnieuw geprobeerd. Blijft het zo, kies dan kleinere teams.",
        ),
        "taken_over" => say(
            "Een andere server heeft dit werk overgenomen.",
            "U hoeft niets te doen.",
        ),
        _ => return None,
    })
}

pub(super) fn invitations(code: &str) -> Option<Sentence> {
    Some(match code {
        "unknown_invitation" => say(
            "Deze uitnodiging bestaat niet.",
            "Zoek haar op cliëntnummer bij Uitnodigingen.",
        ),
        "invitation_not_open" => say(
            "Deze uitnodiging staat niet meer open.",
            "Is er toch een brief nodig, vraag dan een nieuwe brief aan.",
        ),
        "other_open_invitation" => say(
            "Deze cliënt heeft een nieuwere uitnodiging die nog openstaat.",
            "Gebruik die, of trek die eerst in.",
        ),
        "letter_being_made" => say(
            "De brief van deze uitnodiging wordt op dit moment gemaakt.",
            "Probeer het opnieuw als het team klaar is, of annuleer de batch.",
        ),
        "no_letter_possible" => say(
            "Voor deze cliënt kan geen brief gemaakt worden.",
            "Zoek de cliënt op bij Cliënten: daar staat waarom niet, en wat u kunt doen.",
        ),
        "not_a_code" | "unknown_code" => say(
            "Deze code is niet geldig.",
            "Controleer de tien cijfers op de brief.",
        ),
        "code_used" => say(
            "Deze code is al gebruikt.",
            "Een code werkt één keer. Is er toch een nieuwe nodig, vraag de zorgaanbieder dan om een nieuwe brief.",
        ),
        "code_expired" => say(
            "Deze code is verlopen.",
            "Vraag de zorgaanbieder om een nieuwe brief.",
        ),
        "code_replaced" => say(
            "Er is een nieuwere brief, en daarom werkt deze code niet meer.",
            "Gebruik de code van de nieuwste brief.",
        ),
        "code_cancelled" => say(
            "Deze code is ingetrokken.",
            "Vraag de zorgaanbieder om een nieuwe brief.",
        ),
        _ => return None,
    })
}
