//! The functions of WASI preview 1: most go straight on, those that touch the storage's size go by the guard.

use wasmtime_wasi::{
    I32Exit,
    p1::{
        types::{self, Error},
        wasi_snapshot_preview1::WasiSnapshotPreview1,
    },
};
use wiggle::{GuestMemory, GuestPtr};

use super::{Guarded, MAX_PARTS, MAX_PATH, MAX_SUBSCRIPTIONS};

macro_rules! pass_on {
    ($($name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        $(fn $name(&mut self, memory: &mut GuestMemory<'_>, $($arg: $type),*) -> $result {
            self.inner.$name(memory, $($arg),*)
        })*
    };
}

macro_rules! pass_on_async {
    ($($name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        $(async fn $name(&mut self, memory: &mut GuestMemory<'_>, $($arg: $type),*) -> Result<$result, Error> {
            self.inner.$name(memory, $($arg),*).await
        })*
    };
}

/// The same for what takes something from the guest whose size has a limit.
macro_rules! pass_on_if {
    ($($check:ident($checked:ident), $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        $(async fn $name(&mut self, memory: &mut GuestMemory<'_>, $($arg: $type),*) -> Result<$result, Error> {
            $check(&$checked)?;
            self.inner.$name(memory, $($arg),*).await
        })*
    };
}

impl WasiSnapshotPreview1 for Guarded {
    pass_on! {
        args_get(argv: GuestPtr<GuestPtr<u8>>, argv_buf: GuestPtr<u8>) -> Result<(), Error>;
        args_sizes_get() -> Result<(types::Size, types::Size), Error>;
        environ_get(environ: GuestPtr<GuestPtr<u8>>, environ_buf: GuestPtr<u8>) -> Result<(), Error>;
        environ_sizes_get() -> Result<(types::Size, types::Size), Error>;
        clock_res_get(id: types::Clockid) -> Result<types::Timestamp, Error>;
        clock_time_get(id: types::Clockid, precision: types::Timestamp) -> Result<types::Timestamp, Error>;
        fd_allocate(fd: types::Fd, offset: types::Filesize, len: types::Filesize) -> Result<(), Error>;
        fd_fdstat_set_rights(fd: types::Fd, base: types::Rights, inheriting: types::Rights) -> Result<(), Error>;
        fd_prestat_get(fd: types::Fd) -> Result<types::Prestat, Error>;
        fd_prestat_dir_name(fd: types::Fd, path: GuestPtr<u8>, path_len: types::Size) -> Result<(), Error>;
        fd_tell(fd: types::Fd) -> Result<types::Filesize, Error>;
        proc_raise(signal: types::Signal) -> Result<(), Error>;
        sched_yield() -> Result<(), Error>;
        random_get(buf: GuestPtr<u8>, buf_len: types::Size) -> Result<(), Error>;
        sock_accept(fd: types::Fd, flags: types::Fdflags) -> Result<types::Fd, Error>;
        sock_recv(fd: types::Fd, data: types::IovecArray, flags: types::Riflags) -> Result<(types::Size, types::Roflags), Error>;
        sock_send(fd: types::Fd, data: types::CiovecArray, flags: types::Siflags) -> Result<types::Size, Error>;
        sock_shutdown(fd: types::Fd, how: types::Sdflags) -> Result<(), Error>;
    }

    pass_on_async! {
        fd_advise(fd: types::Fd, offset: types::Filesize, len: types::Filesize, advice: types::Advice) -> ();
        fd_datasync(fd: types::Fd) -> ();
        fd_fdstat_get(fd: types::Fd) -> types::Fdstat;
        fd_filestat_get(fd: types::Fd) -> types::Filestat;
        fd_filestat_set_times(fd: types::Fd, atim: types::Timestamp, mtim: types::Timestamp, flags: types::Fstflags) -> ();
        fd_seek(fd: types::Fd, offset: types::Filedelta, whence: types::Whence) -> types::Filesize;
        fd_sync(fd: types::Fd) -> ();
        fd_readdir(fd: types::Fd, buf: GuestPtr<u8>, buf_len: types::Size, cookie: types::Dircookie) -> types::Size;
    }

    pass_on_if! {
        few(iovs), fd_read(fd: types::Fd, iovs: types::IovecArray) -> types::Size;
        few(iovs), fd_pread(fd: types::Fd, iovs: types::IovecArray, offset: types::Filesize) -> types::Size;
        short(path), path_filestat_get(fd: types::Fd, flags: types::Lookupflags, path: GuestPtr<str>) -> types::Filestat;
        short(path), path_filestat_set_times(
            fd: types::Fd, flags: types::Lookupflags, path: GuestPtr<str>, atim: types::Timestamp, mtim: types::Timestamp, fst: types::Fstflags
        ) -> ();
        short(path), path_readlink(fd: types::Fd, path: GuestPtr<str>, buf: GuestPtr<u8>, buf_len: types::Size) -> types::Size;
        short(path), path_remove_directory(dir: types::Fd, path: GuestPtr<str>) -> ();
    }

    fn set_hostcall_fuel(&mut self, fuel: usize) {
        self.inner.set_hostcall_fuel(fuel);
    }

    fn fd_fdstat_set_flags(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: types::Fd,
        flags: types::Fdflags,
    ) -> Result<(), Error> {
        self.inner.fd_fdstat_set_flags(memory, fd, flags)?;
        self.meter.set_append(fd.into(), flags.contains(types::Fdflags::APPEND));
        Ok(())
    }

    /// wasmtime-wasi takes no code above 125, and there are programs that end with -1.
    fn proc_exit(&mut self, _: &mut GuestMemory<'_>, status: types::Exitcode) -> wasmtime::Error {
        I32Exit(status.cast_signed()).into()
    }

    async fn poll_oneoff(
        &mut self,
        memory: &mut GuestMemory<'_>,
        subs: GuestPtr<types::Subscription>,
        events: GuestPtr<types::Event>,
        count: types::Size,
    ) -> Result<types::Size, Error> {
        if count > MAX_SUBSCRIPTIONS {
            return Err(types::Errno::Inval.into());
        }
        self.inner.poll_oneoff(memory, subs, events, count).await
    }

    async fn fd_write(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: types::Fd,
        iovs: types::CiovecArray,
    ) -> Result<types::Size, Error> {
        few(&iovs)?;
        self.before_write(memory, fd, iovs, None).await?;
        let written = self.inner.fd_write(memory, fd, iovs).await;
        self.meter.settle();
        written
    }

    async fn fd_pwrite(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: types::Fd,
        iovs: types::CiovecArray,
        offset: types::Filesize,
    ) -> Result<types::Size, Error> {
        few(&iovs)?;
        self.before_write(memory, fd, iovs, Some(offset)).await?;
        let written = self.inner.fd_pwrite(memory, fd, iovs, offset).await;
        self.meter.settle();
        written
    }

    async fn fd_filestat_set_size(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: types::Fd,
        size: types::Filesize,
    ) -> Result<(), Error> {
        self.before_end(memory, fd, size).await?;
        let done = self.inner.fd_filestat_set_size(memory, fd, size).await;
        self.meter.settle();
        done
    }

    async fn path_open(
        &mut self,
        memory: &mut GuestMemory<'_>,
        dir: types::Fd,
        lookup: types::Lookupflags,
        path: GuestPtr<str>,
        open: types::Oflags,
        base: types::Rights,
        inheriting: types::Rights,
        flags: types::Fdflags,
    ) -> Result<types::Fd, Error> {
        short(&path)?;
        self.before_open(memory, dir, path, open).await?;
        let opened =
            self.inner.path_open(memory, dir, lookup, path, open, base, inheriting, flags).await;
        self.meter.settle();
        opened.inspect(|fd| self.opened(*fd, flags))
    }

    async fn fd_close(&mut self, memory: &mut GuestMemory<'_>, fd: types::Fd) -> Result<(), Error> {
        self.inner.fd_close(memory, fd).await?;
        self.closed(fd);
        Ok(())
    }

    async fn fd_renumber(
        &mut self,
        memory: &mut GuestMemory<'_>,
        from: types::Fd,
        to: types::Fd,
    ) -> Result<(), Error> {
        self.inner.fd_renumber(memory, from, to).await?;
        self.renumbered(from, to);
        Ok(())
    }

    async fn path_create_directory(
        &mut self,
        memory: &mut GuestMemory<'_>,
        dir: types::Fd,
        path: GuestPtr<str>,
    ) -> Result<(), Error> {
        short(&path)?;
        self.before_entry(memory, dir, path).await?;
        let made = self.inner.path_create_directory(memory, dir, path).await;
        self.meter.settle();
        made
    }

    async fn path_rename(
        &mut self,
        memory: &mut GuestMemory<'_>,
        dir: types::Fd,
        path: GuestPtr<str>,
        new_dir: types::Fd,
        new_path: GuestPtr<str>,
    ) -> Result<(), Error> {
        short(&path).and_then(|()| short(&new_path))?;
        let size = self.before_removal(memory, new_dir, new_path).await;
        self.inner.path_rename(memory, dir, path, new_dir, new_path).await?;
        self.meter.removed(size);
        Ok(())
    }

    async fn path_unlink_file(
        &mut self,
        memory: &mut GuestMemory<'_>,
        dir: types::Fd,
        path: GuestPtr<str>,
    ) -> Result<(), Error> {
        short(&path)?;
        let size = self.before_removal(memory, dir, path).await;
        self.inner.path_unlink_file(memory, dir, path).await?;
        self.meter.removed(size);
        Ok(())
    }

    /// A link is a second way to a place, and none of them is checked when it is followed later: there are none.
    async fn path_symlink(
        &mut self,
        _: &mut GuestMemory<'_>,
        _: GuestPtr<str>,
        _: types::Fd,
        _: GuestPtr<str>,
    ) -> Result<(), Error> {
        Err(types::Errno::Perm.into())
    }

    /// The same for hard links, which would also let a removed file count as gone.
    async fn path_link(
        &mut self,
        _: &mut GuestMemory<'_>,
        _: types::Fd,
        _: types::Lookupflags,
        _: GuestPtr<str>,
        _: types::Fd,
        _: GuestPtr<str>,
    ) -> Result<(), Error> {
        Err(types::Errno::Perm.into())
    }
}

/// A path that any system would look at.
fn short(path: &GuestPtr<str>) -> Result<(), Error> {
    if path.len() > MAX_PATH { Err(types::Errno::Nametoolong.into()) } else { Ok(()) }
}

/// Not too many parts of one read or write.
fn few<T>(parts: &GuestPtr<[T]>) -> Result<(), Error> {
    if parts.len() > MAX_PARTS { Err(types::Errno::Inval.into()) } else { Ok(()) }
}
