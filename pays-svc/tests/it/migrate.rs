//! Bringing the database up to date, also after a first try that was killed.

use pays_svc::Application;

use crate::shop::{Engine, Shop, order, request};

#[tokio::test]
async fn a_migration_killed_half_way_is_finished_at_the_next_start() {
    for engine in [Engine::Sqlite, Engine::MariaDb] {
        let Some(shop) = Shop::start_on(engine).await else {
            continue;
        };
        shop.run("DROP TABLE inbox").await;
        shop.run("DROP TABLE pays_anomaly").await;
        shop.run("DELETE FROM seaql_migrations").await;
        let replica = Application::build(&shop.process).await.unwrap();
        shop.pays.register(&order(), &request()).await.unwrap();
        assert_eq!(shop.number("SELECT COUNT(*) FROM pays_anomaly").await, 0);
        drop(replica);
        shop.stop().await;
    }
}
