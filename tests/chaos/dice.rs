//! Chance that can be had again: the same numbers for a seed, everywhere.

use std::time::Duration;

use rand::{Rng, SeedableRng, rngs::ChaCha8Rng};

pub struct Dice(ChaCha8Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// From `least` to `most`, both included. Not quite even, which does not matter here.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.0.next_u64() % (most - least + 1)
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of `things`, of which there has to be at least one.
    pub fn pick<T: Copy>(&mut self, things: &[T]) -> T {
        let last = u64::try_from(things.len()).unwrap() - 1;
        things[usize::try_from(self.between(0, last)).unwrap()]
    }

    pub fn millis(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.between(least, most))
    }
}
