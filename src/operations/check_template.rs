//! `template check`: every sample in every look, with the template's text and that of each organisation named. What CI
//! runs before a provider's letter goes out.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use serde::Serialize;

use super::{
    Failure,
    specimens::{Look, Sender},
};
use crate::letters::{
    Edition, EditionError, LetterWords, Located, Misfit, Press, Sample, SampleOutcome, Template,
    TemplateFault, Verdict,
};

/// What was found in one template.
#[derive(Debug, Serialize)]
pub struct TemplateReport {
    pub template: String,
    /// Letters that were tried.
    pub letters: usize,
    pub problems: Vec<Problem>,
}

/// Something to mend.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// A file of the template, or of an organisation.
    pub file: String,
    /// Whose file, when it is an organisation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    pub problem: String,
    pub hint: Option<String>,
    /// Letters in which it was seen; 0 when it kept any from being tried.
    pub letters: usize,
    /// One of them: `de-vries, left-logo`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// Worth knowing, but not wrong.
    pub note: bool,
}

/// Checks each template in its folder.
pub async fn check_templates(
    press: &Arc<Press>,
    folders: Vec<PathBuf>,
    organisations: Vec<PathBuf>,
) -> Result<Vec<TemplateReport>, Failure> {
    let mut senders = vec![Sender::invented()];
    for folder in organisations {
        senders.push(Sender::read(folder).await?);
    }
    let press = Arc::clone(press);
    let checking = tokio::task::spawn_blocking(move || {
        folders
            .iter()
            .map(|folder| check(&press, folder, &senders))
            .collect()
    });
    match checking.await {
        Ok(reports) => reports,
        Err(error) => Err(Failure::ours(format!(
            "checking the template stopped: {error}"
        ))),
    }
}

fn check(press: &Press, folder: &PathBuf, senders: &[Sender]) -> Result<TemplateReport, Failure> {
    let mut findings = Findings::default();
    let read = Template::read(folder).and_then(|template| {
        let samples = Sample::read_all(folder).map_err(|fault| EditionError::Template {
            name: template.name().to_owned(),
            fault,
        })?;
        Ok((template, samples))
    });
    let name = folder_name(folder);
    match read {
        Ok((template, samples)) => {
            for sender in senders {
                for look in sender.looks() {
                    check_look(press, &template, &samples, sender, look, &mut findings)?;
                }
            }
        }
        Err(EditionError::Press(error)) => return Err(error.into()),
        Err(error) => findings.add(None, &error, None),
    }
    Ok(findings.report(name))
}

fn check_look(
    press: &Press,
    template: &Template,
    samples: &[Sample],
    sender: &Sender,
    look: Look,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let organisation = sender.in_look(look);
    let spec = sender.spec(&organisation, look);
    let slug = (sender.organisation.slug != Sender::invented().organisation.slug)
        .then(|| sender.organisation.slug.to_string());
    let edition = match Edition::of_template(template.clone(), spec, press) {
        Ok(edition) => edition,
        Err(EditionError::Press(error)) => return Err(error.into()),
        Err(EditionError::DoesNotFit { file, what, .. })
            if slug.is_none() && file == "organisation.toml" =>
        {
            // The invented sender is an ordinary one, so it is the layout that gives it too little room.
            let fault = TemplateFault {
                file: "layout.typ".to_owned(),
                place: None,
                problem: format!("{what} does not fit in its place"),
                hint: "give it more room, or smaller type".to_owned(),
            };
            findings.add_fault(slug, &fault, None, false);
            return Ok(());
        }
        Err(error) => {
            findings.add(slug, &error, None);
            return Ok(());
        }
    };
    let text = organisation
        .letter
        .text
        .as_ref()
        .map_or("text.txt", |text| &text.file);
    for sample in samples {
        let example = format!("{}, {}", sample.name, look.slug());
        findings.letters += 1;
        match edition.try_letter(sample.words(&organisation.letter), press) {
            Ok(verdict) => {
                if let Some(fault) = surprise(sample, &verdict, text) {
                    findings.add_fault(slug.clone(), &fault, Some(example), false);
                }
            }
            Err(EditionError::Press(error)) => return Err(error.into()),
            Err(error) => findings.add(slug.clone(), &error, Some(example)),
        }
    }
    if let Some(words) = &sender.longest {
        check_longest(press, &edition, words, text, (slug, look), findings)?;
    }
    Ok(())
}

/// The client with the longest name and address need not exist: only a text that is too long for them is wrong.
fn check_longest(
    press: &Press,
    edition: &Edition,
    words: &LetterWords,
    text: &str,
    (slug, look): (Option<String>, Look),
    findings: &mut Findings,
) -> Result<(), Failure> {
    let example = Some(format!("the longest name and address, {}", look.slug()));
    findings.letters += 1;
    let misfit = match edition.try_letter(words.clone(), press) {
        Ok(Verdict::Letter { .. }) => return Ok(()),
        Ok(Verdict::LeftOut(misfit)) => misfit,
        Err(EditionError::Press(error)) => return Err(error.into()),
        Err(error) => {
            findings.add(slug, &error, example);
            return Ok(());
        }
    };
    let (file, problem, hint, note) = match misfit {
        Misfit::LinesTooLong(lines) => (
            text,
            format!("the letter to whoever has the longest name and address is {} too long", lines_of(lines)),
            "shorten the text",
            false,
        ),
        _ => (
            "clients.csv",
            "whoever has both the longest name and the longest address would get no letter: they are too large for their place".to_owned(),
            "such a client is left out, and named in the overview",
            true,
        ),
    };
    let fault = TemplateFault {
        file: file.to_owned(),
        place: None,
        problem,
        hint: hint.to_owned(),
    };
    findings.add_fault(slug, &fault, example, note);
    Ok(())
}

/// What is wrong when a letter did not come to what its sample says it must.
fn surprise(sample: &Sample, verdict: &Verdict, text: &str) -> Option<TemplateFault> {
    let fault = |file: &str, problem: String, hint: &str| TemplateFault {
        file: file.to_owned(),
        place: None,
        problem,
        hint: hint.to_owned(),
    };
    let unfit = |problem: &str| {
        fault(
            &sample.file,
            format!("{problem}, but the sample must get a letter"),
            "give it more room in layout.typ, or let address_sizes go down to 8; say outcome = \"does_not_fit\" when it may be left out",
        )
    };
    match (sample.outcome, verdict) {
        (SampleOutcome::Letter, Verdict::Letter { .. })
        | (SampleOutcome::MissingGlyph, Verdict::LeftOut(Misfit::MissingGlyph(_))) => None,
        (SampleOutcome::Letter, Verdict::LeftOut(Misfit::LinesTooLong(lines))) => Some(fault(
            text,
            format!("the letter is {} too long for one A4", lines_of(*lines)),
            "shorten the text, or let body_sizes in template.toml go down to 9.5",
        )),
        (SampleOutcome::Letter, Verdict::LeftOut(misfit)) => Some(match misfit {
            Misfit::MissingGlyph(_) => fault(
                &sample.file,
                "the font does not have all its characters".to_owned(),
                "say outcome = \"missing_glyph\" when that is what the sample shows",
            ),
            Misfit::WordTooWide => unfit("a name is wider than a line of the letter"),
            _ => unfit("the address does not lie inside the window"),
        }),
        (
            SampleOutcome::DoesNotFit,
            Verdict::LeftOut(
                Misfit::AddressTooLarge | Misfit::WordTooWide | Misfit::LinesTooLong(_),
            ),
        ) => None,
        (SampleOutcome::DoesNotFit | SampleOutcome::MissingGlyph, _) => Some(fault(
            &sample.file,
            "the sample says that there is no letter, but there is".to_owned(),
            "make the sample worse, or take out its outcome",
        )),
    }
}

fn lines_of(lines: u32) -> String {
    match lines {
        1 => "1 line".to_owned(),
        more => format!("{more} lines"),
    }
}

fn folder_name(folder: &PathBuf) -> String {
    std::fs::canonicalize(folder)
        .unwrap_or_else(|_| folder.clone())
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_else(|| folder.display().to_string())
}

/// Problems by what and where, since one mistake shows in every letter.
#[derive(Default)]
struct Findings {
    letters: usize,
    found: BTreeMap<(bool, Option<String>, Located), Found>,
}

struct Found {
    hint: Option<String>,
    letters: usize,
    example: Option<String>,
}

impl Findings {
    fn add(&mut self, organisation: Option<String>, error: &EditionError, example: Option<String>) {
        self.count(
            (false, organisation, error.located()),
            error.hint(),
            example,
        );
    }

    fn add_fault(
        &mut self,
        organisation: Option<String>,
        fault: &TemplateFault,
        example: Option<String>,
        note: bool,
    ) {
        let located = Located {
            file: fault.file.clone(),
            place: fault.place,
            problem: fault.problem.clone(),
        };
        self.count(
            (note, organisation, located),
            Some(fault.hint.clone()),
            example,
        );
    }

    fn count(
        &mut self,
        key: (bool, Option<String>, Located),
        hint: Option<String>,
        example: Option<String>,
    ) {
        let found = self.found.entry(key).or_insert(Found {
            hint,
            letters: 0,
            example: None,
        });
        if example.is_some() {
            found.letters += 1;
            found.example = found.example.take().or(example);
        }
    }

    fn report(self, template: String) -> TemplateReport {
        let problems = self
            .found
            .into_iter()
            .map(|((note, organisation, located), found)| Problem {
                organisation,
                line: located.place.map(|(line, _)| line),
                column: located.place.map(|(_, column)| column),
                file: located.file,
                problem: located.problem,
                hint: found.hint,
                letters: found.letters,
                example: found.example,
                note,
            })
            .collect();
        TemplateReport {
            template,
            letters: self.letters,
            problems,
        }
    }
}
