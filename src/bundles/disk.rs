//! Threads that wait for the disk, few and always the same. Hundreds of downloads each want a piece read every moment: the
//! runtime would soon have as many threads for that as were ever wanted at once, and those would hold more memory than what
//! they read. Bundles are read with these, and what goes into one.

use std::{io, sync::OnceLock};

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::oneshot;

/// A disk is not faster for being asked more at once, a store in a network a little.
const THREADS: usize = 8;

static POOL: OnceLock<ThreadPool> = OnceLock::new();

/// Does something that may have to wait for the disk, after what was asked before: an async thread that waited would hold
/// up everybody. What nobody waits for any more when its turn comes is not done.
pub(super) async fn at_the_disk<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (answer, answered) = oneshot::channel();
    pool()?.spawn(move || {
        if !answer.is_closed() {
            // Whoever asked may give up at this moment.
            let _ = answer.send(work());
        }
    });
    answered.await.map_err(io::Error::other)
}

/// Made when it is first needed. A system that gives no threads now may do so later.
fn pool() -> io::Result<&'static ThreadPool> {
    if let Some(pool) = POOL.get() {
        return Ok(pool);
    }
    let pool = ThreadPoolBuilder::new()
        .num_threads(THREADS)
        .thread_name(|number| format!("disk-{number}"))
        // Whoever waits is told; the threads go on.
        .panic_handler(|_| {})
        .build()
        .map_err(io::Error::other)?;
    Ok(POOL.get_or_init(|| pool))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_breaks_down_is_an_error_and_takes_nobody_with_it() {
        for _ in 0..2 * THREADS {
            let broken: io::Result<()> = at_the_disk(|| panic!("on purpose")).await;
            assert!(broken.is_err());
        }
        assert_eq!(at_the_disk(|| 7).await.unwrap(), 7);
    }
}
