//! One chunk of letters, from data to bytes: lay out as one document, prove, try smaller sizes, export.
//!
//! Letters that go to the printer together are one document, compiled and exported once; each single letter is the
//! same finished page exported alone, which costs a third of setting it again and gives the same bytes whatever the
//! page was laid out with.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use typst::{ecow::eco_vec, foundations::Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::{
    complaint::Complaint,
    fault::{Breach, Fault, Misfit},
    forme::{Forme, Steps},
    proof::{Letter, judge, names_a_letter},
};
use crate::letters::content::{LetterContent, LetterData};

/// What became of a chunk.
pub(in crate::letters) enum Pressed {
    /// Every letter fits; nothing is left to do but keep the bytes.
    Whole(Sheets),
    /// Some letters fit at no size, so the chunk isn't what is printed and nothing was exported. Positions are in
    /// the chunk; the steps are those at which the others fit.
    Misfits(Unfit),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::letters) struct Unfit {
    pub(in crate::letters) misfits: Vec<(usize, Misfit)>,
    pub(in crate::letters) steps: Vec<Steps>,
}

/// The finished bytes of a chunk.
pub(in crate::letters) struct Sheets {
    pub(in crate::letters) print: Vec<u8>,
    pub(in crate::letters) singles: Vec<Vec<u8>>,
    pub(in crate::letters) steps: Vec<Steps>,
}

/// Sets `letters`, beginning at the sizes of `steps`.
///
/// # Errors
/// When the typesetter refuses or the layout breaks a rule of its own. It may speak of the data.
pub(in crate::letters) fn press(
    forme: &Forme,
    letters: &[LetterContent],
    steps: &[Steps],
) -> Result<Pressed, Complaint> {
    let mut steps = steps.to_vec();
    let mut misfits: Vec<(usize, Misfit)> = Vec::new();
    loop {
        // In any way out: what was laid out two rounds ago is not needed any more (typst's memory is ours to clear).
        let _evict = Evict;
        let left: Vec<usize> = (0..letters.len())
            .filter(|at| misfits.iter().all(|(misfit, _)| misfit != at))
            .collect();
        if left.is_empty() {
            return Ok(Pressed::Misfits(Unfit { misfits, steps }));
        }
        let (document, data) = {
            let letters: Vec<LetterContent> = left.iter().map(|at| letters[*at].clone()).collect();
            let steps: Vec<Steps> = left.iter().map(|at| steps[*at]).collect();
            compile_letters(forme, &letters, &steps)?
        };
        let verdicts = judge(&document, forme, &data).map_err(Complaint::of_breach)?;
        let proved: Vec<Letter<'_>> = verdicts.iter().filter_map(|verdict| verdict.ok()).collect();
        if proved.len() == left.len() {
            if misfits.is_empty() {
                return export(forme, &document, &proved, &data, steps).map(Pressed::Whole);
            }
            misfits.sort_by_key(|(at, _)| *at);
            return Ok(Pressed::Misfits(Unfit { misfits, steps }));
        }
        if let Some(breach) = breach_of_all(&verdicts) {
            return Err(Complaint::of_breach(breach));
        }
        for (at, verdict) in left.iter().zip(&verdicts) {
            if let Err(fault) = verdict
                && let Some(misfit) = step_down(&mut steps[*at], *fault, forme.steps(&letters[*at]))
            {
                misfits.push((*at, misfit));
            }
        }
    }
}

/// Sets and exports letters and says only whether they would do, and if not, what is wrong with the first that would
/// not.
pub(in crate::letters) fn try_all(
    forme: &Forme,
    letters: &[LetterContent],
    steps: Steps,
) -> Result<Option<Fault>, Complaint> {
    let _evict = Evict;
    let (document, data) = compile_letters(forme, letters, &vec![steps; letters.len()])?;
    let verdicts = judge(&document, forme, &data).map_err(Complaint::of_breach)?;
    if names_a_letter(&document, &data) {
        return Err(Complaint::of_breach(Breach::OthersName));
    }
    match verdicts.iter().find_map(|verdict| verdict.as_ref().err()) {
        Some(fault) => Ok(Some(*fault)),
        None => {
            pdf(&document, forme, String::new())?;
            Ok(None)
        }
    }
}

/// The rule that the layout breaks when it does so for every letter. One letter, or some, are those of clients with
/// something that the layout was not made for.
fn breach_of_all(verdicts: &[Result<Letter<'_>, Fault>]) -> Option<Breach> {
    let mut breaches = verdicts.iter().map(|verdict| match verdict {
        Err(Fault::Layout(breach)) => Some(*breach),
        _ => None,
    });
    let first = breaches.next().flatten()?;
    (verdicts.len() > 1 && breaches.all(|breach| breach.is_some())).then_some(first)
}

/// Makes the letter smaller where it is at fault, or answers that there is no smaller size.
pub(super) fn step_down(steps: &mut Steps, fault: Fault, sizes: Steps) -> Option<Misfit> {
    let (step, count) = match fault {
        Fault::TooLong(_) | Fault::WordTooWide => (&mut steps.0, sizes.0),
        Fault::AddressTooLarge => (&mut steps.1, sizes.1),
        Fault::Layout(_) => return Some(Misfit::of(fault)),
    };
    if *step + 1 < count {
        *step += 1;
        None
    } else {
        Some(Misfit::of(fault))
    }
}

/// Lays out `letters` as one document, each at its own steps.
pub(super) fn compile_letters(
    forme: &Forme,
    letters: &[LetterContent],
    steps: &[Steps],
) -> Result<(PagedDocument, Vec<LetterData>), Complaint> {
    let data: Vec<LetterData> = letters
        .iter()
        .zip(steps)
        .map(|(letter, steps)| forme.letter_data(letter, *steps))
        .collect();
    let json = data.iter().map(json_of).collect::<Result<Vec<_>, _>>()?;
    let world = forme.world(&json);
    let compiled = typst::compile::<PagedDocument>(&world);
    let document = compiled
        .output
        .map_err(|errors| Complaint::of_typst(&errors, &world, forme.layout()))?;
    // Typst only warns, and sets nothing where a font is not there.
    let no_font = compiled
        .warnings
        .iter()
        .find(|warning| warning.message.starts_with("unknown font family"));
    if let Some(warning) = no_font {
        let complaint = Complaint::of_typst(std::slice::from_ref(warning), &world, forme.layout());
        return Err(Complaint {
            hint: Some("there is one font, \"Noto Sans\", in regular, bold and italic".to_owned()),
            ..complaint
        });
    }
    Ok((document, data))
}

fn json_of(letter: &LetterData) -> Result<String, Complaint> {
    serde_json::to_string(letter)
        .map_err(|error| Complaint::new(&error.to_string(), "this should not happen"))
}

fn export(
    forme: &Forme,
    document: &PagedDocument,
    letters: &[Letter<'_>],
    data: &[LetterData],
    steps: Vec<Steps>,
) -> Result<Sheets, Complaint> {
    let mut all = Sha256::new_with_prefix(forme.id());
    let mut singles = Vec::with_capacity(letters.len());
    for (letter, data) in letters.iter().zip(data) {
        let of_letter = Sha256::digest(json_of(data)?.as_bytes());
        all.update(of_letter);
        let ident = Sha256::new_with_prefix(forme.id())
            .chain_update(of_letter)
            .finalize();
        let page = PagedDocument::new(
            eco_vec![letter.page().clone()],
            typst::model::Document::info(document).clone(),
        );
        singles.push(pdf(&page, forme, hex::encode(ident))?);
    }
    let print = pdf(document, forme, hex::encode(all.finalize()))?;
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
fn pdf(document: &PagedDocument, forme: &Forme, ident: String) -> Result<Vec<u8>, Complaint> {
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .expect("PDF/A-2a and PDF/UA-1 are compatible");
    let options = PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some("brievenbus".to_owned())),
        timestamp: Some(Timestamp::new_utc(forme.date())),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options)
        .map_err(|errors| Complaint::of_typst(&errors, &forme.world(&[]), forme.layout()))
}

/// Clears typst's memory of what no chunk used lately, also when a chunk fails or panics.
pub(super) struct Evict;

impl Drop for Evict {
    fn drop(&mut self) {
        typst::comemo::evict(1);
    }
}
