//! Weibo, played by the test: the code `uid-7` is good once, for the user 7; others are answered as they say.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::web::{Data, Form};
use actix_web::{App, HttpResponse, HttpServer, web};
use common::task::Tasks;
use serde::Deserialize;
use serde_json::json;

pub const CLIENT_ID: &str = "2045436852";
pub const CLIENT_SECRET: &str = "a-secret-for-tests-only";

type Used = Arc<Mutex<BTreeSet<String>>>;

/// The provider.
#[derive(Clone)]
pub struct Weibo {
    pub token_url: String,
    _tasks: Tasks,
}

#[derive(Deserialize)]
struct Exchange {
    client_id: String,
    client_secret: String,
    grant_type: String,
    code: String,
    redirect_uri: String,
}

impl Weibo {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let token_url = format!("http://{}/access_token", listener.local_addr().unwrap());
        let used = Data::new(Used::default());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(used.clone())
                .route("/access_token", web::post().to(exchange))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let tasks = Tasks::default();
        tasks.detach(server);
        Self {
            token_url,
            _tasks: tasks,
        }
    }
}

async fn exchange(form: Form<Exchange>, used: Data<Used>) -> HttpResponse {
    let refused = || {
        HttpResponse::BadRequest().json(json!({"error": "invalid_grant", "error_code": 21325, "uid": null}))
    };
    let is_ours = form.client_id == CLIENT_ID
        && form.client_secret == CLIENT_SECRET
        && form.grant_type == "authorization_code"
        && form.redirect_uri == "http://shop.example/dadashop/templates/callback.html";
    if !is_ours || !used.lock().unwrap().insert(form.code.clone()) {
        return refused();
    }
    match form.code.split_once('-') {
        Some(("uid", uid)) => {
            let uid = uid.split('-').next().unwrap();
            HttpResponse::Ok().json(json!({"access_token": "t", "expires_in": 1, "uid": uid}))
        }
        Some(("number", uid)) => {
            HttpResponse::Ok().json(json!({"access_token": "t", "uid": uid.parse::<u64>().unwrap()}))
        }
        Some(("html", _)) => HttpResponse::Ok().body("<html>"),
        Some(("nobody", _)) => HttpResponse::Ok().json(json!({"access_token": "t"})),
        _ => refused(),
    }
}
