//! Chance that falls the same way on every machine.

use rand::{Rng, SeedableRng, rngs::ChaCha8Rng};

/// What the dice are thrown for. Each lane has its own stream, so one more throw for the tree of locations
/// leaves the clients as they were. The numbers are part of what a seed means: never change them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lane {
    Locations = 1,
    Clients = 2,
}

/// ChaCha with 8 rounds, keyed with the seed (8 bytes, little endian), the lane (1 byte) and zeros.
///
/// `ChaCha8Rng` is one of the named portable generators of `rand`: its stream is fixed by the cipher, whereas
/// `StdRng` may change in any release. Numbers in a range are made here, with integers only, because
/// `random_range` gives other values with another feature set of `rand`.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64, lane: Lane) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = lane as u8;
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number below `bound`; 0 when `bound` is 0. The bias is below one in four billion.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let product = u64::from(self.0.next_u32()) * u64::from(bound);
        (product >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// True `n` times out of 1,000.
    pub(super) fn per_mille(&mut self, n: u32) -> bool {
        self.below(1000) < n
    }

    /// One of `items`, which must not be empty.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u32) as usize]
    }

    /// One of `items`, each as likely as its weight; the weights add up to more than 0.
    pub(super) fn weighted<'a, T>(&mut self, items: &'a [(u32, T)]) -> &'a T {
        let total = items.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total);
        for (weight, item) in items {
            if left < *weight {
                return item;
            }
            left -= weight;
        }
        &items[items.len() - 1].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_for_ever() {
        let mut dice = Dice::new(2026, Lane::Clients);
        let throws: Vec<u32> = (0..8).map(|_| dice.below(1000)).collect();
        assert_eq!(throws, [177, 603, 807, 771, 168, 188, 838, 516]);
    }

    #[test]
    fn bounds_are_kept_and_reached() {
        let mut dice = Dice::new(1, Lane::Locations);
        let throws: Vec<u32> = (0..1000).map(|_| dice.between(3, 5)).collect();
        assert!(throws.iter().all(|n| (3..=5).contains(n)));
        assert!((3..=5).all(|n| throws.contains(&n)));
        assert_eq!(dice.below(0), 0);
        let only_second = [(0, 'a'), (5, 'b'), (0, 'c')];
        assert!((0..100).all(|_| *dice.weighted(&only_second) == 'b'));
    }
}
