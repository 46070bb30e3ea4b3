//! Pictures that staff upload: known by their content, turned upright, scaled, written anew, so that nothing else that
//! came in the file, such as where it was taken, is published.

use std::io::Cursor;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

/// Largest file, in bytes; the gateway lets a little more through for what surrounds it.
pub(crate) const MAX_FILE_BYTES: usize = 5 * 1024 * 1024;
/// Longest side, and most pixels: what is unpacked takes four bytes a pixel.
const MAX_SIDE: u32 = 10_000;
const MAX_PIXELS: u64 = 25_000_000;
/// Sides of what is published, in pixels.
const LARGE: u32 = 1600;
const SMALL: u32 = 400;
/// Good enough that nobody sees a difference, a third of the size of the best.
const JPEG_QUALITY: u8 = 85;

/// What a picture is for: where it goes, and how large it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Of a SKU: a small one for lists in `sku/`, a large one for its page in `sku_images/`.
    Sku,
    /// A brand's logo, in `brand/`.
    Brand,
}

/// A picture as it will be published.
#[derive(Debug)]
pub(crate) struct Picture {
    /// Below the media root.
    pub(crate) path: String,
    /// Its file.
    pub(crate) bytes: Vec<u8>,
    /// Sides, in pixels.
    pub(crate) width: u32,
    /// See `width`.
    pub(crate) height: u32,
}

/// Why a file is no picture that we publish.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadPicture {
    #[error("the file is neither JPEG nor PNG nor WebP")]
    Format,
    #[error("the picture has more than {MAX_SIDE} pixels a side, or {MAX_PIXELS} in all")]
    TooLarge,
    #[error("the picture is damaged")]
    Damaged(#[from] ImageError),
}

impl Purpose {
    /// The purpose of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "sku" => Some(Self::Sku),
            "brand" => Some(Self::Brand),
            _ => None,
        }
    }

    fn sizes(self) -> &'static [(&'static str, u32)] {
        match self {
            Self::Sku => &[("sku", SMALL), ("sku_images", LARGE)],
            Self::Brand => &[("brand", SMALL)],
        }
    }
}

/// Makes what will be published of a file, smallest first, under a name that nobody can guess. Takes long: not for a
/// thread that answers.
pub(crate) fn prepare(file: &[u8], purpose: Purpose) -> Result<Vec<Picture>, BadPicture> {
    let picture = decode(file)?;
    let name = common::ids::random_name();
    let extension = if picture.color().has_alpha() { "png" } else { "jpg" };
    let sizes = purpose.sizes().iter().map(|(folder, side)| {
        let scaled = scale(&picture, *side);
        Ok(Picture {
            path: format!("{folder}/{name}.{extension}"),
            width: scaled.width(),
            height: scaled.height(),
            bytes: encode(&scaled)?,
        })
    });
    sizes.collect()
}

fn decode(file: &[u8]) -> Result<DynamicImage, BadPicture> {
    let reader = ImageReader::new(Cursor::new(file))
        .with_guessed_format()
        .map_err(ImageError::IoError)?;
    let known = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];
    if !reader.format().is_some_and(|format| known.contains(&format)) {
        return Err(BadPicture::Format);
    }
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS {
        return Err(BadPicture::TooLarge);
    }
    decoder.set_limits(Limits::default())?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Smaller, if it is larger than `side`.
fn scale(picture: &DynamicImage, side: u32) -> DynamicImage {
    if picture.width().max(picture.height()) <= side {
        return picture.clone();
    }
    picture.thumbnail(side, side)
}

fn encode(picture: &DynamicImage) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    if picture.color().has_alpha() {
        DynamicImage::from(picture.to_rgba8()).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
    } else {
        JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY).encode_image(&picture.to_rgb8())?;
    }
    Ok(bytes)
}

/// Writes the picture below `root`: whole or not at all, as its name is given when all of it is on disk.
pub(crate) fn store(root: &Path, picture: &Picture) -> std::io::Result<()> {
    let path = root.join(&picture.path);
    let folder = path.parent().unwrap_or(root);
    std::fs::create_dir_all(folder)?;
    // Hidden names are never served.
    let unfinished = folder.join(format!(".{}", common::ids::random_name()));
    let written =
        write_through(&unfinished, &picture.bytes).and_then(|()| std::fs::rename(&unfinished, &path));
    if written.is_err() {
        drop(std::fs::remove_file(&unfinished));
    }
    written
}

fn write_through(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = RgbImage::from_fn(width, height, |x, _| {
            Rgb([if x < width / 2 { 255 } else { 0 }, 0, 0])
        });
        JpegEncoder::new(&mut bytes).encode_image(&picture).unwrap();
        bytes
    }

    /// The file with an EXIF block that says "turn right by 90°" and names a place.
    fn with_exif(jpeg: &[u8]) -> Vec<u8> {
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"taken at 39.9 N, 116.4 E");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let mut file = jpeg[..2].to_vec();
        file.extend_from_slice(&[0xff, 0xe1]);
        file.extend_from_slice(&length);
        file.extend_from_slice(&exif);
        file.extend_from_slice(&jpeg[2..]);
        file
    }

    #[test]
    fn a_photo_is_turned_upright_scaled_and_loses_where_it_was_taken() {
        let file = with_exif(&jpeg(900, 300));
        let pictures = prepare(&file, Purpose::Sku).unwrap();
        let sizes: Vec<_> = pictures
            .iter()
            .map(|picture| (picture.width, picture.height))
            .collect();
        assert_eq!(sizes, [(133, 400), (300, 900)]);
        for picture in &pictures {
            let decoded = image::load_from_memory(&picture.bytes).unwrap().to_rgb8();
            // What was on the left is on top.
            assert!(decoded.get_pixel(picture.width / 2, 5)[0] > 200);
            assert!(decoded.get_pixel(picture.width / 2, picture.height - 5)[0] < 50);
            assert!(!picture.bytes.windows(8).any(|window| window == b"taken at"));
        }
        let stem = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        assert!(pictures[0].path.starts_with("sku/") && pictures[1].path.starts_with("sku_images/"));
        assert_eq!(stem(&pictures[0].path), stem(&pictures[1].path));
        assert!(pictures[0].path.ends_with(".jpg") && stem(&pictures[0].path).len() == 36);
    }

    #[test]
    fn what_is_transparent_stays_so() {
        let mut file = Vec::new();
        RgbaImage::from_pixel(20, 10, Rgba([0, 0, 255, 40]))
            .write_to(&mut Cursor::new(&mut file), ImageFormat::Png)
            .unwrap();
        let pictures = prepare(&file, Purpose::Brand).unwrap();
        assert_eq!(
            (pictures.len(), pictures[0].width, pictures[0].height),
            (1, 20, 10)
        );
        assert!(pictures[0].path.starts_with("brand/") && pictures[0].path.ends_with(".png"));
        let decoded = image::load_from_memory(&pictures[0].bytes).unwrap().to_rgba8();
        assert_eq!(decoded.get_pixel(3, 3)[3], 40);
    }

    #[test]
    fn what_is_no_picture_is_refused_whatever_it_is_called() {
        for file in [
            &b""[..],
            b"<svg onload=alert(1)>",
            b"GIF89a......",
            b"MZ",
            b"%PDF-1.7",
        ] {
            assert!(
                matches!(prepare(file, Purpose::Sku), Err(BadPicture::Format)),
                "{file:?}"
            );
        }
        let whole = jpeg(64, 64);
        assert!(matches!(
            prepare(&whole[..40], Purpose::Sku),
            Err(BadPicture::Damaged(_))
        ));
    }

    #[test]
    fn a_picture_of_absurd_size_is_refused_before_it_is_unpacked() {
        // A PNG head that claims 20,000 × 20,000 pixels.
        let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0N \0\0N \x08\x06\0\0\0".to_vec();
        file.extend_from_slice(&[0x1f, 0x5a, 0x5d, 0x2b]);
        assert!(prepare(&file, Purpose::Sku).is_err());
    }
}
