//! Hashing of passwords with argon2id: on blocking threads, as many at a time as there are cores, in a bounded queue.
//!
//! One hash takes 19 MiB and tens of milliseconds by design. Without bounds a few hundred logins at once would eat
//! the memory of the machine.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::task::JoinError;

use crate::domain::user::Password;

/// Memory in KiB, passes and lanes of one hash (reliability §4.22).
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// The hash of no password: random bytes. Checked in place of the one that an unknown user does not have, so that both
/// answers take the same time.
const DECOY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Ndq8qjXFliNP/i9nTqAq7A$qRiBa8XSRV2akeg8EeMGng6IMBmoN1I+moDfXjQuQZc";
/// Hashes that may wait for their turn; whoever comes later is sent away.
const QUEUE: usize = 128;

/// Hashes passwords and checks them. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    running: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right,
    /// It is the password, stored in the old way; this is its new hash.
    RightAndRehashed(String),
    /// It is not.
    Wrong,
}

/// Why a password was neither hashed nor checked.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    #[error("too many passwords wait to be hashed")]
    Busy(#[source] TryAcquireError),
    #[error("hashing has been shut down")]
    Closed(#[from] AcquireError),
    #[error("argon2 failed")]
    Argon2(#[from] argon2::password_hash::Error),
    #[error("hashing was interrupted")]
    Interrupted(#[from] JoinError),
}

impl Passwords {
    /// Hashes at most `threads` at a time.
    pub fn new(threads: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(threads)),
            queue: Arc::new(Semaphore::new(QUEUE + threads)),
        }
    }

    /// Waits for a turn to hash or check one password.
    pub async fn turn(&self) -> Result<Turn, HashingError> {
        let place = self
            .queue
            .clone()
            .try_acquire_owned()
            .map_err(HashingError::Busy)?;
        let permit = self.running.clone().acquire_owned().await?;
        Ok(Turn((place, permit)))
    }
}

/// The right to hash or check one password: a place in the queue, and a thread.
pub struct Turn((OwnedSemaphorePermit, OwnedSemaphorePermit));

impl Turn {
    /// What to store of a password.
    pub async fn hash(self, password: Password) -> Result<String, HashingError> {
        self.on_a_thread(move || hash(password.expose())).await
    }

    /// Whether `password` is the one that `stored` was made of. Without a stored one, or with an entered one that nobody
    /// can have, the answer is no, after the same time.
    pub async fn check(
        self,
        password: Option<Password>,
        stored: Option<String>,
    ) -> Result<Verdict, HashingError> {
        self.on_a_thread(move || match (password, stored) {
            (Some(password), Some(stored)) => check(password.expose(), &stored),
            (_, _) => burn(),
        })
        .await
    }

    async fn on_a_thread<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let run = move || {
            let outcome = work();
            drop(self.0); // Not before: the thread works on when its caller has gone.
            outcome
        };
        tokio::task::spawn_blocking(run).await?
    }
}

fn argon2() -> Result<Argon2<'static>, HashingError> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(argon2::password_hash::Error::from)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string of a password under a fresh salt.
fn hash(password: &str) -> Result<String, HashingError> {
    Ok(argon2()?.hash_password(password.as_bytes())?.to_string())
}

fn check(password: &str, stored: &str) -> Result<Verdict, HashingError> {
    if is_md5(stored) {
        return check_md5(password, stored);
    }
    match PasswordVerifier::<str>::verify_password(&argon2()?, password.as_bytes(), stored) {
        Ok(()) => Ok(Verdict::Right),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(error) => Err(error.into()),
    }
}

/// Accounts of the course's own database hold 32 hexadecimal digits of md5; the first login replaces them.
fn check_md5(password: &str, stored: &str) -> Result<Verdict, HashingError> {
    let digest: String = Md5::digest(password.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let is_right: bool = digest
        .as_bytes()
        .ct_eq(stored.to_ascii_lowercase().as_bytes())
        .into();
    if is_right {
        Ok(Verdict::RightAndRehashed(hash(password)?))
    } else {
        burn()
    }
}

fn is_md5(stored: &str) -> bool {
    stored.len() == 32 && stored.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Takes as long as a check, to say no.
fn burn() -> Result<Verdict, HashingError> {
    check("wrong", DECOY).map(|_| Verdict::Wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Option<Password> {
        Some(Password::parse(text.to_owned()).unwrap())
    }

    async fn verdict(stored: Option<&str>, entered: &str) -> Verdict {
        let passwords = Passwords::new(2);
        let turn = passwords.turn().await.unwrap();
        turn.check(password(entered), stored.map(str::to_owned))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_of_the_agreed_cost_and_never_the_same() {
        let (first, second) = (hash("123456").unwrap(), hash("123456").unwrap());
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert_ne!(first, second);
        assert_eq!(verdict(Some(&first), "123456").await, Verdict::Right);
        assert_eq!(verdict(Some(&first), "1234567").await, Verdict::Wrong);
    }

    #[tokio::test]
    async fn an_md5_of_the_course_is_accepted_and_replaced() {
        let stored = "e10adc3949ba59abbe56e057f20f883e"; // of 123456
        let Verdict::RightAndRehashed(new) = verdict(Some(stored), "123456").await else {
            panic!("not rehashed");
        };
        assert_eq!(verdict(Some(&new), "123456").await, Verdict::Right);
        assert_eq!(verdict(Some(stored), "654321").await, Verdict::Wrong);
    }

    #[test]
    fn the_decoy_costs_what_a_password_costs() {
        let cost = |hash: &str| hash.rsplitn(3, '$').nth(2).map(str::to_owned);
        assert_eq!(cost(DECOY), cost(&hash("123456").unwrap()));
        assert_eq!(check("123456", DECOY).unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn nobodys_password_is_wrong() {
        assert_eq!(verdict(None, "123456").await, Verdict::Wrong);
    }

    #[tokio::test]
    async fn more_than_the_queue_holds_are_sent_away() {
        let passwords = Passwords::new(1);
        let _running = passwords.turn().await.unwrap();
        let _places = passwords
            .queue
            .clone()
            .try_acquire_many_owned(u32::try_from(QUEUE).unwrap())
            .unwrap();
        assert!(matches!(passwords.turn().await, Err(HashingError::Busy(_))));
    }
}
