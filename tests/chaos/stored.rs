//! What lies in the store, whoever put it there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::home::Home;

/// The key of everything in the store. What it holds is sealed: whether it is what was made, fetching it tells.
pub fn keys(home: &Home) -> BTreeSet<String> {
    if home.has_bucket() {
        let store = home.bucket().store();
        // `s3://BUCKET/PREFIX`; keys in the database begin behind the prefix.
        let prefix = store.rsplit_once('/').unwrap().1;
        let objects = home.bucket().objects().into_iter();
        return objects
            .map(|(key, _)| {
                let inside = key
                    .strip_prefix(prefix)
                    .and_then(|key| key.strip_prefix('/'));
                inside.map_or(format!("outside of the store: {key}"), str::to_owned)
            })
            .collect();
    }
    let store = home.store_folder();
    let files = files_below(&store).into_iter();
    files
        .map(|file| {
            let key = file.strip_prefix(&store).unwrap().to_str().unwrap();
            key.to_owned()
        })
        .collect()
}

/// Every file below `folder`, which need not be there.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
