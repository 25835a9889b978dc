//! `completions` and `manual`: what the program says of itself, for shells and for `man`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::aot;

use super::{arguments::Arguments, terminal::Terminal};
use crate::{operations::Failure, wording::english::count};

#[derive(Debug, Args)]
pub struct Completions {
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Debug, Args)]
pub struct Manual {
    /// Where the pages go
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

const NAME: &str = "brievenbus";

pub fn completions(arguments: &Completions, terminal: &Terminal) -> Result<(), Failure> {
    let shell = match arguments.shell {
        Shell::Bash => aot::Shell::Bash,
        Shell::Zsh => aot::Shell::Zsh,
        Shell::Fish => aot::Shell::Fish,
    };
    let mut script = Vec::new();
    aot::generate(shell, &mut Arguments::command(), NAME, &mut script);
    terminal.print(String::from_utf8_lossy(&script).trim_end())
}

/// A page a command, `brievenbus-batch-submit.1` and so on. Pages that were there under these names are written over.
pub fn pages(arguments: &Manual, terminal: &Terminal) -> Result<(), Failure> {
    let folder = &arguments.out;
    let written = write_pages(folder).map_err(|error| {
        Failure::input(
            "output_folder",
            format!("{} cannot be written: {error}", folder.display()),
            "make the folder writable or choose another with --out; see that the disk is not full",
        )
    })?;
    if terminal.json {
        return terminal.print_json(&serde_json::json!({ "pages": written }));
    }
    terminal.print(&format!(
        "{} in {}",
        count(written, "page", "pages"),
        folder.display()
    ))
}

fn write_pages(folder: &Path) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let mut written = 0;
    let mut commands = vec![program];
    while let Some(command) = commands.pop() {
        let inside = command
            .get_subcommands()
            .filter(|inner| !inner.is_hide_set());
        commands.extend(inside.cloned());
        clap_mangen::Man::new(command).generate_to(folder)?;
        written += 1;
    }
    Ok(written)
}
