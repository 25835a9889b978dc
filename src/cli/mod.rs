//! The door that people type at: one file a command, and the terminal in one place.

mod arguments;
mod audit;
mod backup;
mod batch;
mod batch_arguments;
mod bundle;
mod doctor;
mod import;
mod invitation;
mod key;
mod letter;
mod letter_arguments;
mod log;
mod manual;
mod progress;
mod purge;
mod run;
mod sample;
mod serve;
mod signals;
mod standing;
mod table;
mod template;
mod terminal;
mod token;
mod trouble;
mod work;

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
    sync::Arc,
};

use chrono::Utc;
use clap::{Parser, error::ErrorKind};

use self::{
    arguments::{Arguments, Command},
    template::Template,
    terminal::Terminal,
};
use crate::{
    config,
    domain::actor::Actor,
    operations::{
        App, Failure, Kind,
        app::{Clock, Settings, system_codes},
        presses::{Press, serve_as_press},
        server::StartServer,
        workers::StartWorkers,
    },
};

/// The whole program: 0 done, 1 the input or the request was wrong, 2 our failure.
/// `workers`: who works on the queue when a command needs it done.
/// `server`: who answers over HTTP.
pub fn main(workers: &dyn StartWorkers, server: &dyn StartServer) -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    if matches!(arguments.command, Command::Press) {
        return press();
    }
    let terminal = Terminal::new(arguments.global.json || config::switched_on("JSON"));
    let unattended = matches!(arguments.command, Command::Work(_) | Command::Serve(_));
    let log = log::start_log(
        config::log_format(arguments.global.config.as_deref()),
        arguments.global.verbose.max(config::verbosity()),
        unattended,
    );
    if let Err(note) = log {
        terminal.note(&note);
    }
    terminal::quiet_panics();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            terminal.failure(&Failure::ours(format!("the program cannot start: {error}")));
            return ExitCode::from(2);
        }
    };
    let ended = runtime.block_on(run_command(arguments, &terminal, workers, server));
    // What still runs, such as letters that nobody waits for any more, may be cut off at any point.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.failure(&failure);
            exit_code(failure.kind)
        }
    }
}

async fn run_command(
    arguments: Arguments,
    terminal: &Terminal,
    workers: &dyn StartWorkers,
    server: &dyn StartServer,
) -> Result<(), Failure> {
    // These say what the program can do, for which nothing has to be set.
    match &arguments.command {
        Command::Completions(completions) => return manual::completions(completions, terminal),
        Command::Manual(manual) => return manual::pages(manual, terminal),
        _ => {}
    }
    let mut typed = arguments.global.typed();
    if let Command::Work(work) = &arguments.command {
        typed.workers = work.workers;
    }
    if let Command::Serve(serve) = &arguments.command {
        // None to work still leaves presses, for previews.
        typed.workers = serve.workers.filter(|workers| *workers > 0);
        typed.listen = serve.listen;
        typed.public_url.clone_from(&serve.public_url);
    }
    let in_use = matches!(arguments.command, Command::Doctor)
        .then(|| config::in_use(&typed, arguments.global.config.clone()))
        .transpose()?;
    let settings = config::settings(typed, arguments.global.config)?;
    if wants_data(&arguments.command) {
        find_data(&settings)?;
    }
    match arguments.command {
        Command::Run(run) => run::run(*run, &settings, terminal, workers).await,
        Command::Import(import) => import::run(import, &settings, terminal).await,
        Command::Batch(command) => batch::run(command, &settings, terminal).await,
        Command::Bundle(command) => bundle::run(command, &settings, terminal).await,
        Command::Invitation(command) => invitation::run(command, &settings, terminal).await,
        Command::Team(command) => standing::teams(command, &settings, terminal).await,
        Command::Client(command) => standing::clients(command, &settings, terminal).await,
        Command::Serve(serve) => serve::run(&serve, &settings, terminal, workers, server).await,
        Command::Token(command) => token::run(command, &settings, terminal).await,
        Command::Letter(command) => letter::run(command, &settings, terminal).await,
        Command::Work(work) => work::run(&work, &settings, terminal, workers).await,
        Command::Audit(command) => audit::run(command, &settings, terminal).await,
        Command::Key(command) => key::run(command, &settings, terminal).await,
        Command::Purge(command) => purge::run(&command, &settings, terminal).await,
        Command::Sample(sample) => sample::run(sample, terminal).await,
        Command::Template(Template::Check(check)) => {
            template::check(check, &settings, terminal).await
        }
        Command::Template(Template::Preview(preview)) => {
            template::preview(preview, &settings, terminal).await
        }
        Command::Backup(backup) => backup::run(&backup, &settings, terminal).await,
        Command::Doctor => doctor::run(&settings, in_use.unwrap_or_default(), terminal).await,
        Command::Completions(_) | Command::Manual(_) | Command::Press => Ok(()),
    }
}

/// Commands that look after data which is there: of a folder that somebody has mistyped they would report that all is
/// well.
fn wants_data(command: &Command) -> bool {
    matches!(
        command,
        Command::Backup(_)
            | Command::Purge(_)
            | Command::Audit(_)
            | Command::Key(key::Key::Rotate(_))
    )
}

/// Refuses a data folder that nobody has made. A database elsewhere says by itself when it is not there.
fn find_data(settings: &Settings) -> Result<(), Failure> {
    if settings.database_url.is_some() || settings.data_dir.exists() {
        return Ok(());
    }
    Err(Failure::input(
        "no_data",
        format!("there is no data folder at {}", settings.data_dir.display()),
        "see that --data-dir is the right one; `brievenbus import` makes one",
    ))
}

/// This process is a press of another one: it answers on its pipes, and has no terminal.
fn press() -> ExitCode {
    if !io::stdin().is_terminal() {
        return serve_as_press();
    }
    Terminal::new(false).failure(&Failure::input(
        "usage",
        "a press is started by brievenbus itself",
        "use `brievenbus run FOLDER` to make letters",
    ));
    ExitCode::from(1)
}

/// Help and version are no mistakes; everything else that clap refuses is one of the reader's, said as all errors are.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // Nothing can be said when the terminal itself is gone.
        let _ = error.print();
        return ExitCode::from(u8::from(error.use_stderr()));
    }
    let text = error.render().to_string();
    // What is wrong may go on over indented lines (which arguments are missing) up to the first empty one.
    let sentence: Vec<&str> = text
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    let sentence = sentence.join(" ");
    let tip = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("tip: "));
    let terminal = Terminal::new(false);
    terminal.failure(&Failure::input(
        "usage",
        sentence.trim_start_matches("error: "),
        tip.unwrap_or("`brievenbus --help` and `brievenbus COMMAND --help` say what can be asked"),
    ));
    ExitCode::from(1)
}

fn exit_code(kind: Kind) -> ExitCode {
    match kind {
        Kind::Input | Kind::NotFound | Kind::Conflict | Kind::TooOften(_) => ExitCode::from(1),
        Kind::TryAgain | Kind::Ours => ExitCode::from(2),
    }
}

async fn open_app(settings: &Settings, press: Arc<Press>) -> Result<App, Failure> {
    let codes = settings.switches.codes().unwrap_or_else(system_codes);
    let app = App::open(settings, press, system_clock(), codes).await?;
    Ok(app.acting_as(Actor::operator(&config::user(), config::uid())))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks the system for the time"
)]
fn system_clock() -> Clock {
    Arc::new(Utc::now)
}
