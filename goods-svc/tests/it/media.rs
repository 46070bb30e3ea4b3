//! G6: pictures.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::Method;
use serde_json::Value;

use crate::shop::{Shop, Stores};

async fn shop() -> Shop {
    let shop = Shop::on(Stores::Embedded).await.unwrap();
    let media = shop.data_dir.path().join("media");
    std::fs::create_dir_all(media.join("sku")).unwrap();
    std::fs::write(media.join("sku/1_CWVre0U.png"), b"\xff\xd8\xff\xe0 really a JPEG").unwrap();
    std::fs::write(media.join("sku/.hidden.png"), b"hidden").unwrap();
    std::fs::write(shop.data_dir.path().join("secret.txt"), b"secret").unwrap();
    std::os::unix::fs::symlink("../../secret.txt", media.join("sku/link.png")).unwrap();
    std::os::unix::fs::symlink("..", media.join("up")).unwrap();
    shop
}

#[tokio::test]
async fn a_picture_on_disk_is_served_and_asked_for_again_cheaply() {
    let shop = shop().await;
    let path = "/media/sku/1_CWVre0U.png";
    let answer = shop.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers()["cache-control"], "public, max-age=3600");
    let tag = answer.headers()["etag"].clone();
    assert_eq!(
        &answer.bytes().await.unwrap()[..],
        b"\xff\xd8\xff\xe0 really a JPEG"
    );
    let again = shop
        .request(Method::GET, path)
        .header("if-none-match", tag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    let part = shop
        .request(Method::GET, path)
        .header("range", "bytes=5-10")
        .send()
        .await
        .unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(&part.bytes().await.unwrap()[..], b"really");
    let head = shop.request(Method::HEAD, path).send().await.unwrap();
    assert_eq!(
        (head.status().as_u16(), &head.headers()["content-length"]),
        (200, &"18".parse().unwrap())
    );
    shop.close().await;
}

#[tokio::test]
async fn a_demo_picture_comes_from_the_binary_unless_disk_has_one_of_its_name() {
    let shop = shop().await;
    let path = "/media/sku/backpack-navy.svg";
    let answer = shop.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "image/svg+xml");
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("sandbox"),
        "{policy}"
    );
    let tag = answer.headers()["etag"].clone();
    assert!(answer.text().await.unwrap().contains("<svg"));
    let again = shop
        .request(Method::GET, path)
        .header("if-none-match", tag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    std::fs::write(
        shop.data_dir.path().join("media/sku/backpack-navy.svg"),
        "<svg>new</svg>",
    )
    .unwrap();
    let answer = shop.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "<svg>new</svg>");
    shop.close().await;
}

#[tokio::test]
async fn parts_of_a_picture_in_the_binary_are_served() {
    let shop = shop().await;
    let path = "/media/sku/backpack-navy.svg";
    let whole = shop.request(Method::GET, path).send().await.unwrap();
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    let tag = whole.headers()["etag"].to_str().unwrap().to_owned();
    let whole = whole.bytes().await.unwrap();
    for (range, seen, expected) in [
        ("bytes=0-3", tag.as_str(), Some(&whole[..4])),
        ("bytes=-5", &tag, Some(&whole[whole.len() - 5..])),
        ("bytes=0-3", "\"older\"", None),
        ("bytes=0-1,4-5", &tag, None),
        ("rows=0-3", &tag, None),
    ] {
        let request = shop.request(Method::GET, path).header("range", range);
        let part = request.header("if-range", seen).send().await.unwrap();
        let status = if expected.is_some() { 206 } else { 200 };
        assert_eq!(part.status(), status, "{range}");
        assert_eq!(part.headers()["content-type"], "image/svg+xml");
        let bytes = part.bytes().await.unwrap();
        assert_eq!(&bytes[..], expected.unwrap_or(&whole), "{range}");
    }
    let beyond = shop.request(Method::GET, path).header("range", "bytes=99999999-");
    let beyond = beyond.send().await.unwrap();
    assert_eq!(beyond.status(), 416);
    assert_eq!(
        beyond.headers()["content-range"],
        format!("bytes */{}", whole.len())
    );
    shop.close().await;
}

// The raw request blocks its thread, which must not be the one that the server starts on.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_nothing_hidden_no_folder_and_no_link_is_served() {
    let shop = shop().await;
    for path in [
        "/media",
        "/media/",
        "/media/sku",
        "/media/sku/",
        "/media/sku/none.png",
        "/media/../secret.txt",
        "/media/sku/../../secret.txt",
        "/media/%2e%2e/secret.txt",
        "/media/%2e%2e%2fsecret.txt",
        "/media/..%2fsecret.txt",
        "/media/sku/%2e%2e/%2e%2e/secret.txt",
        "/media/..%5csecret.txt",
        "/media/%252e%252e/secret.txt",
        "/media//etc/passwd",
        "/media/%2fetc/passwd",
        "/media/sku/.hidden.png",
        "/media/sku/link.png",
        "/media/up/secret.txt",
        "/media/up/media/sku/1_CWVre0U.png",
        "/media/sku/1_CWVre0U.png%00",
        "/media/sku/1_CWVre0U.png%00.svg",
        "/media/%ff",
    ] {
        let (status, body) = get_raw(&shop.base_url, path);
        assert_eq!(status, 404, "{path}: {body}");
        assert!(!body.contains("secret"), "{path}");
        let envelope: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(envelope["code"], 404, "{path}: {body}");
    }
    shop.close().await;
}

/// Sends the path as it is: a client library would tidy it up first.
fn get_raw(base_url: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(base_url.trim_start_matches("http://")).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
