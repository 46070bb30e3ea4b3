//! POST /v1/staff/goods/images — a picture as multipart form data: `purpose` (`sku` or `brand`), then `file`.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpRequest, Responder, web};
use common::error_reply::Failure;
use common::identity::Staff;
use common::reply;
use futures_util::TryStreamExt;
use serde::Serialize;

use crate::error::GoodsError;
use crate::flows::save_image::save_image;
use crate::pictures::{MAX_FILE_BYTES, Picture, Purpose};
use crate::state::AppState;

/// Longest text of a field.
const MAX_TEXT_BYTES: usize = 64;

pub(crate) async fn handle(
    staff: Staff,
    state: web::Data<AppState>,
    request: HttpRequest,
    payload: Payload,
) -> Result<impl Responder, Failure> {
    let (purpose, file) = read_form(Multipart::new(request.headers(), payload)).await?;
    let pictures = save_image(&state, &staff.0, file, purpose).await?;
    let views: Vec<PictureView> = pictures.into_iter().map(PictureView::from).collect();
    Ok(reply::ok(views).with("base_url", state.media_url.as_str()))
}

async fn read_form(mut form: Multipart) -> Result<(Purpose, Bytes), GoodsError> {
    let mut purpose = Purpose::Sku;
    while let Some(mut field) = form.try_next().await.map_err(refusal)? {
        match field.name() {
            Some("purpose") => {
                let text = read_field(&mut field, MAX_TEXT_BYTES).await?;
                let named = Purpose::named(&String::from_utf8_lossy(&text));
                purpose = named.ok_or_else(|| GoodsError::BadUpload("purpose is sku or brand".into()))?;
            }
            Some("file") => return Ok((purpose, read_field(&mut field, MAX_FILE_BYTES).await?)),
            Some(_) | None => drop(read_field(&mut field, MAX_TEXT_BYTES).await?),
        }
    }
    Err(GoodsError::BadUpload("no field is called file".into()))
}

async fn read_field(field: &mut Field, limit: usize) -> Result<Bytes, GoodsError> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = field.try_next().await.map_err(refusal)? {
        if bytes.len() + chunk.len() > limit {
            return Err(GoodsError::BadUpload(format!(
                "a field has more than {limit} bytes"
            )));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn refusal(error: MultipartError) -> GoodsError {
    GoodsError::BadUpload(error.to_string())
}

/// `path` is what a SKU's `default_image_url`, a SKU image's `image` or a brand's `logo` is to be set to.
#[derive(Serialize)]
struct PictureView {
    path: String,
    width: u32,
    height: u32,
    bytes: usize,
}

impl From<Picture> for PictureView {
    fn from(picture: Picture) -> Self {
        Self {
            bytes: picture.bytes.len(),
            path: picture.path,
            width: picture.width,
            height: picture.height,
        }
    }
}
