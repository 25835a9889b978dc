//! `/organisaties/SLUG/voorkeuren/caren`: the choices of the intake form for Caren.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::{Form, Router, extract::Path, response::IntoResponse, routing::get};
use chrono::NaiveTime;

use super::{Member, Place, one_of};
use crate::{
    domain::{
        calendar::parse_date,
        intake::{IntakeFault, IntakeForm, Question},
    },
    http::{
        pages::{
            faults::Faults,
            layout::Frame,
            places::Part,
            reply::{PageResult, Told, done, page, page_to_mend, page_with},
        },
        service::Service,
    },
    operations::intake_form::{Intake, SavedIntake, save_intake, show_intake},
    wording::{
        dutch_pages::{Done, moment},
        dutch_provider::{
            answer, answered, intake_fault, question, question_group, question_help, who,
        },
    },
};

pub(super) fn routes() -> Router<Service> {
    Router::new().route(
        "/organisaties/{slug}/voorkeuren/caren",
        get(show).post(save),
    )
}

#[derive(Template)]
#[template(path = "pages/provider/intake.html")]
struct IntakePage {
    frame: Frame,
    address: String,
    revision: u32,
    groups: Vec<Group>,
    typed: Extras,
    faults: Faults,
    saved: Option<String>,
    /// How many questions have an answer.
    answered: String,
    /// Somebody else saved the form in the meantime; what they filled in differently, by question.
    conflict: Option<Vec<(&'static str, String)>>,
}

/// Questions under one heading.
struct Group {
    heading: &'static str,
    questions: Vec<Asked>,
}

struct Asked {
    question: Question,
    key: &'static str,
    label: &'static str,
    help: &'static str,
    choices: Vec<Choice>,
}

impl Asked {
    fn asks_for_minutes(&self) -> bool {
        self.question == Question::AppointmentTime
    }

    fn asks_for_a_day(&self) -> bool {
        self.question == Question::Reports
    }
}

struct Choice {
    /// The first has the id of the question, where a list of faults leads.
    id: String,
    code: &'static str,
    label: &'static str,
    chosen: bool,
}

/// What belongs to an answer, as it was typed.
#[derive(Default)]
struct Extras {
    minutes: String,
    earliest: String,
    latest: String,
    reports_from: String,
}

impl Extras {
    fn of(form: &IntakeForm) -> Self {
        let time = |time: Option<NaiveTime>| {
            time.map(|time| time.format("%H:%M").to_string())
                .unwrap_or_default()
        };
        Self {
            minutes: form
                .bandwidth_minutes
                .map(|minutes| minutes.to_string())
                .unwrap_or_default(),
            earliest: time(form.earliest),
            latest: time(form.latest),
            reports_from: form
                .reports_from
                .map(|day| day.to_string())
                .unwrap_or_default(),
        }
    }
}

impl Extras {
    /// As the page calls them.
    fn labelled(&self) -> [(&'static str, &str); 4] {
        [
            ("Bandbreedte in minuten", &self.minutes),
            ("Uiterste begintijd", &self.earliest),
            ("Uiterste eindtijd", &self.latest),
            ("Rapportages vanaf", &self.reports_from),
        ]
    }
}

fn intake_page(
    place: Place,
    form: &IntakeForm,
    typed: Extras,
    faults: Faults,
    intake: &Intake,
) -> IntakePage {
    let address = Part::Preferences.address(&place.slug);
    let questions = Question::ALL.len();
    let mut groups: Vec<Group> = Vec::new();
    for asked in Question::ALL {
        let heading = question_group(asked);
        let view = asked_view(asked, form);
        match groups.last_mut() {
            Some(group) if group.heading == heading => group.questions.push(view),
            _ => groups.push(Group {
                heading,
                questions: vec![view],
            }),
        }
    }
    IntakePage {
        revision: intake.revision,
        groups,
        typed,
        faults,
        saved: intake.saved.as_ref().map(|(by, at)| {
            let by = who(by, &place.reader);
            format!("Laatst bewaard op {} door {by}.", moment(*at))
        }),
        answered: answered(questions - form.open_questions(), questions),
        conflict: None,
        frame: place.frame.below("Voorkeuren", &address),
        address,
    }
}

fn asked_view(asked: Question, form: &IntakeForm) -> Asked {
    let choices = asked.answers().iter().enumerate();
    Asked {
        question: asked,
        key: asked.key(),
        label: question(asked),
        help: question_help(asked),
        choices: choices
            .map(|(at, code)| Choice {
                id: match at {
                    0 => asked.key().to_owned(),
                    _ => format!("{}-{code}", asked.key()),
                },
                code,
                label: answer(asked, code),
                chosen: form.answer(asked) == Some(code),
            })
            .collect(),
    }
}

async fn show(visitor: Member, Path(slug): Path<String>, told: Told) -> PageResult {
    let app = &visitor.app;
    let mut place = Place::find(app, &slug, Part::Preferences, TITLE).await?;
    place.frame = place.frame.saying(told);
    let intake = show_intake(app, &place.slug).await?;
    let typed = Extras::of(&intake.form);
    page(&intake_page(
        place,
        &intake.form,
        typed,
        Faults::default(),
        &intake,
    ))
}

const TITLE: &str = "Keuzes voor Caren";

async fn save(
    visitor: Member,
    Path(slug): Path<String>,
    Form(fields): Form<HashMap<String, String>>,
) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Preferences, TITLE).await?;
    let (form, typed, mut faults) = read(&fields);
    let seen = fields.get("revision").and_then(|text| text.parse().ok());
    let seen = seen.unwrap_or_default();
    let intake = Intake {
        // What is mended is still made from what was seen then.
        revision: seen,
        ..show_intake(app, &place.slug).await?
    };
    if !faults.is_empty() {
        return page_to_mend(&intake_page(place, &form, typed, faults, &intake));
    }
    match save_intake(app, &place.slug, form.clone(), seen).await {
        Ok(SavedIntake::Saved) => {
            let address = format!("{}/caren", Part::Preferences.address(&place.slug));
            Ok(done(&address, Done::IntakeSaved).into_response())
        }
        Ok(SavedIntake::Faults(found)) => {
            for fault in found {
                faults.add(field_of(fault), intake_fault(fault));
            }
            page_to_mend(&intake_page(place, &form, typed, faults, &intake))
        }
        Err(failure) => {
            one_of(failure, &["intake_changed"])?;
            // As it is now: what is saved next is to replace just that.
            let intake = show_intake(app, &place.slug).await?;
            let theirs = differences(&form.clone().tidied(), &intake.form);
            let mut shown = intake_page(place, &form, typed, faults, &intake);
            shown.conflict = Some(theirs);
            page_with(axum::http::StatusCode::CONFLICT, &shown)
        }
    }
}

/// What the other one filled in differently.
fn differences(ours: &IntakeForm, theirs: &IntakeForm) -> Vec<(&'static str, String)> {
    let answers = Question::ALL
        .into_iter()
        .filter(|asked| ours.answer(*asked) != theirs.answer(*asked))
        .map(|asked| {
            let chosen = theirs.answer(asked);
            let said = chosen.map_or("niet beantwoord", |code| answer(asked, code));
            (question(asked), said.to_owned())
        });
    let (ours, theirs) = (Extras::of(ours), Extras::of(theirs));
    let extras = ours
        .labelled()
        .into_iter()
        .zip(theirs.labelled())
        .filter(|(ours, theirs)| ours != theirs)
        .map(|(_, (label, typed))| match typed {
            "" => (label, "niet ingevuld".to_owned()),
            typed => (label, typed.to_owned()),
        });
    answers.chain(extras).collect()
}

/// Where on the page a fault is mended.
fn field_of(fault: IntakeFault) -> &'static str {
    match fault {
        IntakeFault::UnknownAnswer(asked) => asked.key(),
        IntakeFault::Bandwidth => "bandwidth_minutes",
        IntakeFault::Times => "latest",
        IntakeFault::ReportsFrom => "reports_from",
    }
}

/// The form as it was filled in. What cannot be read is a fault when it is asked for.
fn read(fields: &HashMap<String, String>) -> (IntakeForm, Extras, Faults) {
    let typed_in = |name: &str| fields.get(name).map_or("", |text| text.trim()).to_owned();
    let typed = Extras {
        minutes: typed_in("bandwidth_minutes"),
        earliest: typed_in("earliest"),
        latest: typed_in("latest"),
        reports_from: typed_in("reports_from"),
    };
    let mut faults = Faults::default();
    let answers: BTreeMap<Question, String> = Question::ALL
        .into_iter()
        .map(|asked| (asked, typed_in(asked.key())))
        .filter(|(_, answer)| !answer.is_empty())
        .collect();
    let with_bandwidth = answers
        .get(&Question::AppointmentTime)
        .is_some_and(|answer| answer == "bandwidth");
    let form = IntakeForm {
        answers,
        bandwidth_minutes: typed.minutes.parse().ok(),
        earliest: time(&typed.earliest),
        latest: time(&typed.latest),
        reports_from: parse_date(&typed.reports_from),
    };
    if with_bandwidth {
        for (name, text, read) in [
            ("earliest", &typed.earliest, form.earliest),
            ("latest", &typed.latest, form.latest),
        ] {
            if !text.is_empty() && read.is_none() {
                faults.add(name, "Schrijf de tijd als uren en minuten, zoals 06:00.");
            }
        }
    }
    (form, typed, faults)
}

fn time(typed: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(&typed.replace('.', ":"), "%H:%M").ok()
}
