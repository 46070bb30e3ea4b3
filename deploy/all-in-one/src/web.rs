//! The pages on :7000: static files that are part of the binary. The API is elsewhere; nothing here knows a user.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context;
use common::task::Tasks;
use rust_embed::Embed;

/// Root of the page addresses, as the existing pages have it (contract §3).
const ROOT: &str = "/dadashop";

#[derive(Embed)]
#[folder = "../../web/storefront"]
struct Pages;

/// The page server, listening.
pub struct WebServer {
    address: SocketAddr,
    handle: ServerHandle,
}

impl WebServer {
    /// Serves the pages on `listener`; they call the API at `api_url`.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn start(listener: TcpListener, api_url: String, tasks: &Tasks) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        let policy = content_policy(&api_url)?;
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(api_url.clone()))
                .wrap(
                    DefaultHeaders::new()
                        .add((header::CONTENT_SECURITY_POLICY, policy.clone()))
                        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff")),
                )
                .route("/", web::get().to(home))
                .route(&format!("{ROOT}/static/config.js"), web::get().to(config))
                .route(&format!("{ROOT}/{{path:.*}}"), web::get().to(page))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)?
        .run();
        let handle = server.handle();
        tasks.detach(server);
        Ok(Self { address, handle })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Finishes what it is sending, then stops.
    pub async fn stop(self) {
        self.handle.stop(true).await;
    }
}

/// Pages may load and call nothing but themselves and the API.
fn content_policy(api_url: &str) -> anyhow::Result<HeaderValue> {
    let policy = format!(
        "default-src 'self'; img-src 'self' {api_url} data:; connect-src 'self' {api_url}; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).context("DADASHOP_PUBLIC_API_URL")
}

async fn home() -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, format!("{ROOT}/templates/index.html")))
        .finish()
}

/// Tells the pages where the API is, because that is known only at run time.
async fn config(api_url: web::Data<String>) -> HttpResponse {
    let script = format!("export const apiUrl = {};\n", serde_json::json!(api_url.as_str()));
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(script)
}

async fn page(request: HttpRequest, path: web::Path<String>) -> HttpResponse {
    let Some(file) = Pages::get(&path) else {
        return HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("404 没有这个页面 · no such page");
    };
    let tag: String = file
        .metadata
        .sha256_hash()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("\"{tag}\"");
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    if known {
        return response.finish();
    }
    let content_type = mime_guess::from_path(path.as_str()).first_or_octet_stream();
    response
        .content_type(with_charset(content_type.as_ref()))
        .body(file.data.into_owned())
}

fn with_charset(content_type: &str) -> String {
    if content_type.starts_with("text/") {
        format!("{content_type}; charset=utf-8")
    } else {
        content_type.to_owned()
    }
}
