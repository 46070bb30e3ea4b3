//! Zip files as Alipay packs its bills: deflated, with names in GBK and no word that they are.

use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Deflate, in both headers.
const METHOD: u16 = 8;
/// What a reader must be able to do: version 2.0 of the format.
const VERSION: u16 = 20;
/// 1980-01-01, the earliest there is: nobody reads it.
const DATE: u16 = 0x21;

/// Packs files, each with its name in whatever encoding.
pub(crate) fn pack(files: &[(Vec<u8>, Vec<u8>)]) -> io::Result<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let begin = size(archive.len())?;
        let description = describe(name, content, &mut archive)?;
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&VERSION.to_le_bytes());
        directory.extend_from_slice(&description);
        directory.extend_from_slice(&[0; 10]); // no comment, disk 0, no attributes
        directory.extend_from_slice(&begin.to_le_bytes());
        directory.extend_from_slice(name);
    }
    let (count, begin) = (
        u16::try_from(files.len()).map_err(io::Error::other)?,
        size(archive.len())?,
    );
    archive.extend_from_slice(&directory);
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    archive.extend_from_slice(&count.to_le_bytes());
    archive.extend_from_slice(&count.to_le_bytes());
    archive.extend_from_slice(&size(directory.len())?.to_le_bytes());
    archive.extend_from_slice(&begin.to_le_bytes());
    archive.extend_from_slice(&[0; 2]);
    Ok(archive)
}

/// Appends one packed file, and answers what both headers say of it.
fn describe(name: &[u8], content: &[u8], archive: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
    packer.write_all(content)?;
    let packed = packer.finish()?;
    let mut crc = Crc::new();
    crc.update(content);
    let mut description = Vec::new();
    for word in [VERSION, 0, METHOD, 0, DATE] {
        description.extend_from_slice(&word.to_le_bytes());
    }
    for long in [
        crc.sum(),
        size(packed.len())?,
        size(content.len())?,
        size(name.len())?,
    ] {
        description.extend_from_slice(&long.to_le_bytes()); // the last is two words: length of the name, no extra field
    }
    archive.extend_from_slice(b"PK\x03\x04");
    archive.extend_from_slice(&description);
    archive.extend_from_slice(name);
    archive.extend_from_slice(&packed);
    Ok(description)
}

fn size(length: usize) -> io::Result<u32> {
    u32::try_from(length).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::pack;

    #[test]
    fn other_programs_can_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("bill.zip");
        let files = [
            (b"a.csv".to_vec(), b"a,b".repeat(1000)),
            (b"b.csv".to_vec(), Vec::new()),
        ];
        std::fs::write(&file, pack(&files).unwrap()).unwrap();
        let script = "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(z.namelist(), len(z.read('a.csv')))";
        let Ok(output) = Command::new("python3").args(["-c", script]).arg(&file).output() else {
            println!("skipped: no python3 on the path");
            return;
        };
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "['a.csv', 'b.csv'] 3000\n",
            "{output:?}"
        );
    }
}
