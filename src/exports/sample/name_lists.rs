//! First names and family names, by where a family came from. Combined by chance: nobody real is meant.

/// Names that occur together.
pub(super) struct Origin {
    /// ISO 639-1 code of the language that some of these clients prefer.
    pub(super) language: &'static str,
    pub(super) women: &'static [&'static str],
    pub(super) men: &'static [&'static str],
    /// Prefix and name.
    pub(super) families: &'static [(&'static str, &'static str)],
}

/// Origins with their share of a thousand clients.
pub(super) static ORIGINS: [(u32, Origin); 7] = [
    (775, DUTCH),
    (45, FRISIAN),
    (40, GERMAN),
    (40, TURKISH),
    (35, MOROCCAN),
    (40, SURINAMESE),
    (25, POLISH),
];

#[rustfmt::skip]
const DUTCH: Origin = Origin {
    language: "nl",
    women: &[
        "Johanna", "Maria", "Cornelia", "Wilhelmina", "Hendrika", "Elisabeth", "Anna", "Geertruida",
        "Catharina", "Margaretha", "Petronella", "Jacoba", "Adriana", "Theodora", "Christina", "Grietje",
        "Aaltje", "Willemina", "Gerda", "Riet", "Truus", "Corrie", "Annie", "Ria", "Tineke", "Hennie",
        "Marijke", "Ineke", "Joke", "Wil", "Ans", "Thea", "Els", "Hanneke", "Gerrie", "Bep", "Nel", "Greet",
        "Dinie", "Marianne", "Yvonne", "Angelique", "Monique", "Saskia", "Femke", "Lotte", "Philomena",
    ],
    men: &[
        "Johannes", "Hendrik", "Cornelis", "Gerrit", "Jan", "Willem", "Pieter", "Jacobus", "Petrus",
        "Theodorus", "Christiaan", "Adrianus", "Antonius", "Wilhelmus", "Hendrikus", "Gerardus", "Dirk",
        "Klaas", "Arie", "Bernardus", "Lambertus", "Martinus", "Evert", "Herman", "Wim", "Kees", "Henk",
        "Joop", "Piet", "Theo", "Ton", "Harrie", "Bert", "Rob", "Hans", "IJsbrand", "Ruud", "Marcel", "Daan",
    ],
    families: &[
        ("", "Jansen"), ("de", "Vries"), ("van den", "Berg"), ("", "Bakker"), ("van", "Dijk"), ("", "Visser"),
        ("", "Smit"), ("", "Meijer"), ("de", "Boer"), ("", "Mulder"), ("de", "Groot"), ("", "Bos"),
        ("", "Vos"), ("", "Peters"), ("", "Hendriks"), ("van", "Leeuwen"), ("", "Dekker"), ("", "Brouwer"),
        ("de", "Wit"), ("", "Dijkstra"), ("", "Smits"), ("de", "Graaf"), ("van der", "Meer"),
        ("van der", "Linden"), ("", "Kok"), ("", "Jacobs"), ("de", "Haan"), ("", "Vermeulen"),
        ("van den", "Heuvel"), ("van der", "Veen"), ("van den", "Broek"), ("de", "Bruijn"), ("de", "Bruin"),
        ("van der", "Heijden"), ("", "Schouten"), ("van", "Beek"), ("", "Willems"), ("van", "Vliet"),
        ("van der", "Ven"), ("", "Hoekstra"), ("", "Maas"), ("", "Verhoeven"), ("", "Koster"), ("van", "Dam"),
        ("van der", "Wal"), ("", "Prins"), ("", "Blom"), ("", "Huisman"), ("", "Peeters"), ("de", "Jonge"),
        ("", "Kuipers"), ("van", "Veen"), ("", "Kuiper"), ("", "Veenstra"), ("", "Postma"), ("", "Kramer"),
        ("van den", "Brink"), ("", "Scholten"), ("van", "Wijk"), ("", "Martens"), ("van der", "Velde"),
        ("", "Groen"), ("", "Gerritsen"), ("", "Bosch"), ("van den", "Bosch"), ("van der", "Laan"),
        ("ten", "Brinke"), ("ten", "Cate"), ("te", "Riet"), ("ter", "Braak"), ("ter", "Horst"),
        ("in 't", "Veld"), ("van 't", "Hof"), ("'t", "Hart"), ("'t", "Hoen"), ("op den", "Kamp"),
        ("uit den", "Bogaard"), ("den", "Hartog"), ("de la", "Rie"), ("d'", "Ancona"), ("van het", "Erve"),
        ("", "Oude Nijhuis"), ("", "Kleinjan"), ("", "Wolters"), ("", "Nijland"), ("", "Wiggers"),
        ("", "Zwiers"), ("", "Roelofs"), ("", "Hofstede"), ("", "Lammers"), ("", "IJzerman"), ("", "Koenders"),
    ],
};

#[rustfmt::skip]
const FRISIAN: Origin = Origin {
    language: "nl",
    women: &["Sjoukje", "Tjitske", "Froukje", "Baukje", "Wytske", "Antje", "Trijntje", "Hiltje", "Akke", "Jeltje"],
    men: &["Sjoerd", "Tjeerd", "Wiebe", "Jelle", "Douwe", "Sietse", "Hidde", "Ype", "Fokke", "Gjalt"],
    families: &[
        ("", "Hiemstra"), ("", "Wiersma"), ("", "Sikkema"), ("", "Terpstra"), ("", "Bijlsma"), ("", "Fopma"),
        ("", "Ytsma"), ("", "Tjeerdsma"), ("", "Haitsma"), ("van der", "Ploeg"), ("", "Zijlstra"), ("", "Bouma"),
    ],
};

#[rustfmt::skip]
const GERMAN: Origin = Origin {
    language: "de",
    women: &["Ingrid", "Ursula", "Hannelore", "Renate", "Brigitte", "Käthe", "Gisela", "Elfriede"],
    men: &["Jürgen", "Günther", "Heinz", "Horst", "Wolfgang", "Dieter", "Karl", "Jörg"],
    families: &[
        ("", "Müller"), ("", "Schröder"), ("", "Krämer"), ("", "Weiß"), ("", "Köhler"), ("", "Schäfer"),
        ("", "Lange"), ("von", "Bülow"), ("", "Böhm"), ("", "Brandt"),
    ],
};

#[rustfmt::skip]
const TURKISH: Origin = Origin {
    language: "tr",
    women: &["Ayşe", "Fatma", "Emine", "Hatice", "Zeynep", "Elif", "Gülsüm", "Şerife", "Özlem", "Çiğdem", "Hanife"],
    men: &["Mehmet", "Mustafa", "Ahmet", "Ali", "Hüseyin", "İbrahim", "Hasan", "Süleyman", "Ömer", "Yılmaz"],
    families: &[
        ("", "Yılmaz"), ("", "Kaya"), ("", "Demir"), ("", "Şahin"), ("", "Çelik"), ("", "Yıldız"),
        ("", "Öztürk"), ("", "Aydın"), ("", "Özdemir"), ("", "Arslan"), ("", "Doğan"), ("", "Kılıç"),
        ("", "Koç"), ("", "Özdoğan"), ("", "Güneş"), ("", "Karaca"),
    ],
};

#[rustfmt::skip]
const MOROCCAN: Origin = Origin {
    language: "ar",
    women: &["Fatima", "Aïcha", "Khadija", "Naïma", "Malika", "Rachida", "Zohra", "Samira", "Fadma", "Yamina"],
    men: &["Mohamed", "Ahmed", "Hassan", "Abdelkader", "Driss", "Mimoun", "Abdellah", "Saïd", "Lahcen", "Omar"],
    families: &[
        ("el", "Idrissi"), ("el", "Amrani"), ("", "Benali"), ("el", "Khattabi"), ("", "Bouzid"), ("", "Azzouzi"),
        ("ben", "Haddou"), ("", "Chaoui"), ("el", "Yaakoubi"), ("", "Amezian"), ("", "Ouali"), ("ait", "Brahim"),
    ],
};

#[rustfmt::skip]
const SURINAMESE: Origin = Origin {
    language: "nl",
    women: &["Sharda", "Indra", "Carmen", "Mavis", "Wonny", "Soenita", "Lilian", "Hermina", "Asha", "Yvette"],
    men: &["Soeresh", "Radj", "Glenn", "Roy", "Winston", "Humphrey", "Kenneth", "Dewanand", "Stanley", "Iwan"],
    families: &[
        ("", "Ramdin"), ("", "Soerdjan"), ("", "Biharie"), ("", "Ramlal"), ("", "Kanhai"), ("", "Pinas"),
        ("", "Blokland"), ("", "Wijngaarde"), ("", "Kromosoeto"), ("", "Tjon A Fat"), ("", "Lo Fo Sang"),
        ("", "Zeefuik"), ("", "Jagernath"), ("", "Vreden"),
    ],
};

#[rustfmt::skip]
const POLISH: Origin = Origin {
    language: "pl",
    women: &["Agnieszka", "Małgorzata", "Katarzyna", "Łucja", "Zofia", "Halina", "Bożena", "Danuta", "Jadwiga"],
    men: &["Stanisław", "Kazimierz", "Wacław", "Zbigniew", "Łukasz", "Tadeusz", "Józef", "Andrzej", "Marek"],
    families: &[
        ("", "Nowak"), ("", "Wiśniewska"), ("", "Wójcik"), ("", "Kamiński"), ("", "Zieliński"), ("", "Dąbrowski"),
        ("", "Mazur"), ("", "Krawczyk"), ("", "Jabłoński"), ("", "Pawłowska"), ("", "Wróbel"), ("", "Łuczak"),
    ],
};
