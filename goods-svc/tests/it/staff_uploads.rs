//! Pictures that staff upload.

use std::io::Cursor;

use common::token::Role;
use image::{ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::Value;

use crate::callers::user_token;
use crate::shop::{Shop, Stores};

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut file = Vec::new();
    RgbImage::from_pixel(640, 320, Rgb([200, 30, 30]))
        .write_to(&mut Cursor::new(&mut file), format)
        .unwrap();
    file
}

/// A form as a browser sends it.
async fn upload(shop: &Shop, parts: &[(&str, &[u8])]) -> Value {
    let mut body = Vec::new();
    for (name, content) in parts {
        let head = format!(
            "--x\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"../../{name}.png\"\r\n\
             content-type: image/png\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    let answer = shop
        .request(Method::POST, "/v1/staff/goods/images")
        .header("authorization", user_token(Role::Staff))
        .header("content-type", "multipart/form-data; boundary=x")
        .body(body)
        .send()
        .await
        .unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn an_uploaded_picture_is_served_small_and_large_and_for_ever() {
    let shop = Shop::on(Stores::Embedded).await.unwrap();
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let answer = upload(&shop, &[("purpose", b"sku"), ("file", &picture(format))]).await;
        assert_eq!(answer["code"], 200, "{answer}");
        let sizes: Vec<_> = answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|picture| {
                (
                    picture["width"].as_i64().unwrap(),
                    picture["height"].as_i64().unwrap(),
                )
            })
            .collect();
        assert_eq!(sizes, [(400, 200), (640, 320)]);
        for picture in answer["data"].as_array().unwrap() {
            let path = format!("/media/{}", picture["path"].as_str().unwrap());
            let served = shop.request(Method::GET, &path).send().await.unwrap();
            assert_eq!(served.status(), 200, "{path}");
            assert_eq!(served.headers()["content-type"], "image/jpeg");
            assert_eq!(
                served.headers()["cache-control"],
                "public, max-age=31536000, immutable"
            );
            assert!(served.headers().contains_key("etag"));
        }
    }
    let answer = upload(
        &shop,
        &[("purpose", b"brand"), ("file", &picture(ImageFormat::Png))],
    )
    .await;
    assert!(
        answer["data"][0]["path"].as_str().unwrap().starts_with("brand/"),
        "{answer}"
    );
    let media = shop.data_dir.path().join("media");
    let folders = std::fs::read_dir(&media)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    assert_eq!(folders.count(), 3);
    shop.close().await;
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_nothing_is_written() {
    let shop = Shop::on(Stores::Embedded).await.unwrap();
    let (whole, long) = (picture(ImageFormat::Png), vec![0; 5 * 1024 * 1024 + 1]);
    for (parts, reason) in [
        (
            vec![("file", &b"<svg onload=alert(1)>"[..])],
            "neither JPEG nor PNG nor WebP",
        ),
        (vec![("file", &whole[..300])], "damaged"),
        (vec![("file", &long[..])], "more than"),
        (
            vec![("purpose", &b"etc"[..]), ("file", &whole[..])],
            "purpose is sku or brand",
        ),
        (vec![("picture", &b"x"[..])], "no field is called file"),
        (vec![], ""),
    ] {
        let refused = upload(&shop, &parts).await;
        assert_eq!(refused["code"], 10255, "{reason}: {refused}");
        let told = refused["details"]["reason"].as_str().unwrap();
        assert!(told.contains(reason), "{reason}: {told}");
    }
    let answer = shop
        .request(Method::POST, "/v1/staff/goods/images")
        .header("authorization", user_token(Role::Staff))
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], 10255);
    assert!(!shop.data_dir.path().join("media").exists());
    shop.close().await;
}
