//! Names as they come, in both styles. The rules behind them stand in `name.rs`.

use super::{
    NameStyle,
    tests::{check, person},
};

/// Checks rows of `gender; initials; given name; type; own; partner; ons; brp addressee; brp salutation`, where
/// ons writes the same in both places.
fn check_both(rows: &[&str]) {
    for row in rows {
        let cells: Vec<&str> = row.split(';').map(str::trim).collect();
        assert_eq!(cells.len(), 9, "{row}");
        let recorded = [cells[0], cells[1], cells[3], cells[4], cells[5]].join(";");
        let (gender, mut name, _) = person(&recorded);
        name.given_name = cells[2].to_owned();
        let printed = [
            name.addressee(gender, NameStyle::Ons),
            name.addressee(gender, NameStyle::Brp),
            name.salutation(gender, NameStyle::Brp),
        ];
        assert_eq!(printed.as_slice(), &cells[6..], "{row}");
        assert_eq!(name.salutation(gender, NameStyle::Ons), cells[6], "{row}");
    }
}

#[test]
fn prefixes_with_an_apostrophe() {
    check_both(&[
        "F; A.; ; 0; in 't|Veld; ; Mevr. A. in 't Veld; A. in 't Veld; mevrouw In 't Veld",
        "M; B.; ; 1; Bos; op 't|Ende; Dhr. B. op 't Ende; B. op 't Ende; heer Op 't Ende",
        "F; C.; ; 3; 't|Hooft; van 't|Riet; Mevr. C. van 't Riet - 't Hooft; C. van 't Riet-'t Hooft; mevrouw Van 't Riet-'t Hooft",
        "F; C.; ; 2; 't|Hooft; van 't|Riet; Mevr. C. 't Hooft - van 't Riet; C. 't Hooft-van 't Riet; mevrouw 't Hooft-van 't Riet",
        "M; W.; ; 0; 's|Jacob; ; Dhr. W. 's Jacob; W. 's Jacob; heer 's Jacob",
        "M; E.; ; 2; d'|Hondt; de|Boer; Dhr. E. d'Hondt - de Boer; E. d'Hondt-de Boer; heer d'Hondt-de Boer",
        "F; E.; ; 3; d'|Hondt; de|Boer; Mevr. E. de Boer - d'Hondt; E. de Boer-d'Hondt; mevrouw De Boer-d'Hondt",
        "F; L.; ; 0; l'|Ami; ; Mevr. L. l'Ami; L. l'Ami; mevrouw L'Ami",
        "M; N.; ; 0; dell'|Orto; ; Dhr. N. dell'Orto; N. dell'Orto; heer Dell'Orto",
        "X; ; ; 0; d'|Ancona; ; d'Ancona; d'Ancona; d'Ancona",
        "X; ; ; 0; 't|Hart; ; 't Hart; 't Hart; 't Hart",
        "F; S.; ; 0; in’t|Veld; ; Mevr. S. in’t Veld; S. in’t Veld; mevrouw In’t Veld",
        "M; O.; ; 0; `s|Graeuwen; ; Dhr. O. 's Graeuwen; O. 's Graeuwen; heer 's Graeuwen",
        "F; O.; ; 0; van ' t|Hul; ; Mevr. O. van 't Hul; O. van 't Hul; mevrouw Van 't Hul",
        "M; J.; ; 0; 't Mannetje; ; Dhr. J. 't Mannetje; J. 't Mannetje; heer 't Mannetje",
    ]);
}

#[test]
fn capitals_that_are_registered_stay() {
    check_both(&[
        "F; I.; ; 0; Op Den|Berghe; ; Mevr. I. Op Den Berghe; I. Op Den Berghe; mevrouw Op Den Berghe",
        "M; P.; ; 0; D'|Haese; ; Dhr. P. D'Haese; P. D'Haese; heer D'Haese",
        "M; P.; ; 0; D'|haese; ; Dhr. P. D'haese; P. D'haese; heer D'haese",
        "F; A.; ; 0; 'T|Hart; ; Mevr. A. 'T Hart; A. 'T Hart; mevrouw 'T Hart",
        "M; M.; ; 0; El|Hamdaoui; ; Dhr. M. El Hamdaoui; M. El Hamdaoui; heer El Hamdaoui",
        "F; A.; ; 3; Jansen; De|Coninck; Mevr. A. De Coninck - Jansen; A. De Coninck-Jansen; mevrouw De Coninck-Jansen",
        "F; A.; ; 2; Jansen; De|Coninck; Mevr. A. Jansen - De Coninck; A. Jansen-De Coninck; mevrouw Jansen-De Coninck",
        "M; J.; ; 0; VAN DEN|BERG; ; Dhr. J. VAN DEN BERG; J. VAN DEN BERG; heer VAN DEN BERG",
        "F; A.M.; ; 3; JANSEN; DE|VRIES; Mevr. A.M. DE VRIES - JANSEN; A.M. DE VRIES-JANSEN; mevrouw DE VRIES-JANSEN",
        "F; R.; ; 0; McDonald; ; Mevr. R. McDonald; R. McDonald; mevrouw McDonald",
    ]);
}

#[test]
fn only_the_first_prefix_gets_a_capital() {
    check_both(&[
        "M; M.; ; 0; el|Hamdaoui; ; Dhr. M. el Hamdaoui; M. el Hamdaoui; heer El Hamdaoui",
        "M; K.; ; 0; de|Cocq van Delwijnen; ; Dhr. K. de Cocq van Delwijnen; K. de Cocq van Delwijnen; heer De Cocq van Delwijnen",
        "F; M.; ; 0; de|Bourbon de Parme; ; Mevr. M. de Bourbon de Parme; M. de Bourbon de Parme; mevrouw De Bourbon de Parme",
        "F; M.; ; 3; van|Dijk; van der|Ven; Mevr. M. van der Ven - van Dijk; M. van der Ven-van Dijk; mevrouw Van der Ven-van Dijk",
        "M; F.; ; 0; uit de|Hoeven; ; Dhr. F. uit de Hoeven; F. uit de Hoeven; heer Uit de Hoeven",
        "F; ; ; 0; à|Campo; ; Mevr. à Campo; À Campo; mevrouw À Campo",
        "M; R.; ; 1; Bos; von|Humboldt; Dhr. R. von Humboldt; R. von Humboldt; heer Von Humboldt",
    ]);
}

#[test]
fn names_with_hyphens_of_their_own() {
    check_both(&[
        "F; J.; ; 2; Jansen-Pietersen; de|Boer; Mevr. J. Jansen-Pietersen - de Boer; J. Jansen-Pietersen-de Boer; mevrouw Jansen-Pietersen-de Boer",
        "F; J.; ; 3; Jansen-Pietersen; de|Boer; Mevr. J. de Boer - Jansen-Pietersen; J. de Boer-Jansen-Pietersen; mevrouw De Boer-Jansen-Pietersen",
        "F; J.; ; 0; Jansen - Pietersen; ; Mevr. J. Jansen - Pietersen; J. Jansen-Pietersen; mevrouw Jansen-Pietersen",
        "M; J.; ; 0; de|Graaf – van Dijk; ; Dhr. J. de Graaf – van Dijk; J. de Graaf-van Dijk; heer De Graaf-van Dijk",
        "F; J.; ; 2; Smit- Bos; Vos; Mevr. J. Smit- Bos - Vos; J. Smit-Bos-Vos; mevrouw Smit-Bos-Vos",
        "F; E.; ; 3; Oude Nijhuis; Groot Koerkamp; Mevr. E. Groot Koerkamp - Oude Nijhuis; E. Groot Koerkamp-Oude Nijhuis; mevrouw Groot Koerkamp-Oude Nijhuis",
        "M; J.-P.; ; 0; Bergé-Le Roy; ; Dhr. J.-P. Bergé-Le Roy; J.-P. Bergé-Le Roy; heer Bergé-Le Roy",
    ]);
}

#[test]
fn an_unknown_gender_gets_no_title_in_any_type() {
    check_both(&[
        "X; J.R.; ; 0; in het|Zonnetje; 't|Wolkje; J.R. in het Zonnetje; J.R. in het Zonnetje; J.R. in het Zonnetje",
        "X; J.R.; ; 1; in het|Zonnetje; 't|Wolkje; J.R. 't Wolkje; J.R. 't Wolkje; J.R. 't Wolkje",
        "X; J.R.; ; 2; in het|Zonnetje; 't|Wolkje; J.R. in het Zonnetje - 't Wolkje; J.R. in het Zonnetje-'t Wolkje; J.R. in het Zonnetje-'t Wolkje",
        "X; J.R.; ; 3; in het|Zonnetje; 't|Wolkje; J.R. 't Wolkje - in het Zonnetje; J.R. 't Wolkje-in het Zonnetje; J.R. 't Wolkje-in het Zonnetje",
        "X; ; ; 0; in het|Veld; van|Velzen; in het Veld; In het Veld; In het Veld",
        "X; ; ; 1; in het|Veld; van|Velzen; van Velzen; Van Velzen; Van Velzen",
        "X; ; ; 2; in het|Veld; van|Velzen; in het Veld - van Velzen; In het Veld-van Velzen; In het Veld-van Velzen",
        "X; ; ; 3; in het|Veld; van|Velzen; van Velzen - in het Veld; Van Velzen-in het Veld; Van Velzen-in het Veld",
        "X; ; Robin; 3; in het|Veld; van|Velzen; Robin van Velzen - in het Veld; Robin van Velzen-in het Veld; Robin van Velzen-in het Veld",
    ]);
}

#[test]
fn what_stands_before_the_family_name() {
    check_both(&[
        "F; ; Corrie; 2; de|Vries; Heemsberge; Mevr. Corrie de Vries - Heemsberge; Corrie de Vries-Heemsberge; mevrouw De Vries-Heemsberge",
        "X; .; -; 0; in 't|Veld; ; in 't Veld; In 't Veld; In 't Veld",
        "X; ; robin; 0; Bos; ; robin Bos; Robin Bos; Robin Bos",
        "F; ; mevr. Anna; 0; Bos; ; Mevr. Anna Bos; Anna Bos; mevrouw Bos",
        // A given name in the field of the initials.
        "M; JAN; Jan; 0; Bos; ; Dhr. Jan Bos; Jan Bos; heer Bos",
        "M; jan; Jan; 0; Bos; ; Dhr. Jan Bos; Jan Bos; heer Bos",
        "M; J.A.N.; Jan; 0; Bos; ; Dhr. J.A.N. Bos; J.A.N. Bos; heer Bos",
        "M; PJ; PJ; 0; Bos; ; Dhr. P.J. Bos; P.J. Bos; heer Bos",
        // Initials that look like a word for nothing, and the word itself.
        "X; N.V.T.; ; 0; Nguyễn; ; N.V.T. Nguyễn; N.V.T. Nguyễn; N.V.T. Nguyễn",
        "X; n.v.t.; Thảo; 0; Nguyễn; ; Thảo Nguyễn; Thảo Nguyễn; Thảo Nguyễn",
    ]);
}

#[test]
fn a_partner_name_alone_is_the_name() {
    check_both(&[
        "F; A.; ; 2; ; van der|Laan; Mevr. A. van der Laan; A. van der Laan; mevrouw Van der Laan",
        "F; ; ; 0; ; 't|Wolkje; Mevr. 't Wolkje; 't Wolkje; mevrouw 't Wolkje",
        "X; ; ; 3; -; de|Boer; de Boer; De Boer; De Boer",
    ]);
}

#[test]
fn more_words_for_no_partner() {
    for nothing in [
        "Niet van toepassing",
        "onbekend",
        "(onbekend)",
        "NULL",
        "?",
        "van|onbekend",
        "-|-",
        "\u{a0}",
    ] {
        for preferred in ["1", "2", "3"] {
            let row = format!("M; P.; {preferred}; ten|Hag; {nothing}");
            let brp = format!("{row}; P. ten Hag; heer Ten Hag");
            check(NameStyle::Brp, &[&brp]);
            let ons = format!("{row}; Dhr. P. ten Hag; Dhr. P. ten Hag");
            check(NameStyle::Ons, &[&ons]);
        }
    }
}

#[test]
fn titles_and_prefixes_are_printed_once() {
    check_both(&[
        "M; Dhr; ; 0; de|Wit; ; Dhr. de Wit; De Wit; heer De Wit",
        "M; hr.; ; 0; Bos; ; Dhr. Bos; Bos; heer Bos",
        "M; HR; ; 0; Bos; ; Dhr. H.R. Bos; H.R. Bos; heer Bos",
        "M; A.; ; 0; Hr. Dam; ; Dhr. A. Dam; A. Dam; heer Dam",
        "M; A.; ; 0; Hrdlička; ; Dhr. A. Hrdlička; A. Hrdlička; heer Hrdlička",
        "F; A.; ; 0; Mvr. van|Dam; ; Mevr. A. van Dam; A. van Dam; mevrouw Van Dam",
        "F; A.; ; 2; MW. BOS; mevr.|Vos; Mevr. A. BOS - Vos; A. BOS-Vos; mevrouw BOS-Vos",
        "X; A.; ; 0; Dhr. en Mevr. Dam; ; A. Dam; A. Dam; A. Dam",
        "X; A.; ; 0; de heer of mevrouw van Dam; ; A. van Dam; A. van Dam; A. van Dam",
        "M; A.; ; 0; Dhr. de Heer; ; Dhr. A. de Heer; A. de Heer; heer De Heer",
        "M; J.; ; 0; van der|van der Steen; ; Dhr. J. van der Steen; J. van der Steen; heer Van der Steen",
        "M; J.; ; 0; van|Van Dijk; ; Dhr. J. van Dijk; J. van Dijk; heer Van Dijk",
        "F; H.; ; 1; Bos; d'|d'Ancona; Mevr. H. d'Ancona; H. d'Ancona; mevrouw d'Ancona",
        "M; J.; ; 0; van|Vanderbilt; ; Dhr. J. van Vanderbilt; J. van Vanderbilt; heer Van Vanderbilt",
        "M; J.; ; 0; de|De; ; Dhr. J. de De; J. de De; heer De De",
    ]);
}

#[test]
fn ij_is_one_letter() {
    check_both(&[
        "F; IJ.; ; 0; van|IJzendoorn; ; Mevr. IJ. van IJzendoorn; IJ. van IJzendoorn; mevrouw Van IJzendoorn",
        "M; Ij; ; 0; Ĳsbrandy; ; Dhr. IJ. Ĳsbrandy; IJ. Ĳsbrandy; heer Ĳsbrandy",
        "M; Ĳ; ; 0; ĳzerman; ; Dhr. Ĳ. ĳzerman; Ĳ. ĳzerman; heer Ĳzerman",
        "X; ; ijsbrand; 0; de|Wijs; ; ijsbrand de Wijs; IJsbrand de Wijs; IJsbrand de Wijs",
        "F; A.; ; 3; van der|Heijden; ijssel de|Schepper; Mevr. A. ijssel de Schepper - van der Heijden; A. ijssel de Schepper-van der Heijden; mevrouw IJssel de Schepper-van der Heijden",
    ]);
}

#[test]
fn accents_and_spaces_of_every_kind() {
    check_both(&[
        "F; E\u{301}.; ; 0; Agne\u{300}s; ; Mevr. É. Agnès; É. Agnès; mevrouw Agnès",
        "M; a\u{30a}b; ; 0; \u{f6}z; ; Dhr. Å.B. öz; Å.B. öz; heer Öz",
        "X; ; élise; 0; d’|Aulnis; ; élise d’Aulnis; Élise d’Aulnis; Élise d’Aulnis",
        "F; A.\u{a0}B.; ; 0; de\u{a0}\u{a0}la|Cour\u{ad}t; ; Mevr. A.B. de la Court; A.B. de la Court; mevrouw De la Court",
        "M; J.; ; 0; d\u{2bc}|Hont; ; Dhr. J. d'Hont; J. d'Hont; heer d'Hont",
        "M; Ł.; ; 0; Łuczak; ; Dhr. Ł. Łuczak; Ł. Łuczak; heer Łuczak",
        "F; X.; ; 0; 李; ; Mevr. X. 李; X. 李; mevrouw 李",
        "M; A.\u{2009}\tB.; ; 0; Tjon  A \u{202f}Fat; ; Dhr. A.B. Tjon A Fat; A.B. Tjon A Fat; heer Tjon A Fat",
    ]);
}

#[test]
fn a_long_name_is_never_cut() {
    let own = "Wolfeschlegelsteinhausenbergerdorff-van Tuyll van Serooskerken van Zuilen";
    let partner = "Rengers van Naerssen-Quarles van Ufford Oldenbarneveldt genaamd Witte Tullingh";
    let initials = "A.B.C.D.E.F.G.H.I.J.K.L.M.N.O.P.";
    let row = format!("F; {initials}; 2; van|{own}; van|{partner}");
    check(
        NameStyle::Ons,
        &[&format!(
            "{row}; Mevr. {initials} van {own} - van {partner}; Mevr. {initials} van {own} - van {partner}"
        )],
    );
    check(
        NameStyle::Brp,
        &[&format!(
            "{row}; {initials} van {own}-van {partner}; mevrouw Van {own}-van {partner}"
        )],
    );
}

#[test]
fn lists_look_past_a_prefix_wherever_it_stands() {
    let cases = [
        ("M; P.; 0; d'Ancona; ", "ancona  p."),
        ("M; P.; 0; l’Ami; ", "ami  p."),
        ("M; P.; 0; O'Neill; ", "o'neill  p."),
        ("M; P.; 0; D'Haese; ", "d'haese  p."),
        ("M; P.; 0; van|van Dijk; ", "dijk  p."),
        ("M; P.; 0; el Hamdaoui; ", "hamdaoui  p."),
        ("M; P.; 0; Dhr. van Dijk; ", "dijk  p."),
        ("F; Ĳ; 1; ; ten|Ĳssel", "ijssel  ij."),
    ];
    for (row, expected) in cases {
        assert_eq!(person(row).1.sort_key(), expected, "{row}");
    }
}
