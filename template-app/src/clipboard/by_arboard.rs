//! Windows and macOS: `arboard`, on a thread that may wait.

use arboard::{Clipboard, Error, ImageData};
use tauri::{AppHandle, async_runtime};

use super::{Result, failed, fitting, picture_error};
use crate::picture::Picture;

async fn ask<T: Send + 'static>(
    question: impl FnOnce(&mut Clipboard) -> std::result::Result<T, Error> + Send + 'static,
) -> Result<Option<T>> {
    let answer = async_runtime::spawn_blocking(move || question(&mut Clipboard::new()?));
    match answer.await.map_err(failed)? {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::ContentNotAvailable) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

pub(crate) async fn read_text(_: &AppHandle) -> Result<String> {
    fitting(ask(Clipboard::get_text).await?.unwrap_or_default())
}

pub(crate) async fn read_html(_: &AppHandle) -> Result<Option<String>> {
    ask(|clipboard| clipboard.get().html()).await?.map(fitting).transpose()
}

pub(crate) async fn read_image(_: &AppHandle) -> Result<Option<Picture>> {
    let Some(image) = ask(Clipboard::get_image).await? else { return Ok(None) };
    let size = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let picture = Picture::of(size(image.width), size(image.height), image.bytes.into_owned());
    picture.map(Some).map_err(picture_error)
}

pub(crate) async fn write_text(_: &AppHandle, text: String) -> Result<()> {
    ask(|clipboard| clipboard.set_text(text)).await.map(drop)
}

pub(crate) async fn write_html(_: &AppHandle, html: String, text: String) -> Result<()> {
    ask(|clipboard| clipboard.set_html(html, Some(text))).await.map(drop)
}

pub(crate) async fn write_png(app: &AppHandle, png: Vec<u8>) -> Result<()> {
    let decoded = async_runtime::spawn_blocking(move || Picture::decode(&png));
    write_pixels(app, decoded.await.map_err(failed)?.map_err(picture_error)?).await
}

pub(crate) async fn write_pixels(_: &AppHandle, picture: Picture) -> Result<()> {
    let Picture { width, height, rgba } = picture;
    let image = ImageData { width: width as usize, height: height as usize, bytes: rgba.into() };
    ask(|clipboard| clipboard.set_image(image)).await.map(drop)
}
