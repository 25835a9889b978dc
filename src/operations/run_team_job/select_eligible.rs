//! Stop four: parts the clients of the team into those who get a letter and those left out, each with one reason.

use std::collections::{HashMap, HashSet};

use super::{TeamSelection, candidate::Candidate};
use crate::{
    domain::{
        batch::BatchOptions,
        client::{Client, ClientId},
        eligibility::{Detail, Facts, LeftOut, Reason, Rules, judge},
        invitation::InvitationState,
        organisation::Organisation,
        selection::Selection,
    },
    letters::Edition,
    operations::{App, Failure},
    storage::outcomes::PlannedClient,
};

/// Clients whose records are looked at together.
const RECORDS: usize = 500;

/// Everybody of the team, parted.
pub struct Selected {
    pub selection: TeamSelection,
    /// Clients whose open invitation has ended by the letter date; it is closed when they are written again.
    pub expired: Vec<ClientId>,
}

/// The clients of a team, and what is asked for them.
pub struct Team<'a> {
    pub organisation: &'a Organisation,
    pub options: &'a BatchOptions,
    /// The batch that asks; absent when nothing is saved of it yet.
    pub batch: Option<&'a str>,
    pub clients: Vec<PlannedClient>,
}

/// Judges everybody who was planned, by what is known now, and puts the letters in the organisation's order.
pub async fn select_eligible(
    app: &App,
    team: Team<'_>,
    edition: &Edition,
) -> Result<Selected, Failure> {
    let slug = &team.organisation.slug;
    let options = team.options;
    let preferences = &team.organisation.letter;
    let planned = team.clients;
    let ids: Vec<ClientId> = planned.iter().map(|p| p.client.clone()).collect();
    let in_care: HashSet<ClientId> = app
        .db
        .assignments_of(slug, &ids)
        .await?
        .into_iter()
        .filter(|assignment| assignment.in_force(options.letter_date))
        .map(|assignment| assignment.client)
        .collect();
    let last = app.db.last_invitations(slug, team.batch, &ids).await?;
    let rules = Rules {
        letter_date: options.letter_date,
        again: &options.again,
        accept_unknown: options.accept_unknown,
        address_style: preferences.address_style,
    };
    let mut judged = Vec::with_capacity(planned.len());
    // Some hundreds at a time: the records of thousands of clients take more memory than anything else here.
    for some in planned.chunks(RECORDS) {
        let ids: Vec<ClientId> = some.iter().map(|p| p.client.clone()).collect();
        let mut clients: HashMap<ClientId, Client> = app
            .db
            .clients(slug, &ids)
            .await?
            .into_iter()
            .map(|client| (client.id.clone(), client))
            .collect();
        for planned in some {
            let client = clients
                .remove(&planned.client)
                .ok_or_else(|| Failure::ours(format!("client {} has no record", planned.client)))?;
            let candidate = Candidate::new(&client, preferences);
            let missing = missing_glyph(&candidate, edition);
            let facts = Facts {
                client: &client,
                in_care: in_care.contains(&client.id),
                last_invitation: last.get(&client.id).copied(),
                // The other team can print the characters no better, and the client gets a letter nowhere.
                other_team: planned.written_by.as_deref().filter(|_| missing.is_none()),
            };
            let reason = judge(&facts, &rules).or(missing);
            judged.push((candidate, reason));
        }
    }
    let mut selection = Selection::part(judged);
    selection.sort_letters_by_key(|candidate| (candidate.rank().clone(), id_key(candidate.id())));
    let expired = selection
        .letters()
        .iter()
        .map(Candidate::id)
        .filter(|id| {
            last.get(*id).is_some_and(|last| {
                !last.ours
                    && last.state == InvitationState::Open
                    && last.valid_until < options.letter_date
            })
        })
        .cloned()
        .collect();
    Ok(Selected { selection, expired })
}

/// Found before a code is issued, since no size of letter mends it.
fn missing_glyph(candidate: &Candidate, edition: &Edition) -> Option<LeftOut> {
    let characters = edition.missing_glyphs(candidate.texts());
    (!characters.is_empty())
        .then(|| LeftOut::new(Reason::MissingGlyph, Detail::Characters(characters)))
}

/// Client numbers in the order of their value: 99 before 100.
fn id_key(id: &ClientId) -> (String, ClientId) {
    let text = id.as_str();
    let padded = if text.bytes().all(|b| b.is_ascii_digit()) {
        format!("{text:0>width$}", width = ClientId::MAX_CHARS)
    } else {
        text.to_owned()
    };
    (padded, id.clone())
}
