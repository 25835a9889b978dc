//! Who of many clients would get no letter because it does not fit, without making any.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    content::{LetterContent, LetterWords},
    edition::Edition,
    error::PressError,
    press::{Operator, Press, Trouble},
    specimen::specimen,
    typesetter::Misfit,
};

/// Letters that are measured in one document: few enough that others who wait for a press wait briefly.
const CHUNK: usize = 100;
/// Letters that end a press process, one by one, before the rest of their chunk is thought to do so too.
const MOST_CULPRITS: usize = 20;

impl Press {
    /// The positions of the letters that would not fit, ascending, and why. Blocks, about 0.4 ms a letter and press.
    /// `keep_going` is asked before each chunk.
    ///
    /// # Errors
    /// [`PressError::Interrupted`] when `keep_going` says no; any other, when there is no press.
    pub fn misfits(
        &self,
        edition: &Arc<Edition>,
        words: Vec<LetterWords>,
        keep_going: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<(usize, Misfit)>, PressError> {
        let letters: Vec<LetterContent> = words.into_iter().map(specimen).collect();
        let chunks: Vec<&[LetterContent]> = letters.chunks(CHUNK).collect();
        let next = AtomicUsize::new(0);
        let found = Mutex::new(Ok(Vec::new()));
        thread::scope(|scope| {
            for _ in 0..self.presses() {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(chunk) = chunks.get(at) else { return };
                        let (edition, letters) = (Arc::clone(edition), chunk.to_vec());
                        let measured = match keep_going() {
                            true => {
                                self.ask(move |operator| of_chunk(operator, &edition, &letters))
                            }
                            false => Err(PressError::Interrupted),
                        };
                        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                        match (measured.and_then(|measured| measured), &mut *found) {
                            (Ok(more), Ok(found)) => found.extend(
                                more.into_iter()
                                    .map(|(place, misfit)| (at * CHUNK + place, misfit)),
                            ),
                            (Err(error), Ok(_)) => {
                                *found = Err(error);
                                return;
                            }
                            (_, Err(_)) => return,
                        }
                    }
                });
            }
        });
        let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner)?;
        found.sort_by_key(|(at, _)| *at);
        Ok(found)
    }
}

fn of_chunk(
    operator: &mut Operator,
    edition: &Edition,
    letters: &[LetterContent],
) -> Result<Vec<(usize, Misfit)>, PressError> {
    let mut found = Vec::new();
    let mut culprits = 0;
    // Halved until those are found over which the press breaks down.
    let mut parts = vec![(0, letters)];
    while let Some((from, part)) = parts.pop() {
        match operator.sketch(edition.plate(), part, None, false) {
            Ok((measures, _)) => found.extend(
                (from..)
                    .zip(measures)
                    .filter_map(|(at, measure)| Some((at, Misfit::of(measure.fault?)))),
            ),
            Err(Trouble::Press(error)) => return Err(error),
            Err(_) if part.len() > 1 && culprits < MOST_CULPRITS => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.push((from + first.len(), second));
                parts.push((from, first));
            }
            Err(_) => {
                culprits += 1;
                found.extend((from..from + part.len()).map(|at| (at, Misfit::CannotBeSet)));
            }
        }
    }
    Ok(found)
}
