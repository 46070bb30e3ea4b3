//! Reservations that outlived their time: orders-svc is asked, and its word alone decides.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpResponse, HttpServer, web};
use common::contracts::ids::OrderId;
use common::contracts::internal_apis::goods::ReserveOutcome::Reserved;
use common::contracts::internal_apis::orders::{ORDER_FATE, OrderFate, URLS};
use common::task::Tasks;
use goods_svc::settings::SWEEP_INTERVAL_SECONDS;
use tokio::time::Duration;

use crate::callers::order;
use crate::fixture::backpacks;
use crate::shop::{Shop, Stores, eventually, run_with};

/// orders-svc, which knows what became of these orders and fails for the others.
#[derive(Clone)]
struct Orders {
    address: SocketAddr,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    fates: HashMap<OrderId, OrderFate>,
    asked: Vec<OrderId>,
}

impl Orders {
    fn start(tasks: &Tasks) -> Self {
        let known = Arc::new(Mutex::new(Known::default()));
        let state = web::Data::from(known.clone());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route(ORDER_FATE, web::get().to(tell))
        });
        let server = server
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        let (handle, stop) = (server.handle(), tasks.stop_signal());
        tasks.detach(server);
        tasks.detach(async move {
            stop.cancelled().await;
            handle.stop(false).await;
        });
        Self { address, known }
    }

    fn set(&self, order_id: OrderId, fate: OrderFate) {
        self.known.lock().unwrap().fates.insert(order_id, fate);
    }

    fn times_asked(&self, order_id: &OrderId) -> usize {
        let known = self.known.lock().unwrap();
        known.asked.iter().filter(|asked| *asked == order_id).count()
    }
}

async fn tell(state: web::Data<Mutex<Known>>, order_id: web::Path<OrderId>) -> HttpResponse {
    let mut known = state.lock().unwrap();
    known.asked.push(order_id.clone());
    match known.fates.get(&order_id) {
        Some(fate) => HttpResponse::Ok().json(fate),
        None => HttpResponse::InternalServerError().finish(),
    }
}

/// A shop whose sweeper looks every second and asks these orders.
async fn with_orders(stores: Stores, test: impl AsyncFnOnce(&Shop, &Orders)) {
    let tasks = Tasks::default();
    let orders = Orders::start(&tasks);
    let url = format!("http://{}", orders.address);
    let settings = [(URLS, url.as_str()), (SWEEP_INTERVAL_SECONDS, "1")];
    run_with(stores, &settings, async |shop: &Shop| test(shop, &orders).await).await;
    assert!(tasks.stop_and_wait(Duration::from_secs(10)).await);
}

/// The state of the order's reservation.
async fn is_in_state(shop: &Shop, order_id: &OrderId, state: &str) -> bool {
    let sql =
        format!("SELECT COUNT(*) FROM goods_reservation WHERE order_id = '{order_id}' AND state = '{state}'");
    shop.number(&sql).await == 1
}

async fn expire(shop: &Shop) {
    shop.execute("UPDATE goods_reservation SET hold_until = '2020-01-01 00:00:00'")
        .await;
}

async fn each_order_gets_what_became_of_it(stores: Stores) {
    with_orders(stores, async |shop, orders| {
        shop.load(&backpacks());
        for n in 1..=4 {
            let outcome = shop.reserve(&order(n), &[(11, 1), (12, 1)]).await;
            assert!(matches!(outcome, Reserved { .. }));
        }
        for (n, fate) in [
            (1, OrderFate::Paid),
            (2, OrderFate::Dead),
            (3, OrderFate::Unknown),
            (4, OrderFate::Open),
        ] {
            orders.set(order(n), fate);
        }
        expire(shop).await;
        for (n, state) in [(1, "sold"), (2, "released"), (3, "released")] {
            eventually(state, async || {
                is_in_state(shop, &order(n), state).await.then_some(())
            })
            .await;
        }
        eventually("the open order was looked at", async || {
            (orders.times_asked(&order(4)) > 0).then_some(())
        })
        .await;
        assert!(is_in_state(shop, &order(4), "held").await);
        assert_eq!((shop.stock(11).await, shop.stock(12).await), ((8, 2), (18, 2)));
        shop.assert_stock_is_explained().await;
    })
    .await;
}

async fn while_orders_svc_is_silent_stock_stays_held(stores: Stores) {
    with_orders(stores, async |shop, orders| {
        shop.load(&backpacks());
        assert!(matches!(
            shop.reserve(&order(1), &[(11, 1)]).await,
            Reserved { .. }
        ));
        expire(shop).await;
        eventually("it was asked", async || {
            (orders.times_asked(&order(1)) > 0).then_some(())
        })
        .await;
        assert!(is_in_state(shop, &order(1), "held").await);
        orders.set(order(1), OrderFate::Dead);
        expire(shop).await;
        eventually("it is released", async || {
            is_in_state(shop, &order(1), "released").await.then_some(())
        })
        .await;
        assert_eq!(shop.stock(11).await, (10, 0));
        shop.assert_stock_is_explained().await;
    })
    .await;
}

macro_rules! on_each_stores {
    ($($name:ident),+) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Stores::Embedded).await;
            })+
        }
        mod servers {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Stores::Servers).await;
            })+
        }
    };
}

on_each_stores!(
    each_order_gets_what_became_of_it,
    while_orders_svc_is_silent_stock_stays_held
);
