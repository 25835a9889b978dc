//! Many cases at a time, because starting poppler for each would take most of the time, and one case at a time again
//! when there is something wrong with it.

use std::{fmt::Debug, slice};

use proptest::{
    prelude::{ProptestConfig, Strategy},
    strategy::ValueTree,
    test_runner::{RngSeed, TestRunner},
};

/// Which case of a batch is wrong, counted from 0, and why.
pub type Fault = (usize, String);

/// How often a case that is wrong is made smaller or larger again in search of the smallest.
const MOST_SHRINKS: usize = 1_000;

/// Tries batches of `size` of what `case` makes, each batch with one thing that `shared` makes; half as many batches
/// as proptest would try cases. When one is wrong the test fails with the smallest case that is still wrong by itself.
///
/// `check` answers how many cases were printed: were it none, nothing would be proved.
///
/// The cases are the same every time: a failure shows its case, and needs no file to be found again.
pub fn try_batches<S, C>(
    shared: &S,
    case: &C,
    size: usize,
    check: impl Fn(&S::Value, &[C::Value]) -> Result<usize, Fault>,
) where
    S: Strategy<Value: Debug>,
    C: Strategy<Value: Debug>,
{
    let given = ProptestConfig::default();
    let config = ProptestConfig {
        failure_persistence: None,
        rng_seed: match given.rng_seed {
            RngSeed::Random => RngSeed::Fixed(7_511),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        ..given
    };
    let batches = config.cases / 2;
    let mut runner = TestRunner::new(config);
    let mut printed = 0;
    for batch in 0..batches {
        let mut shared = shared.new_tree(&mut runner).unwrap();
        let mut cases: Vec<C::Tree> = (0..size)
            .map(|_| case.new_tree(&mut runner).unwrap())
            .collect();
        let all: Vec<C::Value> = cases.iter().map(ValueTree::current).collect();
        let with = shared.current();
        let (at, why) = match check(&with, &all) {
            Ok(of_batch) => {
                printed += of_batch;
                continue;
            }
            Err(fault) => fault,
        };
        let alone = |with: &S::Value, case: &C::Value| {
            let fault = check(with, slice::from_ref(case)).err();
            fault.map(|(_, why)| why)
        };
        let Some((case, why)) = smallest(&mut cases[at], |case| alone(&with, case)) else {
            panic!("case {at} of batch {batch}, and only among the others: {why}\n{with:?}");
        };
        let shared = smallest(&mut shared, |with| alone(with, &case));
        let (with, why) = shared.unwrap_or((with, why));
        panic!("case {at} of batch {batch}: {why}\nwith {with:?}\ncase {case:?}");
    }
    let tried = size * usize::try_from(batches).unwrap();
    assert!(
        printed * 3 > tried,
        "only {printed} of {tried} were printed"
    );
}

/// The smallest value of `tree` that is wrong, and why; `None` when none is.
fn smallest<T: ValueTree>(
    tree: &mut T,
    wrong: impl Fn(&T::Value) -> Option<String>,
) -> Option<(T::Value, String)> {
    let mut smallest = None;
    for _ in 0..MOST_SHRINKS {
        let value = tree.current();
        let goes_on = match wrong(&value) {
            Some(why) => {
                smallest = Some((value, why));
                tree.simplify()
            }
            None => tree.complicate(),
        };
        if !goes_on {
            break;
        }
    }
    smallest
}
