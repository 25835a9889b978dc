//! Every letter's code can be redeemed, once.

use crate::{dice::Dice, home::Home};

/// A letter in a bundle.
pub struct Letter {
    pub job: String,
    pub client: String,
    pub code: String,
}

/// A command takes some time, so of a larger trial this many are tried.
const SAMPLE: usize = 20;

/// Of these, this many are tried by two at the same time.
const AT_ONCE: usize = 3;

pub fn check(
    home: &Home,
    letters: &[Letter],
    seed: u64,
    violations: &mut Vec<String>,
) -> Result<(), String> {
    let dice = &mut Dice::new(seed);
    let mut left: Vec<&Letter> = letters.iter().collect();
    for number in 0..SAMPLE.min(letters.len()) {
        let last = u64::try_from(left.len()).unwrap() - 1;
        let letter = left.swap_remove(usize::try_from(dice.between(0, last)).unwrap());
        let redeem = ["invitation", "redeem", &letter.code];
        let mut answers = if number < AT_ONCE {
            let (one, other) = (home.start(&redeem), home.start(&redeem));
            vec![one.wait(), other.wait()]
        } else {
            vec![home.run(&redeem)]
        };
        answers.push(home.run(&redeem));
        let ends: Vec<Option<i32>> = answers.iter().map(|answer| answer.exit).collect();
        let successes = ends.iter().filter(|end| **end == Some(0)).count();
        let refusals = ends.iter().filter(|end| **end == Some(1)).count();
        if successes != 1 || successes + refusals != ends.len() {
            let said = answers[0].stderr.trim();
            violations.push(format!(
                "redeeming the code of client {}, job {}, {} times ended with {ends:?}: {said}",
                letter.client,
                letter.job,
                ends.len()
            ));
        }
        // The invitation of that letter, and no other, is the one that is used now.
        let sql = format!(
            "SELECT count(*) FROM invitation WHERE state = 'redeemed' AND client_id = '{}' AND team_job_id = '{}'",
            letter.client, letter.job
        );
        if home.rows().texts(&sql)? != [["1"]] {
            violations.push(format!(
                "the invitation of client {}, job {}, is not redeemed",
                letter.client, letter.job
            ));
        }
    }
    Ok(())
}
