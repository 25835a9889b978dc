//! Threads that wait for the disk, few and always the same. Hundreds who download have a piece read every moment; with the
//! runtime's own threads, of which there are soon as many as have ever been wanted at once, what those hold would be more than
//! what is read. The store reads with these; the async threads never wait for a disk, since a slow one would hold up everybody.

use std::{io, sync::OnceLock};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::sync::oneshot;

/// A disk is not faster for being asked more at once, a store in a network a little.
const THREADS: usize = 8;

static POOL: OnceLock<Result<ThreadPool, ThreadPoolBuildError>> = OnceLock::new();

/// Does something that may have to wait for the disk, after what was asked before.
pub(super) async fn at_the_disk<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let pool = POOL.get_or_init(|| {
        ThreadPoolBuilder::new()
            .num_threads(THREADS)
            .thread_name(|number| format!("disk-{number}"))
            // Whoever waits is told below; the threads go on.
            .panic_handler(|_| {})
            .build()
    });
    let pool = pool.as_ref().map_err(io::Error::other)?;
    let (answer, answered) = oneshot::channel();
    pool.spawn(move || {
        // Nobody may wait for it any more.
        let _ = answer.send(work());
    });
    answered.await.map_err(io::Error::other)
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
