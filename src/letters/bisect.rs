//! A chunk that a press cannot set is halved until the letters at fault are found, so that one letter that the layout
//! cannot set costs one client a letter and not a team.

use super::{
    content::LetterContent,
    error::PressError,
    plate::Plate,
    press::{Operator, Trouble},
    typesetter::{
        Misfit,
        chunk::{Pressed, Unfit},
        forme::Steps,
    },
};

/// Letters of a chunk that may be at fault before it is the layout.
const MOST_CULPRITS: usize = 20;

/// Why a chunk has no letters.
pub(super) enum Culprits {
    /// So many letters are at fault that it is the layout; a sentence without client data.
    TooMany(String),
    /// It has nothing to do with letters.
    Press(PressError),
}

/// Sets a chunk. Letters over which the typesetter refuses, or the press process ends, come out as misfits.
pub(super) fn press_or_bisect(
    operator: &mut Operator,
    plate: &Plate,
    letters: &[LetterContent],
    steps: &[Steps],
) -> Result<Pressed, Culprits> {
    let problem = match operator.set(plate, letters, steps) {
        Ok(pressed) => return Ok(pressed),
        Err(trouble) => sentence(trouble)?,
    };
    let mut found = Vec::new();
    find(operator, plate, letters, steps, 0, &mut found, &problem)?;
    if found.is_empty() {
        // Alone every letter can be set: what went wrong has passed, or lies in their number.
        return match operator.set(plate, letters, steps) {
            Ok(pressed) => Ok(pressed),
            Err(trouble) => Err(Culprits::TooMany(sentence(trouble)?)),
        };
    }
    let misfits = found
        .into_iter()
        .map(|at| (at, Misfit::CannotBeSet))
        .collect();
    Ok(Pressed::Misfits(Unfit {
        misfits,
        steps: steps.to_vec(),
    }))
}

/// Adds to `found` the letters at fault of a chunk that starts at `offset` and could not be set as a whole.
fn find(
    operator: &mut Operator,
    plate: &Plate,
    letters: &[LetterContent],
    steps: &[Steps],
    offset: usize,
    found: &mut Vec<usize>,
    problem: &str,
) -> Result<(), Culprits> {
    if letters.len() == 1 {
        found.push(offset);
        return if found.len() > MOST_CULPRITS {
            Err(Culprits::TooMany(problem.to_owned()))
        } else {
            Ok(())
        };
    }
    let middle = letters.len() / 2;
    let mut broken = Vec::new();
    for range in [0..middle, middle..letters.len()] {
        let (half, half_steps) = (&letters[range.clone()], &steps[range.clone()]);
        if let Err(trouble) = operator.set(plate, half, half_steps) {
            let crash = matches!(trouble, Trouble::Crash(_));
            broken.push((range, crash, sentence(trouble)?));
        }
    }
    // A crash may take all the time that a letter is given, so one letter at fault is looked for and no more.
    if let [(_, true, problem), (_, true, _)] = &broken[..] {
        return Err(Culprits::TooMany(problem.clone()));
    }
    for (range, _, problem) in broken {
        let (half, half_steps) = (&letters[range.clone()], &steps[range.clone()]);
        let offset = offset + range.start;
        find(operator, plate, half, half_steps, offset, found, &problem)?;
    }
    Ok(())
}

fn sentence(trouble: Trouble) -> Result<String, Culprits> {
    // The complaint of a chunk came out of the press without data.
    trouble
        .complaint()
        .map(|complaint| complaint.problem)
        .map_err(Culprits::Press)
}
