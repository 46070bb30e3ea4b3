//! Finding pictures: on disk below the media root, else among the demo's; never outside, never through a link.

use std::path::{Path, PathBuf};

use actix_files::NamedFile;
use actix_web::http::header::EntityTag;
use actix_web::web::Bytes;

use crate::demo::Pictures;

/// Longest path; the tables hold at most 100 letters (contract §4).
const MAX_PATH_BYTES: usize = 400;

/// A picture that was found.
pub(crate) enum Picture {
    /// A file of the media root.
    File(Box<NamedFile>),
    /// One of the demo's.
    Embedded(EmbeddedPicture),
}

/// A picture that is part of the binary.
pub(crate) struct EmbeddedPicture {
    /// Its content.
    pub(crate) bytes: Bytes,
    /// Its kind, by its name.
    pub(crate) content_type: String,
    /// Changes with its content.
    pub(crate) tag: EntityTag,
}

/// The picture at `path`, as the tables name it: no leading slash.
pub(crate) async fn find(root: &Path, path: &str) -> Option<Picture> {
    if !is_plain(path) {
        return None;
    }
    let (root, relative) = (root.to_owned(), PathBuf::from(path));
    let opened = tokio::task::spawn_blocking(move || open(&root, &relative)).await;
    match opened {
        Ok(Some(file)) => Some(Picture::File(Box::new(file))),
        Ok(None) => embedded(path).map(Picture::Embedded),
        Err(panic) => {
            tracing::error!(?panic, "looking for a picture panicked");
            None
        }
    }
}

/// Whether the path has a name that an upload was given: 32 hexadecimal digits, never given again.
pub(crate) fn is_uploaded(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    stem.len() == 32 && stem.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether each part is a plain name: no `..`, nothing hidden, nothing that a file system may read differently.
fn is_plain(path: &str) -> bool {
    path.len() <= MAX_PATH_BYTES
        && path.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && !part.contains(|c: char| c == '\\' || c == ':' || c.is_control())
        })
}

fn open(root: &Path, relative: &Path) -> Option<NamedFile> {
    let root = root.canonicalize().ok()?;
    let path = root.join(relative);
    // A link anywhere on the way leads to another real path. Only a regular file is opened: opening a pipe waits.
    let is_itself = path.canonicalize().is_ok_and(|real| real == path);
    if !is_itself || !path.metadata().ok()?.is_file() {
        return None;
    }
    Some(NamedFile::open(path).ok()?.disable_content_disposition())
}

fn embedded(path: &str) -> Option<EmbeddedPicture> {
    let file = Pictures::get(path)?;
    let hash = file.metadata.sha256_hash();
    let tag = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    Some(EmbeddedPicture {
        content_type: file.metadata.mimetype().to_owned(),
        tag: EntityTag::new_strong(tag),
        bytes: match file.data {
            std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_are_looked_for() {
        for good in ["sku/1_CWVre0U.png", "brand/鲸.svg", "a"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../x",
            "sku/../../x",
            "sku//x",
            "sku/",
            ".env",
            "sku/.hidden",
            "a\\b",
            "C:/x",
            "a\0b",
            "sku/./x",
        ] {
            assert!(!is_plain(bad), "{bad:?}");
        }
    }

    #[test]
    fn every_picture_of_the_demo_catalogue_is_in_the_binary() {
        let fixture = crate::domain::fixture::Fixture::parse(crate::demo::CATALOGUE).unwrap();
        let of_skus = fixture.skus.values().map(|sku| &sku.default_image_url.0);
        let of_details = fixture.sku_images.values().map(|image| &image.image.0);
        for path in of_skus
            .chain(of_details)
            .chain(fixture.brands.values().map(|brand| &brand.logo.0))
        {
            let picture = embedded(path).unwrap_or_else(|| panic!("{path} is missing"));
            assert_eq!(picture.content_type, "image/svg+xml");
        }
    }
}
