//! goods-svc, played by the test: a few SKUs whose stock and fate the test decides.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::web::{Data, Json};
use actix_web::{App, HttpServer, web};
use common::contracts::ids::SkuId;
use common::contracts::internal_apis::goods::{QUERY_SKUS, Sku, SkuQuery};
use common::money::Fen;
use common::task::Tasks;

type Shelf = Arc<Mutex<BTreeMap<SkuId, Sku>>>;

/// The service. SKUs 1 to 150 exist; of each there are 9 pieces.
pub struct Goods {
    pub url: String,
    shelf: Shelf,
    _tasks: Tasks,
}

impl Goods {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shelf: Shelf = Arc::new(Mutex::new((1..=150).map(|id| (SkuId(id), sku(id))).collect()));
        let data = Data::new(shelf.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route(QUERY_SKUS, web::post().to(query))
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
            shelf,
            _tasks: tasks,
        }
    }

    /// One that is down.
    pub fn down() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self {
            url,
            shelf: Shelf::default(),
            _tasks: Tasks::default(),
        }
    }

    /// From now on there are that many pieces.
    pub fn stock(&self, id: i64, stock: i64) {
        self.shelf.lock().unwrap().get_mut(&SkuId(id)).unwrap().stock = stock;
    }

    /// Takes a SKU off sale.
    pub fn withdraw(&self, id: i64) {
        self.shelf
            .lock()
            .unwrap()
            .get_mut(&SkuId(id))
            .unwrap()
            .is_launched = false;
    }

    /// Puts a SKU on sale again.
    pub fn launch(&self, id: i64) {
        self.shelf
            .lock()
            .unwrap()
            .get_mut(&SkuId(id))
            .unwrap()
            .is_launched = true;
    }

    /// The SKU exists no more.
    pub fn delete(&self, id: i64) {
        self.shelf.lock().unwrap().remove(&SkuId(id)).unwrap();
    }
}

fn sku(id: i64) -> Sku {
    Sku {
        id: SkuId(id),
        name: format!("远行双肩包 {id}"),
        price: Fen(25_900),
        image: format!("sku/{id}.png"),
        stock: 9,
        is_launched: true,
        attr_names: vec!["容量".into(), "颜色".into()],
        attr_values: vec!["30L".into(), "墨绿".into()],
    }
}

async fn query(shelf: Data<Shelf>, Json(query): Json<SkuQuery>) -> Json<Vec<Sku>> {
    assert!(
        !query.ids.is_empty() && query.ids.len() <= 200,
        "{} ids in one question",
        query.ids.len()
    );
    let shelf = shelf.lock().unwrap();
    Json(query.ids.iter().filter_map(|id| shelf.get(id)).cloned().collect())
}
