//! Dutch, for the pages of a care provider: what a state means and how the intake form asks.

use super::dutch_pages::number;
use crate::domain::{
    intake::{IntakeFault, IntakeForm, Question},
    invitation::InvitationState,
    letter_setup::VersionState,
};

/// Who did something, for `reader`: a token is known by how its id ends.
pub fn who(author: &str, reader: &str) -> String {
    if author == reader {
        return "u".to_owned();
    }
    match author.split_once(' ') {
        Some(("token", id)) => {
            let end = id.len().saturating_sub(6);
            format!("token …{}", id.get(end..).unwrap_or(id))
        }
        _ if author.starts_with("os:") => "de beheerder".to_owned(),
        _ => author.to_owned(),
    }
}

/// What a state means for whoever has the letter.
pub fn invitation_state_meaning(state: InvitationState) -> &'static str {
    match state {
        InvitationState::Open => {
            "De code in de brief werkt. U kunt de brief opnieuw downloaden, vervangen of de uitnodiging intrekken."
        }
        InvitationState::Redeemed => "De code is gebruikt: de cliënt is gekoppeld aan Caren.",
        InvitationState::Expired => {
            "De code werkt niet meer, want de laatste geldige dag is voorbij. U kunt een nieuwe brief met een nieuwe code maken."
        }
        InvitationState::Cancelled => {
            "De uitnodiging is ingetrokken; de code werkt niet meer. U kunt een nieuwe brief met een nieuwe code maken."
        }
        InvitationState::Replaced => {
            "Er is een nieuwe brief met een nieuwe code gemaakt. De code in deze brief werkt niet meer."
        }
    }
}

pub fn version_state(state: VersionState) -> &'static str {
    match state {
        VersionState::Draft => "Concept",
        VersionState::Published => "In gebruik",
        VersionState::Superseded => "Eerdere versie",
    }
}

/// A question of the intake form as its row is called.
pub fn question(question: Question) -> &'static str {
    match question {
        Question::Planning => "Planning actief",
        Question::AppointmentTime => "Tijd van een afspraak",
        Question::EmployeeName => "Naam van de medewerker",
        Question::EmployeePhoto => "Foto van de medewerker",
        Question::GroupCare => "Afspraken van groepszorg delen",
        Question::OnsAgenda => "Ons Agenda actief",
        Question::LookingAlong => "Meekijken in de agenda van cliënten",
        Question::Messages => "Berichten",
        Question::Reports => "Rapportages uit het zorgdossier",
        Question::Documents => "Documenten delen",
        Question::CarePlan => "Zorgplan delen",
        Question::CarePlanSigning => "Zorgplan ondertekenen",
        Question::ClientStory => "Cliëntverhaal",
        Question::Realisation => "Realisatie",
    }
}

/// What to know before answering; empty when the question says it all.
pub fn question_help(question: Question) -> &'static str {
    match question {
        Question::Planning => "Ziet de cliënt de geplande afspraken in Caren?",
        Question::AppointmentTime => {
            "Hoe precies ziet de cliënt de tijd van een afspraak uit Ons Planning? Afspraken uit Ons Agenda staan altijd op de exacte tijd."
        }
        Question::EmployeeName => "Hoe staat de naam van een medewerker in Caren?",
        Question::LookingAlong => {
            "Uw organisatie ziet alleen de afspraken waarvoor de cliënt dat zelf aangeeft, per afspraak."
        }
        Question::Messages => {
            "Kunnen cliënten en mantelzorgers u een bericht sturen? Met ‘alleen gestart vanuit Ons Dossier’ kan dat pas nadat u het eerste bericht hebt gestuurd. Zo weet u van welke cliënten u een bericht kunt verwachten en blijft er niets ongelezen."
        }
        Question::Reports => "Welke rapportages leest de cliënt mee?",
        Question::Documents => {
            "Het delen van het dossier tussen Ons en Caren moet aanstaan. Documenten die voor bepaalde deskundigheden zijn afgeschermd, worden niet gedeeld."
        }
        Question::EmployeePhoto
        | Question::GroupCare
        | Question::OnsAgenda
        | Question::CarePlan
        | Question::CarePlanSigning
        | Question::ClientStory
        | Question::Realisation => "",
    }
}

/// An answer as people read it.
pub fn answer(question: Question, answer: &str) -> &'static str {
    match (question, answer) {
        (Question::Planning, "on") => "Ja",
        (Question::Planning, _) => "Nee",
        (Question::AppointmentTime, "exact") => "Exacte tijd",
        (Question::AppointmentTime, _) => "Bandbreedte",
        (Question::EmployeeName, "given_and_family") => "Voor- en achternaam",
        (Question::EmployeeName, "given_and_family_initial") => {
            "Voornaam en eerste letter achternaam"
        }
        (Question::EmployeeName, "initial_and_family") => "Eerste letter voornaam en achternaam",
        (Question::EmployeeName, "given") => "Voornaam",
        (Question::EmployeeName, _) => "Initialen",
        (Question::Messages, "started_by_provider") => "Alleen gestart vanuit Ons Dossier",
        (Question::Reports, "nothing") => "Deel niets",
        (Question::Reports, "everything") => "Deel alles",
        (Question::Reports, _) => "Deel alleen rapportages vanaf een datum",
        (_, "on") => "Aan",
        (_, _) => "Uit",
    }
}

/// The heading that a question stands under.
pub fn question_group(question: Question) -> &'static str {
    match question {
        Question::Planning
        | Question::AppointmentTime
        | Question::EmployeeName
        | Question::EmployeePhoto
        | Question::GroupCare
        | Question::OnsAgenda
        | Question::LookingAlong => "Afspraken",
        Question::Messages => "Communicatie",
        Question::Reports
        | Question::Documents
        | Question::CarePlan
        | Question::CarePlanSigning
        | Question::ClientStory
        | Question::Realisation => "Dossier",
    }
}

/// What to mend in the intake form.
pub fn intake_fault(fault: IntakeFault) -> String {
    match fault {
        IntakeFault::UnknownAnswer(_) => "Kies een van de antwoorden.".to_owned(),
        IntakeFault::Bandwidth => format!(
            "Vul de bandbreedte in als een aantal minuten van 1 tot en met {}.",
            IntakeForm::WIDEST_BANDWIDTH
        ),
        IntakeFault::Times => {
            "De uiterste eindtijd moet na de uiterste begintijd liggen.".to_owned()
        }
        IntakeFault::ReportsFrom => "Vul de datum in vanaf wanneer u rapportages deelt.".to_owned(),
    }
}

/// How many questions of the intake form have an answer.
pub fn answered(answered: usize, of: usize) -> String {
    let verb = if answered == 1 { "is" } else { "zijn" };
    format!("{answered} van de {of} vragen {verb} beantwoord")
}

/// For how many clients a draft would fit, before it is published.
pub fn reach(clients: usize, misfits: usize) -> String {
    match (clients, misfits) {
        (0, _) => "Er is nu niemand aan wie deze brief gestuurd kan worden.".to_owned(),
        (1, 0) => "Eén cliënt kan een brief krijgen, en bij die cliënt past hij.".to_owned(),
        (1, _) => "Eén cliënt kan een brief krijgen, maar bij die cliënt past hij niet. Er gaat dan geen brief uit.".to_owned(),
        (clients, 0) => format!(
            "Bij alle {} cliënten die een brief kunnen krijgen, past hij.",
            number(clients)
        ),
        (clients, misfits) => format!(
            "Bij {} van de {} cliënten die een brief kunnen krijgen, past hij niet. {} geen brief.",
            number(misfits),
            number(clients),
            if misfits == 1 {
                "Die krijgt"
            } else {
                "Zij krijgen"
            }
        ),
    }
}

/// For how many clients a letter does not fit, now that it is published.
pub fn fits_not(clients: usize, misfits: usize) -> String {
    match clients {
        1 => "Bij de enige cliënt die een brief kan krijgen, past hij niet.".to_owned(),
        clients => format!(
            "Bij {} van de {} cliënten past hij niet.",
            number(misfits),
            number(clients)
        ),
    }
}

/// Clients without a letter who are not named on the page of a bundle; then comes where they are.
pub fn unnamed(clients: usize) -> String {
    match clients {
        1 => "Nog één cliënt staat".to_owned(),
        clients => format!("Nog {} cliënten staan", number(clients)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_said_as_many_and_large_numbers_have_dots() {
        assert_eq!(answered(1, 14), "1 van de 14 vragen is beantwoord");
        assert_eq!(answered(0, 14), "0 van de 14 vragen zijn beantwoord");
        assert_eq!(
            reach(1, 0),
            "Eén cliënt kan een brief krijgen, en bij die cliënt past hij."
        );
        assert!(reach(1_500, 1).starts_with("Bij 1 van de 1.500 cliënten"));
        assert!(reach(1_500, 1).ends_with("Die krijgt geen brief."));
        assert!(reach(5, 2).ends_with("Zij krijgen geen brief."));
        assert_eq!(
            fits_not(2_000, 1_200),
            "Bij 1.200 van de 2.000 cliënten past hij niet."
        );
        assert_eq!(unnamed(1), "Nog één cliënt staat");
        assert_eq!(unnamed(1_234), "Nog 1.234 cliënten staan");
    }

    #[test]
    fn a_token_is_known_by_its_end_and_you_are_you() {
        let token = "token 01KB0000000000000000ABCDEF";
        assert_eq!(who(token, "token 2"), "token …ABCDEF");
        assert_eq!(who(token, token), "u");
        assert_eq!(who("jan@support.example", token), "jan@support.example");
        assert_eq!(who("os:root", token), "de beheerder");
    }

    #[test]
    fn the_answers_of_a_question_differ() {
        for asked in Question::ALL {
            let answers = asked.answers();
            let said: std::collections::BTreeSet<_> =
                answers.iter().map(|code| answer(asked, code)).collect();
            assert_eq!(said.len(), answers.len(), "{}", question(asked));
        }
    }
}
