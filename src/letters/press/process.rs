//! One press process: start it, ask it, end it.

use std::{
    io::{self, BufReader, BufWriter, Read},
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use super::{
    PressProgram,
    crash::Crash,
    frames::{Frame, read_frame, write_frame},
    limits::patience,
    messages::{Answer, Request, Task},
    serve::{PANICKED, READY},
};

pub(super) struct Process {
    child: Child,
    requests: Option<BufWriter<ChildStdin>>,
    answers: Receiver<io::Result<Frame<Answer>>>,
    /// What it says on standard error, which tells why it ended.
    last_words: Option<JoinHandle<String>>,
}

impl Process {
    /// Starts a process with nothing of ours but the three pipes: no environment, no folder, no signal that is meant
    /// for us (a group of its own).
    pub(super) fn start(program: &PressProgram) -> io::Result<Self> {
        let mut child = Command::new(&program.program)
            .args(&program.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let missing = || io::Error::other("a pipe is missing");
        let requests = child.stdin.take().ok_or_else(missing)?;
        let output = child.stdout.take().ok_or_else(missing)?;
        let errors = child.stderr.take().ok_or_else(missing)?;
        let (sender, answers) = sync_channel(1);
        thread::Builder::new()
            .name("press-answers".to_owned())
            .spawn(move || read_answers(output, &sender))?;
        let last_words = thread::Builder::new()
            .name("press-errors".to_owned())
            .spawn(move || read_last_words(errors))?;
        Ok(Self {
            child,
            requests: Some(BufWriter::with_capacity(1 << 16, requests)),
            answers,
            last_words: Some(last_words),
        })
    }

    /// Says something that is not answered. When the process has ended, the next question finds out why.
    pub(super) fn tell(&mut self, seconds: u64, task: Task, files: &[&[u8]]) {
        let request = Request { seconds, task };
        if let Some(requests) = &mut self.requests
            && write_frame(requests, &request, files).is_err()
        {
            self.requests = None;
        }
    }

    /// Asks and waits. After a crash the process is gone.
    pub(super) fn ask(
        &mut self,
        seconds: u64,
        task: Task,
        files: &[&[u8]],
    ) -> Result<Frame<Answer>, Crash> {
        self.tell(seconds, task, files);
        match self.answers.recv_timeout(patience(seconds)) {
            Ok(Ok(frame)) => Ok(frame),
            Err(RecvTimeoutError::Timeout) => {
                self.end();
                Err(Crash::Ended)
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Err(self.why_it_ended(seconds)),
        }
    }

    fn why_it_ended(&mut self, seconds: u64) -> Crash {
        // Its answers have ended, so it is ending; were it not, it has nothing more to say.
        let status = self.wait_or_end();
        let words = self
            .last_words
            .take()
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default();
        /// SIGXCPU, by which the system says that the processor time is used up.
        const OUT_OF_TIME: i32 = 24;
        if status.and_then(|status| status.signal()) == Some(OUT_OF_TIME) {
            Crash::OutOfTime(seconds)
        } else if words.contains("memory allocation of") {
            Crash::OutOfMemory
        } else if words.contains("overflowed its stack") {
            Crash::StackOverflow
        } else if words.contains(PANICKED) {
            Crash::Panicked
        } else {
            Crash::Ended
        }
    }

    /// A process whose pipe is closed ends by itself within moments, unless it cannot.
    fn wait_or_end(&mut self) -> Option<std::process::ExitStatus> {
        for _ in 0..200 {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) => thread::sleep(std::time::Duration::from_millis(5)),
                Err(_) => return None,
            }
        }
        self.end();
        self.child.wait().ok()
    }

    fn end(&mut self) {
        // It may have ended in the meantime, which is what was wanted.
        let _ = self.child.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Closing its input is enough for one that is idle; one that works is in the middle of something unwanted.
        self.requests = None;
        self.end();
        let _ = self.child.wait();
    }
}

fn read_answers(output: ChildStdout, answers: &SyncSender<io::Result<Frame<Answer>>>) {
    let mut output = BufReader::with_capacity(1 << 16, output);
    if skip_to_ready(&mut output).is_err() {
        return;
    }
    loop {
        match read_frame(&mut output) {
            Ok(Some(frame)) => {
                if answers.send(Ok(frame)).is_err() {
                    return;
                }
            }
            Ok(None) => return,
            Err(error) => {
                // Nobody may listen any more.
                let _ = answers.send(Err(error));
                return;
            }
        }
    }
}

/// What a dynamic linker or a test runner prints first is not for us.
fn skip_to_ready(output: &mut impl Read) -> io::Result<()> {
    let mut seen = [0; READY.len()];
    let mut byte = [0];
    while &seen != READY {
        output.read_exact(&mut byte)?;
        seen.rotate_left(1);
        seen[READY.len() - 1] = byte[0];
    }
    Ok(())
}

/// At most so much is kept: enough to know why, whatever is written.
fn read_last_words(errors: ChildStderr) -> String {
    const KEPT: u64 = 4096;
    let mut errors = errors;
    let mut kept = Vec::new();
    // A pipe that breaks has said all it will.
    let _ = errors.by_ref().take(KEPT).read_to_end(&mut kept);
    let _ = io::copy(&mut errors, &mut io::sink());
    String::from_utf8_lossy(&kept).into_owned()
}
