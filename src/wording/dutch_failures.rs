//! Dutch, for failures on pages: what happened and what to do, by the stable code of the failure. A test keeps the list
//! whole: a code without a sentence here would be read as a generality.

/// Two whole sentences or more, without anything about a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    pub what: &'static str,
    pub to_do: &'static str,
}

const fn say(what: &'static str, to_do: &'static str) -> Sentence {
    Sentence { what, to_do }
}

const CALL_THE_OPERATOR: &str = "Probeer het over een minuut opnieuw. Blijft het zo, waarschuw dan de beheerder van deze server.";

pub const INPUT: Sentence = say(
    "Wat u vroeg, kan zo niet.",
    "Controleer wat u hebt ingevuld.",
);
pub const NOT_FOUND: Sentence = say(
    "Dit bestaat niet, of het is niet voor u bedoeld.",
    "Controleer het adres of begin opnieuw bij de eerste pagina.",
);
pub const CONFLICT: Sentence = say(
    "Dit kan nu niet; er is intussen iets veranderd.",
    "Ververs de pagina en kijk hoe het er nu voor staat.",
);
pub const TRY_AGAIN: Sentence = say(
    "Dit lukt op dit moment niet, omdat een onderdeel bezet of onbereikbaar is.",
    CALL_THE_OPERATOR,
);
pub const OURS: Sentence = say(
    "Er ging bij ons iets mis. Dat ligt niet aan u.",
    "Probeer het opnieuw. Gaat het weer mis, meld dan het tijdstip en de code hieronder bij de beheerder.",
);

/// The heading of a page that stands in for another, by its HTTP status.
pub fn title(status: u16) -> &'static str {
    match status {
        401 => "U bent niet aangemeld",
        403 => "Hier mag u niet bij",
        404 => "Deze pagina bestaat niet",
        409 => "Dit kan nu niet",
        413 => "Dit bestand is te groot",
        422 => "Dit kan zo niet",
        429 => "Te veel pogingen",
        503 => "Even niet bereikbaar",
        _ => "Er ging iets mis",
    }
}

/// What happened and what to do; nothing for a code that is not known.
pub fn sentence(code: &str) -> Option<Sentence> {
    access(code)
        .or_else(|| batches(code))
        .or_else(|| invitations(code))
        .or_else(|| letters(code))
        .or_else(|| writing(code))
        .or_else(|| exports(code))
        .or_else(|| machine(code))
}

fn access(code: &str) -> Option<Sentence> {
    Some(match code {
        "not_signed_in" => say("U bent niet of niet meer aangemeld.", "Meld u opnieuw aan."),
        "not_for_this_role" => say(
            "Met deze rol kunt u hier niet bij.",
            "Meld u aan met een token dat hiervoor bedoeld is.",
        ),
        "unknown_page" | "unknown_address" => say(
            "Er staat hier niets, of het is niet voor u bedoeld.",
            "Controleer het adres of begin opnieuw bij de eerste pagina.",
        ),
        "form_unreadable"
        | "not_json"
        | "json_unreadable"
        | "json_not_as_described"
        | "query_not_as_described"
        | "idempotency_key"
        | "range_beyond_end" => say(
            "Wat u stuurde kon niet gelezen worden.",
            "Ga terug, ververs de pagina en vul het formulier opnieuw in.",
        ),
        "cross_site" => say(
            "Dit verzoek kwam van een andere website en is daarom niet uitgevoerd.",
            "Ga naar de pagina zelf en probeer het daar opnieuw.",
        ),
        "body_too_large" => say(
            "Wat u stuurde is te groot.",
            "Stuur een kleiner bestand, of deel de export op.",
        ),
        "too_many_requests" => say(
            "Er kwamen te veel verzoeken achter elkaar.",
            "Wacht een minuut en probeer het dan opnieuw.",
        ),
        "locked" => say(
            "Na te veel mislukte pogingen is dit tijdelijk afgesloten.",
            "Wacht tot de tijd om is, of vraag Nedap support om hulp.",
        ),
        "wrong_token" => say(
            "Dit token kennen wij niet.",
            "Controleer of u het hele token hebt overgenomen, zonder spaties.",
        ),
        "expired_token" => say(
            "Dit token is verlopen.",
            "Vraag een nieuw token aan degene van wie u het kreeg.",
        ),
        "revoked_token" => say(
            "Dit token is ingetrokken.",
            "Vraag een nieuw token aan degene van wie u het kreeg.",
        ),
        "token_for_scripts" => say(
            "Dit token is voor een programma en opent geen pagina’s.",
            "Meld u aan met een token voor support of voor een zorgaanbieder.",
        ),
        "oidc_unreachable" | "oidc_unusable" => say(
            "Aanmelden bij uw eigen organisatie lukt op dit moment niet.",
            "Probeer het over een minuut opnieuw, of meld u aan met een token.",
        ),
        "oidc_refused" => say(
            "Uw organisatie heeft u niet aangemeld.",
            "Probeer het opnieuw, of meld u aan met een token.",
        ),
        "oidc_not_begun" => say(
            "Deze aanmelding is niet hier begonnen, of het is te lang geleden.",
            "Begin opnieuw.",
        ),
        "oidc_not_allowed" => say(
            "Met dit account mag u hier niet aanmelden.",
            "Vraag de beheerder om u toe te laten.",
        ),
        "too_busy" => say(
            "Het is op dit moment te druk.",
            "Probeer het over een minuut opnieuw.",
        ),
        "too_slow" => say(
            "Dit duurde te lang en is afgebroken.",
            "Probeer het opnieuw als het rustiger is, of vraag minder tegelijk, zoals minder teams.",
        ),
        "method_not_allowed" | "request_unreadable" => say(
            "Dit verzoek is niet te begrijpen.",
            "Begin opnieuw bij de eerste pagina.",
        ),
        "unknown_role" => say(
            "Deze rol bestaat niet.",
            "Kies een van de rollen uit de lijst.",
        ),
        "unknown_token" => say(
            "Dit token bestaat niet.",
            "De lijst bij Toegang noemt alle tokens.",
        ),
        "token_revoked" => say("Dit token was al ingetrokken.", "U hoeft niets te doen."),
        "token_days" => say(
            "Zo lang kan een token niet geldig zijn.",
            "Kies 1 tot en met 3.650 dagen.",
        ),
        "token_label" => say(
            "De omschrijving is te lang of bevat een teken dat niet kan.",
            "Schrijf in hooguit 100 tekens waar het token voor is.",
        ),
        "organisation_missing" => say(
            "Een token voor een zorgaanbieder hoort bij één organisatie, en er is er geen gekozen.",
            "Kies de organisatie.",
        ),
        "organisation_not_wanted" => say(
            "Een token met deze rol hoort niet bij één organisatie.",
            "Laat de organisatie leeg, of kies de rol zorgaanbieder.",
        ),
        _ => return None,
    })
}

fn batches(code: &str) -> Option<Sentence> {
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
            "Met dit formulier is al een batch voor andere teams aangevraagd.",
            "Begin een nieuwe batch vanuit het locatiegram.",
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
        "bundle_removed" => say(
            "Deze bundel is opgeruimd, omdat hij oud is of al zijn uitnodigingen gesloten zijn.",
            "Heeft iemand toch een brief nodig, maak die dan opnieuw bij Uitnodigingen.",
        ),
        "weak_password" => say(
            "Dit wachtwoord is te makkelijk te raden.",
            "Kies een langer wachtwoord.",
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

fn invitations(code: &str) -> Option<Sentence> {
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
        _ => return None,
    })
}

fn letters(code: &str) -> Option<Sentence> {
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
        "no_draft" => say(
            "Er is geen concept van de brief.",
            "Wijzig eerst de tekst of de voorkeuren.",
        ),
        "letter_changed" => say(
            "Iemand anders heeft de brief intussen gewijzigd.",
            "Bekijk wat er veranderd is en doe uw wijziging opnieuw.",
        ),
        "intake_changed" => say(
            "Iemand anders heeft deze keuzes intussen gewijzigd.",
            "Bekijk wat er veranderd is en doe uw wijziging opnieuw.",
        ),
        "unknown_version" => say(
            "Deze versie van de brief bestaat niet.",
            "Kies een versie uit de lijst.",
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
fn writing(code: &str) -> Option<Sentence> {
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
            "Dit wachtwoord is korter dan 12 tekens, of er staat een teken in dat niet elk programma hetzelfde schrijft.",
            "Kies een langer wachtwoord met letters zonder accenten, cijfers, spaties en leestekens, zoals vier losse woorden.",
        ),
        "bundle_removed" => say(
            "Deze bundel is verwijderd, omdat de bewaartijd om was of geen van de codes nog werkte.",
            "Een brief waarvan de code nog werkt, downloadt u bij Uitnodigingen.",
        ),
        _ => return None,
    })
}

fn exports(code: &str) -> Option<Sentence> {
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
        "upload_broken_off" | "body_broken_off" => say(
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

/// What only whoever minds the machine can mend, and what only the command line says.
fn machine(code: &str) -> Option<Sentence> {
    Some(match code {
        "database" => say("De database is niet bereikbaar.", CALL_THE_OPERATOR),
        "store" | "storage" | "bundle" => say(
            "De opslag van de bundels is niet bereikbaar of geeft een fout.",
            CALL_THE_OPERATOR,
        ),
        "data_folder" | "output_folder" | "output_file" => say(
            "Er kon niet op de schijf geschreven worden.",
            CALL_THE_OPERATOR,
        ),
        "key_being_rotated" | "bundles_not_sealed_anew" => say(
            "De sleutel van deze server wordt op dit moment vervangen.",
            CALL_THE_OPERATOR,
        ),
        "audit_broken" => say(
            "Het logboek klopt niet meer met wat erin geschreven is.",
            "Waarschuw meteen de beheerder van deze server.",
        ),
        "internal" | "server_ended" | "stuck" | "stopped" => OURS,
        "key_file" | "newer_database" | "unknown_database" | "unknown_store" | "config_file"
        | "environment" | "listen" | "usage" | "input" | "input_file" | "sample"
        | "oidc_settings" | "password_file" | "public_url" | "retention" | "trusted_proxies"
        | "unwell" => say(
            "De server is niet goed ingesteld.",
            "Waarschuw de beheerder van deze server.",
        ),
        _ => return None,
    })
}
