//! GET /media/{path} — a picture (contract G6).

use actix_web::http::header::{self, HeaderValue, IfNoneMatch};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use common::error_codes::shared;
use common::error_reply::Failure;

use crate::media::{self, EmbeddedPicture, Picture};
use crate::state::AppState;

/// Pictures are told apart by their names; after an hour a browser asks whether its copy still holds.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// A picture opened by itself is a document of our origin, and an SVG may hold scripts: it gets nothing.
const CONTENT_SECURITY_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

pub(crate) async fn handle(
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let picture = media::find(&state.media_root, &path).await;
    let mut response = match picture {
        None => return Err(Failure::of_transport(shared::NO_SUCH_ROUTE)),
        Some(Picture::File(file)) => file.into_response(&request),
        Some(Picture::Embedded(picture)) => embedded(picture, &request),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, CACHE_CONTROL);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    Ok(response)
}

fn embedded(picture: EmbeddedPicture, request: &HttpRequest) -> HttpResponse {
    let is_known = match request.get_header::<IfNoneMatch>() {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&picture.tag)),
        None => false,
    };
    let tag = header::ETag(picture.tag);
    if is_known {
        return HttpResponse::NotModified().insert_header(tag).finish();
    }
    HttpResponse::Ok()
        .insert_header(tag)
        .content_type(picture.content_type)
        .body(picture.bytes)
}
