//! `letter show`, `draft`, `discard`, `publish`, `versions`, `restore` and `preview`

use std::{fs, path::Path};

use super::{
    letter_arguments::{Letter, LetterDraft, LetterPreview},
    open_app,
    table::columns,
    terminal::Terminal,
};
use crate::{
    answers::letter::{
        Letter as LetterAnswer, LetterDraft as DraftAnswer, LetterPicture, LetterPublished,
        LetterVersion as VersionAnswer,
    },
    domain::{
        letter_setup::{LetterChanges, LogoChoice},
        organisation::Slug,
    },
    operations::{
        App, Failure,
        app::Settings,
        discard_letter_draft::discard_letter_draft,
        letter_draft::{LetterVersion, letter_draft},
        letter_faults::LetterFault,
        list_letter_versions::list_letter_versions,
        presses::start_presses,
        preview_letter::{PREVIEW_DPI, Preview, PreviewLetter, Whom, preview_letter},
        publish_letter::{Publication, Publish, publish_letter},
        render_letter::write_letter,
        restore_letter_version::restore_letter_version,
        save_letter_draft::{SavedDraft, Saving, save_letter_draft},
        upload_logo::{LogoUpload, upload_logo},
    },
    wording::english::count,
};

pub async fn run(command: Letter, settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let done = answer(&app, command, terminal).await;
    app.close().await;
    done
}

async fn answer(app: &App, command: Letter, terminal: &Terminal) -> Result<(), Failure> {
    match command {
        Letter::Show(of) => show(app, &of.organisation, terminal).await,
        Letter::Draft(arguments) => draft(app, arguments, terminal).await,
        Letter::Discard(of) => {
            let seen = letter_draft(app, &of.organisation).await?.revision;
            discard_letter_draft(app, &of.organisation, &seen).await?;
            terminal.print("the draft is gone")
        }
        Letter::Publish(arguments) => {
            let what = match arguments.as_in_export {
                true => Publish::AsInExport,
                false => Publish::Draft,
            };
            publish(app, &arguments.of.organisation, what, terminal).await
        }
        Letter::Versions(of) => versions(app, &of.organisation, terminal).await,
        Letter::Restore(arguments) => {
            let slug = &arguments.of.organisation;
            let seen = letter_draft(app, slug).await?.revision;
            let saved = restore_letter_version(app, slug, arguments.number, &seen).await?;
            say_saved(saved, terminal)
        }
        Letter::Preview(arguments) => preview(app, arguments, terminal).await,
    }
}

async fn show(app: &App, slug: &Slug, terminal: &Terminal) -> Result<(), Failure> {
    let letter = letter_draft(app, slug).await?;
    if terminal.json {
        return terminal.print_json(&LetterAnswer::from(letter));
    }
    let state = |version: &Option<LetterVersion>, otherwise: &str| match version {
        Some(version) if version.setup.is_some() => format!("version {}", version.number),
        _ => otherwise.to_owned(),
    };
    terminal.print(&format!(
        "published: {}",
        state(&letter.published, "as in the export")
    ))?;
    terminal.print(&format!("draft: {}", state(&letter.draft, "none")))?;
    terminal.print(&format!("template: {}\n", letter.current.letter.template))?;
    let standard = letter
        .templates
        .iter()
        .find(|template| template.name == letter.current.letter.template)
        .map(|template| template.standard_text.as_str());
    let own = letter.current.letter.text.as_ref();
    let text = own.map(|text| text.content.as_str()).or(standard);
    terminal.print(text.unwrap_or_default().trim_end())
}

async fn draft(app: &App, arguments: LetterDraft, terminal: &Terminal) -> Result<(), Failure> {
    let slug = &arguments.of.organisation;
    let mut changes = LetterChanges::default();
    if let Some(file) = &arguments.text {
        changes.text = Some(read_text(file)?);
    }
    if arguments.standard_text {
        changes.text = Some(String::new());
    }
    if let Some(file) = &arguments.logo {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        match upload_logo(app, slug, &name, read(file)?).await? {
            LogoUpload::Kept(logo) => {
                changes.logo = Some(LogoChoice::Uploaded(logo.hash));
                changes.with_logo = Some(true);
            }
            LogoUpload::Refused(fault) => return Err(refusal(&[fault])),
        }
    }
    let seen = letter_draft(app, slug).await?.revision;
    match save_letter_draft(app, slug, &changes, &seen).await? {
        Saving::Saved(saved) => say_saved(saved, terminal),
        Saving::Refused(faults) => Err(refusal(&faults)),
    }
}

fn say_saved(saved: SavedDraft, terminal: &Terminal) -> Result<(), Failure> {
    if terminal.json {
        return terminal.print_json(&DraftAnswer::from(saved));
    }
    terminal.print(&format!("saved as the draft of version {}", saved.number))?;
    for fault in &saved.faults {
        terminal.note(&format!("note: {}", sentence(fault)));
    }
    if saved.lines_too_many > 0 {
        let lines = count(saved.lines_too_many as usize, "line", "lines");
        terminal.note(&format!("note: it is {lines} too long for one A4"));
    }
    Ok(())
}

async fn publish(
    app: &App,
    slug: &Slug,
    what: Publish,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let seen = letter_draft(app, slug).await?.revision;
    match publish_letter(app, slug, what, &seen).await? {
        Publication::Refused { faults, .. } => Err(refusal(&faults)),
        Publication::Published(published) if terminal.json => {
            terminal.print_json(&LetterPublished::from(published))
        }
        Publication::Published(published) => {
            terminal.print(&format!(
                "version {} is the letter of every batch from now on",
                published.number
            ))?;
            if published.would_not_fit > 0 {
                let clients = count(published.clients, "client", "clients");
                terminal.note(&format!(
                    "note: of {clients} it does not fit for {}",
                    published.would_not_fit
                ));
            }
            Ok(())
        }
    }
}

async fn versions(app: &App, slug: &Slug, terminal: &Terminal) -> Result<(), Failure> {
    let versions = list_letter_versions(app, slug).await?;
    if terminal.json {
        let versions: Vec<_> = versions.into_iter().map(VersionAnswer::from).collect();
        return terminal.print_json(&versions);
    }
    let mut rows = vec![["Version", "State", "Letter", "By", "Published"].map(str::to_owned)];
    rows.extend(versions.iter().map(|version| {
        let letter = match &version.setup {
            Some(setup) if setup.letter.text.is_some() => "own text",
            Some(_) => "standard text",
            None => "as in the export",
        };
        let published = version
            .published_at
            .map(|at| at.format("%Y-%m-%d %H:%M").to_string());
        [
            version.number.to_string(),
            version.state.to_string(),
            letter.to_owned(),
            version.author.clone(),
            published.unwrap_or_default(),
        ]
    }));
    terminal.print(&columns(&rows))
}

async fn preview(app: &App, arguments: LetterPreview, terminal: &Terminal) -> Result<(), Failure> {
    let mut changes = LetterChanges::default();
    if let Some(file) = &arguments.text {
        changes.text = Some(read_text(file)?);
    }
    let request = PreviewLetter {
        organisation: Some(arguments.of.organisation),
        changes,
        whom: match arguments.longest {
            true => Whom::Longest,
            false => Whom::Plain,
        },
        dpi: PREVIEW_DPI,
    };
    match preview_letter(app, &request).await? {
        Preview::Faults(faults) => Err(refusal(&faults)),
        Preview::Drawn(preview) => {
            write_letter(&preview.png, &arguments.out)?;
            if terminal.json {
                return terminal.print_json(&LetterPicture::beside_its_file(*preview));
            }
            terminal.print(&format!(
                "{}: the room for the text is {}% full",
                arguments.out.display(),
                preview.drawn.percent
            ))
        }
    }
}

fn refusal(faults: &[LetterFault]) -> Failure {
    let sentences: Vec<String> = faults.iter().map(sentence).collect();
    let hint = faults.iter().find_map(|fault| fault.hint.clone());
    Failure::input(
        "letter_not_possible",
        sentences.join("; "),
        hint.unwrap_or_else(|| "mend it and save it again".to_owned()),
    )
}

fn sentence(fault: &LetterFault) -> String {
    match (fault.line, fault.column) {
        (Some(line), Some(column)) => format!("line {line}, column {column}: {}", fault.problem),
        _ => fault.problem.clone(),
    }
}

fn read_text(file: &Path) -> Result<String, Failure> {
    String::from_utf8(read(file)?).map_err(|_| unreadable(file, "is not UTF-8 text"))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| unreadable(file, &format!("cannot be read: {error}")))
}

fn unreadable(file: &Path, why: &str) -> Failure {
    Failure::input(
        "input_file",
        format!("{} {why}", file.display()),
        "name a file that can be read",
    )
}
