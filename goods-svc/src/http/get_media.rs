//! GET /media/{path} — a picture (contract G6).

use actix_web::body::BoxBody;
use actix_web::http::header::{self, EntityTag, HeaderMap, HeaderValue, IfNoneMatch, IfRange, Range};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use common::error_codes::shared;
use common::error_reply::Failure;

use crate::media::{self, EmbeddedPicture, Picture};
use crate::state::AppState;

/// Pictures are told apart by their names; after an hour a browser asks whether its copy still holds.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// What staff uploaded has a name that is never given again.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
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
    decorate(response.headers_mut(), &path);
    Ok(response)
}

fn decorate(headers: &mut HeaderMap, path: &str) {
    let lifetime = if media::is_uploaded(path) {
        IMMUTABLE
    } else {
        CACHE_CONTROL
    };
    headers.insert(header::CACHE_CONTROL, lifetime);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
}

fn embedded(picture: EmbeddedPicture, request: &HttpRequest) -> HttpResponse {
    let is_known = match request.get_header::<IfNoneMatch>() {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&picture.tag)),
        None => false,
    };
    if is_known {
        return HttpResponse::NotModified()
            .insert_header(header::ETag(picture.tag))
            .finish();
    }
    let length = picture.bytes.len();
    let mut response = match wanted_part(request, &picture.tag, length) {
        None => HttpResponse::Ok().body(picture.bytes),
        Some(Ok((from, to))) => HttpResponse::PartialContent()
            .insert_header((header::CONTENT_RANGE, format!("bytes {from}-{to}/{length}")))
            .body(picture.bytes.slice(from..=to)),
        Some(Err(OutOfRange)) => HttpResponse::RangeNotSatisfiable()
            .insert_header((header::CONTENT_RANGE, format!("bytes */{length}")))
            .finish(),
    };
    describe(&mut response, &picture.content_type, &picture.tag);
    response
}

fn describe(response: &mut HttpResponse<BoxBody>, content_type: &str, tag: &EntityTag) {
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    for (name, value) in [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::ETAG, tag.to_string()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// A range that lies outside the picture.
struct OutOfRange;

/// The one part that is asked for, first and last byte; `None` for all of it, which several parts get too, and who
/// has a part of another version.
fn wanted_part(
    request: &HttpRequest,
    tag: &EntityTag,
    length: usize,
) -> Option<Result<(usize, usize), OutOfRange>> {
    let Some(Range::Bytes(parts)) = request.get_header::<Range>() else {
        return None;
    };
    if let Some(IfRange::EntityTag(seen)) = request.get_header::<IfRange>()
        && seen.strong_ne(tag)
    {
        return None;
    }
    let [part] = parts.as_slice() else { return None };
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    let part = part.to_satisfiable_range(length);
    let as_index = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX);
    Some(
        part.map(|(from, to)| (as_index(from), as_index(to)))
            .ok_or(OutOfRange),
    )
}
