//! Cities with their postcode ranges, and the street names that every Dutch town has.

/// A city; which region of the tree its locations are in.
pub(super) struct City {
    pub(super) name: &'static str,
    /// First and last postcode number.
    pub(super) postcodes: (u32, u32),
    pub(super) region: &'static str,
}

const fn city(name: &'static str, first: u32, last: u32, region: &'static str) -> City {
    City {
        name,
        postcodes: (first, last),
        region,
    }
}

/// The order decides where the locations of a small sample are: the first cities come first.
pub(super) static CITIES: [City; 44] = [
    city("Enschede", 7511, 7548, "Twente"),
    city("Zwolle", 8011, 8045, "Salland"),
    city("Hengelo", 7551, 7559, "Twente"),
    city("Deventer", 7411, 7437, "Salland"),
    city("Almelo", 7601, 7611, "Twente"),
    city("Apeldoorn", 7311, 7339, "Veluwe"),
    city("Raalte", 8101, 8103, "Salland"),
    city("Oldenzaal", 7571, 7577, "Twente"),
    city("Doetinchem", 7001, 7009, "Achterhoek"),
    city("Kampen", 8261, 8267, "Salland"),
    city("Haaksbergen", 7481, 7483, "Twente"),
    city("Arnhem", 6811, 6846, "Gelderland Midden"),
    city("Rijssen", 7461, 7463, "Twente"),
    city("Zutphen", 7201, 7207, "Achterhoek"),
    city("Ermelo", 3851, 3853, "Veluwe"),
    city("Nijmegen", 6511, 6547, "Gelderland Midden"),
    city("Winterswijk", 7101, 7109, "Achterhoek"),
    city("Hardenberg", 7771, 7773, "Vechtdal"),
    city("Ommen", 7731, 7732, "Vechtdal"),
    city("Groningen", 9711, 9747, "Groningen en Drenthe"),
    city("Emmen", 7811, 7828, "Groningen en Drenthe"),
    city("Assen", 9401, 9409, "Groningen en Drenthe"),
    city("Hoogeveen", 7901, 7909, "Groningen en Drenthe"),
    city("Leeuwarden", 8911, 8941, "Friesland"),
    city("Sneek", 8601, 8608, "Friesland"),
    city("Drachten", 9201, 9207, "Friesland"),
    city("Heerenveen", 8441, 8448, "Friesland"),
    city("Utrecht", 3511, 3585, "Utrecht"),
    city("Amersfoort", 3811, 3829, "Utrecht"),
    city("IJsselstein", 3401, 3404, "Utrecht"),
    city("Amsterdam", 1011, 1109, "Holland Noord"),
    city("Haarlem", 2011, 2037, "Holland Noord"),
    city("Alkmaar", 1811, 1827, "Holland Noord"),
    city("Rotterdam", 3011, 3089, "Holland Zuid"),
    city("'s-Gravenhage", 2511, 2597, "Holland Zuid"),
    city("Delft", 2611, 2629, "Holland Zuid"),
    city("Gouda", 2801, 2809, "Holland Zuid"),
    city("Breda", 4811, 4847, "Brabant"),
    city("Tilburg", 5011, 5049, "Brabant"),
    city("Eindhoven", 5611, 5658, "Brabant"),
    city("'s-Hertogenbosch", 5211, 5236, "Brabant"),
    city("Maastricht", 6211, 6229, "Limburg"),
    city("Venlo", 5911, 5928, "Limburg"),
    city("Middelburg", 4331, 4339, "Zeeland"),
];

#[rustfmt::skip]
pub(super) static STREETS: [&str; 78] = [
    "Kerkstraat", "Schoolstraat", "Molenstraat", "Dorpsstraat", "Molenweg", "Julianastraat", "Parallelweg",
    "Nieuwstraat", "Wilhelminastraat", "Sportlaan", "Industrieweg", "Beatrixstraat", "Kastanjelaan",
    "Eikenlaan", "Marktplein", "Emmastraat", "Prins Bernhardstraat", "Beukenlaan", "Burgemeester Jansenlaan",
    "Kerkweg", "Hoofdstraat", "Stationsstraat", "Irenestraat", "Prinses Margrietstraat", "Lindelaan",
    "Berkenlaan", "Acacialaan", "Meidoornstraat", "Populierenlaan", "Esdoornlaan", "Wilgenstraat",
    "Merelstraat", "Lijsterstraat", "Zwaluwstraat", "Vinkenstraat", "Koekoekstraat", "Nachtegaalstraat",
    "Tulpstraat", "Rozenstraat", "Anjerstraat", "Irisstraat", "Violenstraat", "Dahliastraat",
    "Rembrandtstraat", "Vondelstraat", "Mozartlaan", "Beethovenlaan", "Spoorstraat", "Haverstraat",
    "Korenbloemstraat", "Achterweg", "Zandweg", "Veldweg", "Bosweg", "Heideweg", "Esweg", "Brinkstraat",
    "Oude Kerkweg", "Nieuwe Dijk", "Lage Weg", "Korte Havenstraat", "Lange Haven", "'t Zand", "Achter de Hoven",
    "Burg. van Nispenlaan", "Dr. Schaepmanstraat", "Plein 1944", "Op de Es", "Kanaalstraat", "Oranjestraat",
    "Hof van Twente", "Sint Jansstraat", "St. Josephstraat", "Karel Doormanstraat", "Tuinstraat", "Weverstraat",
    "Buitenhof", "Vrijheidslaan",
];

/// Houses where many clients live. Their number has no divisor in common with that of the cities, so that
/// house and city together are never the same twice.
#[rustfmt::skip]
pub(super) static HOUSES: [&str; 37] = [
    "De Eschhof", "Het Zonnehuis", "De Linde", "Avondrust", "De Paden", "Het Weidebroek", "De Klaproos",
    "Sint Elisabeth", "De Berkenhof", "Het Brouwhuis", "De Meander", "Huize Welgelegen", "De Molenwiek",
    "Het Weidehuis", "De Korenaar", "Beukenstein", "De Veldwachter", "Het Vonder", "De Waterlelie",
    "Zorgvlied", "De Brink", "Het Spijk", "De Wilgenborg", "Oranjestein", "De Honinghof", "Het Palet",
    "De Schutse", "Vredehof", "De Heemtuin", "Het Kompas", "De Sprengen", "Kastanjehof", "De Regenboog",
    "Het Lindehof", "De Vlinder", "Rozenhof", "De Haven",
];

/// A place abroad: city, postcode, country, streets.
pub(super) type PlaceAbroad = (&'static str, &'static str, &'static str, [&'static str; 3]);

#[rustfmt::skip]
pub(super) static ABROAD: [PlaceAbroad; 6] = [
    ("Gronau", "48599", "Duitsland", ["Bahnhofstraße", "Eichenstraße", "Mühlenweg"]),
    ("Nordhorn", "48529", "Duitsland", ["Birkenweg", "Hauptstraße", "Lindenallee"]),
    ("Bad Bentheim", "48455", "Duitsland", ["Schulstraße", "Kirchstraße", "Gartenweg"]),
    ("Lommel", "3920", "België", ["Kerkstraat", "Wilgendreef", "Dorp"]),
    ("Turnhout", "2300", "België", ["Gasthuisstraat", "Lindendreef", "Steenweg"]),
    ("Gent", "9000", "België", ["Veldstraat", "Sint-Jansdreef", "Molenstraat"]),
];
