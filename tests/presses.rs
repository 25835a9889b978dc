//! Layouts that go wrong: each ends as one sentence for its batch, in time, and the next letters are set as if nothing
//! had happened.

use std::{fs, path::Path, sync::Arc, thread};

use brievenbus::{
    domain::organisation::{Organisation, TemplateFiles},
    letters::{Edition, EditionError, Misfit, Press, PressError},
};

use crate::support::{files_below, workshop::*};

/// The shipped layout with `line` put in before the letters.
fn layout_with(line: &str) -> TemplateFiles {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("letter-templates/uitnodiging");
    let read = |file: &str| fs::read_to_string(shipped.join(file)).unwrap();
    let layout = read("layout.typ");
    let letters = "#letters(letter => {\n";
    assert!(layout.contains(letters));
    TemplateFiles {
        description: read("template.toml").replace("\"uitnodiging\"", "\"eigen\""),
        text: read("text.txt"),
        layout: layout.replace(letters, &format!("{letters}{line}\n")),
    }
}

fn organisation_with(line: &str) -> Organisation {
    let mut organisation = organisation(STANDARD);
    organisation.letter.template = "eigen".into();
    organisation.letter.own_template = Some(layout_with(line));
    organisation
}

fn edition_with(line: &str, press: &Press) -> Result<Edition, EditionError> {
    Edition::new(spec(&organisation_with(line)), press)
}

/// What somebody reads of a layout that goes wrong for every letter.
fn problem(line: &str, press: &Press) -> String {
    let error = edition_with(line, press).err().expect(line);
    assert!(error.hint().is_some(), "{error}");
    error.to_string()
}

fn still_sets_letters(press: &Press) {
    let edition = Arc::new(Edition::new(spec(&organisation(STANDARD)), press).unwrap());
    let letters = vec![de_vries(), nth(1)];
    let spool = tempfile::tempfile().unwrap();
    let made = press
        .typeset_letters(&edition, letters, spool, &|_| {}, &|| true)
        .unwrap();
    assert_eq!(made.singles.len(), 2);
}

const FOR_EVER: &str =
    "for a in range(10000) { for b in range(10000) { for c in range(10000) { } } }";

#[test]
fn what_typst_sees_coming_is_said_with_its_line() {
    let press = press(1);
    for (line, expected) in [
        ("while true {}", "condition is always true"),
        (
            "let f(x) = f(x); f(1)",
            "maximum function call depth exceeded",
        ),
        (
            "let a = 0; while a < 1 { a = a * 2 }",
            "loop seems to be infinite",
        ),
        ("naam", "unknown variable: naam"),
        ("read(\"/etc/passwd\")", "access denied"),
        ("import \"@preview/cades:0.3.0\": *", "access denied"),
        ("panic(\"stop\")", "panicked with: stop"),
    ] {
        let problem = problem(line, &press);
        assert!(
            problem.starts_with("letter template 'eigen', layout.typ, line ")
                && problem.contains(expected),
            "{line}: {problem}"
        );
    }
    still_sets_letters(&press);
}

#[test]
fn a_layout_that_never_ends_is_ended() {
    let press = press(1);
    assert_eq!(
        problem(FOR_EVER, &press),
        "letter template 'eigen', layout.typ: it takes more than 8 s of processor time"
    );
    still_sets_letters(&press);
}

#[test]
fn a_layout_that_takes_all_memory_is_ended() {
    let press = press(1);
    for line in [
        "let a = \"a\"; for i in range(40) { a = a + a }",
        "let a = range(4000000000)",
        "let a = (0,); for i in range(40) { a = a + a }",
    ] {
        let problem = problem(line, &press);
        assert!(
            problem == "letter template 'eigen', layout.typ: it needs more than 1024 MB of memory"
                || problem.ends_with("the typesetter broke down over it"),
            "{line}: {problem}"
        );
    }
    still_sets_letters(&press);
}

#[test]
fn a_layout_that_breaks_typst_itself_is_ended() {
    let press = press(1);
    for (line, expected) in [
        (
            "\"a\" * 9223372036854775807",
            "the typesetter broke down over it",
        ),
        (
            "let foo(x) = { show: foo; x }\n  foo[]",
            "it goes deeper than 64 MB of stack",
        ),
    ] {
        let problem = problem(line, &press);
        assert!(problem.ends_with(expected), "{line}: {problem}");
    }
    still_sets_letters(&press);
}

/// The letters of others are set meanwhile, as they would be alone.
#[test]
fn one_layout_goes_wrong_and_the_letters_beside_it_do_not() {
    let press = Arc::new(press(2));
    let beside = {
        let press = Arc::clone(&press);
        thread::spawn(move || {
            let edition = Arc::new(Edition::new(spec(&organisation(STANDARD)), &press).unwrap());
            let letters = (0..600).map(nth).collect();
            let spool = tempfile::tempfile().unwrap();
            press.typeset_letters(&edition, letters, spool, &|_| {}, &|| true)
        })
    };
    assert!(problem(FOR_EVER, &press).contains("processor time"));
    let beside = beside.join().unwrap().unwrap();
    let alone = make(&edition_of(STANDARD), (0..600).map(nth).collect(), 1);
    assert_eq!(beside.singles, alone.typeset.singles);
    assert_eq!(beside.prints, alone.typeset.prints);
}

#[test]
fn one_letter_that_the_layout_cannot_set_costs_one_letter() {
    let press = press(1);
    for (line, letters, at) in [
        (
            "if letter.client.contains(\" 7\") { panic(\"Jansen\") }".to_owned(),
            12,
            7,
        ),
        (
            format!("if letter.client.contains(\" 1\") {{ {FOR_EVER} }}"),
            3,
            1,
        ),
    ] {
        let edition = Arc::new(edition_with(&line, &press).unwrap());
        let spool = tempfile::tempfile().unwrap();
        let made = press
            .typeset_letters(
                &edition,
                (0..letters).map(nth).collect(),
                spool,
                &|_| {},
                &|| true,
            )
            .unwrap();
        assert_eq!(made.misfits, [(at, Misfit::CannotBeSet)], "{line}");
        assert_eq!(made.singles.len(), letters - 1, "{line}");
    }
    still_sets_letters(&press);
}

#[test]
fn a_layout_that_fails_on_most_letters_is_at_fault_itself_and_tells_nothing_of_them() {
    let press = press(1);
    let line = "if letter.client.contains(regex(\"Wit|Hof|sbrand\")) { panic(letter.client) }";
    let edition = Arc::new(edition_with(line, &press).unwrap());
    let spool = tempfile::tempfile().unwrap();
    let error = press
        .typeset_letters(
            &edition,
            (0..40).map(nth).collect(),
            spool,
            &|_| {},
            &|| true,
        )
        .unwrap_err();
    assert!(matches!(error, PressError::Layout { .. }));
    let sentence = error.to_string();
    assert!(
        sentence.starts_with(
            "letter template 'eigen' cannot set letters 1 to 40: layout.typ fails in line "
        ),
        "{sentence}"
    );
    assert!(!sentence.contains("Mevr"), "{sentence}");
}

/// What a press process may not, seen from outside: with the rights of the process that it would have to use.
#[test]
fn a_press_process_has_no_files_and_no_environment() {
    let press = press(1);
    still_sets_letters(&press);
    let presses = children_called_press();
    assert!(!presses.is_empty());
    for process in presses {
        let folder = Path::new("/proc").join(process.to_string());
        assert_eq!(fs::read(folder.join("environ")).unwrap(), b"");
        let limits = fs::read_to_string(folder.join("limits")).unwrap();
        for limit in [
            "Max open files            3 ",
            "Max file size             0 ",
            "Max core file size        0 ",
        ] {
            assert!(limits.contains(limit), "{limit}\n{limits}");
        }
        assert_eq!(fs::read_link(folder.join("cwd")).unwrap(), Path::new("/"));
    }
    drop(press);
}

/// Every thread has the children that it started.
fn children_called_press() -> Vec<u32> {
    files_below(Path::new("/proc/self/task"))
        .into_iter()
        .filter(|path| path.ends_with("children"))
        .filter_map(|path| fs::read_to_string(path).ok())
        .flat_map(|children| {
            children
                .split_whitespace()
                .map(|child| child.parse().unwrap())
                .collect::<Vec<u32>>()
        })
        .filter(|child| {
            fs::read(format!("/proc/{child}/cmdline"))
                .is_ok_and(|line| line.ends_with(b"\0press\0"))
        })
        .collect()
}
