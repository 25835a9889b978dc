//! How fast the press is: `cargo bench --bench press -- [LETTERS] [THREADS] [LOGO.svg|png|jpg]`.
//!
//! Prints letters a second and the peak of the process's memory, warm (after one run of 500 letters).

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is run to be read"
)]

use std::{fs, process::ExitCode, sync::Arc, time::Instant};

use brievenbus::{
    domain::{
        invitation::Code,
        organisation::{AddressWindow, Logo, LogoFormat},
    },
    exports::sample::invented_organisation,
    letters::{Edition, EditionSpec, LetterContent, LetterWords, Press, PressProgram},
};
use chrono::NaiveDate;

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let number = |at: usize, otherwise: usize| {
        arguments
            .get(at)
            .and_then(|n| n.parse().ok())
            .unwrap_or(otherwise)
    };
    match measure(
        number(0, 2_000),
        number(1, 1),
        arguments.get(2).map(String::as_str),
    ) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(
    letters: usize,
    threads: usize,
    logo: Option<&str>,
) -> Result<(), Box<dyn std::error::Error>> {
    let (organisation, _) = invented_organisation();
    let logo = logo.map(read_logo).transpose()?;
    let started = Instant::now();
    let program = PressProgram::at(env!("CARGO_BIN_EXE_brievenbus"));
    let press = Press::start(&program, threads)?;
    let spec = EditionSpec {
        organisation: &organisation,
        window: AddressWindow::Left,
        logo,
        team_name: "Team Noord",
        letter_date: NaiveDate::from_ymd_opt(2026, 11, 21).ok_or("no such day")?,
        valid_until: NaiveDate::from_ymd_opt(2027, 1, 2).ok_or("no such day")?,
    };
    let edition = Arc::new(Edition::new(spec, &press)?);
    println!("edition: {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    // The letters of the two runs differ, so nothing of the second is remembered from the first.
    for (first, count) in [(1_000_000, 500), (0, letters)] {
        let team = (first..first + count)
            .map(letter)
            .collect::<Option<Vec<_>>>()
            .ok_or("no code")?;
        let started = Instant::now();
        let typeset =
            press.typeset_letters(&edition, team, tempfile::tempfile()?, &|_| {}, &|| true)?;
        let seconds = started.elapsed().as_secs_f64();
        let bytes: u64 = typeset
            .prints
            .iter()
            .chain(&typeset.singles)
            .map(|piece| piece.bytes)
            .sum();
        println!(
            "{count} letters, {threads} threads: {:.0} letters/s, {:.1} kB a letter, peak {} MB",
            typeset.singles.len() as f64 / seconds,
            bytes as f64 / 1e3 / typeset.singles.len() as f64,
            peak_megabytes().unwrap_or_default(),
        );
    }
    Ok(())
}

fn letter(n: usize) -> Option<LetterContent> {
    let families = [
        "de Wit",
        "van 't Hof",
        "Özdoğan",
        "Jansen - Pietersen",
        "de Vries - Heemsberge",
        "Bakker",
    ];
    let name = format!(
        "Mevr. {}. {}",
        char::from(b'A' + (n % 26) as u8),
        families[n / 26 % families.len()]
    );
    Some(LetterContent {
        words: LetterWords {
            addressee: name.clone(),
            address_lines: vec![
                format!("Dorpsstraat {}", n % 300 + 1),
                format!("{} KC Enschede", 7500 + n % 99),
            ],
            salutation: format!("Geachte {name}"),
            client_name: name,
            kix: None,
        },
        code: Code::parse(&format!("{:010}", (n as u64 * 7_919_777) % 10_000_000_000))?,
    })
}

fn read_logo(path: &str) -> Result<Logo, Box<dyn std::error::Error>> {
    let format = match path.rsplit('.').next() {
        Some("svg") => LogoFormat::Svg,
        Some("png") => LogoFormat::Png,
        Some("jpg") => LogoFormat::Jpg,
        _ => return Err("the logo must be svg, png or jpg".into()),
    };
    Ok(Logo {
        format,
        bytes: fs::read(path)?,
    })
}

/// The most memory this process ever held, from the kernel (`VmHWM`).
fn peak_megabytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}
