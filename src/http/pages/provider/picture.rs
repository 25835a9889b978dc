//! Pictures of a letter: as a file for the page, and with everything around it for the script of the editor.

use askama::Template;
use axum::{
    Form,
    body::Body,
    extract::{Path, Query},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Member, slug_of, with_line_feeds};
use crate::{
    domain::{
        letter_fault::LetterField,
        letter_setup::{LetterChanges, LetterSetup, VersionState},
        organisation::Slug,
    },
    http::{
        attachments::png,
        pages::{PageFailure, faults::Faults, no_such_page, reply::PageResult},
    },
    operations::{
        App, Failure,
        letter_draft::LetterVersion,
        letter_faults::LetterFault,
        list_letter_versions::list_letter_versions,
        preview_letter::{
            LetterPreview, Meter, PREVIEW_DPI, Preview, PreviewLetter, Whom, preview_letter,
        },
    },
};

/// How full the sheet is, for one of the two clients that are tried.
pub(super) struct MeterView {
    pub id: &'static str,
    pub label: &'static str,
    pub fits: bool,
    /// For the bar, which ends at 100.
    pub value: u8,
    pub sentence: String,
}

impl MeterView {
    pub fn of(preview: &LetterPreview) -> [Self; 2] {
        let view = |id, label, meter: &Meter| Self {
            id,
            label,
            fits: meter.fits,
            value: meter.percent.min(100),
            sentence: meter.sentence.clone(),
        };
        [
            view("plainest", "Bij een korte naam", &preview.plainest),
            view("longest", "Bij de langste naam", &preview.longest),
        ]
    }
}

/// Something to mend, with its place in the text when it has one.
#[derive(Debug, Clone, Serialize)]
pub(super) struct FaultView {
    pub sentence: String,
    pub line: usize,
    pub column: usize,
    /// `Regel 3, teken 14`; empty when it has no place in the text.
    pub place: String,
    /// It is the text that is to be mended.
    pub in_text: bool,
}

impl FaultView {
    pub fn all(faults: &[LetterFault]) -> Vec<Self> {
        faults.iter().map(Self::of).collect()
    }

    fn of(fault: &LetterFault) -> Self {
        let in_text = fault.field == LetterField::Text;
        let place = fault.line.zip(fault.column).filter(|_| in_text);
        Self {
            sentence: fault.sentence.clone(),
            line: place.map_or(0, |(line, _)| line),
            column: place.map_or(0, |(_, column)| column),
            place: place
                .map(|(line, column)| format!("Regel {line}, teken {column}"))
                .unwrap_or_default(),
            in_text,
        }
    }
}

/// What somebody wants a picture of.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// `langste`; anything else is the plain client.
    #[serde(default)]
    wie: String,
    /// The number of a version; absent: the draft, or else what is in use.
    #[serde(default)]
    versie: String,
    /// `1`: with the logo, whatever is preferred.
    #[serde(default)]
    logo: String,
}

/// The one to whom a preview is addressed, as an address and a form have it.
pub(super) fn whom(typed: &str) -> Whom {
    match typed {
        "langste" => Whom::Longest,
        _ => Whom::Plain,
    }
}

/// `/organisaties/SLUG/brief/voorbeeld.png`
pub(super) async fn file(
    visitor: Member,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageFailure> {
    let app = &visitor.app;
    let slug = slug_of(&slug)?;
    let mut changes = match wanted.versie.parse() {
        Ok(number) => changes_to(&version(app, &slug, number).await?, app, &slug).await?,
        Err(_) => LetterChanges::default(),
    };
    if wanted.logo == "1" {
        changes.with_logo = Some(true);
    }
    match draw(app, &slug, changes, whom(&wanted.wie)).await? {
        Preview::Drawn(drawn) => Ok(png(drawn.png)),
        // The page that shows the picture says what is wrong.
        Preview::Faults(_) => Err(no_such_page().into()),
    }
}

/// Sets a letter of the organisation with changes to its draft.
pub(super) async fn draw(
    app: &App,
    slug: &Slug,
    changes: LetterChanges,
    whom: Whom,
) -> Result<Preview, Failure> {
    preview_letter(
        app,
        &PreviewLetter {
            organisation: Some(slug.clone()),
            changes,
            whom,
            dpi: PREVIEW_DPI,
        },
    )
    .await
}

/// A version by its number.
pub(super) async fn version(app: &App, slug: &Slug, number: u32) -> Result<LetterVersion, Failure> {
    let versions = list_letter_versions(app, slug).await?;
    versions
        .into_iter()
        .find(|version| version.number == number)
        .ok_or_else(|| {
            Failure::not_found(
                "unknown_version",
                format!("there is no version {number}"),
                "`brievenbus letter versions` lists them all",
            )
        })
}

/// Changes that make the draft what a version is.
pub(super) async fn changes_to(
    version: &LetterVersion,
    app: &App,
    slug: &Slug,
) -> Result<LetterChanges, Failure> {
    if version.state == VersionState::Draft {
        return Ok(LetterChanges::default());
    }
    Ok(match &version.setup {
        Some(setup) => changes_of(setup),
        None => {
            let overview = crate::operations::letter_draft::letter_draft(app, slug).await?;
            changes_of(&overview.export)
        }
    })
}

fn changes_of(setup: &LetterSetup) -> LetterChanges {
    let letter = &setup.letter;
    let some = |text: &Option<String>| Some(text.clone().unwrap_or_default());
    LetterChanges {
        text: Some(
            letter
                .text
                .as_ref()
                .map(|own| own.content.clone())
                .unwrap_or_default(),
        ),
        template: Some(letter.template.clone()),
        address_window: Some(letter.address_window),
        with_logo: Some(letter.with_logo),
        validity_days: Some(letter.validity_days),
        name_style: Some(letter.name_style),
        address_style: Some(letter.address_style),
        order: Some(letter.order),
        portal_url: Some(letter.portal_url.clone()),
        kix: Some(letter.kix),
        qr: Some(letter.qr),
        fold_marks: Some(letter.fold_marks),
        telephone: some(&setup.telephone),
        email: some(&setup.email),
        website: some(&setup.website),
        logo: Some(setup.logo.clone()),
    }
}

/// What the script of the editor sends.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    tekst: String,
    #[serde(default)]
    wie: String,
}

/// The text, in the page of the editor itself.
const IN_THE_PAGE: &str = "#tekst";

/// What surrounds the picture, as the editor's page has it when it is asked for whole.
#[derive(Template)]
#[template(path = "pages/provider/letter_state.html")]
pub(super) struct LetterState {
    pub faults: Vec<FaultView>,
    /// Where the text is that they are in.
    text_at: String,
    /// None when no letter can be set.
    meters: Vec<MeterView>,
}

impl LetterState {
    /// For the page of the editor.
    pub fn of(preview: &Preview) -> Self {
        let (faults, meters) = match preview {
            Preview::Drawn(drawn) => (Vec::new(), MeterView::of(drawn).into()),
            Preview::Faults(faults) => (FaultView::all(faults), Vec::new()),
        };
        Self {
            faults,
            text_at: IN_THE_PAGE.to_owned(),
            meters,
        }
    }

    /// For another page; `editor` is the address of the editor's.
    #[must_use]
    pub fn away_from(mut self, editor: &str) -> Self {
        self.text_at = format!("{editor}{IN_THE_PAGE}");
        self
    }

    /// What is to be mended, for the list above the form.
    pub fn to_mend(&self) -> Faults {
        let mut list = Faults::default();
        for fault in &self.faults {
            let field = if fault.in_text { "tekst" } else { "" };
            match fault.place.as_str() {
                "" => list.add(field, fault.sentence.clone()),
                place => list.add(field, format!("{place}: {}", fault.sentence)),
            }
        }
        list
    }
}

/// Address and description of the picture of a letter; none when there is something to mend first.
pub(super) fn picture(preview: &Preview, address: String) -> Option<(String, String)> {
    match preview {
        Preview::Drawn(drawn) => Some((address, drawn.alt.clone())),
        Preview::Faults(_) => None,
    }
}

/// What the editor's script does not take from the page's own parts.
#[derive(Serialize)]
struct Answer {
    /// The part of the page with the meters or what is to be mended.
    state: String,
    /// In one sentence, to be read out.
    said: String,
    alt: String,
    /// What is on the letter, a paragraph an entry.
    text: Vec<String>,
}

/// `/organisaties/SLUG/brief/voorbeeld`: what a letter with this text looks like. Two parts, as a form is sent: `answer`
/// in JSON, and `picture` when one could be drawn; browsers take such an answer apart themselves.
pub(super) async fn live(
    visitor: Member,
    Path(slug): Path<String>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let slug = slug_of(&slug)?;
    let changes = LetterChanges {
        text: Some(with_line_feeds(&typed.tekst)),
        ..LetterChanges::default()
    };
    let preview = draw(&visitor.app, &slug, changes, whom(&typed.wie)).await?;
    let state = LetterState::of(&preview)
        .render()
        .map_err(|error| Failure::ours(format!("a page could not be written: {error}")))?;
    let (answer, png) = match preview {
        Preview::Drawn(drawn) => {
            let answer = Answer {
                state,
                said: drawn.plainest.sentence,
                alt: drawn.alt,
                text: drawn.text,
            };
            (answer, Some(drawn.png))
        }
        Preview::Faults(faults) => {
            let first = faults.into_iter().next();
            let answer = Answer {
                state,
                said: first.map(|fault| fault.sentence).unwrap_or_default(),
                alt: String::new(),
                text: Vec::new(),
            };
            (answer, None)
        }
    };
    Ok(parts(&answer, png.as_deref())?)
}

/// The answer as `multipart/form-data`.
fn parts(answer: &Answer, png: Option<&[u8]>) -> Result<Response, Failure> {
    let json = serde_json::to_vec(answer)
        .map_err(|error| Failure::ours(format!("an answer could not be written: {error}")))?;
    // A line that is in neither part, since it is made of what is in them.
    let mut hasher = Sha256::new();
    hasher.update(&json);
    hasher.update(png.unwrap_or_default());
    let boundary = hex::encode(&hasher.finalize()[..16]);
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    part("Content-Disposition: form-data; name=\"answer\"", &json);
    if let Some(png) = png {
        part(
            "Content-Disposition: form-data; name=\"picture\"; filename=\"brief.png\"\r\nContent-Type: image/png",
            png,
        );
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={boundary}");
    Ok((
        StatusCode::OK,
        [(header::CONTENT_TYPE, kind)],
        Body::from(body),
    )
        .into_response())
}
