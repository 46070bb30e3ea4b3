//! Clients that send a request and then reset the connection (RST), as a browser tab that crashes.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::SockRef;

/// One request, as bytes.
#[derive(Clone, Debug)]
pub struct RawRequest(Vec<u8>);

impl RawRequest {
    /// `POST path` of a JSON body by the holder of `token`.
    pub fn post(address: SocketAddr, path: &str, token: &str, body: &serde_json::Value) -> Self {
        let body = body.to_string();
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        Self([head.into_bytes(), body.into_bytes()].concat())
    }
}

/// Sends `request` and resets the connection `after` that long, without reading an answer.
pub fn send_and_reset(address: SocketAddr, request: &RawRequest, after: Duration) -> std::io::Result<()> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_nodelay(true)?;
    connection.write_all(&request.0)?;
    std::thread::sleep(after);
    // Lingering for no time makes closing a reset instead of a farewell.
    SockRef::from(&connection).set_linger(Some(Duration::ZERO))
}
