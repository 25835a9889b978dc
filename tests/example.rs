//! The example letter of the intake form (document 000), made by the program and held against its words.

use crate::support::{bundle::Bundle, cli::Cli, one_line};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/voorbeeldbrief");

/// As the form has it, from the address to the date; the lines end where they end there.
const EXAMPLE: &str = "Mevr. C. de Vries - Heemsberge
Sesamstraat 1
1234 AB Enschede

Geachte Mevr. C. de Vries - Heemsberge,

Via deze brief willen wij u graag informeren dat u en uw familie- en mantelzorgers vanaf nu
inzicht kunnen krijgen in uw zorg via internet. Met Caren krijgen u en eventueel uw dierbaren
online inzicht in wie, wat, wanneer komt doen.

Caren kunt u activeren door op https://www.carenzorgt.nl de onderstaande code in te voeren.
U kunt dit zelf doen of uw code geven aan een familielid of kennis. Pas dan wordt Caren
geactiveerd. Als u niets doet wordt Caren niet geactiveerd en wordt er geen informatie
gedeeld.

Een uitgebreide uitleg van Caren en wat het voor u kan betekenen is te vinden op de website,
heeft u nog vragen dan kunt u bellen naar 0123-456789. Wij hopen dat Caren een
waardevolle toevoeging is op uw algehele zorg.

Met vriendelijke groet,

De Beste Zorg

Code voor Mevr. C. de Vries - Heemsberge
Geldig tot 17 maart 2021";

#[test]
fn the_example_letter_is_made_word_for_word() {
    let cli = Cli::new();
    cli.run(FOLDER, &["--letter-date", "2021-02-03"]);
    let bundles: Vec<Bundle> = cli.bundles();
    assert_eq!(bundles.len(), 1);
    let letter = bundles[0].letter("100001");
    // What the program adds of its own: the return line, the sender, the date, the heading, the code.
    let printed = one_line(letter);
    for paragraph in EXAMPLE.split("\n\n").flat_map(|part| match part {
        part if part.starts_with("Code voor") => part.split('\n').collect::<Vec<_>>(),
        part => vec![part],
    }) {
        let words = one_line(paragraph);
        assert!(printed.contains(&words), "{words}\n---\n{printed}");
    }
    let order: Vec<usize> = [
        "Sesamstraat",
        "Geachte",
        "Via deze",
        "Caren kunt",
        "Een uitgebreide",
        "groet,",
        "Code voor",
        "Geldig tot",
    ]
    .map(|part| printed.find(part).unwrap())
    .to_vec();
    assert!(order.is_sorted(), "{printed}");
}
