//! The other services as orders-svc sees them: a shop small enough to be looked through, which fails when told to.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::{App, HttpResponse, HttpServer, web};
use chrono::{DateTime, Utc};
use common::contracts::ids::{AddressId, OrderId, SkuId, UserId};
use common::contracts::internal_apis::carts::{CartLine, CartSummary, TakeLines, TakeOutcome};
use common::contracts::internal_apis::goods::{
    Reserve, ReserveLine, ReserveOutcome, ReservedLine, Sku, SkuQuery,
};
use common::contracts::internal_apis::pays::{Payable, PaymentState, RegisterPayment};
use common::contracts::internal_apis::users::Address;
use common::contracts::internal_apis::{carts, goods, pays, users};
use common::money::Fen;
use common::task::Tasks;
use serde::Serialize;

/// What a call can be made to do instead of answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing happens, and the caller is told so.
    Refused,
    /// It happens, and the caller never learns.
    AnswerLost,
}

/// What the other services remember.
#[derive(Default)]
pub struct Shop {
    pub addresses: BTreeMap<(UserId, AddressId), Address>,
    pub carts: HashMap<UserId, Vec<CartLine>>,
    /// Further SKUs in each cart, not selected.
    pub unselected: usize,
    pub skus: BTreeMap<SkuId, Sku>,
    pub taken: HashMap<OrderId, Vec<CartLine>>,
    pub restored: HashSet<OrderId>,
    pub reserved: HashMap<OrderId, Vec<ReserveLine>>,
    pub hold_until: Option<DateTime<Utc>>,
    pub released: HashSet<OrderId>,
    pub registered: HashMap<OrderId, RegisterPayment>,
    pub paid: HashMap<OrderId, PaymentState>,
    /// By the name of the call.
    pub faults: HashMap<&'static str, Fault>,
    /// Calls in the order in which they came.
    pub calls: Vec<&'static str>,
    /// The next selected lines that are to be taken have changed.
    pub cart_changes: bool,
}

/// The server that plays them.
#[derive(Clone)]
pub struct Neighbours {
    pub address: SocketAddr,
    shop: Arc<Mutex<Shop>>,
}

type State = web::Data<Mutex<Shop>>;

impl Neighbours {
    pub fn start(tasks: &Tasks) -> Self {
        let shop = Arc::new(Mutex::new(Shop::default()));
        let state = web::Data::from(shop.clone());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route(users::LIST_ADDRESSES, web::get().to(list_addresses))
                .route(users::GET_ADDRESS, web::get().to(get_address))
                .route(carts::GET_CART, web::get().to(get_cart))
                .route(carts::TAKE, web::put().to(take))
                .route(carts::RESTORE, web::put().to(restore))
                .route(goods::QUERY_SKUS, web::post().to(query_skus))
                .route(goods::RESERVE, web::put().to(reserve))
                .route(goods::RELEASE, web::put().to(release))
                .route(pays::REGISTER_PAYMENT, web::put().to(register))
                .route(pays::SYNC_PAYMENT, web::put().to(sync))
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
        Self { address, shop }
    }

    pub fn shop(&self) -> MutexGuard<'_, Shop> {
        self.shop.lock().unwrap()
    }

    /// Puts a SKU on sale.
    pub fn launch(&self, id: i64, price: i64, stock: i64) {
        let sku = Sku {
            id: SkuId(id),
            name: format!("书包 {id}"),
            price: Fen(price),
            image: format!("sku/{id}.png"),
            stock,
            is_launched: true,
            attr_names: vec!["容量".into(), "颜色".into()],
            attr_values: vec!["30L".into(), "墨绿".into()],
        };
        self.shop().skus.insert(sku.id, sku);
    }

    /// Selects these SKUs in the buyer's cart.
    pub fn select(&self, buyer: UserId, lines: &[(i64, i64)]) {
        let lines = lines.iter().map(|(sku, count)| CartLine {
            sku_id: SkuId(*sku),
            count: *count,
        });
        self.shop().carts.insert(buyer, lines.collect());
    }

    /// Makes the call fail from now on.
    pub fn break_call(&self, call: &'static str, fault: Fault) {
        self.shop().faults.insert(call, fault);
    }

    /// Makes all calls work again.
    pub fn mend(&self) {
        self.shop().faults.clear();
    }

    pub fn stock(&self, id: i64) -> i64 {
        self.shop().skus[&SkuId(id)].stock
    }

    pub fn calls_of(&self, call: &str) -> usize {
        self.shop().calls.iter().filter(|made| **made == call).count()
    }
}

/// Notes the call, lets it happen unless it is refused, and answers unless the answer is lost.
fn play<T: Serialize>(state: &State, call: &'static str, act: impl FnOnce(&mut Shop) -> T) -> HttpResponse {
    let mut shop = state.lock().unwrap();
    shop.calls.push(call);
    let fault = shop.faults.get(call).copied();
    if fault == Some(Fault::Refused) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let answer = act(&mut shop);
    if fault == Some(Fault::AnswerLost) {
        return HttpResponse::InternalServerError().finish();
    }
    HttpResponse::Ok().json(answer)
}

async fn list_addresses(state: State, user: web::Path<i64>) -> HttpResponse {
    play(&state, "list_addresses", |shop| {
        let own = shop.addresses.iter().filter(|((owner, _), _)| owner.0 == *user);
        own.map(|(_, address)| address.clone()).collect::<Vec<_>>()
    })
}

async fn get_address(state: State, path: web::Path<(i64, i64)>) -> HttpResponse {
    let (user, address) = path.into_inner();
    play(&state, "get_address", |shop| {
        shop.addresses.get(&(UserId(user), AddressId(address))).cloned()
    })
}

async fn get_cart(state: State, user: web::Path<i64>) -> HttpResponse {
    play(&state, "get_cart", |shop| {
        let selected = shop.carts.get(&UserId(*user)).cloned().unwrap_or_default();
        CartSummary {
            carts_count: selected.len() + shop.unselected,
            selected,
        }
    })
}

async fn take(state: State, path: web::Path<(i64, OrderId)>, body: web::Json<TakeLines>) -> HttpResponse {
    let (user, order) = path.into_inner();
    play(&state, "take", |shop| {
        if shop.restored.contains(&order) {
            return TakeOutcome::Restored;
        }
        if !shop.taken.contains_key(&order) {
            let cart = shop.carts.entry(UserId(user)).or_default();
            if !body.lines.iter().all(|line| cart.contains(line)) || shop.cart_changes {
                return TakeOutcome::Changed;
            }
            cart.retain(|line| !body.lines.contains(line));
            shop.taken.insert(order, body.lines.clone());
        }
        TakeOutcome::Taken {
            carts_count: shop.unselected,
        }
    })
}

async fn restore(state: State, path: web::Path<(i64, OrderId)>) -> HttpResponse {
    let (user, order) = path.into_inner();
    play(&state, "restore", |shop| {
        if let Some(lines) = shop.taken.remove(&order) {
            shop.carts.entry(UserId(user)).or_default().extend(lines);
        }
        shop.restored.insert(order);
    })
}

async fn query_skus(state: State, body: web::Json<SkuQuery>) -> HttpResponse {
    play(&state, "query_skus", |shop| {
        let known = body.ids.iter().filter_map(|id| shop.skus.get(id).cloned());
        known.collect::<Vec<_>>()
    })
}

async fn reserve(state: State, order: web::Path<OrderId>, body: web::Json<Reserve>) -> HttpResponse {
    play(&state, "reserve", |shop| {
        if shop.released.contains(&order) {
            return ReserveOutcome::Released;
        }
        if !shop.reserved.contains_key(&order) {
            for line in &body.lines {
                let sku_id = line.sku_id;
                match shop.skus.get(&sku_id) {
                    Some(sku) if sku.is_launched && sku.stock >= line.count => {}
                    Some(sku) if sku.is_launched => {
                        let available = sku.stock;
                        return ReserveOutcome::OutOfStock { sku_id, available };
                    }
                    _ => return ReserveOutcome::NotLaunched { sku_id },
                }
            }
            move_stock(shop, &body.lines, -1);
            shop.reserved.insert(order.clone(), body.lines.clone());
            shop.hold_until = Some(body.hold_until);
        }
        let lines = body
            .lines
            .iter()
            .map(|line| sold(&shop.skus[&line.sku_id], line.count));
        ReserveOutcome::Reserved {
            lines: lines.collect(),
        }
    })
}

fn sold(sku: &Sku, count: i64) -> ReservedLine {
    ReservedLine {
        sku_id: sku.id,
        count,
        price: sku.price,
        name: sku.name.clone(),
        image: sku.image.clone(),
        attr_names: sku.attr_names.clone(),
        attr_values: sku.attr_values.clone(),
    }
}

fn move_stock(shop: &mut Shop, lines: &[ReserveLine], sign: i64) {
    for line in lines {
        shop.skus.get_mut(&line.sku_id).unwrap().stock += sign * line.count;
    }
}

async fn release(state: State, order: web::Path<OrderId>) -> HttpResponse {
    play(&state, "release", |shop| {
        if let Some(lines) = shop.reserved.remove(&*order) {
            move_stock(shop, &lines, 1);
        }
        shop.released.insert(order.into_inner());
    })
}

async fn register(state: State, order: web::Path<OrderId>, body: web::Json<RegisterPayment>) -> HttpResponse {
    play(&state, "register", |shop| {
        let pay_url = format!("http://cashier/{order}?try={}", shop.calls.len());
        shop.registered.insert(order.into_inner(), body.into_inner());
        Payable { pay_url }
    })
}

async fn sync(state: State, order: web::Path<OrderId>) -> HttpResponse {
    play(&state, "sync", |shop| {
        let known = shop.paid.get(&*order).cloned();
        known.unwrap_or(PaymentState::Waiting)
    })
}
