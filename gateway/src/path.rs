//! The one way in which a path may be written. Gateway and services then cannot read the same path differently.
//!
//! Nothing is rewritten: what is not plain is refused, but for one trailing slash (contract §1.1.13).

/// The path without its trailing slash, or `None` when it is not plain: empty or dot segments, bytes that RFC 3986
/// does not allow in a path, `;` parameters, or an escape that [`is_plain_escape`] does not know.
pub fn plain(path: &str) -> Option<&str> {
    let inner = path.strip_prefix('/')?;
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    let is_root = inner.is_empty() && path.len() == 1;
    let is_plain = is_root || inner.split('/').all(is_plain_segment);
    is_plain.then(|| &path[..=inner.len()])
}

fn is_plain_segment(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..")
        && segment.bytes().all(is_allowed)
        && (!segment.contains('%') || is_plain_escaped(segment))
}

/// RFC 3986 `pchar`, but for `;`.
fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@%".contains(&byte)
}

fn is_plain_escaped(segment: &str) -> bool {
    let mut parts = segment.split('%');
    let mut decoded: Vec<u8> = parts.next().unwrap_or_default().into();
    for part in parts {
        let Some((escape, rest)) = part.split_at_checked(2) else {
            return false;
        };
        match u8::from_str_radix(escape, 16) {
            Ok(byte) if is_plain_escape(escape, byte) => decoded.push(byte),
            Ok(_) | Err(_) => return false,
        }
        decoded.extend_from_slice(rest.as_bytes());
    }
    std::str::from_utf8(&decoded).is_ok()
}

/// Whether the escape stands for a byte that has no second meaning in a path. `%25` has one wherever somebody
/// decodes twice.
fn is_plain_escape(escape: &str, byte: u8) -> bool {
    escape.bytes().all(|digit| digit.is_ascii_hexdigit())
        && !byte.is_ascii_control()
        && !b"./\\;%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    #[test]
    fn plain_paths_pass_with_and_without_a_trailing_slash() {
        for (path, passed) in [
            ("/", "/"),
            ("/v1/goods/index", "/v1/goods/index"),
            ("/v1/orders/result/", "/v1/orders/result"),
            ("/v1/carts/%E8%BE%BE%E8%BE%BE", "/v1/carts/%E8%BE%BE%E8%BE%BE"),
            ("/v1/carts/a%20b_c-d.e~f", "/v1/carts/a%20b_c-d.e~f"),
            ("/media/sku/1_CWVre0U.png", "/media/sku/1_CWVre0U.png"),
            ("/v1/carts/a..b", "/v1/carts/a..b"),
        ] {
            assert_eq!(plain(path), Some(passed), "{path}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for path in [
            "",
            "*",
            "v1",
            "//",
            "//v1/goods/index",
            "/v1//goods",
            "/v1/goods//",
            "/v1/./goods",
            "/v1/../goods",
            "/..",
            "/.",
            "/v1/%2e%2e/internal",
            "/v1/%2E/goods",
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a\\b",
            "/a;x=1/u",
            "/a%3bx",
            "/a%00",
            "/a%0d%0a",
            "/a%7f",
            "/a%",
            "/a%4",
            "/a%zz",
            "/a%+1",
            "/a%252e",
            "/a%ff",
            "/a b",
            "/a\"",
            "/a|b",
            "/达达",
            "/a%E8%BE",
        ] {
            assert_eq!(plain(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_nothing_changes_twice(path in any::<String>()) {
            if let Some(once) = plain(&path) {
                prop_assert_eq!(plain(once), Some(once));
                prop_assert!(!once.contains("..") || !once.split('/').any(|segment| segment == ".."));
            }
        }
    }
}
