//! `fs.pluginFs`: the page and the plugin share one storage; nothing leads out of it, and it holds no more than it may.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{desktop::Desktop, webdriver::Session};

use crate::plugin_support::{add, both_pages, config, data_dir, module, module_site, stamp};

#[tokio::test]
async fn page_and_plugin_share_a_storage() -> Result<()> {
    let files = module("files").await?;
    for (id, page) in both_pages() {
        let site = module_site(page, &[("files", &files)])?;
        let id = format!("files-{id}");
        let mut config = config(&id, &site.url("/"), &[&files]);
        config["plugins"]["limits"] = json!({ "storageMb": 8, "storageFiles": 20 });
        let (app, desktop) = (stamp(&config).await?, Desktop::start().await?);
        let session = app.open(&desktop).await?;
        add(&session, &["files"]).await?;
        check_sharing(&session).await?;
        check_operations(&session).await?;
        check_bytes(&session).await?;
        check_quota(&session).await?;
        check_that_nothing_leads_out(&session, &desktop, &id).await?;
    }
    Ok(())
}

async fn check_sharing(session: &Session) -> Result<()> {
    let shared = session.resolved(
        "const storage = await Desktopr.fs.pluginFs('files.wasm');
         await storage.writeText('config/settings.json', 'from the page: ä');
         const read = await Desktopr.plugins.call('files', { fn: 'read', args: { path: 'config/settings.json' } });
         const wrote = await Desktopr.plugins.call('files',
             { fn: 'write', args: { path: 'out/answer.txt', contents: 'from the plugin: ü' } });
         return [read.value.value?.contents ?? read, wrote.value.ok, await storage.readText('out/answer.txt')]",
        vec![],
    );
    assert_eq!(shared.await?, json!(["from the page: ä", true, "from the plugin: ü"]));
    Ok(())
}

async fn check_operations(session: &Session) -> Result<()> {
    let told = session.resolved(
        "const storage = Desktopr.fs.pluginFs('files');
         const names = async (path) => (await storage.listContent(path)).map((entry) => entry.path);
         await storage.newDirectory('a/b');
         await storage.writeText('a/b/one.txt', '1');
         await storage.move('a/b/one.txt', 'a/two.txt');
         await storage.copy('a', 'c', { recursive: true });
         const { name, isFile, isDirectory, size, lastModified } = await storage.stat('c/two.txt');
         const age = Math.abs(Date.now() - lastModified.getTime());
         const seen = [await names(), await names('c'), [name, isFile, isDirectory, size, age < 600000],
                       await storage.exists('c/two.txt'), await storage.exists('c/three.txt')];
         await storage.remove('a', true);
         await storage.remove('c/two.txt');
         seen.push(await names('c'));
         return seen",
        vec![],
    );
    let expected = json!([
        ["a", "c", "config", "out"],
        ["c/b", "c/two.txt"],
        ["two.txt", true, false, 1, true],
        true,
        false,
        ["c/b"]
    ]);
    assert_eq!(told.await?, expected);
    let refusals = [
        ("storage.readText('gone')", "fs/not-found"),
        ("storage.readText('c')", "fs/is-a-directory"),
        ("storage.listContent('config/settings.json')", "fs/not-a-directory"),
        ("storage.remove('c')", "fs/not-empty"),
        ("storage.move('c', 'config')", "fs/already-exists"),
        ("storage.copy('c', 'd')", "fs/is-a-directory"),
        ("Desktopr.fs.pluginFs('nobody').listContent()", "plugins/not-found"),
        ("Desktopr.fs.pluginFs('../files').listContent()", "plugins/invalid-name"),
    ];
    for (call, code) in refusals {
        assert_eq!(refusal(session, call).await?, code, "{call}");
    }
    Ok(())
}

async fn refusal(session: &Session, call: &str) -> Result<String> {
    let script = format!("const storage = Desktopr.fs.pluginFs('files'); await {call}");
    Ok(session.rejected(&script, vec![]).await?.code.unwrap_or_default())
}

async fn check_bytes(session: &Session) -> Result<()> {
    let same = session.resolved(
        "const storage = Desktopr.fs.pluginFs('files');
         const bytes = Uint8Array.from({ length: 3 * 1024 * 1024 }, (_, index) => (index * 31 + (index >> 8)) % 256);
         await storage.writeBytes('big.bin', bytes);
         const back = await storage.readBytes('big.bin');
         await storage.writeBytes('empty.bin', new ArrayBuffer(0));
         const empty = await storage.readBytes('empty.bin');
         const sizes = [(await storage.stat('big.bin')).size, back.length, empty.length];
         await storage.writeText('no-text', 'x');
         await storage.writeBytes('no-text', new Uint8Array([0xff, 0xfe]));
         return [sizes, back instanceof Uint8Array && back.every((byte, index) => byte === bytes[index])]",
        vec![],
    );
    assert_eq!(same.await?, json!([[3_145_728, 3_145_728, 0], true]));
    assert_eq!(refusal(session, "storage.readText('no-text')").await?, "fs/not-utf8");
    let gone = "Desktopr.fs.pluginFs('nobody').writeBytes('x', new Uint8Array(3))";
    assert_eq!(refusal(session, gone).await?, "plugins/not-found");
    Ok(())
}

async fn check_quota(session: &Session) -> Result<()> {
    let usage: Value =
        session.resolved("return await Desktopr.fs.pluginFs('files').usage()", vec![]).await?;
    assert_eq!((&usage["quota"], &usage["entriesQuota"]), (&json!(8_388_608), &json!(20)));
    assert!(usage["bytes"].as_u64().is_some_and(|bytes| bytes > 3_145_728), "{usage}");
    let too_much = "storage.writeBytes('more.bin', new Uint8Array(6 * 1024 * 1024))";
    assert_eq!(refusal(session, too_much).await?, "fs/quota-exceeded");
    let too_many = "Promise.all(Array.from({ length: 20 }, (_, index) => storage.newDirectory(`many/${index}`)))";
    assert_eq!(refusal(session, too_many).await?, "fs/quota-exceeded");
    let after = session.resolved(
        "const storage = Desktopr.fs.pluginFs('files');
         await storage.clearStorage();
         const { bytes, entries } = await storage.usage();
         await storage.writeBytes('fits.bin', new Uint8Array(7 * 1024 * 1024));
         const full = await Desktopr.plugins.call('files', { fn: 'write', args: { path: 'x', contents: 'x'.repeat(900000) } });
         const again = await Desktopr.plugins.call('files', { fn: 'append', args: { path: 'x', contents: 'x'.repeat(900000) } });
         return [bytes, entries, full.value?.ok, again.code ?? again.value]",
        vec![],
    );
    assert_eq!(after.await?, json!([0, 0, true, "plugins/storage-quota"]));
    Ok(())
}

async fn check_that_nothing_leads_out(
    session: &Session,
    desktop: &Desktop,
    id: &str,
) -> Result<()> {
    let storage = data_dir(desktop, id).join("_external_modules_storage/files.wasm");
    fs_err::os::unix::fs::symlink("/etc", storage.join("link"))?;
    fs_err::write(storage.with_file_name("secret.txt"), "secret")?;
    for path in [
        "../secret.txt",
        "a/../../secret.txt",
        "/etc/hostname",
        "\\\\\\\\server\\\\share",
        "C:\\\\Windows",
        "link/hostname",
        "nul",
        "a\\0b",
    ] {
        for call in [
            format!("storage.readText('{path}')"),
            format!("storage.writeText('{path}', 'mine')"),
            format!("storage.stat('{path}')"),
            format!("storage.remove('{path}', true)"),
        ] {
            assert_eq!(refusal(session, &call).await?, "fs/outside-scope", "{call}");
        }
    }
    assert_eq!(refusal(session, "storage.writeText('a:b', '')").await?, "fs/outside-scope");
    assert_eq!(refusal(session, "storage.writeText('ab:c', '')").await?, "fs/invalid-name");
    session.resolved("await Desktopr.fs.pluginFs('files').clear()", vec![]).await?;
    assert!(!storage.join("link").is_symlink() && fs_err::exists("/etc/hostname")?);
    assert_eq!(fs_err::read_to_string(storage.with_file_name("secret.txt"))?, "secret");
    Ok(())
}
