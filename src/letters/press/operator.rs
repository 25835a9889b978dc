//! Whoever minds a press process: knows which plates it has, and starts another when it ended.

use std::collections::VecDeque;

use super::{
    PressProgram,
    crash::Crash,
    frames::Frame,
    limits::seconds_for,
    messages::{Answer, PLATES, Task},
    process::Process,
};
use crate::{
    domain::{letter_fault::LogoProblem, organisation::Logo},
    letters::{
        content::{LetterContent, PostedLetter},
        error::{EditionError, PressError},
        logo::{Artwork, LogoFault},
        plate::{Plate, PlateId},
        typesetter::{
            Complaint, Fault,
            chunk::{Pressed, Sheets},
            forme::Steps,
            sketch::{Drawing, Measure},
        },
    },
};

/// Why a press did not do what it was asked.
#[derive(Debug)]
pub(in crate::letters) enum Trouble {
    /// The typesetter refused, or the layout breaks a rule.
    Complaint(Complaint),
    /// The process ended over it.
    Crash(Crash),
    /// There is no process, or it is not one of ours.
    Press(PressError),
}

impl Trouble {
    /// As of a layout; what is not its fault is an error of ours.
    pub(in crate::letters) fn complaint(self) -> Result<Complaint, PressError> {
        match self {
            Self::Complaint(complaint) => Ok(complaint),
            Self::Crash(crash) => Ok(crash.complaint()),
            Self::Press(error) => Err(error),
        }
    }
}

pub(in crate::letters) struct Operator {
    program: PressProgram,
    process: Option<Process>,
    /// What the process has, the newest last.
    plates: VecDeque<PlateId>,
}

impl Operator {
    pub(super) fn new(program: PressProgram) -> Self {
        Self {
            program,
            process: None,
            plates: VecDeque::new(),
        }
    }

    /// Ends the process; the next question starts another.
    pub(super) fn dismiss(&mut self) {
        self.process = None;
        self.plates.clear();
    }

    /// Sets letters in one document. A complaint says where, and nothing that is on a letter.
    pub(in crate::letters) fn set(
        &mut self,
        plate: &Plate,
        letters: &[LetterContent],
        steps: &[Steps],
    ) -> Result<Pressed, Trouble> {
        self.set_letters(plate, letters, steps, false)
    }

    /// Sets a letter to an invented client. A complaint says everything.
    pub(in crate::letters) fn set_invented(
        &mut self,
        plate: &Plate,
        letter: &LetterContent,
    ) -> Result<Pressed, Trouble> {
        self.set_letters(plate, std::slice::from_ref(letter), &[(0, 0)], true)
    }

    fn set_letters(
        &mut self,
        plate: &Plate,
        letters: &[LetterContent],
        steps: &[Steps],
        invented: bool,
    ) -> Result<Pressed, Trouble> {
        self.keep(plate)?;
        let task = Task::Set {
            plate: plate.id,
            letters: letters.iter().map(PostedLetter::from).collect(),
            steps: steps.to_vec(),
            invented,
        };
        let Frame { head, mut files } = self.ask(seconds_for(letters.len()), task, &[])?;
        match head {
            Answer::Whole { steps } if files.len() == letters.len() + 1 => {
                let singles = files.split_off(1);
                let print = files.pop().unwrap_or_default();
                Ok(Pressed::Whole(Sheets {
                    print,
                    singles,
                    steps,
                }))
            }
            Answer::Unfit(unfit) => Ok(Pressed::Misfits(unfit)),
            Answer::Complaint(complaint) => Err(Trouble::Complaint(complaint)),
            _ => Err(self.confused()),
        }
    }

    /// Sets and exports letters, and says what is wrong with the first that would not do.
    pub(in crate::letters) fn try_all(
        &mut self,
        plate: &Plate,
        letters: &[LetterContent],
        steps: Steps,
    ) -> Result<Option<Fault>, Trouble> {
        self.keep(plate)?;
        let task = Task::Try {
            plate: plate.id,
            letters: letters.iter().map(PostedLetter::from).collect(),
            steps,
        };
        match self.ask(seconds_for(1), task, &[])?.head {
            Answer::Tried(fault) => Ok(fault),
            Answer::Complaint(complaint) => Err(Trouble::Complaint(complaint)),
            _ => Err(self.confused()),
        }
    }

    /// Draws the page of a letter as PNG, and says what is wrong with it.
    pub(in crate::letters) fn draw(
        &mut self,
        plate: &Plate,
        letter: &LetterContent,
        steps: Steps,
        dpi: f64,
    ) -> Result<(Vec<u8>, Option<Fault>), Trouble> {
        self.keep(plate)?;
        let task = Task::Draw {
            plate: plate.id,
            letter: Box::new(letter.into()),
            steps,
            dpi,
        };
        let Frame { head, files } = self.ask(seconds_for(1), task, &[])?;
        match (head, files.into_iter().next()) {
            (Answer::Drawn(fault), Some(png)) => Ok((png, fault)),
            (Answer::Complaint(complaint), _) => Err(Trouble::Complaint(complaint)),
            _ => Err(self.confused()),
        }
    }

    /// Measures letters, and draws the one at `drawn` at so many dots per inch. Of clients who are not `invented` a
    /// complaint says only where it was.
    pub(in crate::letters) fn sketch(
        &mut self,
        plate: &Plate,
        letters: &[LetterContent],
        drawn: Option<(usize, f64)>,
        invented: bool,
    ) -> Result<(Vec<Measure>, Option<Drawing>), Trouble> {
        self.keep(plate)?;
        let task = Task::Sketch {
            plate: plate.id,
            letters: letters.iter().map(PostedLetter::from).collect(),
            drawn,
            invented,
        };
        let Frame { head, files } = self.ask(seconds_for(letters.len()), task, &[])?;
        match head {
            Answer::Sketched { measures, size } if measures.len() == letters.len() => {
                let png = files.into_iter().next();
                Ok((measures, png.map(|png| Drawing { png, size })))
            }
            Answer::Complaint(complaint) => Err(Trouble::Complaint(complaint)),
            _ => Err(self.confused()),
        }
    }

    /// Decodes a logo and makes it ready to be set.
    pub(in crate::letters) fn artwork(&mut self, logo: &Logo) -> Result<Artwork, EditionError> {
        let task = Task::Logo {
            format: logo.format,
        };
        let fault = match self.ask(seconds_for(1), task, &[&logo.bytes]) {
            Ok(Frame { head, files }) => match (head, files.into_iter().next()) {
                (Answer::Artwork { format, width }, Some(bytes)) => {
                    return Ok(Artwork {
                        bytes,
                        format,
                        width,
                    });
                }
                (Answer::LogoFault(fault), _) => fault,
                _ => match self.confused() {
                    Trouble::Press(error) => return Err(error.into()),
                    _ => LogoFault::unreadable(),
                },
            },
            Err(Trouble::Press(error)) => return Err(error.into()),
            Err(Trouble::Crash(crash)) => LogoFault::new(
                LogoProblem::Unreadable,
                &format!("cannot be decoded: {}", crash.complaint().problem),
                "simplify it, or save it as PNG in RGB colours",
            ),
            Err(Trouble::Complaint(_)) => LogoFault::unreadable(),
        };
        Err(fault.into())
    }

    /// Sees to it that the process has the plate.
    fn keep(&mut self, plate: &Plate) -> Result<(), Trouble> {
        if self.process.is_some() && self.plates.contains(&plate.id) {
            return Ok(());
        }
        let process = self.process()?;
        let files: Vec<&[u8]> = plate.artwork.iter().map(Vec::as_slice).collect();
        process.tell(seconds_for(1), Task::Keep(Box::new(plate.clone())), &files);
        if self.plates.len() == PLATES {
            self.plates.pop_front();
        }
        self.plates.push_back(plate.id);
        Ok(())
    }

    fn ask(&mut self, seconds: u64, task: Task, files: &[&[u8]]) -> Result<Frame<Answer>, Trouble> {
        let asked = self.process()?.ask(seconds, task, files);
        asked.map_err(|crash| {
            self.dismiss();
            Trouble::Crash(crash)
        })
    }

    fn process(&mut self) -> Result<&mut Process, Trouble> {
        let process = match self.process.take() {
            Some(process) => process,
            None => {
                self.plates.clear();
                Process::start(&self.program)
                    .map_err(|error| Trouble::Press(PressError::Start(error.to_string())))?
            }
        };
        Ok(self.process.insert(process))
    }

    /// An answer that does not belong to the question.
    fn confused(&mut self) -> Trouble {
        self.dismiss();
        Trouble::Press(PressError::Confused)
    }
}
