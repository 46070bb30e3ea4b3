//! A stand-in for a service: an HTTP server that says what it was asked.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use actix_web::dev::ServerHandle;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// Size of one chunk of `/v1/goods/big`.
pub const CHUNK: usize = 64 * 1024;
/// Chunks of it: 60 MB, more than all socket buffers on the way hold.
pub const CHUNKS: usize = 60 * 16;

/// A running stand-in. Dropped, it is gone at once.
pub struct StandIn {
    pub address: SocketAddr,
    pub seen: Arc<Seen>,
    handle: ServerHandle,
}

/// What happened to it.
#[derive(Default)]
pub struct Seen {
    hits: AtomicUsize,
    /// Chunks of the big answer that were asked for.
    pub chunks: AtomicUsize,
    /// The big answer was dropped before its end, or after it.
    pub is_big_answer_over: AtomicBool,
    /// Bytes of request bodies that arrived.
    pub received: AtomicUsize,
    /// A request body broke off.
    pub has_body_broken_off: AtomicBool,
    /// It says that it is not ready.
    pub is_unready: AtomicBool,
    /// Lets `/v1/goods/held` answer.
    pub release: Notify,
}

struct Watch(Arc<Seen>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.is_big_answer_over.store(true, Ordering::SeqCst);
    }
}

impl StandIn {
    pub fn start(name: &'static str) -> Self {
        Self::start_on(name, TcpListener::bind("127.0.0.1:0").unwrap())
    }

    pub fn start_on(name: &'static str, listener: TcpListener) -> Self {
        let seen = Arc::new(Seen::default());
        let address = listener.local_addr().unwrap();
        let seen_by_app = seen.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::from(seen_by_app.clone()))
                .app_data(Data::new(name))
                .route("/readyz", web::get().to(readyz))
                .route("/v1/goods/big", web::get().to(big))
                .route(
                    "/v1/goods/silent",
                    web::get().to(std::future::pending::<HttpResponse>),
                )
                .route("/v1/goods/held", web::get().to(held))
                .route("/v1/goods/early", web::post().to(early))
                .default_service(web::to(echo))
        });
        let server = server
            .workers(1)
            .shutdown_timeout(0)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            address,
            seen,
            handle,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests reached it.
    pub fn hits(&self) -> usize {
        self.seen.hits.load(Ordering::SeqCst)
    }

    /// Ends it; its port refuses connections from then on.
    pub async fn die(&self) {
        self.handle.stop(false).await;
    }
}

/// `{"code":200,"service":…,"method":…,"target":…,"headers":{…},"body":…}`, and headers that must not get through.
async fn echo(
    request: HttpRequest,
    mut payload: Payload,
    name: Data<&'static str>,
    seen: Data<Seen>,
) -> HttpResponse {
    seen.hits.fetch_add(1, Ordering::SeqCst);
    let mut body = Vec::new();
    while let Some(part) = payload.next().await {
        let Ok(part) = part else {
            seen.has_body_broken_off.store(true, Ordering::SeqCst);
            return HttpResponse::BadRequest().finish();
        };
        seen.received.fetch_add(part.len(), Ordering::SeqCst);
        body.extend_from_slice(&part);
    }
    let headers: BTreeMap<&str, Vec<&str>> = request
        .headers()
        .keys()
        .map(|name| (name.as_str(), all(&request, name.as_str())))
        .collect();
    let target = request.uri().path_and_query().map(ToString::to_string);
    HttpResponse::Ok()
        .insert_header(("server", "stand-in"))
        .insert_header(("x-powered-by", "stand-in"))
        .insert_header(("access-control-allow-origin", "http://evil.example"))
        .insert_header(("access-control-allow-credentials", "true"))
        .insert_header(("keep-alive", "timeout=1"))
        .insert_header(("etag", "\"7\""))
        .json(json!({
            "code": 200, "service": **name, "method": request.method().as_str(), "target": target,
            "headers": headers, "body": String::from_utf8_lossy(&body),
        }))
}

fn all<'r>(request: &'r HttpRequest, name: &str) -> Vec<&'r str> {
    request
        .headers()
        .get_all(name)
        .filter_map(|value| value.to_str().ok())
        .collect()
}

async fn readyz(seen: Data<Seen>) -> HttpResponse {
    if seen.is_unready.load(Ordering::SeqCst) {
        HttpResponse::ServiceUnavailable().finish()
    } else {
        HttpResponse::Ok().finish()
    }
}

/// Streams [`CHUNKS`] chunks, as fast as they are taken.
async fn big(seen: Data<Seen>) -> HttpResponse {
    let watch = Watch(seen.into_inner());
    let chunks = stream::iter(0..CHUNKS).map(move |_| {
        watch.0.chunks.fetch_add(1, Ordering::SeqCst);
        Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; CHUNK]))
    });
    HttpResponse::Ok().streaming(chunks)
}

async fn held(seen: Data<Seen>) -> web::Json<Value> {
    seen.hits.fetch_add(1, Ordering::SeqCst);
    seen.release.notified().await;
    web::Json(json!({ "code": 200 }))
}

/// Answers before it reads the body.
async fn early(payload: Payload, seen: Data<Seen>) -> web::Json<Value> {
    seen.hits.fetch_add(1, Ordering::SeqCst);
    drop(payload);
    web::Json(json!({ "code": 10299 }))
}
