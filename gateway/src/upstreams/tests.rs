//! Which replica is asked.

use super::*;

fn replicas(urls: &str) -> Result<Replicas, SettingsError> {
    Replicas::read(&Source::of([(goods::URLS, urls)]), goods::URLS)
}

fn three() -> Replicas {
    replicas("http://127.0.0.1:1,http://127.0.0.1:2/,http://127.0.0.1:3").unwrap()
}

fn port(choice: Choice) -> Option<u16> {
    match choice {
        Choice::Replica(replica) => Some(replica.address.port()),
        Choice::AllBroken | Choice::NoneKnown => None,
    }
}

fn chosen(replicas: &Replicas) -> Vec<u16> {
    let mut ports: Vec<u16> = (0..300).filter_map(|_| port(replicas.choose(None))).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

#[test]
fn all_fit_ones_get_their_share() {
    let replicas = three();
    let mut counts = [0; 4];
    for _ in 0..3000 {
        counts[usize::from(port(replicas.choose(None)).unwrap())] += 1;
    }
    assert!(
        counts[1..].iter().all(|count| (800..1200).contains(count)),
        "{counts:?}"
    );
}

#[test]
fn the_busiest_one_is_never_asked() {
    let replicas = three();
    let _busy = replicas.present()[1].lease();
    assert_eq!(chosen(&replicas), [1, 3]);
}

#[test]
fn a_doubtful_one_is_asked_only_when_none_is_fit_and_a_broken_one_never() {
    let replicas = three();
    let present = replicas.present();
    present[0].note_refusal();
    assert_eq!(chosen(&replicas), [2, 3]);
    present[1].note_ready(false);
    for _ in 0..40 {
        present[2].note_failure();
    }
    assert_eq!(chosen(&replicas), [1, 2]);
    for replica in &present[..2] {
        for _ in 0..40 {
            replica.note_failure();
        }
    }
    assert!(matches!(replicas.choose(None), Choice::AllBroken));
}

#[test]
fn after_a_refusal_another_one_is_tried() {
    let two = replicas("http://127.0.0.1:1,http://127.0.0.1:2").unwrap();
    let refused = two.present()[0].clone();
    assert_eq!(port(two.choose(Some(&refused))), Some(2));
    let one = replicas("http://127.0.0.1:1").unwrap();
    let refused = one.present()[0].clone();
    assert!(matches!(one.choose(Some(&refused)), Choice::NoneKnown));
}

#[test]
fn what_is_known_of_a_replica_stays_with_it_when_others_come_and_go() {
    let replicas = three();
    let kept = replicas.present()[1].clone();
    kept.note_ready(false);
    let found = [2, 9].map(|port| {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        (address, HeaderValue::from_static("a"))
    });
    replicas.replace(found.to_vec());
    let present = replicas.present();
    assert!(Arc::ptr_eq(&present[0], &kept));
    assert_eq!((present.len(), present[1].address.port()), (2, 9));
}

#[test]
fn a_name_is_nobody_until_it_was_looked_up() {
    let replicas = replicas("http://orders-svc:8004").unwrap();
    assert!(replicas.has_names() && replicas.present().is_empty());
    assert!(matches!(replicas.choose(None), Choice::NoneKnown));
}

#[test]
fn a_wrong_address_is_named() {
    for url in ["127.0.0.1:8002", "https://a", "http://a/b", "http://"] {
        let error = replicas(url).unwrap_err().to_string();
        assert!(error.starts_with("DADASHOP_GOODS_URLS"), "{error}");
    }
}
