//! Dutch, for failures on pages: what happened and what to do, by the stable code of the failure. A test keeps the list
//! whole: a code without a sentence here would be read as a generality, and of two sentences nobody would read the second.

mod exports;
mod work;
mod writing;

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
        .or_else(|| work::batches(code))
        .or_else(|| work::invitations(code))
        .or_else(|| writing::letters(code))
        .or_else(|| writing::of_a_provider(code))
        .or_else(|| exports::sentence(code))
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
        "key_rotated" => say(
            "De sleutel van deze server is vervangen, en de server heeft de nieuwe nog niet.",
            "Waarschuw de beheerder van deze server: na een herstart met het nieuwe sleutelbestand werkt alles weer.",
        ),
        "audit_broken" => say(
            "Het logboek klopt niet meer met wat erin geschreven is.",
            "Waarschuw meteen de beheerder van deze server.",
        ),
        "internal" | "server_ended" | "stuck" | "stopped" => OURS,
        "key_file" | "newer_database" | "no_data" | "unknown_database" | "unknown_store"
        | "config_file" | "environment" | "listen" | "usage" | "input" | "input_file"
        | "sample" | "oidc_settings" | "password_file" | "public_url" | "retention"
        | "trusted_proxies" | "unwell" => say(
            "De server is niet goed ingesteld.",
            "Waarschuw de beheerder van deze server.",
        ),
        _ => return None,
    })
}
