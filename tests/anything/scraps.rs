//! What people write and paste, in scraps that proptest puts together: texts of a provider, values of an export.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

/// Stands in a text as it is printed.
const WORDS: &[&str] = &[
    "Caren",
    "zorg",
    "via",
    "internet",
    "de",
    "'s-Gravenhage",
    "foto's",
    "Ĳsselmeer",
    "IJmuiden",
    "naïef",
    "coördinator",
    "“ja”",
    "‘nee’",
    "\"zo\"",
    "(\"hier\")",
    "Ångström",
    "Şahin-Özdoğan",
    "Ελένη",
    "Анна",
    "—",
    "…",
    "efficiënt",
    "afflictie",
    "fijn",
    "flop",
    "€ 5,-",
    "50%",
    "A&B",
    "&amp;",
    "&#35;",
    "#1",
    "@home",
    "~",
    "^",
    "3 * 4",
    "a_b_c",
    "1 < 2",
    "x > y",
    "a=b",
    "+31",
    "2021",
    "1,5",
    "een/twee",
    "-",
    "--",
    "---x",
    "\u{a0}",
    "e\u{301}e\u{301}n",
    "x\u{331}",
    "soft\u{ad}zacht",
    "nul\u{200b}breed",
    "C.",
    "http://www.caren.nl/a_b?c=d&e=#f",
    "| a |",
    "½",
    "ﬁn",
    "²",
];

const SENTENCES: &[&str] = &[
    "Via deze brief willen wij u graag informeren.",
    "U kunt dit zelf doen, of uw code geven aan een familielid!",
    "Heeft u nog vragen? Bel dan naar [TELEPHONE] (ook 's avonds).",
    "Met vriendelijke groet, [care_provider_name]",
    "**Let op:** de code werkt tot [VALID_UNTIL].",
];

const ESCAPES: &[&str] = &[
    "\\*",
    "\\[",
    "\\]",
    "\\\\",
    "\\_",
    "\\#",
    "\\`",
    "\\<b>",
    "\\-",
    "\\\"",
    "\\a",
    "1\\.",
    "\\[CODE\\]",
    "\\*\\*",
];

const NAMES: &[&str] = &[
    "ADDRESSEE_NAME",
    "SALUTATION",
    "CLIENT_NAME",
    "TELEPHONE",
    "EMAIL",
    "WEBSITE",
    "PORTAL_URL",
    "CARE_PROVIDER_NAME",
    "TEAM_NAME",
    "LETTER_DATE",
    "VALID_UNTIL",
    "CODE",
];

const GAPS: &[&str] = &[
    " ", " ", " ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\n- ", "\n\n- ", "\\\n", "  \n", "\t", "",
    "\n \n", "\n  ",
];

/// Half of something, something else's markup, or a program's.
const MARKUP: &[&str] = &[
    "**",
    "**vet",
    "vet**",
    "*",
    "_",
    "__vet__",
    "`",
    "```",
    "~~~",
    "# ",
    "## kop",
    "> ",
    "1. ",
    "2) ",
    "* ",
    "+ ",
    "---",
    "===",
    "***",
    "|a|b|\n|-|-|\n",
    "![x](y)",
    "[x](http://y.nl)",
    "[x]: http://y.nl",
    "[^1]",
    "<http://x.nl>",
    "<a@b.nl>",
    "~~x~~",
    "<b>",
    "</b>",
    "<!-- x -->",
    "<div>\n",
    "<script>alert(1)</script>",
    "\\",
    "    ",
    "\t\t",
    "#set page(height: 1pt)",
    "$x^2$",
    "= kop",
    "#pagebreak()",
    "#{",
    "@label",
    "<label>",
    "// c",
    "/* c */",
    "#eval(\"1\")",
    "\\u{41}",
    "[TELEFONE]",
    "[]",
    "[ ]",
    "[x y]",
    "[[CODE]]",
    "[CODE",
    "CODE]",
    "[CO**DE**]",
    "[CODE]]",
    "{{code}}",
    "%s",
    "${CODE}",
    "*[CODE]*",
];

/// Signs that some letter cannot have, or that nobody sees.
const SIGNS: &[&str] = &[
    "\u{202e}",
    "\u{202a}",
    "\u{200e}",
    "\u{200f}",
    "\u{2066}",
    "\u{2069}",
    "\u{0}",
    "\u{7}",
    "\u{b}",
    "\u{c}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{200c}",
    "\u{200d}",
    "\u{fe0f}",
    "\u{34f}",
    "\u{feff}",
    "\u{2060}",
    "\u{fffd}",
    "\u{e000}",
    "\u{ffff}",
    "\u{1}",
    "\u{2}",
    "\u{61c}",
    "\u{206a}",
    "\u{301}",
    "\u{489}",
    "王小明",
    "☃",
    "😀",
    "👩\u{200d}👧",
    "❤\u{fe0f}",
    "שלום",
    "محمد",
    "हिन्दी",
    "\r",
    "\u{3000}",
    "\u{2003}",
    "\u{202f}",
    "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}",
];

/// A text as a provider might send it: most can be printed, some cannot.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => pieces(plain().boxed(), 1..30),
        3 => pieces(prop_oneof![9 => plain(), 1 => any_scrap()].boxed(), 1..24),
        2 => pieces(any_scrap().boxed(), 1..12),
        1 => pieces(plain().boxed(), 30..200),
    ]
}

/// A value as an export or the settings might have it, `most` scraps of it at the most.
pub fn value(most: usize) -> impl Strategy<Value = String> {
    let name = "[A-Z][a-z]{1,9}( (van|de|van 't|-) [A-Z]?[a-zé]{2,12})?";
    let value_word = prop_oneof![
        6 => name.boxed(),
        3 => select(WORDS).prop_map(str::to_owned).boxed(),
    ];
    let value_scrap = prop_oneof![
        16 => value_word.clone(),
        4 => select(ESCAPES).prop_map(str::to_owned),
        8 => select(MARKUP).prop_map(str::to_owned),
        1 => long_word(),
    ];
    let wild = prop_oneof![3 => value_scrap.clone(), 1 => sign()];
    prop_oneof![
        12 => joined(value_word.boxed(), 1..=2),
        8 => joined(value_scrap.boxed(), 1..=most),
        1 => joined(wild.boxed(), 0..=most),
    ]
}

/// As [`value`], so short that it fits wherever a value is printed.
pub fn short_value(most: usize) -> impl Strategy<Value = String> {
    value(most).prop_map(|value| value.chars().take(20).collect())
}

fn plain() -> impl Strategy<Value = String> {
    let cased = (select(NAMES), any::<u32>()).prop_map(|(name, bits)| {
        let mixed = name
            .chars()
            .enumerate()
            .map(|(at, c)| match bits >> at & 1 {
                1 => c.to_ascii_lowercase(),
                _ => c,
            });
        format!("[{}]", mixed.collect::<String>())
    });
    let words = vec(select(WORDS), 1..5).prop_map(|words| words.join(" "));
    prop_oneof![
        8 => words.clone(),
        3 => select(SENTENCES).prop_map(str::to_owned),
        3 => cased,
        2 => select(ESCAPES).prop_map(str::to_owned),
        2 => words.prop_map(|words| format!("**{words}**")),
    ]
}

fn any_scrap() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => plain(),
        6 => select(MARKUP).prop_map(str::to_owned),
        2 => sign(),
        1 => long_word(),
        1 => "\\PC{1,6}",
    ]
}

fn sign() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => select(SIGNS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

fn long_word() -> impl Strategy<Value = String> {
    (
        select(&["Langestraatnaam", "W", "i", "www.caren.nl/", "1"][..]),
        1_usize..100,
    )
        .prop_map(|(word, times)| word.repeat(times))
}

/// Scraps with a gap before each.
fn pieces(
    scrap: BoxedStrategy<String>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = String> {
    vec((scrap, select(GAPS)), count).prop_map(|pieces| {
        pieces
            .into_iter()
            .map(|(scrap, gap)| format!("{gap}{scrap}"))
            .collect()
    })
}

fn joined(
    scrap: BoxedStrategy<String>,
    count: std::ops::RangeInclusive<usize>,
) -> impl Strategy<Value = String> {
    (vec(scrap, count), any::<Index>())
        .prop_map(|(scraps, gap)| scraps.join([" ", " ", "", "-", "\u{a0}"][gap.index(5)]))
}
