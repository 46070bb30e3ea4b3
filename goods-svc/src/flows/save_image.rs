//! A picture that staff upload: checked, made ready and put where `/media` finds it.

use std::sync::Arc;

use bytes::Bytes;
use common::identity::Caller;

use crate::error::GoodsError;
use crate::pictures::{self, Picture, Purpose};
use crate::state::AppState;

/// The pictures that became of a file, smallest first. Their names are new, so that nothing is replaced.
pub(crate) async fn save_image(
    state: &AppState,
    author: &Caller,
    file: Bytes,
    purpose: Purpose,
) -> Result<Vec<Picture>, GoodsError> {
    let _turn = Arc::clone(&state.picture_turns)
        .acquire_owned()
        .await
        .map_err(|closed| GoodsError::Background(closed.into()))?;
    let root = state.media_root.clone();
    let working = tokio::task::spawn_blocking(move || {
        let pictures = pictures::prepare(&file, purpose)?;
        for picture in &pictures {
            pictures::store(&root, picture)?;
        }
        Ok::<_, GoodsError>(pictures)
    });
    let pictures = working
        .await
        .map_err(|panic| GoodsError::Background(panic.into()))??;
    let paths: Vec<&str> = pictures.iter().map(|picture| picture.path.as_str()).collect();
    tracing::info!(staff = author.username, ?paths, "picture uploaded");
    Ok(pictures)
}
