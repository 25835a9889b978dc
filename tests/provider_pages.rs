//! A care provider at its pages: what it reads, downloads, writes and chooses, over the network as its browser asks.

use std::{
    collections::BTreeSet,
    io::{Cursor, Read},
};

use brievenbus::operations::upload_logo::MOST_LOGO_BYTES;
use zip::ZipArchive;

use crate::support::{
    eventually,
    export::Export,
    fixture::FOLDER,
    one_line, poppler,
    service::{Reply, Service},
    ten_digit_runs,
};

/// A team of the fixture with letters and with people who get none.
const TEAM: &str = "Wijkteam Noord";
const ORGANISATION: &str = "/organisaties/de-beste-zorg";

/// A server with the fixture, and its provider at a browser.
struct Desk {
    service: Service,
    cookie: String,
}

/// What a browser shows.
struct Page {
    html: String,
    /// The words of it, in the order in which they are read.
    text: String,
}

impl Desk {
    /// Nothing but the export is there.
    fn new() -> Self {
        let service = Service::start();
        service.cli.ok(&["import", FOLDER]);
        let token = service.token("provider", Some("de-beste-zorg"));
        let cookie = service.sign_in(&token);
        Self { service, cookie }
    }

    /// The letters of a team are ready.
    fn with_letters() -> Self {
        let desk = Self::new();
        desk.submit();
        desk
    }

    fn submit(&self) {
        let cli = &self.service.cli;
        let submit = [
            "batch",
            "submit",
            "--organisation",
            "de-beste-zorg",
            "--team",
            TEAM,
        ];
        let batch = cli.ok(&[&submit[..], &["--json"]].concat()).json();
        let id = batch["id"].as_str().unwrap();
        eventually("the batch is done", || {
            cli.ok(&["batch", "show", id, "--json"]).json()["state"] == "done"
        });
    }

    fn reply(&self, path: &str) -> Reply {
        self.service.ask("GET", path).cookie(&self.cookie).send()
    }

    /// A page of the organisation: `/bundels`.
    #[track_caller]
    fn page(&self, path: &str) -> Page {
        let reply = self.reply(&format!("{ORGANISATION}{path}"));
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        Page::of(&reply)
    }

    fn send(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let path = format!("{ORGANISATION}{path}");
        let ask = self.service.ask("POST", &path).cookie(&self.cookie);
        ask.form(fields).send()
    }

    /// Sends a form that is taken in, and answers with the page that comes then.
    #[track_caller]
    fn sent(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let reply = self.send(path, fields);
        assert_eq!(reply.status, 303, "{path}: {}", Page::of(&reply).text);
        let next = self.reply(reply.header("location").split('#').next().unwrap());
        assert_eq!(next.status, 200, "{}", next.text());
        Page::of(&next)
    }

    /// Writes a text, as the editor has it.
    fn write(&self, text: &str, doing: &str) -> Reply {
        let revision = self.page("/brief").value("revision");
        self.send(
            "/brief",
            &[("tekst", text), ("revision", &revision), ("doen", doing)],
        )
    }

    /// Where the page of the one bundle is, below the organisation.
    #[track_caller]
    fn bundle(&self) -> String {
        self.page("/bundels").link("/bundels/")
    }
}

impl Page {
    fn of(reply: &Reply) -> Self {
        let html = reply.text();
        Self {
            text: words(&html),
            html,
        }
    }

    #[track_caller]
    fn says(&self, sentence: &str) -> &Self {
        assert!(
            self.text.contains(sentence),
            "no '{sentence}' in {}",
            self.text
        );
        self
    }

    #[track_caller]
    fn says_not(&self, sentence: &str) -> &Self {
        assert!(
            !self.text.contains(sentence),
            "'{sentence}' in {}",
            self.text
        );
        self
    }

    /// The value of the first field with this name.
    #[track_caller]
    fn value(&self, name: &str) -> String {
        let field = self.html.split(&format!("name=\"{name}\"")).nth(1);
        let field = field.unwrap_or_else(|| panic!("no field {name} in {}", self.html));
        let value = field.split("value=\"").nth(1).unwrap();
        unescaped(value.split('"').next().unwrap())
    }

    /// What stands in the text field with this id.
    #[track_caller]
    fn written(&self, id: &str) -> String {
        let field = self
            .html
            .split(&format!("<textarea id=\"{id}\""))
            .nth(1)
            .unwrap();
        let inside = field.split_once('>').unwrap().1;
        let text = inside.split("</textarea>").next().unwrap();
        unescaped(text.strip_prefix('\n').unwrap_or(text))
    }

    /// The first address below the organisation that begins so and goes on with an id.
    #[track_caller]
    fn link(&self, begin: &str) -> String {
        let begin = format!("{ORGANISATION}{begin}");
        let links = self.html.split("href=\"").skip(1);
        let mut addresses = links.map(|link| link.split('"').next().unwrap());
        let found = addresses.find(|address| {
            address
                .strip_prefix(&begin)
                .is_some_and(|id| id.len() == 26 && id.bytes().all(|b| b.is_ascii_alphanumeric()))
        });
        let found = found.unwrap_or_else(|| panic!("no {begin}… in {}", self.html));
        found.strip_prefix(ORGANISATION).unwrap().to_owned()
    }
}

/// The words of a page, without what no person reads.
fn words(html: &str) -> String {
    let body = html.split("<body>").nth(1).unwrap_or(html);
    let mut text = String::new();
    for piece in body.split('<') {
        let (tag, words) = piece.split_once('>').unwrap_or(("", piece));
        // Elements within a line do not part words.
        let inline = ["a", "strong", "code", "span", "ins", "del"];
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n'])
            .next()
            .unwrap();
        if !inline.contains(&name) {
            text.push(' ');
        }
        text.push_str(words);
    }
    let text = unescaped(&text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescaped(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&lt;", "<")
        .replace("&#62;", ">")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

#[test]
fn a_bundle_is_found_looked_into_and_downloaded() {
    let desk = Desk::with_letters();
    desk.page("")
        .says("Aangemeld als De Beste Zorg")
        .says("Download de bundel die klaarstaat")
        .says("0 van de 14 vragen zijn beantwoord");
    let list = desk.page("/bundels");
    list.says(TEAM).says("Nog niet gedownload").says("brieven");
    let bundle = desk.bundle();
    let details = desk.page(&bundle);
    details
        .says("brieven.pdf Alle brieven achter elkaar")
        .says("Wie geen brief kreeg")
        .says("Vul de informatie aan in Ons")
        .says("Gedownload nog niet");
    let reply = desk.reply(&format!("{ORGANISATION}{bundle}/download"));
    assert_eq!(reply.header("content-type"), "application/zip");
    let named = reply.header("content-disposition");
    assert!(
        named.starts_with("attachment; filename=\"de-beste-zorg_"),
        "{named}"
    );
    let fetched = {
        desk.service.cli.fetch_all();
        desk.service.cli.bundles().remove(0)
    };
    assert_eq!(reply.body.len().to_string(), reply.header("content-length"));
    let names = zip_names(&reply.body);
    assert_eq!(names.len(), fetched.entries.len());
    assert!(names.contains("overzicht.csv"));
    // Everybody without a letter is named with the words of the overview.
    for row in fetched.overview.iter().filter(|row| !row.is_letter()) {
        details.says(&format!("{} {}", row.client, row.explanation));
    }
    desk.page(&bundle).says("Gedownload voor het eerst op");
    desk.page("/bundels").says_not("Nog niet gedownload");
    desk.page("").says_not("Download de bundel die klaarstaat");
    // Long after, it is there no more.
    let rows = desk.service.cli.rows();
    rows.query("UPDATE bundle SET created_at = '2020' || substr(created_at, 5)");
    desk.service.cli.ok(&["purge"]);
    desk.page("")
        .says("Verwijderd")
        .says_not("Nog niet gedownload");
    desk.page("/bundels").says("de bewaartijd was om");
}

#[test]
fn a_page_beyond_the_last_is_the_last() {
    let desk = Desk::with_letters();
    for list in ["/bundels?pagina=", "/uitnodigingen?status=open&pagina="] {
        let last = |shown: &Reply| {
            let next = shown.header("location").to_owned();
            next.split_once("pagina=").map(|(_, last)| last.to_owned())
        };
        let near = desk.reply(&format!("{ORGANISATION}{list}999"));
        assert_eq!(near.status, 303, "{list}: {}", near.text());
        let number = last(&near).unwrap();
        // As far as a number goes, and further.
        for beyond in ["999999999999999999", "18446744073709551615"] {
            let far = desk.reply(&format!("{ORGANISATION}{list}{beyond}"));
            assert_eq!(far.status, 303, "{list}{beyond}: {}", far.text());
            assert_eq!(last(&far).as_ref(), Some(&number));
        }
        desk.page(&format!("{list}{number}"))
            .says(TEAM)
            .says_not("Nog geen");
    }
    // A list without anything is no reason to go round and round.
    let none = desk.reply(&format!(
        "{ORGANISATION}/uitnodigingen?status=redeemed&pagina=9"
    ));
    assert!(
        none.header("location")
            .ends_with("?status=redeemed&pagina=1")
    );
    desk.page("/uitnodigingen?status=redeemed&pagina=1")
        .says("Niets gevonden");
}

#[test]
fn a_form_that_comes_after_the_session_is_answered_with_what_to_do_and_saves_nothing() {
    let desk = Desk::new();
    let text = format!("{GREETING}Een lange ochtend werk.{CLOSING}");
    let revision = desk.page("/brief").value("revision");
    for path in [
        "/brief",
        "/brief/voorbeeld",
        "/voorkeuren",
        "/voorkeuren/caren",
    ] {
        let ask = desk.service.ask("POST", &format!("{ORGANISATION}{path}"));
        let reply = ask
            .cookie("brievenbus=brievenbus_session_of_yesterday")
            .form(&[("tekst", &text), ("revision", &revision)])
            .send();
        assert_eq!(reply.status, 401, "{path}");
        let page = Page::of(&reply);
        page.says("is niet bewaard").says("in een nieuw tabblad");
        let link = page.html.split("href=\"/aanmelden\"").nth(1).unwrap();
        let link = link.split('>').next().unwrap();
        assert!(link.contains("target=\"_blank\"") && link.contains("rel=\"noopener\""));
    }
    let page = desk.service.ask("GET", &format!("{ORGANISATION}/brief"));
    let reply = page.send();
    assert_eq!(reply.status, 303);
    assert!(reply.header("location").starts_with("/aanmelden?naar="));
    desk.page("/brief").says_not("Een lange ochtend werk.");
}

fn zip_names(bytes: &[u8]) -> BTreeSet<String> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|index| zip.by_index(index).unwrap().name().unwrap().into_owned())
        .collect()
}

#[test]
fn a_bundle_with_a_password_opens_with_that_alone() {
    let desk = Desk::with_letters();
    let address = format!("{}/download", desk.bundle());
    for (password, again, sentence) in [
        ("te kort", "te kort", "korter dan 12 tekens"),
        (
            "een lang wachtwoord met één accent",
            "een lang wachtwoord met één accent",
            "letters zonder accenten",
        ),
        (
            "vier losse woorden",
            "vier loze woorden",
            "De twee wachtwoorden zijn niet hetzelfde.",
        ),
    ] {
        let reply = desk.send(&address, &[("password", password), ("again", again)]);
        assert_eq!(reply.status, 422);
        let page = Page::of(&reply);
        page.says(sentence);
        assert!(!page.html.contains(password), "the password is said back");
    }
    let password = "vier losse woorden";
    let reply = desk.send(&address, &[("password", password), ("again", password)]);
    assert_eq!(reply.header("content-type"), "application/zip");
    let mut zip = ZipArchive::new(Cursor::new(&reply.body)).unwrap();
    assert!(zip.by_name("overzicht.csv").is_err());
    assert!(
        zip.by_name_decrypt("overzicht.csv", b"een ander woord")
            .is_err()
    );
    let mut overview = String::new();
    zip.by_name_decrypt("overzicht.csv", password.as_bytes())
        .unwrap()
        .read_to_string(&mut overview)
        .unwrap();
    assert!(overview.contains("clientnummer"));
}

#[test]
fn a_letter_is_printed_again_replaced_and_withdrawn() {
    let desk = Desk::with_letters();
    let list = desk.page("/uitnodigingen");
    list.says("Openstaand").says(TEAM);
    let invitation = list.link("/uitnodigingen/");
    let page = desk.page(&invitation);
    let client = page.text.split("Cliëntnummer ").nth(1).unwrap();
    let client = client.split(' ').next().unwrap();
    let letter = format!("{ORGANISATION}{invitation}/brief.pdf");
    let printed = || {
        let list = ["audit", "list", "--action", "letter_printed", "--json"];
        let lines = desk.service.cli.ok(&list).json();
        lines.as_array().unwrap().len()
    };
    // Who asks about it has got nothing.
    let about = desk.service.ask("HEAD", &letter).cookie(&desk.cookie);
    let about = about.send();
    assert_eq!(about.status, 200);
    assert_eq!(about.header("content-type"), "application/pdf");
    assert_eq!(printed(), 0);
    let first = desk.reply(&letter);
    assert_eq!(first.header("content-type"), "application/pdf");
    assert_eq!(printed(), 1);
    let code = code_of(&first.body);

    desk.page(&format!("{invitation}/vervangen"))
        .says("Er komt een nieuwe brief met een nieuwe code")
        .says("werkt meteen niet meer");
    let new = desk.sent(&format!("{invitation}/vervangen"), &[]);
    new.says("De oude code werkt niet meer.").says("Openstaand");
    desk.page(&invitation).says("Vervangen");
    let list = desk.page(&format!("/uitnodigingen?client={client}&status=open"));
    list.says("1 uitnodiging gevonden").says(client);
    let renewed = list.link("/uitnodigingen/");
    assert_ne!(renewed, invitation);
    let second = desk.reply(&format!("{ORGANISATION}{renewed}/brief.pdf"));
    assert_ne!(code_of(&second.body), code);

    desk.page(&format!("{renewed}/intrekken"))
        .says("Dit is niet terug te draaien.");
    desk.sent(&format!("{renewed}/intrekken"), &[])
        .says("De uitnodiging is ingetrokken.")
        .says("Ingetrokken");
    let gone = desk.reply(&format!("{ORGANISATION}{renewed}/brief.pdf"));
    assert_eq!(gone.status, 409);
    let again = desk.send(&format!("{renewed}/intrekken"), &[]);
    assert_eq!(again.status, 409);
    desk.page(&format!("{renewed}/intrekken"))
        .says("Er is niets om in te trekken.");
    desk.page("/uitnodigingen?client=999999")
        .says("Niets gevonden");
    let wrong = desk.reply(&format!(
        "{ORGANISATION}/uitnodigingen?client=Mevr.%20C.%20de%20Vries"
    ));
    assert_eq!(wrong.status, 422);
    let wrong = Page::of(&wrong);
    wrong
        .says("Zoek op een cliëntnummer")
        .says_not("Niets gevonden");
    assert!(wrong.html.contains("id=\"fouten\"") && wrong.html.contains("href=\"#client\""));
    for page in [&list, &new, &page] {
        assert!(!page.html.contains(&code), "a code on a page");
        page.says_not("Mevr.").says_not("Dhr.");
    }
}

#[track_caller]
fn code_of(pdf: &[u8]) -> String {
    let text = poppler::pages(pdf).concat();
    let codes = ten_digit_runs(&text);
    (*codes.first().unwrap_or_else(|| panic!("no code in {text}"))).to_owned()
}

#[test]
fn another_organisation_is_as_one_that_is_not_there() {
    let desk = Desk::with_letters();
    let bundle = desk.bundle();
    let invitation = desk.page("/uitnodigingen").link("/uitnodigingen/");
    let folder = Export::new().write(desk.service.cli.home(), "other");

    desk.service.cli.ok(&["import", folder.to_str().unwrap()]);
    let slug = "zorg";
    let token = desk.service.token("provider", Some(slug));
    let stranger = desk.service.sign_in(&token);
    for path in [
        String::new(),
        "/bundels".to_owned(),
        bundle.clone(),
        format!("{bundle}/download"),
        "/uitnodigingen".to_owned(),
        invitation.clone(),
        format!("{invitation}/brief.pdf"),
        format!("{invitation}/intrekken"),
        format!("{invitation}/vervangen"),
        "/brief".to_owned(),
        "/brief/voorbeeld.png".to_owned(),
        "/brief/publiceren".to_owned(),
        "/brief/versies".to_owned(),
        "/brief/standaard".to_owned(),
        "/voorkeuren".to_owned(),
        "/voorkeuren/caren".to_owned(),
    ] {
        let ask = |slug: &str, path: &str| {
            let address = format!("/organisaties/{slug}{path}");
            let reply = desk.service.ask("GET", &address).cookie(&stranger).send();
            let number = reply.header("x-request-id");
            (
                reply.status,
                Page::of(&reply).text.replace(number, "REQUEST"),
            )
        };
        let theirs = ask("de-beste-zorg", &path);
        assert_eq!(theirs.0, 404, "{path}");
        assert_eq!(theirs, ask("die-is-er-niet", &path), "{path}");
        // Nor does one's own organisation lead to another's things.
        if path.contains("/bundels/") || path.contains("/uitnodigingen/") {
            assert_eq!(ask(slug, &path).0, 404, "{path}");
        }
    }
    let cancel = format!("/organisaties/{slug}{invitation}/intrekken");
    let reply = desk
        .service
        .ask("POST", &cancel)
        .cookie(&stranger)
        .form(&[])
        .send();
    assert_eq!(reply.status, 404);
    desk.page(&invitation).says("Openstaand");
}

const GREETING: &str = "[SALUTATION],\n\n";
const CLOSING: &str = "\n\nMet vriendelijke groet,\n\n[CARE_PROVIDER_NAME]\n";

#[test]
fn a_letter_is_reworded_until_it_fits_and_then_published() {
    let desk = Desk::new();
    let editor = desk.page("/brief");
    editor
        .says("De tekst is die van de laatste export.")
        .says("[TELEPHONE]")
        .says("De tekst past op één A4");
    let standard = editor.written("tekst");
    assert!(standard.contains("[CARE_PROVIDER_NAME]"));
    let picture = desk.reply(&format!("{ORGANISATION}/brief/voorbeeld.png"));
    assert_eq!(&picture.body[..8], b"\x89PNG\r\n\x1a\n");

    let wrong = format!("{GREETING}Bel ons op [TELEFOON].{CLOSING}");
    let reply = desk.write(&wrong, "publiceren");
    assert_eq!(reply.status, 303);
    let next = reply.header("location").strip_prefix(ORGANISATION).unwrap();
    let page = desk.page(next);
    page.says("bewaard als concept, maar niet gepubliceerd")
        .says("Er is iets om te herstellen Regel 3, teken 12: ");
    for part in [
        "id=\"fouten\"",
        "<a href=\"#tekst\">Regel 3, teken 12: ",
        "aria-describedby=\"tekst-hint tekstfouten\"",
    ] {
        assert!(page.html.contains(part), "no {part} in {}", page.html);
    }
    let page = desk.page("/brief");
    assert!(!page.html.contains("id=\"fouten\""));
    page.says("Regel 3, teken 12")
        .says("[TELEPHONE]?")
        .says("Concept");
    assert_eq!(page.written("tekst"), wrong);
    desk.page("/brief/publiceren")
        .says("Van dit concept kan nog geen brief gemaakt worden.");

    let long = format!("{GREETING}{}{CLOSING}", "Nog een zin. ".repeat(500));
    desk.write(&long, "voorbeeld");
    desk.page("/brief").says("Past niet.").says("te lang");
    desk.page("/brief/publiceren").says("Maak de tekst korter.");

    let good = format!("{GREETING}Met Caren ziet u wie er **wanneer** komt.{CLOSING}");
    let reply = desk.write(&good, "publiceren");
    assert!(reply.header("location").ends_with("/brief/publiceren"));
    let ask = desk.page("/brief/publiceren");
    ask.says("Nieuw: Met Caren ziet u wie er **wanneer** komt.")
        .says("Nieuwe batches krijgen deze brief.");
    let revision = ask.value("revision");
    // Some of the fixture have a name or an address that fits on no letter.
    let published = desk.send("/brief/publiceren", &[("revision", &revision)]);
    assert_eq!(published.status, 200);
    Page::of(&published)
        .says("De brief is gepubliceerd.")
        .says("Bij 3 van de 315 cliënten past hij niet.");
    desk.page("/brief").says("In gebruik");
    desk.submit();
    let letter = desk.page("/uitnodigingen").link("/uitnodigingen/");
    let pdf = desk.reply(&format!("{ORGANISATION}{letter}/brief.pdf"));
    let text = one_line(&poppler::pages(&pdf.body).concat());
    assert!(
        text.contains("Met Caren ziet u wie er wanneer komt."),
        "{text}"
    );

    let versions = desk.page("/brief/versies");
    versions.says("Versie 1").says("In gebruik");
    let back = desk.page("/brief/standaard");
    back.says("Vervalt: Met Caren ziet u wie er **wanneer** komt.");
    let revision = back.value("revision");
    desk.sent("/brief/standaard", &[("revision", &revision)])
        .says("Nieuwe batches krijgen weer de brief uit de export.");
    assert_eq!(desk.page("/brief").written("tekst"), standard);
    let old = desk.page("/brief/versies/1");
    old.says("Met Caren ziet u wie er **wanneer** komt.")
        .says("Eerdere versie");
    let revision = old.value("revision");
    let restored = desk.sent("/brief/versies/1/terugzetten", &[("revision", &revision)]);
    restored.says("De eerdere versie staat klaar als concept.");
    assert_eq!(restored.written("tekst").trim_end(), good.trim_end());
    let discard = desk.page("/brief/concept/weggooien");
    let revision = discard.value("revision");
    desk.sent("/brief/concept/weggooien", &[("revision", &revision)])
        .says("Het concept is weggegooid.");
    assert_eq!(desk.page("/brief").written("tekst"), standard);
}

#[test]
fn two_who_write_at_the_same_time_lose_nothing() {
    let desk = Desk::new();
    let revision = desk.page("/brief").value("revision");
    let theirs = format!("{GREETING}De tekst van de ander.{CLOSING}");
    let ours = format!("{GREETING}Onze eigen tekst.{CLOSING}");
    let fields = |text| {
        [
            ("tekst", text),
            ("revision", &*revision),
            ("doen", "bewaren"),
        ]
    };
    desk.sent("/brief", &fields(&*theirs))
        .says("bewaard als concept");
    let reply = desk.send("/brief", &fields(&*ours));
    assert_eq!(reply.status, 409);
    let page = Page::of(&reply);
    page.says("Iemand anders heeft de brief intussen veranderd")
        .says("De tekst van de ander.");
    assert_eq!(page.written("tekst"), ours);
    assert_eq!(desk.page("/brief").written("tekst"), theirs);
    let now = page.value("revision");
    desk.sent(
        "/brief",
        &[("tekst", &ours), ("revision", &now), ("doen", "bewaren")],
    );
    assert_eq!(desk.page("/brief").written("tekst"), ours);
}

#[test]
fn the_picture_follows_what_is_typed_before_anything_is_saved() {
    let desk = Desk::new();
    let text = format!("{GREETING}Wij komen op bezoek.{CLOSING}");
    let reply = desk.send("/brief/voorbeeld", &[("tekst", &text), ("wie", "langste")]);
    assert_eq!(reply.status, 200);
    let kind = reply.header("content-type").to_owned();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let body = reply.text();
    assert!(body.starts_with(&format!("--{boundary}\r\n")));
    assert!(body.contains("name=\"picture\"") && body.contains("Wij komen op bezoek."));
    let reply = desk.send("/brief/voorbeeld", &[("tekst", "[CODE")]);
    let body = reply.text();
    assert!(!body.contains("name=\"picture\""));
    assert!(body.contains("data-line=\\\"1\\\""), "{body}");
    // A failure is a page, with the reason on it.
    let elsewhere = desk
        .service
        .ask("POST", "/organisaties/niemand/brief/voorbeeld");
    let reply = elsewhere
        .cookie(&desk.cookie)
        .form(&[("tekst", &text)])
        .send();
    assert_eq!(reply.status, 404);
    assert!(reply.text().contains("unknown_organisation"));
    desk.page("/brief")
        .says("De tekst is die van de laatste export.");
}

#[test]
fn preferences_are_kept_checked_and_used() {
    let desk = Desk::new();
    let page = desk.page("/voorkeuren");
    page.says("Geachte mevrouw De Vries-Heemsberge,")
        .says("De Beste Zorg");
    let revision = page.value("revision");
    let mut fields = vec![
        ("revision", revision.as_str()),
        ("telephone", "053 123 45 67"),
        ("email", "zorg@debestezorg.example"),
        ("website", "www.debestezorg.example"),
        ("portal_url", "www.caren.nl"),
        ("window", "right"),
        ("name_style", "brp"),
        ("address_style", "postnl"),
        ("order", "client-id"),
        ("template", "uitnodiging-groot"),
        ("qr", "on"),
        ("logo", "export"),
        ("validity_days", "4000"),
        ("doen", "bewaren"),
    ];
    let reply = desk.send("/voorkeuren", &fields);
    assert_eq!(reply.status, 422);
    let refused = Page::of(&reply);
    refused.says("een getal van 1 tot en met 365");
    assert_eq!(refused.value("telephone"), "053 123 45 67");
    let days = fields.iter().position(|(name, _)| *name == "validity_days");
    fields[days.unwrap()].1 = "28";
    desk.sent("/voorkeuren", &fields)
        .says("De voorkeuren zijn bewaard in het concept.");
    let ask = desk.page("/brief/publiceren");
    ask.says("Venster Adres links Adres rechts")
        .says("Geldigheid 42 dagen 28 dagen")
        .says("Sjabloon Gewone letter Grote letter");
    let revision = ask.value("revision");
    // In large print the letter is too long for some; that is said when it is published.
    let published = desk.send("/brief/publiceren", &[("revision", &revision)]);
    assert_eq!(published.status, 200);
    Page::of(&published).says("De brief is gepubliceerd");
    let stale = desk.send("/voorkeuren", &fields);
    assert_eq!(stale.status, 409);
    Page::of(&stale).says("Iemand anders heeft de brief intussen veranderd");
    desk.submit();
    desk.service.cli.fetch_all();
    let bundle = desk.service.cli.bundles().remove(0);
    assert_eq!(bundle.manifest["options"]["address_window"], "right");
    assert_eq!(bundle.manifest["template"]["name"], "uitnodiging-groot");
    // A letter in place of one of these is valid as long as they were, whatever is preferred since.
    let revision = desk.page("/voorkeuren").value("revision");
    let longer: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| match *name {
            "validity_days" => (*name, "56"),
            "revision" => (*name, revision.as_str()),
            _ => (*name, *value),
        })
        .collect();
    desk.sent("/voorkeuren", &longer);
    let revision = desk.page("/brief/publiceren").value("revision");
    let published = desk.send("/brief/publiceren", &[("revision", &revision)]);
    Page::of(&published).says("De brief is gepubliceerd");
    let invitation = desk.page("/uitnodigingen").link("/uitnodigingen/");
    let ask = desk.page(&format!("{invitation}/vervangen"));
    ask.says("(28 dagen)");
    let until = ask.text.split("geldig tot en met ").nth(1).unwrap();
    let until = until.split(" (").next().unwrap();
    desk.sent(&format!("{invitation}/vervangen"), &[])
        .says(&format!("Code geldig tot en met {until}"));
}

#[test]
fn a_logo_is_taken_in_or_refused_with_a_reason() {
    let desk = Desk::new();
    let send = |fields: &[(&str, &str)], name: &str, bytes: &[u8]| {
        let mut body = Vec::new();
        for (field, value) in fields {
            let part = format!(
                "--grens\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let file = format!(
            "--grens\r\nContent-Disposition: form-data; name=\"bestand\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(file.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--grens--\r\n");
        let path = format!("{ORGANISATION}/voorkeuren/logo");
        let ask = desk.service.ask("POST", &path).cookie(&desk.cookie);
        ask.header("content-type", "multipart/form-data; boundary=grens")
            .body(body)
            .send()
    };
    let revision = desk.page("/voorkeuren").value("revision");
    // What was filled in and not saved yet comes along.
    let mut fields = [
        ("revision", revision.as_str()),
        ("telephone", "053 765 43 21"),
        ("email", "zorg@debestezorg.example"),
        ("website", "www.debestezorg.example"),
        ("portal_url", "www.caren.nl"),
        ("template", "uitnodiging"),
        ("validity_days", "35"),
        ("fold_marks", "on"),
    ];
    let refused = send(
        &fields,
        "logo.svg",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>",
    );
    assert_eq!(refused.status, 422);
    let page = Page::of(&refused);
    page.says("een script");
    assert_eq!(page.value("telephone"), "053 765 43 21");
    // Just too large: nearly all of it has been read when that is seen.
    let large = vec![b' '; MOST_LOGO_BYTES + 64 * 1024];
    let refused = send(&fields, "logo.svg", &large);
    assert_eq!(refused.status, 422);
    assert_eq!(Page::of(&refused).value("validity_days"), "35");
    let none = send(&[], "", b"");
    assert_eq!(none.status, 422);
    Page::of(&none).says("Kies eerst een bestand met het logo.");
    let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><rect width="300" height="100" fill="#225588"/></svg>"##;
    fields[6].1 = "4000";
    let kept = send(&fields, "ons logo.svg", svg);
    assert_eq!(kept.status, 422);
    Page::of(&kept)
        .says("een getal van 1 tot en met 365")
        .says("ons logo.svg");
    fields[6].1 = "35";
    let kept = send(&fields, "ons logo.svg", svg);
    assert_eq!(kept.status, 303, "{}", kept.text());
    let page = desk.page("/voorkeuren");
    page.says("ons logo.svg");
    assert_eq!(page.value("telephone"), "053 765 43 21");
    assert_eq!(page.value("validity_days"), "35");
    desk.page("/brief/publiceren")
        .says("Welk logo uit de export toegevoegd logo")
        .says("Vouwstreepjes nee ja");
    // Who changed something meanwhile is not written over.
    assert_eq!(send(&fields, "ons logo.svg", svg).status, 409);
    // A file that was chosen and is sent by the wrong button is not lost without a word.
    let mut wrong = fields.to_vec();
    wrong.push(("bestand", "ons logo.svg"));
    let reply = desk.send("/voorkeuren", &wrong);
    assert_eq!(reply.status, 422);
    Page::of(&reply).says("Het logo is nog niet toegevoegd.");
}

#[test]
fn the_choices_for_caren_are_kept_with_the_organisation() {
    let desk = Desk::new();
    let page = desk.page("/voorkeuren/caren");
    page.says("Alleen gestart vanuit Ons Dossier")
        .says("0 van de 14 vragen zijn beantwoord");
    let fields = [
        ("revision", "0"),
        ("planning", "on"),
        ("appointment_time", "bandwidth"),
        ("messages", "started_by_provider"),
        ("reports", "from_date"),
    ];
    let reply = desk.send("/voorkeuren/caren", &fields);
    assert_eq!(reply.status, 422);
    Page::of(&reply)
        .says("Er zijn 2 dingen om te herstellen")
        .says("een aantal minuten van 1 tot en met 120")
        .says("Vul de datum in vanaf wanneer u rapportages deelt.");
    let more = [
        ("bandwidth_minutes", "30"),
        ("earliest", "06:00"),
        ("reports_from", "2026-12-01"),
    ];
    let whole = [&fields[..], &more].concat();
    let saved = desk.sent("/voorkeuren/caren", &whole);
    saved
        .says("De keuzes voor Caren zijn bewaard.")
        .says("4 van de 14 vragen zijn beantwoord");
    assert_eq!(saved.value("bandwidth_minutes"), "30");
    // Somebody who still has the empty form.
    let late = desk.send(
        "/voorkeuren/caren",
        &[("revision", "0"), ("planning", "off")],
    );
    assert_eq!(late.status, 409);
    Page::of(&late).says("Planning actief: Ja");
    // Of two who change the same answer to another number, the second learns of the first.
    let seen = saved.value("revision");
    let with_minutes = |minutes| {
        let mut fields = whole.clone();
        fields[0].1 = &seen;
        for field in &mut fields {
            if field.0 == "bandwidth_minutes" {
                field.1 = minutes;
            }
        }
        fields
    };
    desk.sent("/voorkeuren/caren", &with_minutes("45"));
    let late = desk.send("/voorkeuren/caren", &with_minutes("60"));
    assert_eq!(late.status, 409);
    let late = Page::of(&late);
    late.says("Iemand anders heeft dit formulier intussen bewaard")
        .says("Bandbreedte in minuten: 45");
    assert_eq!(late.value("bandwidth_minutes"), "60");
    let same = desk.send("/voorkeuren/caren", &with_minutes("45"));
    assert_eq!(same.status, 409);
    Page::of(&same).says("De ander vulde hetzelfde in.");
    // What has to be mended is still made from what was seen.
    let faulty = desk.send("/voorkeuren/caren", &with_minutes("999"));
    assert_eq!(faulty.status, 422);
    assert_eq!(Page::of(&faulty).value("revision"), seen);
    // Support sees it too.
    let token = desk.service.token("support", None);
    let support = desk.service.sign_in(&token);
    let path = format!("{ORGANISATION}/voorkeuren/caren");
    let reply = desk.service.ask("GET", &path).cookie(&support).send();
    Page::of(&reply).says("4 van de 14 vragen zijn beantwoord");
}
