//! Where one request ends and the next begins, read strictly: what two readers could take differently is refused.
//!
//! The HTTP library behind this reads the same bytes, and forgives bare line feeds, two lengths, or a length beside
//! chunks. Nothing of that kind reaches it (RFC 9112 §11.2).

use memchr::memchr;

/// Largest head in bytes. Smaller limits, told with more words, are in `admission`.
const HEAD_LIMIT: usize = 32 * 1024;
/// Most header lines.
const LINE_LIMIT: usize = 120;
/// Longest request line.
const REQUEST_LINE_LIMIT: usize = 16 * 1024;
/// Most digits of a chunk's size.
const CHUNK_SIZE_DIGITS: u32 = 8;

/// Why a connection is of no more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The bytes are no request that we know.
    Malformed,
    /// The request line is too long.
    TargetTooLong,
    /// The head is too large.
    HeadersTooLarge,
}

/// What some bytes brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Heads that are complete.
    pub heads: u64,
    /// Messages that are complete.
    pub messages: u64,
    /// Bytes of bodies, framing included.
    pub body_bytes: u64,
}

/// Where in a message the next byte belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Between two messages.
    Between,
    /// In a head.
    Head,
    /// In a body.
    Body,
}

/// Reads along.
#[derive(Debug, Default)]
pub struct Framing {
    part: Part,
    head: Head,
    /// The beginning of a line whose end has not come yet.
    line: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Part {
    #[default]
    Head,
    Sized(u64),
    ChunkSize {
        digits: u32,
        size: u64,
    },
    ChunkSizeEnd(u64),
    Chunk(u64),
    ChunkEnd,
    ChunkEndFeed,
    LastEnd,
    LastEndFeed,
}

/// What the lines of a head have said so far.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    lines: usize,
    bytes: usize,
    hosts: usize,
    is_old: bool,
    length: Option<u64>,
    is_chunked: bool,
}

impl Framing {
    /// Where the next byte belongs.
    pub fn place(&self) -> Place {
        match self.part {
            Part::Head if self.head.lines == 0 && self.line.is_empty() => Place::Between,
            Part::Head => Place::Head,
            _ => Place::Body,
        }
    }

    /// Reads what came. After a flaw nothing that follows means anything.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<Progress, Flaw> {
        let mut progress = Progress::default();
        while !bytes.is_empty() {
            bytes = match self.part {
                Part::Head => self.feed_head(bytes, &mut progress)?,
                Part::Sized(_) | Part::Chunk(_) => self.feed_data(bytes, &mut progress),
                _ => {
                    let (byte, rest) = (bytes[0], &bytes[1..]);
                    progress.body_bytes += 1;
                    self.part = self.part.after(byte)?;
                    self.note_end(&mut progress);
                    rest
                }
            };
        }
        Ok(progress)
    }

    fn feed_head<'b>(&mut self, bytes: &'b [u8], progress: &mut Progress) -> Result<&'b [u8], Flaw> {
        let Some(end) = memchr(b'\n', bytes) else {
            self.head.measure(bytes.len())?;
            self.line.extend_from_slice(bytes);
            return Ok(&[]);
        };
        let (line, rest) = bytes.split_at(end + 1);
        self.head.measure(line.len())?;
        let is_over = if self.line.is_empty() {
            self.head.read(line)?
        } else {
            self.line.extend_from_slice(line);
            let whole = std::mem::take(&mut self.line);
            self.head.read(&whole)?
        };
        if is_over {
            self.part = self.head.body()?;
            self.head = Head::default();
            progress.heads += 1;
            self.note_end(progress);
        }
        Ok(rest)
    }

    fn feed_data<'b>(&mut self, bytes: &'b [u8], progress: &mut Progress) -> &'b [u8] {
        let (Part::Sized(left) | Part::Chunk(left)) = &mut self.part else {
            return bytes;
        };
        let taken = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
        let count = u64::try_from(taken).unwrap_or(u64::MAX);
        *left = left.saturating_sub(count);
        progress.body_bytes += count;
        if let Part::Chunk(0) = self.part {
            self.part = Part::ChunkEnd;
        }
        self.note_end(progress);
        &bytes[taken..]
    }

    /// A sized body without bytes left is the end of its message.
    fn note_end(&mut self, progress: &mut Progress) {
        if let Part::Sized(0) = self.part {
            self.part = Part::Head;
            progress.messages += 1;
        }
    }
}

impl Part {
    /// The framing of chunks, byte for byte: no extensions, no trailers, no line end but CR LF.
    fn after(self, byte: u8) -> Result<Self, Flaw> {
        match (self, byte) {
            (Self::ChunkSize { digits, size }, byte) if byte.is_ascii_hexdigit() => {
                let digit = char::from(byte).to_digit(16).map_or(0, u64::from);
                if digits == CHUNK_SIZE_DIGITS {
                    return Err(Flaw::Malformed);
                }
                let (digits, size) = (digits + 1, size * 16 + digit);
                Ok(Self::ChunkSize { digits, size })
            }
            (Self::ChunkSize { digits, size }, b'\r') if digits > 0 => Ok(Self::ChunkSizeEnd(size)),
            (Self::ChunkSizeEnd(0), b'\n') => Ok(Self::LastEnd),
            (Self::ChunkSizeEnd(size), b'\n') => Ok(Self::Chunk(size)),
            (Self::ChunkEnd, b'\r') => Ok(Self::ChunkEndFeed),
            (Self::ChunkEndFeed, b'\n') => Ok(Self::ChunkSize { digits: 0, size: 0 }),
            (Self::LastEnd, b'\r') => Ok(Self::LastEndFeed),
            (Self::LastEndFeed, b'\n') => Ok(Self::Sized(0)),
            _ => Err(Flaw::Malformed),
        }
    }
}

impl Head {
    fn measure(&mut self, more: usize) -> Result<(), Flaw> {
        self.bytes += more;
        if self.lines == 0 && self.bytes > REQUEST_LINE_LIMIT {
            return Err(Flaw::TargetTooLong);
        }
        if self.bytes > HEAD_LIMIT {
            return Err(Flaw::HeadersTooLarge);
        }
        Ok(())
    }

    /// Reads a line with its end; true when it ends the head.
    fn read(&mut self, line: &[u8]) -> Result<bool, Flaw> {
        let Some(text) = line.strip_suffix(b"\r\n") else {
            return Err(Flaw::Malformed);
        };
        if self.lines == 0 {
            self.is_old = text.ends_with(b" HTTP/1.0");
            // The HTTP library would drop a fragment without a word.
            let has_fragment = memchr(b'#', text).is_some();
            if has_fragment || !(self.is_old || text.ends_with(b" HTTP/1.1")) {
                return Err(Flaw::Malformed);
            }
        } else if text.is_empty() {
            return Ok(true);
        } else {
            self.read_header(text)?;
        }
        self.lines += 1;
        if self.lines > LINE_LIMIT {
            return Err(Flaw::HeadersTooLarge);
        }
        Ok(false)
    }

    fn read_header(&mut self, text: &[u8]) -> Result<(), Flaw> {
        let Some(colon) = memchr(b':', text) else {
            return Err(Flaw::Malformed);
        };
        let (name, value) = (&text[..colon], text[colon + 1..].trim_ascii());
        match colon {
            4 if name.eq_ignore_ascii_case(b"host") => self.hosts += 1,
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                if self.length.is_some() {
                    return Err(Flaw::Malformed);
                }
                self.length = Some(digits(value).ok_or(Flaw::Malformed)?);
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                if self.is_chunked || !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(Flaw::Malformed);
                }
                self.is_chunked = true;
            }
            _ => {}
        }
        Ok(())
    }

    /// How the body that follows is framed.
    fn body(&self) -> Result<Part, Flaw> {
        let has_host = self.hosts == 1 || (self.is_old && self.hosts == 0);
        match (self.length, self.is_chunked) {
            _ if !has_host => Err(Flaw::Malformed),
            (Some(_), true) => Err(Flaw::Malformed),
            (None, true) if self.is_old => Err(Flaw::Malformed),
            (None, true) => Ok(Part::ChunkSize { digits: 0, size: 0 }),
            (length, false) => Ok(Part::Sized(length.unwrap_or_default())),
        }
    }
}

fn digits(text: &[u8]) -> Option<u64> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    is_number
        .then(|| std::str::from_utf8(text).ok()?.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    const TWO: &[u8] = b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
        POST /b HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";

    #[test]
    fn bytes_mean_the_same_however_they_are_cut() {
        for cut in 0..TWO.len() {
            let mut framing = Framing::default();
            let one = framing.feed(&TWO[..cut]).unwrap();
            let two = framing.feed(&TWO[cut..]).unwrap();
            assert_eq!(
                (one.heads + two.heads, one.messages + two.messages),
                (2, 2),
                "{cut}"
            );
            assert_eq!(framing.place(), Place::Between);
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_a_flaw() {
        for text in [
            "GET / HTTP/1.1\nhost: a\n\n",
            "GET / HTTP/1.1\r\nhost: a\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/2.0\r\nhost: a\r\n\r\n",
            "GET /\r\n\r\n",
            "GET /a#b HTTP/1.1\r\nhost: a\r\n\r\n",
            "\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n",
            "POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1_0\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1;x=y\r\na\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-a: b\r\n\r\n",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nfffffffff\r\n",
        ] {
            assert_eq!(
                Framing::default().feed(text.as_bytes()),
                Err(Flaw::Malformed),
                "{text:?}"
            );
        }
    }

    #[test]
    fn endless_heads_are_ended() {
        let mut long = b"GET /".to_vec();
        long.resize(20_000, b'x');
        assert_eq!(Framing::default().feed(&long), Err(Flaw::TargetTooLong));
        let many = format!("GET / HTTP/1.1\r\n{}", "a: b\r\n".repeat(200));
        assert_eq!(
            Framing::default().feed(many.as_bytes()),
            Err(Flaw::HeadersTooLarge)
        );
        let large = format!("GET / HTTP/1.1\r\na: {}", "x".repeat(40_000));
        assert_eq!(
            Framing::default().feed(large.as_bytes()),
            Err(Flaw::HeadersTooLarge)
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_cuts_change_nothing(bytes in any::<Vec<u8>>(), cut in 0usize..64) {
            let cut = cut.min(bytes.len());
            let whole = Framing::default().feed(&bytes);
            let mut framing = Framing::default();
            let parts = framing.feed(&bytes[..cut]).and_then(|_| framing.feed(&bytes[cut..]));
            prop_assert_eq!(whole.is_err(), parts.is_err());
        }
    }
}
