//! The services behind the gateway and the replicas of each: of two taken at random the less busy one is asked.

mod lookup;
mod probe;
mod replica;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use common::contracts::internal_apis::{carts, goods, orders, pays, users};
use common::settings::{Setting, SettingsError, Source, invalid};
use common::task::Tasks;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Uri};

pub use replica::{Fitness, Lease, Replica};

/// Where plain HTTP is when an address names no port.
const HTTP_PORT: u16 = 80;

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

impl Service {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Users, Self::Goods, Self::Carts, Self::Orders, Self::Pays];

    fn urls(self) -> Setting {
        match self {
            Self::Users => users::URLS,
            Self::Goods => goods::URLS,
            Self::Carts => carts::URLS,
            Self::Orders => orders::URLS,
            Self::Pays => pays::URLS,
        }
    }

    /// Its place in lists that have one for each.
    pub fn place(self) -> usize {
        match self {
            Self::Users => 0,
            Self::Goods => 1,
            Self::Carts => 2,
            Self::Orders => 3,
            Self::Pays => 4,
        }
    }
}

/// The replicas of all services. One for all threads.
#[derive(Debug)]
pub struct Upstreams(Vec<Arc<Replicas>>);

/// The replicas of one service.
#[derive(Debug)]
pub struct Replicas {
    targets: Vec<Target>,
    present: RwLock<Arc<[Arc<Replica>]>>,
    is_looked_up: AtomicBool,
}

/// An entry of the settings: one address, or a name that stands for any number of them.
#[derive(Clone, Debug)]
struct Target {
    name: String,
    port: u16,
    host: HeaderValue,
}

/// Whom to ask.
#[derive(Debug)]
pub enum Choice {
    /// This one.
    Replica(Arc<Replica>),
    /// Nobody, though there are replicas: all of them fail too often.
    AllBroken,
    /// Nobody: no replica is known, or no other.
    NoneKnown,
}

impl Upstreams {
    /// What the settings say.
    ///
    /// # Errors
    /// Names the setting whose list has an entry that is no `http://host:port`.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        let read = |service: Service| Replicas::read(source, service.urls()).map(Arc::new);
        Service::ALL
            .into_iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The replicas of one service.
    pub fn of(&self, service: Service) -> &Replicas {
        &self.0[service.place()]
    }

    /// Keeps looking names up and asking replicas whether they are ready.
    pub fn watch(&self, tasks: &Tasks) {
        for replicas in &self.0 {
            if replicas.has_names() {
                let looked_up = replicas.clone();
                tasks.supervise("look-up of replicas", move |stop, beat| {
                    lookup::keep_up(looked_up.clone(), stop, beat)
                });
            }
            let probed = replicas.clone();
            tasks.supervise("probe of replicas", move |stop, beat| {
                probe::keep_asking(probed.clone(), stop, beat)
            });
        }
    }

    /// Whether each name was looked up once, so that requests find somebody.
    pub fn are_looked_up(&self) -> bool {
        let mut all = self.0.iter();
        all.all(|replicas| replicas.is_looked_up.load(Ordering::Relaxed))
    }
}

impl Replicas {
    fn read(source: &Source, urls: Setting) -> Result<Self, SettingsError> {
        let target = |url: &String| {
            Target::parse(url)
                .ok_or_else(|| invalid(urls, format!("{url:?} is no address, as http://host:port")))
        };
        let targets: Vec<Target> = source.list(urls)?.iter().map(target).collect::<Result<_, _>>()?;
        let known: Vec<Arc<Replica>> = targets.iter().filter_map(Target::replica).collect();
        let is_looked_up = AtomicBool::new(known.len() == targets.len());
        Ok(Self {
            targets,
            present: RwLock::new(known.into()),
            is_looked_up,
        })
    }

    fn has_names(&self) -> bool {
        self.targets.iter().any(|target| target.address().is_none())
    }

    /// Those that are known at present.
    pub fn present(&self) -> Arc<[Arc<Replica>]> {
        self.present
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replaces them; a replica that stays keeps what is known of it.
    fn replace(&self, found: Vec<(SocketAddr, HeaderValue)>) {
        let before = self.present();
        let now: Vec<Arc<Replica>> = found
            .into_iter()
            .map(|(address, host)| {
                let known = before.iter().find(|replica| replica.address == address);
                known.map_or_else(|| Arc::new(Replica::new(address, host)), Arc::clone)
            })
            .collect();
        let is_same = now.len() == before.len() && now.iter().zip(&*before).all(|(a, b)| Arc::ptr_eq(a, b));
        if !is_same {
            let addresses: Vec<String> = now.iter().map(|replica| replica.address.to_string()).collect();
            tracing::info!("replicas of {}: {}", self.name(), addresses.join(", "));
            *self.present.write().unwrap_or_else(PoisonError::into_inner) = now.into();
        }
        self.is_looked_up.store(true, Ordering::Relaxed);
    }

    fn name(&self) -> &str {
        self.targets.first().map_or("nobody", |target| &target.name)
    }

    /// The less busy of two fit ones, but for `refused`, which was tried already. When none is fit, a doubtful one is
    /// better than nobody.
    pub fn choose(&self, refused: Option<&Replica>) -> Choice {
        let present = self.present();
        if let ([only], None) = (&*present, refused) {
            return match only.fitness() {
                Fitness::Broken => Choice::AllBroken,
                Fitness::Fit | Fitness::Doubtful => Choice::Replica(only.clone()),
            };
        }
        let (mut best, mut doubtful, mut has_broken) = (None, None, false);
        let mut looked_at = 0;
        for replica in in_random_order(&present) {
            if refused.is_some_and(|refused| std::ptr::eq(refused, Arc::as_ptr(replica))) {
                continue;
            }
            match replica.fitness() {
                Fitness::Fit => {
                    best = Some(less_busy(best, replica));
                    looked_at += 1;
                    if looked_at == 2 {
                        break;
                    }
                }
                Fitness::Doubtful => doubtful = Some(less_busy(doubtful, replica)),
                Fitness::Broken => has_broken = true,
            }
        }
        match best.or(doubtful) {
            Some(replica) => Choice::Replica(replica.clone()),
            None if has_broken => Choice::AllBroken,
            None => Choice::NoneKnown,
        }
    }
}

fn less_busy<'r>(one: Option<&'r Arc<Replica>>, other: &'r Arc<Replica>) -> &'r Arc<Replica> {
    match one {
        Some(one) if one.in_flight() <= other.in_flight() => one,
        _ => other,
    }
}

/// All of them, from a random one on in steps of a random size: any two may come first, and nothing is allocated.
fn in_random_order(all: &[Arc<Replica>]) -> impl Iterator<Item = &Arc<Replica>> {
    let count = all.len().max(1);
    let first = rand::random_range(0..count);
    let second = if count > 1 {
        (first + rand::random_range(1..count)) % count
    } else {
        first
    };
    let others = (0..all.len()).filter(move |place| *place != first && *place != second);
    let two = [first, second].into_iter().take(all.len());
    two.chain(others).map(|place| &all[place])
}

impl Target {
    /// Host and port of `http://host:port`, with or without a final slash.
    fn parse(url: &str) -> Option<Self> {
        let parts = url.parse::<Uri>().ok()?.into_parts();
        let has_path = parts.path_and_query.is_some_and(|path| path != "/");
        let is_http = parts.scheme == Some(Scheme::HTTP);
        let authority: Authority = parts.authority.filter(|_| is_http && !has_path)?;
        Some(Self {
            name: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(HTTP_PORT),
            host: HeaderValue::from_str(authority.as_str()).ok()?,
        })
    }

    /// The address, when the entry is one.
    fn address(&self) -> Option<SocketAddr> {
        Some(SocketAddr::new(self.name.parse().ok()?, self.port))
    }

    fn replica(&self) -> Option<Arc<Replica>> {
        let address = self.address()?;
        Some(Arc::new(Replica::new(address, self.host.clone())))
    }
}

#[cfg(test)]
mod tests;
