//! The journeys: what a whole shop promises, tried on real processes in both modes. And what must be tidy.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::shop::ShopOptions;

/// Makes of each journey (a function of the mode) two tests: `embedded::…` and `production::…`.
macro_rules! in_both_modes {
    ($($journey:ident),+ $(,)?) => {
        mod embedded {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $journey() {
                    super::$journey(tests::shop::Mode::Embedded).await;
                }
            )+
        }

        mod production {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $journey() {
                    super::$journey(tests::shop::Mode::Production).await;
                }
            )+
        }
    };
}

/// Like [`in_both_modes`], and `deployment::…`, which visits a shop that runs already.
macro_rules! in_every_mode {
    ($($journey:ident),+ $(,)?) => {
        in_both_modes!($($journey),+);

        mod deployment {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $journey() {
                    super::$journey(tests::shop::Mode::Deployment).await;
                }
            )+
        }
    };
}

mod api_document;
mod broker;
mod composed;
mod crashes;
mod flash_sale;
mod notifies;
mod purchase;
mod reference;
mod resets;
mod starting;
mod tidy;
mod unpaid_orders;

/// A shop that runs the binary built beside these tests.
fn options() -> ShopOptions {
    ShopOptions::new(env!("CARGO_BIN_EXE_shop-process"))
}
