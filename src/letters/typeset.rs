//! Stop six of a team job: all letters of a team, set in order, to a spool file.
//!
//! A print file holds exactly [`LETTERS_PER_PRINT`] letters, so a letter that fits at no size moves all that come
//! after it. Chunks are set ahead on all presses in the hope that every letter fits; when one does not, it is taken
//! out and the chunks from there on are cut anew. What was learnt of letters on the way is kept.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
};

use sha2::{Digest, Sha256};

use super::{
    bisect::{Culprits, press_or_bisect},
    content::LetterContent,
    edition::Edition,
    error::PressError,
    press::{Operator, Press},
    typesetter::{
        Misfit,
        chunk::{Pressed, Sheets},
        forme::Steps,
    },
};

/// Letters in a print file; the last one of a team has the rest.
pub const LETTERS_PER_PRINT: usize = 250;

/// All letters of a team as PDF in a file, in no order.
#[derive(Debug)]
pub struct Typeset {
    /// The file that was handed in.
    pub spool: File,
    /// A tagged PDF for every [`LETTERS_PER_PRINT`] letters, a page each.
    pub prints: Vec<Piece>,
    /// One tagged PDF per letter that fits, in the order of the letters.
    pub singles: Vec<Piece>,
    /// Who gets no letter, by position in what was asked for, ascending.
    pub misfits: Vec<(usize, Misfit)>,
    /// Letters set smaller than the rest to fit, by position in what was asked for, ascending.
    pub shrunk: Vec<usize>,
}

/// Where a PDF lies in the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Bytes from the start of the file.
    pub offset: u64,
    pub bytes: u64,
    pub sha256: [u8; 32],
}

impl Press {
    /// Sets all `letters` in order and writes them to `spool`, an empty file that belongs to nobody else. Blocks.
    ///
    /// `progress` hears after each print file how many letters are made; `keep_going` is asked in between.
    /// What a letter's single PDF is depends on the edition and the letter alone: not on the letters around it,
    /// the number of threads, or the process.
    ///
    /// # Errors
    /// [`PressError::Interrupted`] when `keep_going` says no; any other error is ours, not the client's.
    pub fn typeset_letters(
        &self,
        edition: &Arc<Edition>,
        letters: Vec<LetterContent>,
        spool: File,
        progress: &dyn Fn(usize),
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Typeset, PressError> {
        let mut run = Run::new(self, edition, letters, spool);
        while run.made < run.queue.len() {
            if !keep_going() {
                return Err(PressError::Interrupted);
            }
            run.submit_ahead();
            run.take_answer()?;
            run.take_in_order(progress);
        }
        Ok(run.finish())
    }
}

/// One call of `typeset_letters` on its way. Chunks start at every [`LETTERS_PER_PRINT`]th place of the queue.
struct Run<'a> {
    press: &'a Press,
    edition: &'a Arc<Edition>,
    letters: Arc<Vec<LetterContent>>,
    /// Positions in `letters`, ascending, of those that may still fit or do; the first `made` do.
    queue: Vec<usize>,
    made: usize,
    /// Where the next chunk to submit starts in `queue`.
    ahead: usize,
    /// The sizes each letter is tried at, by position in `letters`.
    steps: Vec<Steps>,
    misfits: Vec<(usize, Misfit)>,
    flights: Flights,
    /// Chunks that are in the spool and wait for one before them, by where they start in the queue.
    landed: BTreeMap<usize, Landed>,
    answer: Sender<Answer>,
    answers: Receiver<Answer>,
    spool: File,
    offset: u64,
    prints: Vec<Piece>,
    singles: Vec<Piece>,
}

/// Chunks that are set now, by where they start in the queue; the flag says that somebody still wants them.
#[derive(Default)]
struct Flights(BTreeMap<usize, Arc<AtomicBool>>);

/// What became of a chunk, with what it was of.
struct Answer {
    start: usize,
    wanted: Arc<AtomicBool>,
    chunk: Vec<usize>,
    outcome: Result<Outcome, PressError>,
}

enum Outcome {
    Whole(Hashed),
    Misfits {
        misfits: Vec<(usize, Misfit)>,
        steps: Vec<Steps>,
    },
}

/// Where the PDFs of a chunk are in the spool. One that has to be cut anew leaves them there, of no use to anybody.
struct Landed {
    print: Piece,
    singles: Vec<Piece>,
    steps: Vec<Steps>,
}

/// A finished chunk with the hashes of its print file and its singles, made on the press thread.
struct Hashed {
    sheets: Sheets,
    print: [u8; 32],
    singles: Vec<[u8; 32]>,
}

impl<'a> Run<'a> {
    fn new(
        press: &'a Press,
        edition: &'a Arc<Edition>,
        letters: Vec<LetterContent>,
        spool: File,
    ) -> Self {
        let mut misfits = Vec::new();
        let mut queue = Vec::with_capacity(letters.len());
        for (at, letter) in letters.iter().enumerate() {
            let missing = edition.missing_glyphs(letter.words.texts());
            if missing.is_empty() {
                queue.push(at);
            } else {
                misfits.push((at, Misfit::MissingGlyph(missing)));
            }
        }
        let (answer, answers) = channel();
        Self {
            press,
            edition,
            steps: vec![(0, 0); letters.len()],
            letters: Arc::new(letters),
            queue,
            made: 0,
            ahead: 0,
            misfits,
            flights: Flights::default(),
            landed: BTreeMap::new(),
            answer,
            answers,
            spool,
            offset: 0,
            prints: Vec::new(),
            singles: Vec::new(),
        }
    }

    /// Keeps the presses busy, and no more: other jobs wait for a press too. Chunks that wait for one before them count as
    /// well, since they may have to be cut anew, and what they wrote is then of no use.
    fn submit_ahead(&mut self) {
        let most = self.press.presses();
        while self.ahead < self.queue.len() && self.flights.0.len() + self.landed.len() < most {
            let (start, end) = (
                self.ahead,
                (self.ahead + LETTERS_PER_PRINT).min(self.queue.len()),
            );
            let chunk: Vec<usize> = self.queue[start..end].to_vec();
            let steps: Vec<Steps> = chunk.iter().map(|at| self.steps[*at]).collect();
            let (edition, letters) = (Arc::clone(self.edition), Arc::clone(&self.letters));
            let (answer, wanted) = (self.answer.clone(), Arc::new(AtomicBool::new(true)));
            self.flights.0.insert(start, Arc::clone(&wanted));
            self.press.submit(move |operator| {
                if wanted.load(Ordering::Relaxed) {
                    let outcome = press_chunk(operator, &edition, &letters, &chunk, &steps);
                    // Nobody listens any more when the run was interrupted.
                    let _ = answer.send(Answer {
                        start,
                        wanted,
                        chunk,
                        outcome,
                    });
                }
            });
            self.ahead = end;
        }
    }

    fn take_answer(&mut self) -> Result<(), PressError> {
        let answer = self.answers.recv().map_err(|_| PressError::Stopped)?;
        let current = answer.wanted.load(Ordering::Relaxed);
        if current {
            self.flights.0.remove(&answer.start);
        }
        match answer.outcome {
            Ok(Outcome::Whole(hashed)) if current => {
                let landed = self.land(hashed)?;
                self.landed.insert(answer.start, landed);
            }
            // Worth knowing even of a chunk that was cut anew meanwhile: its letters come again.
            Ok(Outcome::Misfits { misfits, steps }) => {
                self.take_out(&answer.chunk, misfits, &steps)
            }
            Ok(Outcome::Whole(_)) => {}
            Err(error) if current => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }

    /// Takes misfits out of the queue and forgets the chunks that this moves. A chunk that has a misfit is not made, so
    /// no letter that is made moves.
    fn take_out(&mut self, chunk: &[usize], misfits: Vec<(usize, Misfit)>, steps: &[Steps]) {
        for (letter, steps) in chunk.iter().zip(steps) {
            self.steps[*letter] = *steps;
        }
        for (at, misfit) in misfits {
            // Not there: another answer took it out already.
            if let Ok(place) = self.queue.binary_search(&chunk[at]) {
                self.queue.remove(place);
                self.misfits.push((chunk[at], misfit));
                self.forget_from(place / LETTERS_PER_PRINT * LETTERS_PER_PRINT);
            }
        }
    }

    fn forget_from(&mut self, start: usize) {
        self.landed.split_off(&start);
        drop(Flights(self.flights.0.split_off(&start)));
        self.ahead = self.ahead.min(start);
    }

    /// Writes a chunk, so that its PDFs need not stay in memory until it is its turn.
    fn land(&mut self, hashed: Hashed) -> Result<Landed, PressError> {
        let print = self.write(&hashed.sheets.print, hashed.print)?;
        let singles = hashed.sheets.singles.into_iter().zip(hashed.singles);
        Ok(Landed {
            print,
            singles: singles
                .map(|(single, hash)| self.write(&single, hash))
                .collect::<Result<_, _>>()?,
            steps: hashed.sheets.steps,
        })
    }

    /// Counts the chunks that are next in order.
    fn take_in_order(&mut self, progress: &dyn Fn(usize)) {
        while let Some(landed) = self.landed.remove(&self.made) {
            for (at, steps) in landed.steps.into_iter().enumerate() {
                self.steps[self.queue[self.made + at]] = steps;
            }
            self.made += landed.singles.len();
            self.prints.push(landed.print);
            self.singles.extend(landed.singles);
            progress(self.made);
        }
    }

    fn write(&mut self, bytes: &[u8], sha256: [u8; 32]) -> Result<Piece, PressError> {
        self.spool.write_all(bytes).map_err(PressError::Spool)?;
        let piece = Piece {
            offset: self.offset,
            bytes: bytes.len() as u64,
            sha256,
        };
        self.offset += piece.bytes;
        Ok(piece)
    }

    fn finish(mut self) -> Typeset {
        self.misfits.sort_by_key(|(at, _)| *at);
        let steps = &self.steps;
        Typeset {
            shrunk: self
                .queue
                .iter()
                .copied()
                .filter(|at| steps[*at] != (0, 0))
                .collect(),
            spool: self.spool,
            prints: self.prints,
            singles: self.singles,
            misfits: self.misfits,
        }
    }
}

impl Drop for Flights {
    /// Whatever is not started yet need not start.
    fn drop(&mut self) {
        for wanted in self.0.values() {
            wanted.store(false, Ordering::Relaxed);
        }
    }
}

/// On a press thread.
fn press_chunk(
    operator: &mut Operator,
    edition: &Edition,
    letters: &[LetterContent],
    chunk: &[usize],
    steps: &[Steps],
) -> Result<Outcome, PressError> {
    let first = chunk.first().map_or(0, |at| at + 1);
    let last = chunk.last().map_or(0, |at| at + 1);
    let chunk: Vec<LetterContent> = chunk.iter().map(|at| letters[*at].clone()).collect();
    let pressed = press_or_bisect(operator, edition.plate(), &chunk, steps);
    match pressed {
        Ok(Pressed::Whole(sheets)) => Ok(Outcome::Whole(Hashed {
            print: Sha256::digest(&sheets.print).into(),
            singles: sheets
                .singles
                .iter()
                .map(|single| Sha256::digest(single).into())
                .collect(),
            sheets,
        })),
        Ok(Pressed::Misfits(unfit)) => Ok(Outcome::Misfits {
            misfits: unfit.misfits,
            steps: unfit.steps,
        }),
        Err(Culprits::TooMany(problem)) => Err(PressError::Layout {
            template: edition.template_name().to_owned(),
            first,
            last,
            problem,
        }),
        Err(Culprits::Press(error)) => Err(error),
    }
}
