//! Stop seven: the letters, the overview and the manifest in one zip, put on the shelf whole.

use super::{TeamSelection, candidate::Candidate};
use crate::{
    bundles::{
        BundleError, file_name,
        manifest::{
            FORMAT, Manifest, ManifestOptions, ManifestOrganisation, ManifestTeam,
            ManifestTemplate, counts,
        },
        overview::{LineOutcome, OverviewLine, write_overview},
        pack::{self, Part},
    },
    domain::eligibility::LeftOut,
    letters::{Edition, LETTERS_PER_PRINT, Piece, Typeset},
    operations::{App, Failure},
    storage::{endings::NewBundle, team_jobs::StartedJob},
};

pub async fn pack_bundle(
    app: &App,
    job: &StartedJob,
    edition: &Edition,
    selection: &TeamSelection,
    typeset: Typeset,
) -> Result<NewBundle, Failure> {
    let file_name = bundle_file_name(app, job).await?;
    let parts = parts(selection, &typeset);
    let overview = write_overview(&overview_lines(job, selection))?;
    let manifest = manifest(job, edition, selection);
    let out = tempfile::tempfile_in(&app.spool_dir).map_err(BundleError::Write)?;
    let packing = tokio::task::spawn_blocking(move || {
        pack::pack_bundle(&typeset.spool, &parts, &overview, manifest, out)
    });
    let packed = match packing.await {
        Ok(result) => result?,
        Err(_) => return Err(Failure::ours("packing the bundle broke down")),
    };
    let bundle = NewBundle {
        store_key: format!("{}/bundle.sealed", store_folder(job, job.attempt)),
        file_name,
        bytes: packed.bytes,
        sha256: packed.sha256.clone(),
    };
    // What attempts that were killed have left, whole or half, nobody will ask for.
    for attempt in 1..job.attempt {
        app.shelf.discard(&store_folder(job, attempt)).await?;
    }
    app.shelf.put(&bundle.store_key, packed).await?;
    Ok(bundle)
}

/// A place in the store, made of ids, for each attempt: one that was thought dead and wakes up writes over nobody's bundle.
pub fn store_folder(job: &StartedJob, attempt: u32) -> String {
    let organisation = &job.batch.organisation.slug;
    format!("{organisation}/{}/{}-{attempt}", job.batch.id, job.team_job)
}

/// The team job and the attempt that a key in the store belongs to, as [`store_folder`] writes them.
pub fn attempt_of_key(key: &str) -> Option<(&str, u32)> {
    let folder = key.rsplit('/').nth(1)?;
    let (team_job, attempt) = folder.rsplit_once('-')?;
    Some((team_job, attempt.parse().ok()?))
}

/// Teams of a batch whose names look alike in ASCII get their place in the batch behind the name. Two hyphens stand
/// before it, which no name has, so it cannot be mistaken for another team's name.
async fn bundle_file_name(app: &App, job: &StartedJob) -> Result<String, Failure> {
    let slug = file_name::team_slug(&job.team_name);
    let teams = app.db.team_statuses(&job.batch.id).await?;
    let alike = teams
        .iter()
        .filter(|team| file_name::team_slug(&team.team_name) == slug)
        .count();
    let place = teams.iter().position(|team| team.team_job == job.team_job);
    let team = match place {
        Some(place) if alike > 1 => format!("{slug}--{}", place + 1),
        _ => slug,
    };
    Ok(file_name::bundle(
        job.batch.organisation.slug.as_str(),
        &team,
        job.batch.options.letter_date,
        &job.batch.id,
    ))
}

/// Names for the finished PDFs: the files to print first, then the letters one by one.
fn parts(selection: &TeamSelection, typeset: &Typeset) -> Vec<Part> {
    let prints = typeset
        .prints
        .iter()
        .enumerate()
        .map(|(index, piece)| part(file_name::print(index, typeset.prints.len()), piece));
    let singles = (1..)
        .zip(selection.letters().iter().zip(&typeset.singles))
        .map(|(number, (candidate, piece))| part(file_name::single(number, candidate.id()), piece));
    prints.chain(singles).collect()
}

fn part(name: String, piece: &Piece) -> Part {
    Part {
        name,
        offset: piece.offset,
        bytes: piece.bytes,
        sha256: hex::encode(piece.sha256),
    }
}

/// The letters in their order, then everybody else by client number.
fn overview_lines(job: &StartedJob, selection: &TeamSelection) -> Vec<OverviewLine> {
    let letters = (1..).zip(selection.letters()).map(|(number, candidate)| {
        let outcome = LineOutcome::Letter {
            number,
            file: file_name::single(number, candidate.id()),
            page: (number - 1) % LETTERS_PER_PRINT + 1,
            valid_until: job.batch.options.valid_until,
            contact: candidate.contact().map(str::to_owned),
        };
        (candidate, outcome)
    });
    let mut left_out: Vec<&(Candidate, LeftOut)> = selection.left_out().iter().collect();
    left_out.sort_by_key(|(candidate, _)| candidate.id());
    let left_out = left_out
        .into_iter()
        .map(|(candidate, left_out)| (candidate, LineOutcome::LeftOut(left_out.clone())));
    letters
        .chain(left_out)
        .map(|(candidate, outcome)| OverviewLine {
            client: candidate.id().clone(),
            name: candidate.name().to_owned(),
            address: candidate.address(),
            outcome,
        })
        .collect()
}

fn manifest(job: &StartedJob, edition: &Edition, selection: &TeamSelection) -> Manifest {
    let batch = &job.batch;
    Manifest {
        format: FORMAT,
        batch: batch.id.clone(),
        organisation: ManifestOrganisation {
            slug: batch.organisation.slug.to_string(),
            name: batch.organisation.name.clone(),
        },
        team: ManifestTeam {
            id: job.team_id.clone(),
            name: job.team_name.clone(),
        },
        letter_date: batch.options.letter_date,
        valid_until: batch.options.valid_until,
        template: ManifestTemplate {
            name: edition.template_name().to_owned(),
            sha256: edition.template_hash(),
            text_sha256: edition.text_hash(),
        },
        options: ManifestOptions {
            batch: batch.options.clone(),
            styles: (&batch.organisation.letter).into(),
        },
        clients: selection.clients(),
        letters: selection.letters().len(),
        left_out: counts(selection.left_out().iter().map(|(_, l)| l.reason)),
        files: Vec::new(),
    }
}
