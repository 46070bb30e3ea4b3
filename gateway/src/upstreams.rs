//! The services behind the gateway and the replicas of each: taken in turn, the dead ones left out for a while.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::contracts::internal_apis::{carts, goods, orders, pays, users};
use common::settings::{Setting, SettingsError, Source, invalid};
use http::Uri;
use http::uri::{Authority, Scheme};

/// How long a replica that refused a connection is left out.
const REST: Duration = Duration::from_secs(2);

/// A service behind the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// users-svc.
    Users,
    /// goods-svc.
    Goods,
    /// carts-svc.
    Carts,
    /// orders-svc.
    Orders,
    /// pays-svc.
    Pays,
}

/// The replicas of all services. One for all workers, so that they learn from each other's failures.
#[derive(Debug)]
pub struct Upstreams {
    users: Replicas,
    goods: Replicas,
    carts: Replicas,
    orders: Replicas,
    pays: Replicas,
}

impl Upstreams {
    /// What the settings say.
    ///
    /// # Errors
    /// Names the setting whose list has an entry that is no `http://host:port`.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        Ok(Self {
            users: Replicas::read(source, users::URLS)?,
            goods: Replicas::read(source, goods::URLS)?,
            carts: Replicas::read(source, carts::URLS)?,
            orders: Replicas::read(source, orders::URLS)?,
            pays: Replicas::read(source, pays::URLS)?,
        })
    }

    /// The replicas of one service.
    pub fn of(&self, service: Service) -> &Replicas {
        match service {
            Service::Users => &self.users,
            Service::Goods => &self.goods,
            Service::Carts => &self.carts,
            Service::Orders => &self.orders,
            Service::Pays => &self.pays,
        }
    }
}

/// The replicas of one service.
#[derive(Debug)]
pub struct Replicas {
    all: Vec<Replica>,
    turn: AtomicUsize,
    born: Instant,
}

/// One of them.
#[derive(Debug)]
pub struct Replica {
    /// Host and port.
    pub authority: Authority,
    /// Until when it is left out, in milliseconds since the start.
    rests_until: AtomicU64,
}

impl Replicas {
    fn read(source: &Source, urls: Setting) -> Result<Self, SettingsError> {
        let replica = |url: &String| match authority(url) {
            Some(authority) => Ok(Replica {
                authority,
                rests_until: AtomicU64::new(0),
            }),
            None => Err(invalid(
                urls,
                format!("{url:?} is no address, as http://host:port"),
            )),
        };
        let all = source.list(urls)?.iter().map(replica).collect::<Result<_, _>>()?;
        Ok(Self {
            all,
            turn: AtomicUsize::new(0),
            born: Instant::now(),
        })
    }

    /// The next in turn that does not rest; when all do, the next in turn.
    pub fn next(&self) -> &Replica {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.first_awake(&self.all[turn % self.all.len()], self.from(turn))
    }

    /// Another one to try after `refused`; `None` when it is the only one.
    pub fn next_but(&self, refused: &Replica) -> Option<&Replica> {
        let turn = self.turn.load(Ordering::Relaxed);
        let mut others = self.from(turn).filter(|replica| !std::ptr::eq(*replica, refused));
        Some(self.first_awake(others.next()?, others))
    }

    /// Leaves a replica out for a while.
    pub fn let_rest(&self, replica: &Replica) {
        replica
            .rests_until
            .store(millis(self.born.elapsed() + REST), Ordering::Relaxed);
    }

    fn from(&self, turn: usize) -> impl Iterator<Item = &Replica> {
        self.all
            .iter()
            .cycle()
            .skip(turn % self.all.len())
            .take(self.all.len())
    }

    fn first_awake<'r>(
        &self,
        first: &'r Replica,
        mut others: impl Iterator<Item = &'r Replica>,
    ) -> &'r Replica {
        if self.rests(first) {
            others.find(|replica| !self.rests(replica)).unwrap_or(first)
        } else {
            first
        }
    }

    fn rests(&self, replica: &Replica) -> bool {
        let until = replica.rests_until.load(Ordering::Relaxed);
        until > 0 && until > millis(self.born.elapsed())
    }
}

/// Host and port of `http://host:port`, with or without a final slash.
fn authority(url: &str) -> Option<Authority> {
    let parts = url.parse::<Uri>().ok()?.into_parts();
    let has_path = parts.path_and_query.is_some_and(|path| path != "/");
    let is_http = parts.scheme == Some(Scheme::HTTP);
    parts.authority.filter(|_| is_http && !has_path)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replicas(urls: &str) -> Result<Replicas, SettingsError> {
        Replicas::read(&Source::of([(goods::URLS, urls)]), goods::URLS)
    }

    fn host(replica: &Replica) -> String {
        replica.authority.to_string()
    }

    #[test]
    fn replicas_are_taken_in_turn() {
        let replicas = replicas("http://a:1,http://b:2/").unwrap();
        let taken: Vec<String> = (0..4).map(|_| host(replicas.next())).collect();
        assert_eq!(taken, ["a:1", "b:2", "a:1", "b:2"]);
    }

    #[test]
    fn a_resting_replica_is_left_out_unless_all_rest() {
        let replicas = replicas("http://a:1,http://b:2").unwrap();
        replicas.let_rest(&replicas.all[0]);
        assert!((0..4).all(|_| host(replicas.next()) == "b:2"));
        replicas.let_rest(&replicas.all[1]);
        let taken: Vec<String> = (0..2).map(|_| host(replicas.next())).collect();
        assert_eq!(taken, ["a:1", "b:2"]);
    }

    #[test]
    fn after_a_refusal_another_one_is_tried() {
        let two = replicas("http://a:1,http://b:2").unwrap();
        assert_eq!(two.next_but(&two.all[0]).map(host).as_deref(), Some("b:2"));
        let one = replicas("http://a:1").unwrap();
        assert!(one.next_but(&one.all[0]).is_none());
    }

    #[test]
    fn a_wrong_address_is_named() {
        for url in ["127.0.0.1:8002", "https://a", "http://a/b", "http://"] {
            let error = replicas(url).unwrap_err().to_string();
            assert!(error.starts_with("DADASHOP_GOODS_URLS"), "{error}");
        }
    }
}
