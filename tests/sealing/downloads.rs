//! A bundle as a stream, from a folder and from a bucket: any part of it, opened as it comes.

use std::{fs, ops::Range, sync::Arc, time::Duration};

use brievenbus::operations::{
    App, Failure,
    lock_bundle::{BundlePassword, lock_bundle},
    open_bundle::open_bundle,
};
use futures::TryStreamExt;
use serde_json::Value;

use super::{HEADER, PIECE, TAG, made, open, place};
use crate::support::{bucket::Bucket, cli::Cli, database::Kind};

/// What arrives before the end or an error, and in which portions.
async fn read(app: &App, id: &str, range: Range<u64>) -> (Vec<Vec<u8>>, Option<Failure>) {
    let bundle = open_bundle(app, id).await.unwrap();
    let mut portions = Vec::new();
    let mut stream = match bundle.read(range).await {
        Ok(stream) => stream,
        Err(failure) => return (portions, Some(failure)),
    };
    loop {
        match stream.try_next().await {
            Ok(Some(portion)) => portions.push(portion.to_vec()),
            Ok(None) => return (portions, None),
            Err(failure) => {
                let after = stream.try_next().await;
                assert!(matches!(after, Ok(None)), "it goes on after an error");
                return (portions, Some(failure));
            }
        }
    }
}

async fn assert_ranges(cli: &Cli, bundle: &Value) {
    let app = open(cli).await;
    let id = bundle["id"].as_str().unwrap();
    let plain = fs::read(cli.out().join(bundle["file_name"].as_str().unwrap())).unwrap();
    let (piece, size) = (PIECE as u64, plain.len() as u64);
    assert!(size > 3 * piece, "{size} bytes");
    for range in [
        0..size,
        0..1,
        0..0,
        size..size,
        size - 1..size,
        piece - 1..piece + 1,
        piece..2 * piece,
        piece + 5..3 * piece - 7,
        2 * piece..size,
        17..size + 1_000,
        size + 5..size + 9,
    ] {
        let (portions, failure) = read(&app, id, range.clone()).await;
        assert!(failure.is_none(), "{range:?}: {failure:?}");
        assert!(portions.iter().all(|portion| portion.len() <= PIECE));
        let there = |at: u64| usize::try_from(at.min(size)).unwrap();
        let expected = &plain[there(range.start)..there(range.end)];
        assert!(portions.concat() == expected, "{range:?}");
    }
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_range_of_a_bundle_can_be_read_from_a_folder() {
    let cli = tokio::task::block_in_place(Cli::new);
    let bundles = tokio::task::block_in_place(|| made(&cli));
    assert_ranges(&cli, &bundles[0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_from_a_bucket() {
    let (bucket, cli, bundles) = tokio::task::block_in_place(|| {
        let bucket = Bucket::start();
        let mut environment = bucket.environment();
        environment.push(("BRIEVENBUS_STORE".to_owned(), bucket.store()));
        let cli = Cli::on(Kind::Sqlite).with(&environment);
        let bundles = made(&cli);
        (bucket, cli, bundles)
    });
    assert_ranges(&cli, &bundles[0]).await;

    // A byte that has changed in the middle ends the stream; what came before it had not.
    let id = bundles[0]["id"].as_str().unwrap();
    let name = bundles[0]["file_name"].as_str().unwrap();
    let plain = fs::read(cli.out().join(name)).unwrap();
    let sql = format!("SELECT store_key FROM bundle WHERE id = '{id}'");
    let key = tokio::task::block_in_place(|| cli.rows().query(&sql)[0][0].clone());
    let (key, mut bytes) = (bucket.objects().into_iter())
        .find(|(object, _)| object.ends_with(&key))
        .unwrap();
    bytes[HEADER + 2 * (PIECE + TAG) + 9] ^= 1;
    bucket.overwrite(&key, &bytes);
    let app = open(&cli).await;
    let (portions, failure) = read(&app, id, 0..plain.len() as u64).await;
    assert_eq!(failure.unwrap().code, "bundle_lost");
    assert!(portions.concat() == plain[..2 * PIECE]);

    bytes.truncate(HEADER + PIECE + TAG);
    bucket.overwrite(&key, &bytes);
    assert_eq!(
        open_bundle(&app, id).await.err().unwrap().code,
        "bundle_lost"
    );
    bucket.overwrite(&key, b"");
    assert_eq!(
        open_bundle(&app, id).await.err().unwrap().code,
        "bundle_lost"
    );
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_piece_ends_the_stream_with_an_error_and_the_parts_without_it_are_whole() {
    let cli = tokio::task::block_in_place(Cli::new);
    let bundles = tokio::task::block_in_place(|| made(&cli));
    let id = bundles[0]["id"].as_str().unwrap();
    let name = bundles[0]["file_name"].as_str().unwrap();
    let plain = fs::read(cli.out().join(name)).unwrap();
    let size = plain.len() as u64;
    let file = tokio::task::block_in_place(|| place(&cli, &bundles[0]));
    let mut bytes = fs::read(&file).unwrap();
    bytes[HEADER + (PIECE + TAG) + 100] ^= 1;
    fs::write(&file, bytes).unwrap();
    let app = open(&cli).await;
    let (portions, failure) = read(&app, id, 0..size).await;
    assert_eq!(failure.unwrap().code, "bundle_lost");
    assert!(portions.concat() == plain[..PIECE]);
    let (portions, failure) = read(&app, id, 2 * PIECE as u64..size).await;
    assert!(failure.is_none());
    assert!(portions.concat() == plain[2 * PIECE..]);
    let (portions, failure) = read(&app, id, PIECE as u64..size).await;
    assert_eq!((portions.len(), failure.unwrap().code), (0, "bundle_lost"));
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_a_bundle_takes_it_out_of_the_store() {
    let cli = tokio::task::block_in_place(Cli::new);
    let collected = "SELECT count(*) FROM bundle WHERE collected_at IS NOT NULL";
    let id = tokio::task::block_in_place(|| {
        super::export().write(cli.home(), "export");
        cli.ok(&["import", "export"]);
        cli.ok(&["batch", "submit", "--organisation", "zorg"]);
        cli.ok(&["work", "--until-idle"]);
        assert_eq!(cli.rows().query(collected), [["0"]]);
        let listed = cli.ok(&["bundle", "list", "--json"]).json();
        listed[0]["id"].as_str().unwrap().to_owned()
    });
    let app = open(&cli).await;
    drop(open_bundle(&app, &id).await.unwrap());
    app.close().await;
    let rows = tokio::task::block_in_place(|| cli.rows().query(collected));
    assert_eq!(rows, [["1"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bundles_are_locked_as_many_at_a_time_as_there_are_threads() {
    let cli = tokio::task::block_in_place(Cli::new);
    let bundles = tokio::task::block_in_place(|| made(&cli));
    let id = bundles[0]["id"].as_str().unwrap();
    let app = open(&cli).await;
    let lock = || {
        let password = BundlePassword::new("paard nietje batterij").ok().unwrap();
        lock_bundle(&app, id, password)
    };
    // Somebody else locks one, and there is one thread.
    let turn = Arc::clone(&app.locking).acquire_owned().await.unwrap();
    let waited = tokio::time::timeout(Duration::from_millis(500), lock()).await;
    assert!(waited.is_err(), "it did not wait for its turn");
    drop(turn);
    assert!(lock().await.is_ok());
    app.close().await;
}
