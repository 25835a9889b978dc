//! The presses of this program, for whoever starts it: the doors know no workshop.

use std::{process::ExitCode, sync::Arc};

use super::{Failure, app::Settings};
pub use crate::letters::Press;
use crate::letters::{self, PressProgram};

/// Makes ready to set letters. Press processes start when there is something to set.
pub fn start_presses(settings: &Settings) -> Result<Arc<Press>, Failure> {
    Ok(Arc::new(Press::start(
        &PressProgram::this(),
        settings.threads,
    )?))
}

/// The whole life of a press process, which another brievenbus started and talks to.
pub fn serve_as_press() -> ExitCode {
    letters::serve()
}
