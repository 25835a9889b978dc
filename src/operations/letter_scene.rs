//! A letter to somebody, drawn as an example: what the previews have in common.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{
    App, Failure,
    letter_desk::on_press,
    letter_faults::faults_of,
    preview_letter::{LetterPreview, Meter, Preview},
};
use crate::{
    domain::organisation::{Logo, Organisation},
    letters::{EditionError, EditionSpec, Measured, Misfit, Model, Sketch, Sketched, SketchedPage},
    wording::dutch_letter,
};

/// Dots per inch that are drawn.
const DPI: (u16, u16) = (40, 200);

/// Everything that decides how a letter looks.
pub(super) struct Scene {
    /// With the letter as it is to be; its window is that of the preferences.
    pub(super) organisation: Organisation,
    pub(super) logo: Option<Logo>,
    pub(super) team_name: String,
    pub(super) letter_date: NaiveDate,
    pub(super) valid_until: NaiveDate,
    pub(super) model: Model,
    pub(super) dpi: u16,
}

/// Sets and draws it.
pub(super) async fn draw(app: &App, scene: Scene) -> Result<Preview, Failure> {
    let scene = Arc::new(scene);
    let on_stage = Arc::clone(&scene);
    let drawn = on_press(&app.press, move |press| {
        let Scene {
            organisation,
            model,
            dpi,
            ..
        } = &*on_stage;
        let spec = EditionSpec {
            organisation,
            window: organisation.letter.address_window,
            logo: on_stage.logo.clone(),
            team_name: &on_stage.team_name,
            letter_date: on_stage.letter_date,
            valid_until: on_stage.valid_until,
        };
        let sketch = match Sketch::new(spec, press) {
            Ok(sketch) => sketch,
            Err(error) => return Ok(Err(error)),
        };
        if let Model::Client(words) = model
            && !sketch.missing_glyphs(words).is_empty()
        {
            return Err(no_letter(
                "a character of their name or address cannot be printed",
            ));
        }
        let dpi = f64::from((*dpi).clamp(DPI.0, DPI.1));
        Ok(sketch.draw(model.clone(), dpi, press))
    });
    match drawn.await? {
        Ok(sketched) => Ok(Preview::Drawn(Box::new(shown(
            sketched,
            &scene.organisation,
        )))),
        // Of a client's letter the layout may be at fault, and of no other.
        Err(EditionError::Layout { .. }) if matches!(scene.model, Model::Client(_)) => {
            Err(no_letter("the layout cannot set it"))
        }
        Err(error) => Ok(Preview::Faults(faults_of(error, &scene.organisation)?)),
    }
}

/// A client to whom nothing can be written, and why; without their number, which the one who asks knows.
pub(super) fn no_letter(why: &str) -> Failure {
    Failure::conflict(
        "no_letter_possible",
        format!("this client can get no letter: {why}"),
        "choose another client to look at",
    )
}

fn shown(sketched: Sketched, organisation: &Organisation) -> LetterPreview {
    let Sketched {
        png,
        size,
        page,
        plainest,
        longest,
        drawn,
    } = sketched;
    LetterPreview {
        png,
        width: size.0,
        height: size.1,
        alt: dutch_letter::picture(
            organisation.letter.address_window,
            page.with_logo,
            drawn.size_pt,
        ),
        text: read_aloud(page),
        plainest: meter(&plainest),
        longest: meter(&longest),
        drawn: meter(&drawn),
    }
}

/// The page from top to bottom.
fn read_aloud(page: SketchedPage) -> Vec<String> {
    let code = dutch_letter::code_block(&page.client, &page.valid_until, &page.portal_url);
    [
        page.sender.join(", "),
        page.address.join(", "),
        page.date_line,
    ]
    .into_iter()
    .chain(page.paragraphs)
    .chain(code)
    .collect()
}

fn meter(measured: &Measured) -> Meter {
    let percent = percent(measured.fill);
    let (lines_too_many, sentence) = match &measured.misfit {
        None => {
            let smaller = (percent > 100).then_some(measured.size_pt);
            (0, dutch_letter::fits(percent, smaller))
        }
        Some(Misfit::LinesTooLong(lines)) => (*lines, dutch_letter::too_long(*lines)),
        Some(Misfit::AddressTooLarge) => (0, dutch_letter::ADDRESS_TOO_LARGE.to_owned()),
        Some(Misfit::WordTooWide) => (0, dutch_letter::NAME_TOO_WIDE.to_owned()),
        Some(Misfit::CannotBeSet | Misfit::MissingGlyph(_)) => {
            (0, dutch_letter::CANNOT_BE_SET.to_owned())
        }
    };
    Meter {
        fits: measured.misfit.is_none(),
        percent,
        size_pt: measured.size_pt,
        lines_too_many,
        smallest_size: measured.smallest,
        sentence,
    }
}

/// Rounded up, so that 100 is full and not nearly so.
fn percent(fill: f64) -> u8 {
    (fill * 100.0 - 0.01).ceil().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_says_the_same_in_numbers_and_in_dutch() {
        let measured = |fill, misfit| Measured {
            fill,
            size_pt: 9.5,
            smallest: true,
            misfit,
        };
        let fits = meter(&measured(0.704, None));
        assert!(fits.fits && fits.percent == 71 && fits.sentence.contains("71%"));
        let smaller = meter(&measured(1.08, None));
        assert!(smaller.fits && smaller.percent == 108 && smaller.sentence.contains("9,5 punts"));
        let long = meter(&measured(9.0, Some(Misfit::LinesTooLong(3))));
        assert!(!long.fits && long.percent == 255 && long.lines_too_many == 3);
        assert!(long.sentence.contains("3 regels te lang"));
        assert_eq!(percent(1.0), 100);
    }
}
