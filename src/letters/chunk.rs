//! One chunk of letters, from data to bytes: lay out as one document, prove, try smaller sizes, export.
//!
//! Letters that go to the printer together are one document, compiled and exported once; each single letter is the
//! same finished page exported alone, which costs a third of setting it again and gives the same bytes whatever the
//! page was laid out with.

use sha2::{Digest, Sha256};
use typst::{
    WorldExt,
    diag::SourceDiagnostic,
    ecow::{EcoVec, eco_vec},
    foundations::Smart,
    syntax::Source,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::{
    content::LetterContent,
    edition::Edition,
    proof::{Fault, Letter, Misfit, judge},
    world::LetterWorld,
};

/// How far down the lists of sizes: of the body, of the address.
pub(super) type Steps = (usize, usize);

/// What became of a chunk.
pub(super) enum Pressed {
    /// Every letter fits; nothing is left to do but keep the bytes.
    Whole(Sheets),
    /// Some letters fit at no size, so the chunk isn't what is printed and nothing was exported. Positions are in
    /// the chunk; the steps are those at which the others fit.
    Misfits {
        misfits: Vec<(usize, Misfit)>,
        steps: Vec<Steps>,
    },
}

/// The finished bytes of a chunk.
pub(super) struct Sheets {
    pub(super) print: Vec<u8>,
    pub(super) singles: Vec<Vec<u8>>,
    pub(super) steps: Vec<Steps>,
}

/// Sets `letters`, beginning at the sizes of `steps`.
///
/// # Errors
/// A sentence without client data, when the typesetter refuses or the layout breaks a rule of its own.
pub(super) fn press(
    edition: &Edition,
    letters: &[LetterContent],
    steps: &[Steps],
) -> Result<Pressed, String> {
    // In any way out: what was laid out two chunks ago is not needed any more (typst's memory is ours to clear).
    let _evict = Evict;
    let mut steps = steps.to_vec();
    let mut misfits: Vec<(usize, Misfit)> = Vec::new();
    loop {
        let left: Vec<usize> = (0..letters.len())
            .filter(|at| misfits.iter().all(|(misfit, _)| misfit != at))
            .collect();
        if left.is_empty() {
            return Ok(Pressed::Misfits { misfits, steps });
        }
        let data = left
            .iter()
            .map(|at| letter_json(edition, &letters[*at], steps[*at]))
            .collect::<Result<Vec<_>, _>>()?;
        let world = edition.world(&data);
        let document = compile(&world)
            .map_err(|errors| explain_without_data(&errors, &world, edition.layout()))?;
        let verdicts = judge(&document, left.len(), edition.window())
            .map_err(|breach| breach.sentence().to_owned())?;
        let proved: Vec<Letter<'_>> = verdicts.iter().filter_map(|verdict| verdict.ok()).collect();
        if proved.len() == left.len() {
            if misfits.is_empty() {
                return export(edition, &document, &proved, &data, steps).map(Pressed::Whole);
            }
            misfits.sort_by_key(|(at, _)| *at);
            return Ok(Pressed::Misfits { misfits, steps });
        }
        for (at, verdict) in left.iter().zip(&verdicts) {
            if let Err(fault) = verdict
                && let Some(misfit) = step_down(&mut steps[*at], *fault, edition.sizes())?
            {
                misfits.push((*at, misfit));
            }
        }
    }
}

/// Sets and exports one letter and says only whether it would do.
pub(super) fn try_one(
    edition: &Edition,
    letter: &LetterContent,
    steps: Steps,
) -> Result<Result<(), Fault>, String> {
    let _evict = Evict;
    let data = [letter_json(edition, letter, steps)?];
    let world = edition.world(&data);
    let explain = |errors: EcoVec<SourceDiagnostic>| explain(&errors, &world, edition.layout());
    let document = compile(&world).map_err(explain)?;
    let verdicts =
        judge(&document, 1, edition.window()).map_err(|breach| breach.sentence().to_owned())?;
    match verdicts.first() {
        Some(Ok(_)) => {
            pdf(&document, edition, String::new()).map_err(explain)?;
            Ok(Ok(()))
        }
        Some(Err(fault)) => Ok(Err(*fault)),
        None => Err("no page came out".to_owned()),
    }
}

/// Makes the letter smaller where it is at fault, or answers that there is no smaller size.
fn step_down(steps: &mut Steps, fault: Fault, sizes: Steps) -> Result<Option<Misfit>, String> {
    let (step, count, misfit) = match fault {
        Fault::TooLong(lines) => (&mut steps.0, sizes.0, Misfit::LinesTooLong(lines)),
        Fault::WordTooWide => (&mut steps.0, sizes.0, Misfit::WordTooWide),
        Fault::AddressTooLarge => (&mut steps.1, sizes.1, Misfit::AddressTooLarge),
        Fault::Layout(breach) => return Err(breach.sentence().to_owned()),
    };
    if *step + 1 < count {
        *step += 1;
        Ok(None)
    } else {
        Ok(Some(misfit))
    }
}

fn letter_json(edition: &Edition, letter: &LetterContent, steps: Steps) -> Result<String, String> {
    serde_json::to_string(&edition.letter_data(letter, steps)).map_err(|error| error.to_string())
}

fn compile(world: &LetterWorld) -> Result<PagedDocument, EcoVec<SourceDiagnostic>> {
    typst::compile::<PagedDocument>(world).output
}

fn export(
    edition: &Edition,
    document: &PagedDocument,
    letters: &[Letter<'_>],
    data: &[String],
    steps: Vec<Steps>,
) -> Result<Sheets, String> {
    let world = edition.world(&[]);
    let failed =
        |errors: EcoVec<SourceDiagnostic>| explain_without_data(&errors, &world, edition.layout());
    let mut all = Sha256::new_with_prefix(edition.fingerprint());
    let mut singles = Vec::with_capacity(letters.len());
    for (letter, data) in letters.iter().zip(data) {
        let of_letter = Sha256::digest(data.as_bytes());
        all.update(of_letter);
        let ident = Sha256::new_with_prefix(edition.fingerprint())
            .chain_update(of_letter)
            .finalize();
        let page = PagedDocument::new(
            eco_vec![letter.page().clone()],
            typst::model::Document::info(document).clone(),
        );
        singles.push(pdf(&page, edition, hex::encode(ident)).map_err(failed)?);
    }
    let print = pdf(document, edition, hex::encode(all.finalize())).map_err(failed)?;
    Ok(Sheets {
        print,
        singles,
        steps,
    })
}

/// Tagged, archivable (PDF/A-2a) and accessible (PDF/UA-1). PDF/A wants a date: it is the date of the letter and not
/// of the clock, so that the same letter is the same bytes. `ident` names the document for readers of PDF; it is a
/// hash, so that it tells nothing.
#[expect(
    clippy::expect_used,
    reason = "PDF/A-2a and PDF/UA-1 were made to go together (ISO 14289-1, Annex A)"
)]
fn pdf(
    document: &PagedDocument,
    edition: &Edition,
    ident: String,
) -> Result<Vec<u8>, EcoVec<SourceDiagnostic>> {
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .expect("PDF/A-2a and PDF/UA-1 are compatible");
    let options = PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some("brievenbus".to_owned())),
        timestamp: Some(Timestamp::new_utc(edition.date())),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options)
}

/// Where the layout fails, and nothing that was in the data.
fn explain_without_data(
    errors: &[SourceDiagnostic],
    world: &LetterWorld,
    layout: &Source,
) -> String {
    match errors.first().and_then(|error| world.range(error.span)) {
        Some(range) => format!("layout.typ fails in line {}", line_of(layout, range.start)),
        None => "the typesetter refused".to_owned(),
    }
}

/// Where and why: for a letter to nobody, whose data is the provider's own.
fn explain(errors: &[SourceDiagnostic], world: &LetterWorld, layout: &Source) -> String {
    match errors.first() {
        Some(error) => format!(
            "{}: {}",
            explain_without_data(errors, world, layout),
            error.message
        ),
        None => "the typesetter refused".to_owned(),
    }
}

fn line_of(source: &Source, byte: usize) -> usize {
    source.lines().byte_to_line(byte).map_or(1, |line| line + 1)
}

/// Clears typst's memory of what no chunk used lately, also when a chunk fails or panics.
struct Evict;

impl Drop for Evict {
    fn drop(&mut self) {
        typst::comemo::evict(1);
    }
}
