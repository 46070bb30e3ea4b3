//! carts-svc, played by the test: remembers what it is asked to merge.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::error::ErrorServiceUnavailable;
use actix_web::web::{Data, Json, Path};
use actix_web::{App, Error, HttpServer, web};
use common::contracts::internal_apis::carts::{CartSummary, CartsCount, GET_CART, MERGE, MergeLines};
use common::task::Tasks;

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well,
    Slow,
    /// Answers 503 to everything until [`Carts::cure`].
    Sick,
}

type Told = (Mood, Merged, Arc<AtomicBool>);
type Merged = Arc<Mutex<BTreeMap<i64, Vec<(i64, i64)>>>>;

/// The service.
#[derive(Clone)]
pub struct Carts {
    pub url: String,
    is_cured: Arc<AtomicBool>,
    merged: Merged,
    _tasks: Tasks,
}

impl Carts {
    /// One that answers.
    pub fn start() -> Self {
        Self::in_mood(Mood::Well)
    }

    /// One that answers as it likes.
    pub fn in_mood(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let merged = Merged::default();
        let is_cured = Arc::new(AtomicBool::new(mood != Mood::Sick));
        let data = Data::new((mood, merged.clone(), is_cured.clone()));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route(MERGE, web::put().to(merge))
                .route(GET_CART, web::get().to(get_cart))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let tasks = Tasks::default();
        tasks.detach(server);
        Self {
            url,
            is_cured,
            merged,
            _tasks: tasks,
        }
    }

    /// Makes a sick one well.
    pub fn cure(&self) {
        self.is_cured.store(true, Ordering::SeqCst);
    }

    /// One that is down.
    pub fn down() -> Self {
        let url = format!(
            "http://{}",
            TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
        );
        Self { url, ..Self::start() }
    }

    /// The lines that were merged last, for all users together.
    pub fn merged(&self) -> Vec<(i64, i64)> {
        self.merged.lock().unwrap().values().flatten().copied().collect()
    }
}

async fn merge(
    data: Data<Told>,
    user: Path<i64>,
    Json(request): Json<MergeLines>,
) -> Result<Json<CartsCount>, Error> {
    wait(&data).await?;
    let lines: Vec<(i64, i64)> = request
        .lines
        .iter()
        .map(|line| (line.sku_id.0, line.count))
        .collect();
    let carts_count = lines.len();
    data.1.lock().unwrap().insert(*user, lines);
    Ok(Json(CartsCount { carts_count }))
}

async fn get_cart(data: Data<Told>, user: Path<i64>) -> Result<Json<CartSummary>, Error> {
    wait(&data).await?;
    Ok(Json(CartSummary {
        carts_count: data.1.lock().unwrap().get(&user).map_or(0, Vec::len),
        selected: Vec::new(),
    }))
}

async fn wait(told: &Told) -> Result<(), Error> {
    if told.0 == Mood::Slow {
        tokio::time::sleep(Duration::from_secs(20)).await;
    }
    if told.2.load(Ordering::SeqCst) {
        Ok(())
    } else {
        Err(ErrorServiceUnavailable("sick"))
    }
}
