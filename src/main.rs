//! Parse, run, say how it ended.

use std::process::ExitCode;

/// The system's allocator takes a lock that the presses wait for; see ARCHITECTURE.md, "Speed".
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    brievenbus::cli::main(&brievenbus::worker::InProcess, &brievenbus::http::Listening)
}
