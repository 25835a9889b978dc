//! The life of a press process: confine itself, then answer what comes in on standard input, until it is closed.

use std::{
    io::{self, BufReader, BufWriter, Write},
    panic,
    process::ExitCode,
    thread,
};

use super::{
    frames::{Frame, read_frame, write_frame},
    limits::{self, STACK},
    messages::{Answer, PLATES, Request, Task},
};
use crate::{
    domain::organisation::Logo,
    letters::{
        content::{LetterContent, PostedLetter},
        plate::PlateId,
        typesetter::{Complaint, Forme, artwork, chunk, forme::Steps, picture::picture, sketch},
    },
};

/// What tells a press thread that from here on come answers. Whatever starts the process may print before.
pub(super) const READY: &[u8; 8] = b"\0press1\n";

/// What standard error says of a panic; its text may hold what was being worked on, and stays here.
pub(super) const PANICKED: &str = "press panicked";

/// Answers until standard input is closed. The exit code is for whoever looks at processes; the press thread sees the
/// pipe close.
pub fn serve() -> ExitCode {
    panic::set_hook(Box::new(|_| {
        // The last thing it says; there is nobody else to tell.
        let _ = writeln!(io::stderr(), "{PANICKED}");
    }));
    if limits::confine().is_err() {
        return ExitCode::from(2);
    }
    let answering = thread::Builder::new()
        .name("press".to_owned())
        .stack_size(STACK)
        .spawn(answer_all);
    match answering.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::from(2),
    }
}

fn answer_all() -> io::Result<()> {
    // Typst and its PDF export use rayon inside. In a shared pool a letter would be set on the stack of another; here
    // this thread is the pool.
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .map_err(io::Error::other)?;
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    output.write_all(READY)?;
    output.flush()?;
    let mut formes = Formes::default();
    while let Some(Frame { head, files }) = read_frame::<Request>(&mut input)? {
        limits::allow_seconds(head.seconds)?;
        if let Some(Frame { head, files }) = formes.answer(head.task, files)? {
            let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
            write_frame(&mut output, &head, &files)?;
        }
    }
    Ok(())
}

/// The plates that were kept, the newest last.
#[derive(Default)]
struct Formes(Vec<Forme>);

impl Formes {
    /// An error is a message that no press thread sends.
    fn answer(&mut self, task: Task, files: Vec<Vec<u8>>) -> io::Result<Option<Frame<Answer>>> {
        let file = files.into_iter().next();
        let answer = match task {
            Task::Keep(mut plate) => {
                plate.artwork = file;
                if self.0.len() == PLATES {
                    self.0.remove(0);
                }
                self.0.push(Forme::new(*plate).map_err(io::Error::other)?);
                return Ok(None);
            }
            Task::Set {
                plate,
                letters,
                steps,
                invented,
            } => {
                let letters = letters
                    .into_iter()
                    .map(letter)
                    .collect::<Result<Vec<_>, _>>()?;
                set(self.forme(&plate)?, &letters, &steps, invented)
            }
            Task::Try {
                plate,
                letters,
                steps,
            } => {
                let letters = letters
                    .into_iter()
                    .map(letter)
                    .collect::<Result<Vec<_>, _>>()?;
                match chunk::try_all(self.forme(&plate)?, &letters, steps) {
                    Ok(fault) => alone(Answer::Tried(fault)),
                    Err(complaint) => alone(Answer::Complaint(complaint)),
                }
            }
            Task::Draw {
                plate,
                letter: posted,
                steps,
                dpi,
            } => match picture(self.forme(&plate)?, &letter(*posted)?, steps, dpi) {
                Ok((png, fault)) => Frame {
                    head: Answer::Drawn(fault),
                    files: vec![png],
                },
                Err(complaint) => alone(Answer::Complaint(complaint)),
            },
            Task::Sketch {
                plate,
                letters,
                drawn,
                invented,
            } => {
                let letters = letters
                    .into_iter()
                    .map(letter)
                    .collect::<Result<Vec<_>, _>>()?;
                match sketch(self.forme(&plate)?, &letters, drawn) {
                    Ok(frame) => frame,
                    Err(complaint) => complain(complaint, invented),
                }
            }
            Task::Logo { format } => {
                let bytes = file.unwrap_or_default();
                match artwork::prepare(Logo { format, bytes }) {
                    Ok(artwork) => Frame {
                        head: Answer::Artwork {
                            format: artwork.format,
                            width: artwork.width,
                        },
                        files: vec![artwork.bytes],
                    },
                    Err(fault) => alone(Answer::LogoFault(fault)),
                }
            }
        };
        Ok(Some(answer))
    }

    fn forme(&self, id: &PlateId) -> io::Result<&Forme> {
        self.0
            .iter()
            .find(|forme| forme.id() == id)
            .ok_or_else(|| io::Error::other("a plate that was not kept"))
    }
}

fn set(forme: &Forme, letters: &[LetterContent], steps: &[Steps], invented: bool) -> Frame<Answer> {
    match chunk::press(forme, letters, steps) {
        Ok(chunk::Pressed::Whole(sheets)) => Frame {
            head: Answer::Whole {
                steps: sheets.steps,
            },
            files: std::iter::once(sheets.print)
                .chain(sheets.singles)
                .collect(),
        },
        Ok(chunk::Pressed::Misfits(unfit)) => alone(Answer::Unfit(unfit)),
        Err(complaint) => complain(complaint, invented),
    }
}

fn sketch(
    forme: &Forme,
    letters: &[LetterContent],
    drawn: Option<(usize, f64)>,
) -> Result<Frame<Answer>, Complaint> {
    let measures = sketch::measure(forme, letters)?;
    let drawn = drawn.and_then(|(at, dpi)| Some((letters.get(at)?, measures.get(at)?.steps, dpi)));
    let drawing = drawn
        .map(|(letter, steps, dpi)| sketch::example(forme, letter, steps, dpi))
        .transpose()?;
    Ok(Frame {
        head: Answer::Sketched {
            measures,
            size: drawing
                .as_ref()
                .map(|drawing| drawing.size)
                .unwrap_or_default(),
        },
        files: drawing.into_iter().map(|drawing| drawing.png).collect(),
    })
}

/// Typst may have repeated what is on the letter: of a real one only where it was goes out.
fn complain(complaint: Complaint, invented: bool) -> Frame<Answer> {
    alone(Answer::Complaint(match invented {
        true => complaint,
        false => Complaint {
            problem: complaint.without_data(),
            ..complaint
        },
    }))
}

fn alone(head: Answer) -> Frame<Answer> {
    Frame {
        head,
        files: Vec::new(),
    }
}

fn letter(posted: PostedLetter) -> io::Result<LetterContent> {
    LetterContent::try_from(posted).map_err(io::Error::other)
}
