//! Addresses as they come, in both styles, with their KIX codes. The rules behind them stand in `address.rs`.

use super::{AddressStyle, PostalAddress, ProblemKind, normalise_postcode, tests::problems};

/// An address from `street; number; extension; post box; postcode; city; country`.
fn address(row: &str) -> PostalAddress {
    let cells: Vec<&str> = row.split(';').collect();
    assert_eq!(cells.len(), 7, "{row}");
    let number = |cell: &str| (!cell.is_empty()).then(|| cell.parse().unwrap());
    PostalAddress {
        street: cells[0].into(),
        house_number: number(cells[1]),
        extension: cells[2].into(),
        po_box: number(cells[3]),
        postcode: cells[4].into(),
        city: cells[5].into(),
        country: cells[6].into(),
    }
}

/// Checks `(address, ons, postnl)`, with `/` between the lines.
fn check(cases: &[(&str, &str, &str)]) {
    for (row, ons, postnl) in cases {
        let address = address(row);
        for (style, expected) in [(AddressStyle::Ons, ons), (AddressStyle::PostNl, postnl)] {
            assert_eq!(
                address.lines(style).unwrap().join(" / "),
                **expected,
                "{row}"
            );
        }
    }
}

#[test]
fn dutch_streets_and_numbers() {
    check(&[
        (
            "Borgesiusstraat;103;c;;2581 XL;'s-Gravenhage;NL",
            "Borgesiusstraat 103 c / 2581 XL 's-Gravenhage",
            "Borgesiusstraat 103 c / 2581 XL  'S-GRAVENHAGE",
        ),
        (
            "Daniël Stalpertstraat;35;III;;1072 XC;Amsterdam;Nederland",
            "Daniël Stalpertstraat 35 III / 1072 XC Amsterdam",
            "Daniël Stalpertstraat 35 III / 1072 XC  AMSTERDAM",
        ),
        (
            "1e Exloërmond;3;III to;;9573PA;2e Exloërmond;",
            "1e Exloërmond t/o 3 III / 9573 PA 2e Exloërmond",
            "1e Exloërmond t/o 3 III / 9573 PA  2E EXLOËRMOND",
        ),
        (
            "Graan voor Visch;15201;by B;;2132 vw;Hoofddorp;the Netherlands",
            "Graan voor Visch bij 15201 B / 2132 VW Hoofddorp",
            "Graan voor Visch bij 15201 B / 2132 VW  HOOFDDORP",
        ),
        (
            "Graan voor Visch;15201;2 by;;2132VW;HOOFDDORP;NLD",
            "Graan voor Visch bij 15201-2 / 2132 VW HOOFDDORP",
            "Graan voor Visch bij 15201-2 / 2132 VW  HOOFDDORP",
        ),
        (
            "Woonboot Amstel;3;t.o. -2;;1017AB;Amsterdam;",
            "Woonboot Amstel t/o 3-2 / 1017 AB Amsterdam",
            "Woonboot Amstel t/o 3-2 / 1017 AB  AMSTERDAM",
        ),
        (
            "Weesperzijde;99998;ws;;1091 EK;Amsterdam;",
            "Weesperzijde 99998 ws / 1091 EK Amsterdam",
            "Weesperzijde 99998 ws / 1091 EK  AMSTERDAM",
        ),
        (
            "Sint  Jacobsstraat\u{a0};400;L2;;\u{a0}3511\u{a0}bt ;Utrecht ;\u{a0}",
            "Sint Jacobsstraat 400 L2 / 3511 BT Utrecht",
            "Sint Jacobsstraat 400 L2 / 3511 BT  UTRECHT",
        ),
        (
            "Plein 1944;12;bis-A;;6511JD;Nijmegen;",
            "Plein 1944 12 bis-A / 6511 JD Nijmegen",
            "Plein 1944 12 bis-A / 6511 JD  NIJMEGEN",
        ),
        (
            "'t Zand;1;';;6811 bb;'s-Heer Arendskerke;N.L.",
            "'t Zand 1 / 6811 BB 's-Heer Arendskerke",
            "'t Zand 1 / 6811 BB  'S-HEER ARENDSKERKE",
        ),
        (
            "Burgemeester Van der Zandestraat;5;N.v.t.;;4451 AE;‘s-Heerenhoek;Netherlands (the)",
            "Burgemeester Van der Zandestraat 5 / 4451 AE 's-Heerenhoek",
            "Burgemeester Van der Zandestraat 5 / 4451 AE  'S-HEERENHOEK",
        ),
        (
            "Fre\u{301}de\u{301}ric van Eedenlaan;7;.;;8501\tKA;Sneek;nederland",
            "Frédéric van Eedenlaan 7 / 8501 KA Sneek",
            "Frédéric van Eedenlaan 7 / 8501 KA  SNEEK",
        ),
        (
            "Ĳsbaanpad;1;1-HG;;1076CV;Ĳsselmuiden;Onbekend",
            "Ĳsbaanpad 1-1-HG / 1076 CV Ĳsselmuiden",
            "IJsbaanpad 1-1-HG / 1076 CV  IJSSELMUIDEN",
        ),
        (
            "Skûtsje;9;, a;;9001 ZR;Grou;Koninkrijk der Nederlanden",
            "Skûtsje 9 a / 9001 ZR Grou",
            "Skûtsje 9 a / 9001 ZR  GROU",
        ),
        (
            "Van Heuven Goedhartlaan van de Burgemeester in het Lange-Straatnamenkwartier;12;;;1181LE;Amstelveen;",
            "Van Heuven Goedhartlaan van de Burgemeester in het Lange-Straatnamenkwartier 12 / 1181 LE Amstelveen",
            "Van Heuven Goedhartlaan van de Burgemeester in het Lange-Straatnamenkwartier 12 / 1181 LE  AMSTELVEEN",
        ),
    ]);
}

#[test]
fn post_boxes() {
    check(&[
        (
            ";;;30250;2500 GG;'s-Gravenhage;",
            "Postbus 30250 / 2500 GG 's-Gravenhage",
            "Postbus 30250 / 2500 GG  'S-GRAVENHAGE",
        ),
        (
            "Stationsplein;14;b;1;7500aa;Enschede;Nederland",
            "Postbus 1 / 7500 AA Enschede",
            "Postbus 1 / 7500 AA  ENSCHEDE",
        ),
        (
            "Antwoordnummer;80430;;0;2130VA;Hoofddorp;",
            "Antwoordnummer 80430 / 2130 VA Hoofddorp",
            "Antwoordnummer 80430 / 2130 VA  HOOFDDORP",
        ),
        (
            ";;;99999;1000 AZ;Oranjestad;AW",
            "Postbus 99999 / 1000 AZ Oranjestad / ARUBA",
            "Postbus 99999 / 1000 AZ ORANJESTAD / ARUBA",
        ),
    ]);
}

#[test]
fn addresses_abroad() {
    check(&[
        (
            "Kerkstraat;12;bus 3;;3000;Leuven;BEL",
            "Kerkstraat 12 bus 3 / 3000 Leuven / BELGIË",
            "Kerkstraat 12 bus 3 / 3000 LEUVEN / BELGIË",
        ),
        (
            "Grand-Place;1;A;;;Brussel;Belgium",
            "Grand-Place 1 A / Brussel / BELGIUM",
            "Grand-Place 1 A / BRUSSEL / BELGIUM",
        ),
        (
            "Hauptstraße;8;b;;48527;Nordhorn;Duitsland",
            "Hauptstraße 8 b / 48527 Nordhorn / DUITSLAND",
            "Hauptstraße 8 b / 48527 NORDHORN / DUITSLAND",
        ),
        (
            "Am Marktplatz;3;;;D-35390;Gießen;Germany",
            "Am Marktplatz 3 / D-35390 Gießen / GERMANY",
            "Am Marktplatz 3 / D-35390 GIESSEN / GERMANY",
        ),
        (
            "Mariahilfer Straße;5;/2/3;;1060;Wien;at",
            "Mariahilfer Straße 5/2/3 / 1060 Wien / OOSTENRIJK",
            "Mariahilfer Straße 5/2/3 / 1060 WIEN / OOSTENRIJK",
        ),
        (
            "Lange Reihe;5;- 7;;20099;Hamburg;DE",
            "Lange Reihe 5-7 / 20099 Hamburg / DUITSLAND",
            "Lange Reihe 5-7 / 20099 HAMBURG / DUITSLAND",
        ),
        (
            "ulica Długa;5;2;;00-238;Łódź;Polen",
            "ulica Długa 5-2 / 00-238 Łódź / POLEN",
            "ulica Długa 5-2 / 00-238 ŁÓDŹ / POLEN",
        ),
        // What is a word before the number in a Dutch address is an addition there.
        (
            "Storgata;3;to;;0155;Oslo;Noorwegen",
            "Storgata 3 to / 0155 Oslo / NOORWEGEN",
            "Storgata 3 to / 0155 OSLO / NOORWEGEN",
        ),
        (
            "10 Downing Street;;;;;London SW1A 2AA;UK",
            "10 Downing Street / London SW1A 2AA / VERENIGD KONINKRIJK",
            "10 Downing Street / LONDON SW1A 2AA / VERENIGD KONINKRIJK",
        ),
        (
            "221B Baker Street;;.;;-;London NW1 6XE;Great Britain",
            "221B Baker Street / London NW1 6XE / GREAT BRITAIN",
            "221B Baker Street / LONDON NW1 6XE / GREAT BRITAIN",
        ),
        (
            "1600 Pennsylvania Avenue NW;;;;;Washington, DC 20500;U.S.A.",
            "1600 Pennsylvania Avenue NW / Washington, DC 20500 / VERENIGDE STATEN",
            "1600 Pennsylvania Avenue NW / WASHINGTON, DC 20500 / VERENIGDE STATEN",
        ),
        (
            "Kaya Grandi;20;;;;Kralendijk;Bonaire",
            "Kaya Grandi 20 / Kralendijk / BONAIRE",
            "Kaya Grandi 20 / KRALENDIJK / BONAIRE",
        ),
        // The islands may get postcodes in the Dutch form, from 0000 AA on.
        (
            "Kaya Grandi;20;B;;0001 AB;Kralendijk;BQ",
            "Kaya Grandi 20 B / 0001 AB Kralendijk / CARIBISCH NEDERLAND",
            "Kaya Grandi 20 B / 0001 AB KRALENDIJK / CARIBISCH NEDERLAND",
        ),
        (
            "Caya Betico Croes;0;;;n.v.t.;Oranjestad;Aruba",
            "Caya Betico Croes / Oranjestad / ARUBA",
            "Caya Betico Croes / ORANJESTAD / ARUBA",
        ),
        (
            "Heerenstraat;1;;;onbekend;Willemstad;Curac\u{327}ao",
            "Heerenstraat 1 / Willemstad / CURAÇAO",
            "Heerenstraat 1 / WILLEMSTAD / CURAÇAO",
        ),
        (
            "Waterkant;100000;;;;Paramaribo;SR",
            "Waterkant 100000 / Paramaribo / SURINAME",
            "Waterkant 100000 / PARAMARIBO / SURINAME",
        ),
    ]);
}

#[test]
fn what_an_address_lacks_is_named() {
    use ProblemKind::{Missing, NotANumber, NotAPostcode, UnknownValue};
    let cases = [
        // Never issued, and no Dutch postcode at all.
        ("Dam;1;;;1012 sa;Amsterdam;NL", "zipcode", NotAPostcode),
        ("Dam;1;;;1012SD;Amsterdam;", "zipcode", NotAPostcode),
        (
            ";;;12;1012\u{a0}Ss;Amsterdam;Holland",
            "zipcode",
            NotAPostcode,
        ),
        (
            "Kaya Grandi;20;;;0001AB;Kralendijk;Nederland",
            "zipcode",
            NotAPostcode,
        ),
        ("Hauptstraße;8;;;48527;Nordhorn;", "zipcode", NotAPostcode),
        (";;;12;;Amsterdam;", "zipcode", Missing),
        ("Dam;1;;;1012AB;-;", "city", Missing),
        ("onbekend;1;;;1012AB;Amsterdam;", "street", Missing),
        ("Dam;;2;;1012AB;Amsterdam;", "home_number", Missing),
        ("Dam;0;;;1012AB;Amsterdam;", "home_number", NotANumber),
        (";;;12;1000;.;België", "city", Missing),
        ("Rue Neuve;1;;;1000;Bruxelles;5010", "country", UnknownValue),
        ("Rue Neuve;1;;;1000;Bruxelles;0000", "country", UnknownValue),
        ("Rue Neuve;1;;;1000;Bruxelles;B", "country", UnknownValue),
    ];
    for (row, field, kind) in cases {
        assert_eq!(problems(&address(row)), [(field.into(), kind)], "{row}");
        assert_eq!(address(row).kix(), None, "{row}");
    }
}

#[test]
fn postcodes_that_only_look_right() {
    for text in ["1234\u{ad}AB", "1234\u{2009}ab", "\u{feff}1234AB\u{2060}"] {
        assert_eq!(
            normalise_postcode(text).as_deref(),
            Some("1234 AB"),
            "{text:?}"
        );
    }
    // Cyrillic letters, full-width letters, an O for a zero, and a sort code abroad.
    for text in ["1234АВ", "1234ＡＢ", "1O34AB", "1234 AB NL", "1234A B C"] {
        assert_eq!(normalise_postcode(text), None, "{text:?}");
    }
}

#[test]
fn kix_says_where_a_letter_goes() {
    let cases = [
        // The examples of PostNL.
        ("Havendijk;13;hs;;1231 FZ;Postdam;", Some("1231FZ13XHS")),
        ("Havendijk;156;2;;1231GF;Postdam;", Some("1231GF156X2")),
        (";;;30250;2500 GG;'s-Gravenhage;", Some("2500GG30250")),
        (
            "Antwoordnummer;80430;;;2130VA;Hoofddorp;",
            Some("2130VA80430"),
        ),
        (
            "Boerheem;46;;;9421MC;Bovensmilde;Nederland",
            Some("9421MC46"),
        ),
        // Additions in capitals and digits, whatever stands around them.
        ("Dam;103;c;;1012 ab;Amsterdam;", Some("1012AB103XC")),
        ("Dam;35;-III;;1012AB;Amsterdam;", Some("1012AB35XIII")),
        ("Dam;9;- 2;;1012AB;Amsterdam;", Some("1012AB9X2")),
        ("Dam;3;A-3;;1012AB;Amsterdam;", Some("1012AB3XA3")),
        ("Dam;12;bis A;;1012AB;Amsterdam;", Some("1012AB12XBISA")),
        ("Dam;88;-4 hs;;1012AB;Amsterdam;", Some("1012AB88X4HS")),
        (
            "Dam;1;(l.boven)...;;1012AB;Amsterdam;",
            Some("1012AB1XLBOVEN"),
        ),
        (
            "Dam;99999;ABC123;;9999ZZ;Amsterdam;",
            Some("9999ZZ99999XABC123"),
        ),
        ("Dam;1;X;;1012AB;Amsterdam;NL", Some("1012AB1XX")),
        ("Dam;1;-;;\u{a0}1012\u{a0}AB;Amsterdam;", Some("1012AB1")),
        ("Dam;1;onbekend;;1012AB;Amsterdam;", Some("1012AB1")),
        // A post box has no addition, and 0 is no post box.
        ("Dam;103;c;12;1000AA;Amsterdam;", Some("1000AA12")),
        ("Dam;103;c;0;1012AB;Amsterdam;", Some("1012AB103XC")),
        // Not without naming another door.
        ("Dam;1;rechtsb;;1012AB;Amsterdam;", None),
        ("Dam;1;1-2;;1012AB;Amsterdam;", None),
        ("Dam;1;1 / 2;;1012AB;Amsterdam;", None),
        ("Dam;1;½;;1012AB;Amsterdam;", None),
        ("Dam;1;é;;1012AB;Amsterdam;", None),
        ("Dam;15201;by;;1012AB;Amsterdam;", None),
        ("Dam;3;c to;;1012AB;Amsterdam;", None),
        // Not complete, or not in the Netherlands.
        (";103;;;1012AB;Amsterdam;", None),
        ("Dam;103;;;1012AB;;", None),
        ("Dam;100000;;;1012AB;Amsterdam;", None),
        (";;;100000;1012AB;Amsterdam;", None),
        ("Dam;103;;;1012AB;Amsterdam;België", None),
        (";;;12;1012AB;Oranjestad;Aruba", None),
    ];
    for (row, expected) in cases {
        assert_eq!(address(row).kix().as_deref(), expected, "{row}");
    }
}

#[test]
fn kix_has_no_other_characters_than_its_own() {
    for extension in [
        "", "a", "-9", "1hg", "Ⅲ", "b\u{301}", "t/o", "zz top", "€", "ß", "2e", "0",
    ] {
        let row = format!("Dam;7;{extension};;1012AB;Amsterdam;");
        if let Some(kix) = address(&row).kix() {
            let fits = kix
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            assert!(fits && (7..=18).contains(&kix.len()), "{row}: {kix}");
        }
    }
}
