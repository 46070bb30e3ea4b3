//! `kill -9` at every named crash point of checkout and payment: the shop heals, nothing is lost or doubled.
//!
//! The points are found in the sources. A process is started so that it kills itself at one of them; buyers go on
//! trying, as clients do; it is started again, armed with the next point. The books are audited at the end.

mod crowd;

use std::collections::BTreeSet;
use std::time::Duration;

use tests::audit;
use tests::crash_points;
use tests::servers::skip;
use tests::shop::{Mode, Part, Shop, ShopOptions, Started};
use tokio::time::Instant;

use crate::options;
use crowd::{Crowd, Errand};

/// Crates that take part in checkout and payment.
const CRATES: [&str; 5] = ["common", "orders-svc", "goods-svc", "carts-svc", "pays-svc"];
/// One commit each and nothing around it, and no errand leads there yet: asking for a refund, sending a parcel.
const NOBODY_COMES_BY: [&str; 2] = ["give_back_before_commit", "ship_before_commit"];
/// An armed process that nothing kills for this long is never killed by what the buyers do.
const ARMED_LIMIT: Duration = Duration::from_secs(30);
/// Plenty, and one more is still a count that may be ordered.
const IN_STOCK: i64 = 150;

in_both_modes!(
    killed_anywhere_in_checkout_and_payment_the_shop_heals,
    killed_anywhere_on_the_way_back_the_shop_heals,
);

async fn killed_anywhere_in_checkout_and_payment_the_shop_heals(mode: Mode) {
    let way_there = armings(mode)
        .into_iter()
        .filter(|arming| !arming.errand().is_given_up());
    run_through(mode, options(), way_there.collect()).await;
}

async fn killed_anywhere_on_the_way_back_the_shop_heals(mode: Mode) {
    let way_back = armings(mode)
        .into_iter()
        .filter(|arming| arming.errand().is_given_up());
    let options = options()
        .with("ORDERS_PAY_TIMEOUT_SECONDS", 3)
        .with("ORDERS_SILENCE_TIMEOUT_SECONDS", 0);
    run_through(mode, options, way_back.collect()).await;
}

/// A process, and the point at which it is to die.
#[derive(Clone, Debug)]
struct Arming {
    part: Part,
    point: String,
}

impl Arming {
    /// Which errand passes the point, by how its name begins.
    fn errand(&self) -> Errand {
        const ERRANDS: [(&str, Errand); 6] = [
            ("confirm_receipt", Errand::ConfirmReceipt),
            ("heal", Errand::WantTooMuch),
            ("cancel", Errand::LeaveUnpaid),
            ("release", Errand::LeaveUnpaid),
            ("refund", Errand::PayUnheard),
            ("record_refund", Errand::PayUnheard),
        ];
        let named = ERRANDS
            .into_iter()
            .find(|(begin, _)| self.point.starts_with(begin));
        named.map_or(Errand::BuyFromCart, |(_, errand)| errand)
    }
}

/// Every crash point, with each process that is to die there.
fn armings(mode: Mode) -> Vec<Arming> {
    let points = crash_points::by_crate();
    let mut armings = Vec::new();
    for owner in CRATES {
        let points = points.get(owner).into_iter().flatten();
        for point in points.filter(|point| !NOBODY_COMES_BY.contains(&point.as_str())) {
            for part in parts(owner, point) {
                let point = point.clone();
                armings.push(Arming { part, point });
            }
        }
    }
    // One process has each point once, whichever service passes it first.
    if mode == Mode::Embedded {
        let mut seen = BTreeSet::new();
        armings.retain(|arming| seen.insert(arming.point.clone()));
    }
    armings
}

/// Where a point lies. Those of `common` are tried in one service each that publishes or consumes during a purchase,
/// besides orders-svc, which does both.
fn parts(owner: &str, point: &str) -> Vec<Part> {
    match owner {
        "orders-svc" => vec![Part::Orders(0)],
        "goods-svc" => vec![Part::Goods(0)],
        "carts-svc" => vec![Part::Carts],
        "pays-svc" => vec![Part::Pays],
        _ if point.starts_with("outbox") || point == "event_before_confirm" => {
            vec![Part::Orders(0), Part::Pays]
        }
        _ => vec![Part::Orders(0), Part::Goods(0)],
    }
}

async fn run_through(mode: Mode, options: ShopOptions, armings: Vec<Arming>) {
    if !ShopOptions::has_crash_points() {
        return skip("the binary under test has no crash points");
    }
    let catalogue = options.catalogue();
    let [wanted, kept] = [catalogue.skus()[0].id, catalogue.skus()[1].id];
    let options = options
        .without_sms()
        .with("ORDERS_JOB_INTERVAL_SECONDS", 1)
        .with("ORDERS_CHECKOUT_TIMEOUT_SECONDS", 10)
        .selling(catalogue.with_stock(wanted, IN_STOCK).with_stock(kept, IN_STOCK));
    let Some(mut shop) = Shop::start(mode, options).await else {
        return;
    };
    let mut crowd = Crowd::gather(&shop, armings.len(), [wanted, kept]).await;
    audit::settle(&shop).await;

    let mut acknowledged = Vec::new();
    for arming in armings {
        crash_at(&mut shop, &arming, &mut crowd).await;
        // The switches of the sandbox are for one errand at a time.
        if arming.errand() == Errand::PayUnheard {
            acknowledged.extend(crowd.come_home().await);
            audit::settle(&shop).await;
        }
    }
    acknowledged.extend(crowd.come_home().await);
    for order in acknowledged {
        order.is_kept().await;
    }
    audit::settle(&shop).await;
}

/// Lets a process die at its point while somebody is on the way there, and starts it again.
async fn crash_at(shop: &mut Shop, arming: &Arming, crowd: &mut Crowd) {
    let Arming { part, point } = arming;
    let armed = format!("{point}@1");
    if shop.restart(*part, &[("CRASH", &armed)]).await == Started::Ready {
        crowd.set_out(arming.errand(), shop).await;
    }
    let deadline = Instant::now() + ARMED_LIMIT;
    while shop.is_running(*part) {
        assert!(
            Instant::now() < deadline,
            "{:?} does not lead to {arming:?}",
            arming.errand()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    shop.must_start(*part).await;
}
