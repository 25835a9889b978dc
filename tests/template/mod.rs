//! `template check` and `template preview`, as CI and a provider's own people run them.

mod broken;

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{
    cli::{Answer, Cli},
    export::{Export, TOML},
    files_below,
};

/// A template that ships with the product, copied to where it may be spoilt.
struct Copy {
    cli: Cli,
}

impl Copy {
    fn new() -> Self {
        let cli = Cli::new();
        copy(&shipped("uitnodiging"), &cli.home().join("uitnodiging"));
        Self { cli }
    }

    fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.cli.home().join("uitnodiging").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    #[track_caller]
    fn replace(&self, file: &str, from: &str, to: &str) {
        let path = self.cli.home().join("uitnodiging").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn check(&self, more: &[&str]) -> Answer {
        let arguments = [&["template", "check", "uitnodiging"], more].concat();
        self.cli.try_run(&arguments)
    }

    fn preview(&self, more: &[&str]) -> Answer {
        let arguments = [&["template", "preview", "uitnodiging"], more].concat();
        self.cli.try_run(&arguments)
    }
}

fn shipped(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("letter-templates")
        .join(name)
}

/// But for the expected pictures, which are many.
fn copy(from: &Path, to: &Path) {
    for file in files_below(from) {
        let name = file.strip_prefix(from).unwrap();
        if !name.starts_with("expected") {
            let target = to.join(name);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(&file, target).unwrap();
        }
    }
}

#[test]
fn the_shipped_templates_pass() {
    let cli = Cli::new();
    let templates = ["uitnodiging", "uitnodiging-groot"].map(shipped);
    let templates = templates.each_ref().map(|folder| folder.to_str().unwrap());
    let answer = cli.ok(&["template", "check", templates[0], templates[1]]);
    insta::assert_snapshot!(answer.stdout, @"
    uitnodiging: 42 letters tried, all as they should be
    uitnodiging-groot: 42 letters tried, all as they should be
    ");
    // Looking changes nothing: there is no data folder.
    assert_eq!(files_below(cli.home()), Vec::<std::path::PathBuf>::new());
}

/// What CI of this repository relies on: who changes a layout looks at what became of it, and keeps the new pictures.
#[test]
fn the_shipped_letters_look_as_expected() {
    let cli = Cli::new();
    let templates = ["uitnodiging", "uitnodiging-groot"].map(shipped);
    let templates = templates.each_ref().map(|folder| folder.to_str().unwrap());
    let letter_templates = shipped("");
    let compare = letter_templates.to_str().unwrap();
    let answer = cli.try_run(&[
        "template",
        "preview",
        templates[0],
        templates[1],
        "--out",
        "out",
        "--compare",
        compare,
    ]);
    assert_eq!(answer.exit, Some(0), "{}{}", answer.stdout, answer.stderr);
    assert_eq!(
        answer.stdout,
        "60 letters drawn and compared, see out/index.html\n"
    );
    let page = fs::read_to_string(cli.home().join("out/index.html")).unwrap();
    assert!(page.contains("Geen enkele brief ziet er anders uit dan eerst."));
    // Every picture that the page shows is there.
    let shown: Vec<&str> = page
        .split("src=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(shown.len(), 60);
    for picture in shown {
        assert!(cli.home().join("out").join(picture).is_file(), "{picture}");
    }
}

#[test]
fn a_letter_that_looks_different_is_marked() {
    let copy = Copy::new();
    for sample in [
        "buitenland",
        "contactpersoon",
        "lange-naam",
        "te-groot-adres",
        "ander-schrift",
    ] {
        fs::remove_file(
            copy.cli
                .home()
                .join(format!("uitnodiging/samples/{sample}.toml")),
        )
        .unwrap();
    }
    assert_eq!(copy.preview(&["--out", "before"]).exit, Some(0));
    copy.replace("text.txt", "dierbaren vanaf nu", "naasten vanaf vandaag");
    fs::remove_file(copy.cli.home().join("uitnodiging/samples/woonboot.toml")).unwrap();
    copy.write(
        "samples/jansen.toml",
        "description = \"Nieuw\"\n[client]\nbirth_name = \"Jansen\"\npo_box_number = 1\nzipcode = \"1234 AB\"\ncity = \"Ons\"\n",
    );
    let answer = copy.preview(&["--out", "after", "--compare", "before", "--json"]);
    assert_eq!(answer.exit, Some(1));
    assert_eq!(
        answer.stderr,
        "error: 18 letters look not as expected\n\
         hint: look at after/index.html; when it is as it should be, put the new pictures in place of the old\n"
    );
    let changed = answer.json()["changed"].clone();
    let how = |file: &str| -> Option<(String, u64)> {
        let found = changed
            .as_array()
            .unwrap()
            .iter()
            .find(|picture| picture["file"] == file)?;
        Some((found["how"].as_str()?.to_owned(), found["pixels"].as_u64()?))
    };
    let (different, pixels) = how("uitnodiging/de-vries-left.png").unwrap();
    assert_eq!(different, "different");
    assert!((200..20_000).contains(&pixels), "{pixels}");
    assert_eq!(
        how("uitnodiging/jansen-right-logo.png").unwrap(),
        ("new".into(), 0)
    );
    assert_eq!(
        how("uitnodiging/woonboot-left.png").unwrap(),
        ("gone".into(), 0)
    );
    let page = fs::read_to_string(copy.cli.home().join("after/index.html")).unwrap();
    assert!(page.contains("de-vries-left-diff.png") && page.contains("beeldpunten anders"));

    // Red where the words changed, and nowhere else.
    let marked = copy
        .cli
        .home()
        .join("after/uitnodiging/de-vries-left-diff.png");
    let marked = image::open(marked).unwrap().to_rgb8();
    assert_eq!((marked.width(), marked.height()), (1240, 1754));
    let red = |pixel: &image::Rgb<u8>| pixel.0[0] > 180 && pixel.0[1] < 60;
    let rows: Vec<u32> = marked
        .enumerate_pixels()
        .filter(|(_, _, pixel)| red(pixel))
        .map(|(_, y, _)| y)
        .collect();
    let (first, last) = (rows.iter().min().unwrap(), rows.iter().max().unwrap());
    assert!(*first > 650 && *last < 1_000, "{first} {last}");
    assert_eq!(rows.len() as u64, pixels);

    let same = copy.preview(&["--out", "again", "--compare", "after"]);
    assert_eq!(same.exit, Some(0), "{}", same.stdout);
}

#[test]
fn there_must_be_something_to_compare_with() {
    let copy = Copy::new();
    let answer = copy.preview(&["--out", "out", "--compare", "nowhere"]);
    insta::assert_snapshot!(answer.stderr, @"
    error: there are no pictures of 'uitnodiging' in nowhere
    hint: give the folder that an earlier preview wrote with --out, or that of the templates with their expected pictures
    ");
    assert_eq!(answer.exit, Some(1));
}

fn provider(cli: &Cli, name: &str, text: &str) {
    Export::new()
        .team("1", "Wijkteam Noord")
        .client("100001", "Jansen", &[])
        .assign("100001", "1", "MAIN")
        .write(cli.home(), name);
    let folder = cli.home().join(name);
    // It ends with the section of the letter.
    let toml = format!("{TOML}text = \"brief.txt\"\n");
    fs::write(folder.join("organisation.toml"), toml).unwrap();
    fs::write(folder.join("brief.txt"), text).unwrap();
}

#[test]
fn the_text_of_a_provider_is_tried_on_the_template() {
    let copy = Copy::new();
    provider(&copy.cli, "goed", "[SALUTATION],\n\nWelkom.\n");
    provider(&copy.cli, "fout", "[SALUTATION],\n\nBel [TELEFOON].\n");
    provider(
        &copy.cli,
        "lang",
        &"Dit is een regel van de brief.\\\n".repeat(29),
    );

    let good = copy.check(&["--organisation", "goed"]);
    assert_eq!(good.exit, Some(0), "{}{}", good.stdout, good.stderr);
    let bad = copy.check(&["--organisation", "goed", "--organisation", "fout", "--json"]);
    assert_eq!(bad.exit, Some(1));
    let problems = &bad.json()["templates"][0]["problems"];
    assert_eq!(
        problems,
        &serde_json::json!([{
            "file": "brief.txt", "organisation": "zorg", "line": 3, "column": 5,
            "problem": "there is no placeholder [TELEFOON]", "hint": "did you mean [TELEPHONE]?",
            "letters": 0, "note": false,
        }])
    );
    let long = copy.check(&["--organisation", "lang", "--json"]);
    assert_eq!(long.exit, Some(1));
    let problems = long.json()["templates"][0]["problems"].clone();
    let texts: Vec<&str> = problems
        .as_array()
        .unwrap()
        .iter()
        .map(|problem: &Value| problem["problem"].as_str().unwrap())
        .collect();
    assert!(
        texts.contains(&"the letter is 4 lines too long for one A4"),
        "{texts:?}"
    );
}

/// The example workflow for a provider's repository runs what these tests run.
#[test]
fn the_workflow_in_the_docs_uses_commands_that_exist() {
    let workflow = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/letters-workflow.yml");
    let text = fs::read_to_string(workflow).unwrap();
    for command in [
        "brievenbus template check",
        "brievenbus template preview",
        "--compare",
        "--organisation",
    ] {
        assert!(text.contains(command), "{command}");
    }
}

/// A layout that is fine for the trial letter and never ends for any client: its batch fails and says which layout; the
/// batch of another provider, worked on in the same queue meanwhile, is as if it were alone.
#[test]
fn a_batch_whose_layout_never_ends_fails_alone() {
    let cli = Cli::new();
    let export = |name: &str, slug: &str| {
        let team = |export: Export, n: usize| {
            let id = (100_001 + n).to_string();
            export.client(&id, "Bakker", &[]).assign(&id, "1", "MAIN")
        };
        let export = (0..6).fold(Export::new().team("1", "Wijkteam Noord"), team);
        export.write(cli.home(), name);
        let file = cli.home().join(name).join("organisation.toml");
        let toml = fs::read_to_string(&file).unwrap();
        fs::write(file, toml.replace("\"zorg\"", &format!("\"{slug}\""))).unwrap();
    };
    export("goed", "goed");
    export("kapot", "kapot");
    let own = cli.home().join("kapot/letter-templates/eigen");
    copy(&shipped("uitnodiging"), &own);
    let change = |file: &str, from: &str, to: &str| {
        let text = fs::read_to_string(own.join(file)).unwrap();
        assert!(text.contains(from));
        fs::write(own.join(file), text.replace(from, to)).unwrap();
    };
    change("template.toml", "\"uitnodiging\"", "\"eigen\"");
    change(
        "layout.typ",
        "  letterhead\n",
        "  letterhead\n  if letter.client.contains(\"Bakker\") { for a in range(9999) { for b in range(9999) { for c in range(9999) { } } } }\n",
    );
    let toml = fs::read_to_string(cli.home().join("kapot/organisation.toml")).unwrap();
    fs::write(
        cli.home().join("kapot/organisation.toml"),
        format!("{toml}template = \"eigen\"\n"),
    )
    .unwrap();

    let broken = cli.start("kapot", &["run", "kapot", "--out", "out-kapot"]);
    let good = cli.start("goed", &["run", "goed", "--out", "out"]);
    let good = cli.wait("goed", good);
    assert_eq!(good.exit, Some(0), "{}", good.stderr);
    let bundles = cli.bundles();
    assert_eq!(bundles.len(), 1);
    bundles[0].assert_whole();
    assert_eq!(bundles[0].letters().count(), 6);

    let broken = cli.wait("kapot", broken);
    assert_ne!(broken.exit, Some(0));
    let sentence = "letter template 'eigen' cannot set letters 1 to 6: it takes more than 8 s of processor time";
    assert!(broken.stderr.contains(sentence), "{}", broken.stderr);
    assert_eq!(
        files_below(&cli.home().join("out-kapot")),
        Vec::<std::path::PathBuf>::new()
    );
    // Mended, the same clients get their letters: no code of the failed batch counts.
    change("layout.typ", "for a in range(9999)", "for a in range(9)");
    change("layout.typ", "for b in range(9999)", "for b in range(9)");
    cli.ok(&["run", "kapot", "--out", "out-again"]);
    assert_eq!(files_below(&cli.home().join("out-again")).len(), 1);
}
