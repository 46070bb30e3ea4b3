//! Named places where a test may kill the process, to prove that what follows heals.

/// Kills this process with SIGKILL when `DADASHOP_CRASH=name@nth` names this place and it is passed the nth time.
///
/// Only builds with debug assertions look; a release binary passes by. The names in use are found by
/// `crashpoint!("…")` in the sources, and the crash tests take their list from there.
#[macro_export]
macro_rules! crashpoint {
    ($name:literal) => {
        #[cfg(debug_assertions)]
        $crate::crashpoint::reached($name);
    };
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Target {
        name: String,
        nth: u32,
        passed: AtomicU32,
    }

    static TARGET: LazyLock<Option<Target>> = LazyLock::new(|| {
        let text = std::env::var_os("DADASHOP_CRASH")?.into_string().ok()?;
        let (name, nth) = text.split_once('@').unwrap_or((&text, "1"));
        Some(Target {
            name: name.to_owned(),
            nth: nth.parse().ok()?,
            passed: AtomicU32::new(0),
        })
    });

    /// See [`crate::crashpoint!`].
    pub fn reached(name: &str) {
        let Some(target) = TARGET.as_ref().filter(|target| target.name == name) else {
            return;
        };
        if target.passed.fetch_add(1, Ordering::SeqCst) + 1 == target.nth {
            kill_myself();
        }
    }

    /// SIGKILL, not abort: nothing may run on the way out, as when the power fails.
    fn kill_myself() -> ! {
        let pid = std::process::id().to_string();
        drop(std::process::Command::new("kill").args(["-9", &pid]).status());
        std::process::abort()
    }
}

#[cfg(debug_assertions)]
pub use armed::reached;
