//! Dates as a Dutch letter has them. A day is a day in Europe/Amsterdam.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Amsterdam;

const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

/// The calendar day in the Netherlands at the instant `now`.
pub fn day_in_amsterdam(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&Amsterdam).date_naive()
}

/// The instant at which a calendar day begins in the Netherlands.
pub fn start_of_day(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // Clocks are changed at night, but never at midnight.
    let local = Amsterdam.from_local_datetime(&midnight).earliest();
    local.map_or(midnight.and_utc(), |local| local.with_timezone(&Utc))
}

/// `17 maart 2021`: the day without a leading zero, the month in lower case.
pub fn long_date(date: NaiveDate) -> String {
    format!(
        "{} {} {}",
        date.day(),
        MONTHS[date.month0() as usize],
        date.year()
    )
}

/// Reads `2026-11-21` or `21-11-2026`, the two notations an export may use.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(text, "%d-%m-%Y"))
        .ok()
        // chrono reads `21-11-26` as the year 26; nobody in care means that.
        .filter(|date| (1850..=2200).contains(&date.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_starts_at_midnight_in_amsterdam() {
        let winter = Utc.with_ymd_and_hms(2026, 11, 20, 23, 30, 0).unwrap();
        assert_eq!(day_in_amsterdam(winter).to_string(), "2026-11-21");
        let summer = Utc.with_ymd_and_hms(2026, 7, 20, 21, 59, 0).unwrap();
        assert_eq!(day_in_amsterdam(summer).to_string(), "2026-07-20");
        for day in ["2026-11-20", "2026-07-20", "2026-03-29", "2026-10-25"] {
            let start = start_of_day(day.parse().unwrap());
            let before = start - chrono::TimeDelta::nanoseconds(1);
            assert_eq!(day_in_amsterdam(start).to_string(), day);
            assert!(day_in_amsterdam(before).to_string().as_str() < day);
        }
    }

    #[test]
    fn dates_are_written_out_in_dutch() {
        let date = NaiveDate::from_ymd_opt(2021, 3, 17).unwrap();
        assert_eq!(long_date(date), "17 maart 2021");
    }

    #[test]
    fn both_notations_are_read_and_nothing_else() {
        assert_eq!(parse_date("2026-11-21"), parse_date(" 21-11-2026 "));
        for wrong in [
            "21-11-26",
            "2026-13-01",
            "31-02-2026",
            "21/11/2026",
            "",
            "morgen",
        ] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }
}
