//! The intake form of Caren: what a care provider shares with its clients in the portal, and how.
//!
//! The questions and their possible answers are those of the form that Nedap sends to a provider that starts with Caren;
//! the part of it that concerns the letter is a preference of the letter.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// A question of the form, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Whether planned appointments are shown at all.
    Planning,
    /// How exactly the time of an appointment is shown.
    AppointmentTime,
    /// How the name of an employee is shown.
    EmployeeName,
    EmployeePhoto,
    /// Whether appointments of group care are shared.
    GroupCare,
    OnsAgenda,
    /// Whether the provider may look along in a client's agenda in Caren.
    LookingAlong,
    /// Whether clients and their family may write to the provider.
    Messages,
    /// Which reports of the care record are shared.
    Reports,
    Documents,
    CarePlan,
    CarePlanSigning,
    ClientStory,
    Realisation,
}

/// Most questions are answered with on or off.
const ON_OFF: &[&str] = &["on", "off"];

impl Question {
    pub const ALL: [Self; 14] = [
        Self::Planning,
        Self::AppointmentTime,
        Self::EmployeeName,
        Self::EmployeePhoto,
        Self::GroupCare,
        Self::OnsAgenda,
        Self::LookingAlong,
        Self::Messages,
        Self::Reports,
        Self::Documents,
        Self::CarePlan,
        Self::CarePlanSigning,
        Self::ClientStory,
        Self::Realisation,
    ];

    /// The name of its field, `appointment_time`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::AppointmentTime => "appointment_time",
            Self::EmployeeName => "employee_name",
            Self::EmployeePhoto => "employee_photo",
            Self::GroupCare => "group_care",
            Self::OnsAgenda => "ons_agenda",
            Self::LookingAlong => "looking_along",
            Self::Messages => "messages",
            Self::Reports => "reports",
            Self::Documents => "documents",
            Self::CarePlan => "care_plan",
            Self::CarePlanSigning => "care_plan_signing",
            Self::ClientStory => "client_story",
            Self::Realisation => "realisation",
        }
    }

    /// Its possible answers, in the order of the form.
    pub fn answers(self) -> &'static [&'static str] {
        match self {
            Self::AppointmentTime => &["exact", "bandwidth"],
            Self::EmployeeName => &[
                "given_and_family",
                "given_and_family_initial",
                "initial_and_family",
                "given",
                "initials",
            ],
            Self::Messages => &["on", "off", "started_by_provider"],
            Self::Reports => &["nothing", "everything", "from_date"],
            _ => ON_OFF,
        }
    }
}

/// What a provider has filled in so far. What is absent was not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IntakeForm {
    /// One of [`Question::answers`] each.
    pub answers: BTreeMap<Question, String>,
    /// Minutes that are added before and after an appointment; with `bandwidth` only.
    pub bandwidth_minutes: Option<u16>,
    /// No appointment is shown to begin before, whatever the bandwidth.
    pub earliest: Option<NaiveTime>,
    /// No appointment is shown to end after.
    pub latest: Option<NaiveTime>,
    /// With `from_date` only: reports made from this day on are shared.
    pub reports_from: Option<NaiveDate>,
}

/// What keeps a form from being kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntakeFault {
    /// The answer is none of the possible ones.
    UnknownAnswer(Question),
    /// A bandwidth without minutes, or with more than [`IntakeForm::WIDEST_BANDWIDTH`].
    Bandwidth,
    /// The latest time is not after the earliest.
    Times,
    /// Reports from a day that is not given.
    ReportsFrom,
}

impl IntakeForm {
    /// Minutes; two hours either way say nothing any more.
    pub const WIDEST_BANDWIDTH: u16 = 120;

    pub fn answer(&self, question: Question) -> Option<&str> {
        self.answers.get(&question).map(String::as_str)
    }

    /// Questions without an answer.
    pub fn open_questions(&self) -> usize {
        Question::ALL
            .into_iter()
            .filter(|question| self.answer(*question).is_none())
            .count()
    }

    /// Everything that is wrong, in the order of the form; a form that is not finished is fine.
    pub fn faults(&self) -> Vec<IntakeFault> {
        let mut faults = Vec::new();
        for question in Question::ALL {
            let known = |answer: &str| question.answers().contains(&answer);
            if self.answer(question).is_some_and(|answer| !known(answer)) {
                faults.push(IntakeFault::UnknownAnswer(question));
            }
            match question {
                Question::AppointmentTime if self.has_bandwidth() => {
                    let minutes = 1..=Self::WIDEST_BANDWIDTH;
                    if !self.bandwidth_minutes.is_some_and(|m| minutes.contains(&m)) {
                        faults.push(IntakeFault::Bandwidth);
                    }
                    let ends = self.earliest.zip(self.latest);
                    if ends.is_some_and(|(earliest, latest)| latest <= earliest) {
                        faults.push(IntakeFault::Times);
                    }
                }
                Question::Reports if self.has_start() && self.reports_from.is_none() => {
                    faults.push(IntakeFault::ReportsFrom);
                }
                _ => {}
            }
        }
        faults
    }

    /// Without what belongs to an answer that was not given.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        if !self.has_bandwidth() {
            self.bandwidth_minutes = None;
            self.earliest = None;
            self.latest = None;
        }
        if !self.has_start() {
            self.reports_from = None;
        }
        self
    }

    fn has_bandwidth(&self) -> bool {
        self.answer(Question::AppointmentTime) == Some("bandwidth")
    }

    fn has_start(&self) -> bool {
        self.answer(Question::Reports) == Some("from_date")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(answers: &[(Question, &str)]) -> IntakeForm {
        IntakeForm {
            answers: answers
                .iter()
                .map(|(question, answer)| (*question, (*answer).to_owned()))
                .collect(),
            ..IntakeForm::default()
        }
    }

    #[test]
    fn a_form_may_be_kept_before_it_is_finished() {
        assert_eq!(IntakeForm::default().faults(), []);
        assert_eq!(IntakeForm::default().open_questions(), 14);
        let begun = form(&[(Question::Planning, "on")]);
        assert_eq!((begun.faults(), begun.open_questions()), (vec![], 13));
    }

    #[test]
    fn an_answer_that_needs_more_asks_for_it() {
        let mut bandwidth = form(&[
            (Question::AppointmentTime, "bandwidth"),
            (Question::Reports, "from_date"),
            (Question::Messages, "perhaps"),
        ]);
        assert_eq!(
            bandwidth.faults(),
            [
                IntakeFault::Bandwidth,
                IntakeFault::UnknownAnswer(Question::Messages),
                IntakeFault::ReportsFrom
            ]
        );
        bandwidth.bandwidth_minutes = Some(30);
        bandwidth.earliest = NaiveTime::from_hms_opt(22, 0, 0);
        bandwidth.latest = NaiveTime::from_hms_opt(6, 0, 0);
        assert!(bandwidth.faults().contains(&IntakeFault::Times));
        bandwidth.bandwidth_minutes = Some(IntakeForm::WIDEST_BANDWIDTH + 1);
        assert!(bandwidth.faults().contains(&IntakeFault::Bandwidth));
    }

    #[test]
    fn what_belongs_to_another_answer_is_not_kept() {
        let mut exact = form(&[
            (Question::AppointmentTime, "exact"),
            (Question::Reports, "everything"),
        ]);
        exact.bandwidth_minutes = Some(30);
        exact.reports_from = NaiveDate::from_ymd_opt(2026, 1, 1);
        let tidied = exact.tidied();
        assert_eq!(
            (tidied.bandwidth_minutes, tidied.reports_from),
            (None, None)
        );
    }

    /// Records of an earlier day are read again.
    #[test]
    fn every_question_is_written_down_by_its_key() {
        for question in Question::ALL {
            let written = serde_json::to_string(&question).unwrap();
            assert_eq!(written, format!("\"{}\"", question.key()));
        }
    }
}
