//! The table of error codes: name, code, cause, cure. Codes are never renamed once released.

/// Hands the whole table to another macro.
macro_rules! with_codes {
    ($table:ident) => {
        $table! {
            BridgeUnavailable "bridge/unavailable"
                "The page runs in a plain browser, and the function has no equivalent there."
                "Ask `isDesktoprAvailable()` or `Desktopr.supports(name)` first.";
            BridgeModuleDisabled "bridge/module-disabled"
                "The module is switched off in the app's config."
                "Switch it on in `bridge.modules` of app.json.";
            BridgeNotAllowed "bridge/not-allowed"
                "The runtime refused the call: this window or this origin has no right to it."
                "Call it from a page of the app's own origin, or add the origin to `bridge.origins`.";
            BridgeInvalidArgument "bridge/invalid-argument"
                "An argument is missing or has the wrong type."
                "Compare the call with its signature.";
            BridgeInvalidUrl "bridge/invalid-url"
                "The text is no URL, or its scheme is not http, https or mailto."
                "Pass a complete URL such as `https://example.com/`.";
            BridgeOpenFailed "bridge/open-failed"
                "The system could not start a browser or mail program."
                "Check that the user has a default browser.";
            BridgeTooManyOpen "bridge/too-many-open"
                "The page has more than 1,000 streams, watches and file handles open, or more than 64 watches."
                "Close those that are done with.";
            BridgeStreamClosed "bridge/stream-closed"
                "The stream has ended: it was read or written to its end, closed, has failed, or belonged to a page that was left."
                "Open it again.";
            BridgeInternal "bridge/internal"
                "The runtime failed where it should not."
                "Report it with the message.";
            EventsReservedName "events/reserved-name"
                "Names of native events cannot be emitted by a page, so that nobody can forge them."
                "Choose another name, such as `my-app:saved`.";
            EventsInvalidName "events/invalid-name"
                "The name is empty, longer than 128 characters, or has characters besides letters, digits and `_:./-`."
                "Use a short name of those characters.";
            EventsTooLarge "events/too-large"
                "The payload is larger than 1 MiB of JSON."
                "Send a reference to the data instead of the data.";
            EventsUnknownLabel "events/unknown-label"
                "No window has this label, or it has no bridge."
                "Take labels from `app.info().windows`.";
            EventsUnsupported "events/unsupported"
                "There is no source for that native event: the system or this version of the runtime has none, app.json names none, or the window is told of none."
                "Ask `Desktopr.supports(\"events.onDeeplink\")` first.";
            WindowUnknownLabel "window/unknown-label"
                "No window has this label."
                "Take labels from `window.list()`.";
            WindowOpenForbidden "window/open-forbidden"
                "The app's config does not let this window open windows."
                "Set `{ \"window\": { \"open\": true } }` in `bridge.modules`, or in `bridge.cacheOnly.modules` for what `cacheOnly` windows open.";
            WindowInvalidLabel "window/invalid-label"
                "A label has 1 to 64 letters, digits, `_` and `-`, and is not `main`."
                "Choose another label, or leave it out.";
            WindowLabelTaken "window/label-taken"
                "A window of another kind has this label, or one that the caller cannot reach."
                "Choose another label, or leave it out.";
            WindowOutsideNavigation "window/outside-navigation"
                "The URL is not the app's own: `navigation` does not keep it in the app."
                "Add it to `navigation.internal` in app.json, or use `openBrowser`.";
            WindowTooMany "window/too-many"
                "50 windows are open."
                "Close some first.";
            PluginsNotFound "plugins/not-found"
                "No module has this name."
                "Take names from `plugins.list()`, or add the module first.";
            PluginsInvalidName "plugins/invalid-name"
                "The text is no name of a module: up to 64 letters, digits and `._-`, with a letter or digit first, and no device name."
                "Use a short name such as `my-plugin.wasm`.";
            PluginsInvalidModule "plugins/invalid-module"
                "The bytes are no WebAssembly module that runs here, or are larger than the app allows."
                "Build it for `wasm32-wasip1`; `cargo xtask plugin inspect FILE` says more.";
            PluginsMissingStart "plugins/missing-start"
                "The module exports no `_start`: it is a library, not a program."
                "Build it as a program (`main`), not as a library.";
            PluginsForbiddenImport "plugins/forbidden-import"
                "The module imports functions that the sandbox does not have; the message names them."
                "Build it for WASI preview 1, without sockets, threads or functions of a browser.";
            PluginsHashMismatch "plugins/hash-mismatch"
                "The module is not the one whose SHA-256 was promised."
                "Correct `sha256` in the manifest, or fetch the module again.";
            PluginsInstallForbidden "plugins/install-forbidden"
                "The app does not let modules be added, or the module came with the app."
                "Set `plugins.allowInstall` in app.json.";
            PluginsAlreadyInstalled "plugins/already-installed"
                "Another module of this name is there already."
                "Pass `{ replace: true }`, or choose another name.";
            PluginsRefusedByUser "plugins/refused-by-user"
                "The user was asked, and said no."
                "Ask again only when the user wants to; or list the module's hash in `plugins.trusted`.";
            PluginsUnsupported "plugins/unsupported"
                "This app's runtime has no compiler, so it runs bundled plugins only."
                "Build the app with `plugins.allowInstall`.";
            PluginsStorageFailed "plugins/storage-failed"
                "The plugin's storage cannot be used: its folder is no folder, or the system refuses it."
                "See the message; the folder is below the app's data folder.";
            PluginsInternal "plugins/internal"
                "The plugin host failed where it should not."
                "Report it with the message.";
            FsScopeDisabled "fs/scope-disabled"
                "The app's config does not open this folder to the page."
                "Add it to `bridge.modules.fs.scopes` in app.json.";
            FsNotFound "fs/not-found"
                "There is nothing at this path."
                "Ask `exists` first, or list the folder.";
            FsAlreadyExists "fs/already-exists"
                "There is something at this path already."
                "Pass `{ overwrite: true }`, or choose another name.";
            FsNotADirectory "fs/not-a-directory"
                "The path, or one on the way to it, is no folder."
                "Ask `stat` what is there.";
            FsIsADirectory "fs/is-a-directory"
                "The path is a folder where a file was meant, or a folder is copied without `recursive`."
                "Ask `stat` what is there; copy folders with `{ recursive: true }`.";
            FsNotEmpty "fs/not-empty"
                "The folder has something in it."
                "Pass `recursive`.";
            FsOutsideScope "fs/outside-scope"
                "The path leads out of its folder: it is absolute, has a drive, a device name or too many `..`, or passes a link."
                "Use a path relative to the storage.";
            FsInvalidName "fs/invalid-name"
                "A name in the path is one that not every system takes, such as one with `:` or with a dot at its end; or the path is too long."
                "Use plain names of up to 255 bytes.";
            FsQuotaExceeded "fs/quota-exceeded"
                "The folder would hold more than it may."
                "Remove something, or raise `quotaMb` in `bridge.modules.fs`; for a plugin, `storageMb` or `storageFiles` in `plugins.limits`.";
            FsTooLarge "fs/too-large"
                "The file is larger than can be read or written as a whole (2 GiB), or the tree has more than 64 levels or a million entries."
                "Use `readStream` and `writeStream`, or smaller folders.";
            FsNotUtf8 "fs/not-utf8"
                "The file is no text in UTF-8."
                "Read it with `readBytes`.";
            FilesClosed "files/closed"
                "The file or folder is not open in this window: it was closed, or the page that had it was left."
                "Let the user pick it again; handles end with their page.";
            FilesDialogOpen "files/dialog-open"
                "The user is choosing a file in this window already."
                "Wait for the answer of the first call.";
            FilesNotFound "files/not-found"
                "The file is not there any more, or was never written."
                "Let the user pick it again.";
            FilesIsADirectory "files/is-a-directory"
                "It is a folder, and the call is about a file."
                "See `kind` of the handle.";
            FilesNotADirectory "files/not-a-directory"
                "It is a file, and the call is about a folder."
                "See `kind` of the handle.";
            FilesReadOnly "files/read-only"
                "A file of a folder that the user picked can be read only."
                "Let the user pick the file itself, or a place with `saveHandle`.";
            FilesOutsideFolder "files/outside-folder"
                "The path leads out of the folder that the user picked, or has a name that not every system takes."
                "Use a path that `entries` gives.";
            FilesNotUtf8 "files/not-utf8"
                "The file is no text in UTF-8."
                "Read it with `read`.";
            FilesIo "files/io"
                "The system refused; the message says how."
                "See the message: rights, or a full disk.";
            DownloadsNotFound "downloads/not-found"
                "No download of this window has this id."
                "Take ids from `downloads.list()`; it keeps the latest 100.";
            DownloadsNoFile "downloads/no-file"
                "The download has no file: it goes on, has failed or was cancelled, or its file was moved or removed since."
                "Wait for `onDone` and a `state` of `done`.";
            DownloadsUnsupported "downloads/unsupported"
                "The webview of this system does not tell or cannot do that."
                "Ask `Desktopr.supports(\"downloads.cancel\")` first.";
            DownloadsIo "downloads/io"
                "The system refused; the message says how."
                "See the message.";
            AutostartUnsupported "autostart/unsupported"
                "The app cannot be started with the user's session: it runs from where nothing stays, or under `cargo xtask dev`."
                "Try it with an installed app.";
            AutostartFailed "autostart/failed"
                "The system refused; the message says how."
                "See the message: rights, or a full disk.";
            GlobalVariablesInvalidKey "globalVariables/invalid-key"
                "A key has 1 to 128 characters, and no control characters."
                "Use a short name such as `theme`.";
            GlobalVariablesTooLarge "globalVariables/too-large"
                "A value has at most 64 KiB, and all variables together 1 MiB."
                "Keep large things in files: `fs.data`.";
            GlobalVariablesTooMany "globalVariables/too-many"
                "There are 1,000 variables."
                "Remove some first, or keep several things in one value as JSON.";
            GlobalVariablesDamaged "globalVariables/damaged"
                "The file of the variables could not be read: something else has damaged it. It is kept beside the new, empty one. Told once."
                "Go on with defaults; the next call works.";
            GlobalVariablesIo "globalVariables/io"
                "The system refused; the message says how."
                "See the message: rights, or a full disk.";
            DiagnosticsNotFound "diagnostics/not-found"
                "There is no file of records at this path."
                "Take paths from `diagnostics.listRecordsFiles`.";
            DiagnosticsTooLarge "diagnostics/too-large"
                "A record has at most 64 KiB of JSON."
                "Record less: files belong into `fs`.";
            DiagnosticsUnsupported "diagnostics/unsupported"
                "Functions for tests are there in debug builds only."
                "Try them with `cargo xtask dev`.";
            DiagnosticsIo "diagnostics/io"
                "The system refused; the message says how."
                "See the message: rights, or a full disk.";
            MenuInvalid "menu/invalid"
                "The menu, or a label, is not one: the message says what is wrong, and `details` lists all of it with its place."
                "See the message; docs/menus.md shows what a menu is made of.";
            MenuDuplicateId "menu/duplicate-id"
                "Two items of the menu have the same id."
                "Give every item an id of its own, in all sections together.";
            MenuTooLarge "menu/too-large"
                "The menu has more than 1,000 items or 20 levels, its JSON more than 1 MiB, or a label more than 200 characters."
                "Show less: a page can hold a list, and a menu can lead there.";
            MenuUnknownId "menu/unknown-id"
                "No item of the app's menu or of the tray icon has this id."
                "Take ids from the menu that was given last; a new menu replaces all of the old one.";
            MenuNotCheckable "menu/not-checkable"
                "The item has no mark."
                "Make it one with `\"interaction\": \"check\"`.";
            MenuAlreadyOpen "menu/already-open"
                "A menu at a place in a page is open already, in this window or another one."
                "Wait for the first call's answer.";
            MenuUnsupported "menu/unsupported"
                "The menu cannot be shown: the main window is gone, or the system refused; the message says what."
                "See the message.";
            TrayUnsupported "tray/unsupported"
                "The desktop shows no tray icons, or the library for them is missing; the message says which."
                "Do without: a tray can never be relied on. On Linux, desktops such as GNOME need an extension.";
            TrayBadIcon "tray/bad-icon"
                "The icon is no PNG, too large (1 MiB, 1,024 pixels), or no file of the app's content."
                "Give the bytes of a PNG, or a path such as `icons/tray.png` in the packed content.";
            TrayCacheOnly "tray/cache-only"
                "The tray icon is none of a `cacheOnly` window's business."
                "Call it from another window.";
            ClipboardFailed "clipboard/failed"
                "The system, or the program that has what is on the clipboard, refused or did not answer in time."
                "Try again; the message says what went wrong.";
            ClipboardTooLarge "clipboard/too-large"
                "A text is larger than 16 MiB, or a picture larger than 256 MiB as pixels, or larger than 64 MiB on its way from the page."
                "Use a file for that much.";
            ClipboardInvalidImage "clipboard/invalid-image"
                "The bytes are no PNG that can be read, or there are not as many as `width` and `height` say: four for each pixel."
                "Compare the length with `width * height * 4`.";
            NotificationsUnsupported "notifications/unsupported"
                "Nobody shows notifications on this desktop, or this system cannot show this one; the message says which."
                "Ask `notifications.state()` first, and tell the user in the page instead.";
            NotificationsInvalidIcon "notifications/invalid-icon"
                "`icon` is no file of the app's packed content, no `data:` URL, too large, or no picture."
                "Use a PNG of the content, such as `/icons/mail.png`.";
            NotificationsTooMany "notifications/too-many"
                "The app has shown 10 notifications within 10 seconds."
                "Put several messages into one notification, and use `tag` to replace it.";
            NotificationsFailed "notifications/failed"
                "The system refused; the message says how."
                "See the message.";
            ShortcutsInvalidAccelerator "shortcuts/invalid-accelerator"
                "The text is no accelerator; or it is one of the whole desktop, and has none of Ctrl, Alt, Command and Super where people type with the key."
                "Write modifiers and a key, such as `CmdOrCtrl+Shift+K`.";
            ShortcutsAlreadyRegistered "shortcuts/already-registered"
                "Another program, another window or this page has the key already."
                "Choose another one, or let the user choose.";
            ShortcutsUnsupported "shortcuts/unsupported"
                "No program can take keys of the whole desktop here: a Wayland session does not let it; or this keyboard does not have the key."
                "Ask `Desktopr.supports(\"globalShortcut.register\")` first; `shortcuts.register` works everywhere.";
            BadgeUnsupported "badge/unsupported"
                "There is no session bus by which the desktop could be told, or the system refused; the message says which."
                "Show the number in the page too.";
            NetworkNoTarget "network/no-target"
                "No address was given, the config names none, and the app's content is packed, so it has no origin to ask."
                "Pass a URL, or set `bridge.modules.network.targets` in app.json.";
            NetworkInvalidUrl "network/invalid-url"
                "The text is no complete http or https URL, or has a user name in it."
                "Pass a URL such as `https://example.com/`.";
            NetworkHostNotAllowed "network/host-not-allowed"
                "The config does not list the host for `fetch`, or a redirection leads to one that it does not list."
                "Add it to `bridge.modules.network.hosts` in app.json.";
            NetworkForbiddenHeader "network/forbidden-header"
                "A header or a method that only the runtime may set, such as `Host` or `Cookie`, as on the web."
                "Leave it out.";
            NetworkLanRefused "network/lan-refused"
                "The address is on this machine or in its local network, which the config does not open."
                "Set `{ \"network\": { \"lan\": true } }` in `bridge.modules` of app.json.";
            NetworkDns "network/dns"
                "The name has no address, or there is no network to ask for it."
                "Check the name, and try again later.";
            NetworkTimeout "network/timeout"
                "There was no whole answer in time."
                "Try again, or pass a longer `timeout`.";
            NetworkTls "network/tls"
                "The server's certificate is not trusted, or there is no common way of encryption."
                "Check the server's certificate, and the date of the machine.";
            NetworkRefused "network/refused"
                "Nobody listens at that address."
                "Check the port, and that the server runs.";
            NetworkRedirects "network/redirects"
                "More than 10 redirections, or one where `redirect` is `error`."
                "Ask for the address that they lead to.";
            NetworkTooLarge "network/too-large"
                "The answer or the request has more than 64 MiB."
                "Fetch it in parts, or as a download.";
            NetworkFailed "network/failed"
                "The connection failed; the message says how."
                "See the message, and try again later.";
            AuthInvalidUrl "auth/invalid-url"
                "The text is no https URL. Plain http is for this machine only."
                "Pass the complete address of the provider's sign-in page.";
            AuthInvalidRedirect "auth/invalid-redirect"
                "The `redirect_uri` in the URL does not fit the way back: for `deeplink` it has a scheme of `deepLinks` in app.json, for `loopback` it is `http://127.0.0.1` or `http://localhost`."
                "Correct it, or leave it out.";
            AuthOpenFailed "auth/open-failed"
                "The system could not start a browser."
                "Check that the user has a default browser.";
            AuthCancelled "auth/cancelled"
                "Another `start` in this window, or the end of its page, ended this one."
                "Nothing, if it was meant.";
            AuthTimeout "auth/timeout"
                "The user did not come back in time."
                "Offer to try again.";
            AuthUnsupported "auth/unsupported"
                "This machine lets no server listen on its loopback address."
                "Use `deeplink`.";
            UpdatesNoSource "updates/no-source"
                "The app does not know where its updates are: the config has no section `updates`, or says `github` and the app was not built by a workflow."
                "Set `updates.endpoint`, or build in the repository that publishes.";
            UpdatesInsecureUrl "updates/insecure-url"
                "An address of the updates is not https, or redirects to one that is not."
                "Publish manifest and installers at https addresses.";
            UpdatesUnreachable "updates/unreachable"
                "Manifest or installer could not be fetched; the message says why."
                "Try again later.";
            UpdatesInvalidManifest "updates/invalid-manifest"
                "What is at the address is no updater manifest."
                "Publish the manifest that the release has.";
            UpdatesNoPlatform "updates/no-platform"
                "The manifest has nothing for this system, processor and kind of package."
                "Release for this platform too.";
            UpdatesUnsupported "updates/unsupported"
                "This copy of the app was not installed by a package, so nothing can replace it."
                "Install the app by one of its installers.";
            UpdatesNotFound "updates/not-found"
                "`check` has found no newer version, or was not called."
                "Call `check` first.";
            UpdatesNotDownloaded "updates/not-downloaded"
                "`download` has not fetched anything yet."
                "Call `download` first.";
            UpdatesBusy "updates/busy"
                "A download or an installation is under way."
                "Wait for its end.";
            UpdatesTooLarge "updates/too-large"
                "The installer has more than 1 GiB."
                "Publish a smaller one.";
            UpdatesInvalidSignature "updates/invalid-signature"
                "The file is not the one that was signed, or another key signed it. Nothing was installed."
                "Publish the files of one release, signed with the key of `updates.publicKey`.";
            UpdatesWrongVersion "updates/wrong-version"
                "The file was signed as another version than the manifest says, or as none. Nothing was installed."
                "Publish the manifest that belongs to the files.";
            UpdatesRefusedByUser "updates/refused-by-user"
                "The user did not give the password that installing takes, or may not install."
                "Ask again only when the user wants to.";
            UpdatesInstallFailed "updates/install-failed"
                "The system's installer failed; the message says how."
                "See the message, or install by hand.";
            FsIo "fs/io"
                "The system refused; the message says how."
                "See the message: rights, or a full disk.";
        }
    };
}
